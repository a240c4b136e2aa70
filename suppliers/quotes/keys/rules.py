"""Whose passphrase opens what: how strong it is, how long a proof holds, and which two may open together."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations

from marketplace.core import clock
from marketplace.core.errors import RuleBroken
from marketplace.tenders.rules import TenderStatus

SHORTEST_PASSPHRASE = 16
LONGEST_PASSPHRASE = 200
FEWEST_GUESSES = 10**14
MOST_MISTYPES = 5
LOCKED_FOR = timedelta(minutes=15)
PROOF_HOLDS = timedelta(days=30)
ASKED_BEFORE_DEADLINE = (timedelta(days=7), timedelta(days=2))
FEWEST_OPENERS = 3
FEWEST_SCHOOLS = 2
STILL_SEALED = frozenset(
    {
        TenderStatus.PUBLISHED,
        TenderStatus.CLOSED,
        TenderStatus.OPENED,
        TenderStatus.EVALUATING,
        TenderStatus.MODERATED,
    }
)
"""While an envelope of a tender may still be sealed."""


@dataclass(frozen=True, slots=True)
class Cost:
    """How much work Argon2id does for one try of a passphrase: KiB of memory, passes over it, lanes."""

    memory_kib: int
    passes: int
    lanes: int = 4


class Paper(StrEnum):
    """Whose printed recovery key it is."""

    BOARD = "board"
    AUDITOR = "auditor"


PAPER_LABELS: dict[Paper, str] = {
    Paper.BOARD: "the chair of the Strategic Board",
    Paper.AUDITOR: "the auditor",
}


# ------------------------------------------------------------------ a passphrase
def tidy_passphrase(typed: str | None) -> str:
    """A passphrase as it is used: composed Unicode, one space between words, none at the ends."""
    return " ".join(unicodedata.normalize("NFKC", typed or "").split())


def check_strength(passphrase: str, guesses: float, about: Collection[str]) -> None:
    """Raise RuleBroken (`passphrase`) unless it would take too many guesses, even of somebody who knows us.

    `guesses` is how many a good guesser needs; `about` are words of the person and the school.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise RuleBroken(
            f"The opening passphrase must have at least {SHORTEST_PASSPHRASE} characters. "
            "Four or five words that have nothing to do with one another are good.",
            "passphrase",
        )
    if len(passphrase) > LONGEST_PASSPHRASE:
        raise RuleBroken(
            f"The opening passphrase must have no more than {LONGEST_PASSPHRASE} characters.", "passphrase"
        )
    bare = passphrase.casefold()
    for word in about:
        bare = bare.replace(word.casefold(), "")
    if guesses < FEWEST_GUESSES or len("".join(bare.split())) < SHORTEST_PASSPHRASE // 2:
        raise RuleBroken(
            "This passphrase is too easy to guess. Use four or five words that have nothing to do with one "
            "another, with your name or your school, and that are no saying.",
            "passphrase",
        )


def check_not_locked(locked_until: datetime | None, moment: datetime) -> None:
    """Raise RuleBroken (`passphrase`) while too many mistypes keep a passphrase from being tried."""
    if locked_until is not None and moment < locked_until:
        raise RuleBroken(
            f"This passphrase was mistyped {MOST_MISTYPES} times, so it cannot be tried before "
            f"{until(locked_until)}. Wait until then, or let another opener open. Nothing is lost.",
            "passphrase",
        )


def mistyped(mistypes: int, locked_until: datetime | None) -> RuleBroken:
    """What somebody is told who typed a wrong passphrase, this one counted."""
    if locked_until is not None:
        return RuleBroken(
            f"That is not your opening passphrase. It was mistyped {MOST_MISTYPES} times, so it cannot be "
            f"tried again before {until(locked_until)}. If you have forgotten it, another opener opens.",
            "passphrase",
        )
    left = MOST_MISTYPES - mistypes
    tries = "1 try is" if left == 1 else f"{left} tries are"
    return RuleBroken(
        f"That is not your opening passphrase; it is not the password you sign in with. {tries} left "
        f"before it is locked for {LOCKED_FOR.seconds // 60} minutes.",
        "passphrase",
    )


def until(moment: datetime) -> str:
    """A moment of today, as people say it."""
    return f"{moment.astimezone(clock.LONDON):%H:%M}"


# ------------------------------------------------------------------ who is ready
class Readiness(StrEnum):
    """Whether an opener can be given a half of a key."""

    NO_KEY = "no_key"
    NO_HALF = "no_half"
    PROOF_TOO_OLD = "proof_too_old"
    HAS_INTEREST = "has_interest"
    READY = "ready"


READINESS_LABELS: dict[Readiness, str] = {
    Readiness.NO_KEY: "No passphrase yet",
    Readiness.NO_HALF: "Cannot open: has a new key",
    Readiness.PROOF_TOO_OLD: "To prove again",
    Readiness.HAS_INTEREST: "Declared an interest",
    Readiness.READY: "Ready",
}
READINESS_COLOURS: dict[Readiness, str] = {
    Readiness.NO_KEY: "yellow",
    Readiness.NO_HALF: "grey",
    Readiness.PROOF_TOO_OLD: "yellow",
    Readiness.HAS_INTEREST: "grey",
    Readiness.READY: "green",
}


@dataclass(frozen=True, slots=True)
class Named:
    """A person named to open, for a school, with the key they hold now if any.

    `holds_half` is false once quotes are sealed and a half went to another key of theirs, or to none.
    """

    person_id: uuid.UUID
    name: str
    school_id: uuid.UUID
    school: str
    key_id: uuid.UUID | None
    proved_at: datetime | None
    has_interest: bool
    holds_half: bool = True

    def readiness(self, moment: datetime) -> Readiness:
        """Can this person be given a half at this moment?"""
        if self.has_interest:
            return Readiness.HAS_INTEREST
        if self.key_id is None or self.proved_at is None:
            return Readiness.NO_KEY
        if not self.holds_half:
            return Readiness.NO_HALF
        if self.proved_at < moment - PROOF_HOLDS:
            return Readiness.PROOF_TOO_OLD
        return Readiness.READY


def ready(named: Sequence[Named], moment: datetime) -> list[Named]:
    """Those who can be given a half."""
    return [one for one in named if one.readiness(moment) is Readiness.READY]


def allowed_pairs(openers: Sequence[Named]) -> Iterator[tuple[Named, Named]]:
    """Every two people who may open together: of two schools, and neither with a declared interest."""
    for first, second in combinations(openers, 2):
        apart = first.school_id != second.school_id and first.person_id != second.person_id
        if apart and not (first.has_interest or second.has_interest):
            yield first, second


def check_publishable(named: Sequence[Named], moment: datetime) -> None:
    """Raise RuleBroken unless three proven openers of two schools can be given halves, saying who does what.

    With three, one may fall ill or forget a passphrase and the quotes are opened all the same.
    """
    able = ready(named, moment)
    if _are_enough(able):
        return
    why = (
        "Quotes are sealed to the people who open them, so three openers from two schools must have proved "
        f"their opening passphrases first. {_count(len(able))}."
    )
    said = [why, *_what_to_do(named, moment)]
    possible = [one for one in named if not one.has_interest]
    if len(possible) < FEWEST_OPENERS:
        more = FEWEST_OPENERS - len(possible)
        said.append(f"Name {'one more opener' if more == 1 else f'{more} more openers'} for this tender.")
    elif len({one.school_id for one in possible}) < FEWEST_SCHOOLS:
        said.append("Name an opener of another school.")
    raise RuleBroken(" ".join(said))


def check_enough_stay(named: Sequence[Named], leaving: uuid.UUID, moment: datetime) -> None:
    """Raise RuleBroken unless, without the person who leaves, three proven openers of two schools stay.

    Only those count who hold a half of what is sealed: nobody can be given one any more.
    """
    staying = [one for one in named if one.person_id != leaving]
    able = ready(staying, moment)
    if _are_enough(able):
        return
    left = ", ".join(f"{one.name} ({one.school})" for one in able) or "nobody"
    why = (
        "Three openers from two schools must stay who hold a key to these quotes and have proved their "
        f"passphrases in the last {PROOF_HOLDS.days} days, so that two can open if one is ill. Without this "
        f"one these would: {left}."
    )
    raise RuleBroken(" ".join([why, *_what_to_do(staying, moment)]))


def _are_enough(able: Sequence[Named]) -> bool:
    return len(able) >= FEWEST_OPENERS and len({one.school_id for one in able}) >= FEWEST_SCHOOLS


def _count(able: int) -> str:
    return {0: "Nobody is ready yet", 1: "One is ready so far"}.get(able, f"{able} are ready so far")


def _what_to_do(named: Sequence[Named], moment: datetime) -> Iterator[str]:
    by_state: dict[Readiness, list[str]] = {}
    for one in named:
        by_state.setdefault(one.readiness(moment), []).append(f"{one.name} ({one.school})")
    if people := by_state.get(Readiness.NO_KEY):
        yield f"Ask to set up an opening passphrase: {', '.join(people)}."
    if people := by_state.get(Readiness.PROOF_TOO_OLD):
        yield f"Ask to prove the passphrase again: {', '.join(people)}."
    if people := by_state.get(Readiness.NO_HALF):
        yield f"Cannot open, having a new key since publication: {', '.join(people)}."
    if people := by_state.get(Readiness.HAS_INTEREST):
        yield f"Cannot open, having declared an interest: {', '.join(people)}."


def proof_due(proved_at: datetime | None, closes_at: datetime, moment: datetime) -> timedelta | None:
    """How long before the deadline the proof was due that is missing now; None when none is.

    Proofs are asked again 7 and 2 days before a deadline: a passphrase that was forgotten is found out
    while somebody else can still open.
    """
    if moment >= closes_at:
        return None
    for before in reversed(ASKED_BEFORE_DEADLINE):
        since = closes_at - before
        if moment >= since:
            return before if proved_at is None or proved_at < since else None
    return None
