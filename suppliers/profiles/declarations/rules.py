"""What a declaration must say before it counts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from marketplace.core.errors import RuleBroken
from suppliers.profiles.declarations.grounds import Edition, Ground, Schedule

LONGEST_TEXT = 5_000
LONGEST_LINE = 300
MOST_LINES = 50
NONE = "none"
"""What a supplier ticks to say that no ground of a schedule applies."""
FIELDS = {Schedule.MANDATORY: "mandatory", Schedule.DISCRETIONARY: "discretionary"}


@dataclass(frozen=True, slots=True)
class Declared:
    """What a supplier declares: the ids of the grounds that apply, and what it says about each.

    `mandatory` and `discretionary` hold ids of grounds, or NONE alone. `accounts` say of each ground that
    applies, by its id, what happened and what was done about it. `connected` and `sub_contractors`
    are one a line. `conflict` is blank when there is none.
    """

    mandatory: tuple[str, ...] = ()
    discretionary: tuple[str, ...] = ()
    accounts: Mapping[str, str] = field(default_factory=dict)
    connected: tuple[str, ...] = ()
    sub_contractors: tuple[str, ...] = ()
    conflict: str = ""

    @property
    def applying(self) -> frozenset[str]:
        """The ids of all grounds that apply."""
        return frozenset({*self.mandatory, *self.discretionary}) - {NONE}


def check_declared(declared: Declared, edition: Edition) -> Declared:
    """The declaration as we keep it. Raises RuleBroken naming the field that is wrong."""
    mandatory = _chosen(declared.mandatory, edition, Schedule.MANDATORY)
    discretionary = _chosen(declared.discretionary, edition, Schedule.DISCRETIONARY)
    accounts = {
        one.id: _account(declared, one) for one in edition.named(frozenset({*mandatory, *discretionary}))
    }
    check_text(declared.conflict, "conflict")
    return Declared(
        mandatory=mandatory,
        discretionary=discretionary,
        accounts=accounts,
        connected=check_lines(declared.connected, "connected"),
        sub_contractors=check_lines(declared.sub_contractors, "sub_contractors"),
        conflict=declared.conflict.strip(),
    )


def account_field(ground_id: str) -> str:
    """The name of the field that holds what a supplier says about a ground."""
    return f"account_{ground_id}"


def _account(declared: Declared, ground: Ground) -> str:
    said, field = declared.accounts.get(ground.id, "").strip(), account_field(ground.id)
    if not said:
        raise RuleBroken(
            f"Say about “{ground.title}” what happened, when, and what you have done so that it does not "
            "happen again.",
            field,
        )
    check_text(said, field)
    return said


def _chosen(ids: tuple[str, ...], edition: Edition, schedule: Schedule) -> tuple[str, ...]:
    field = FIELDS[schedule]
    known = [one.id for one in edition.of(schedule)]
    if not ids:
        raise RuleBroken("Tick every ground that applies, or “None of these applies”.", field)
    if not {*known, NONE} >= set(ids):
        raise RuleBroken("Choose grounds from the list.", field)
    if NONE in ids and len(set(ids)) > 1:
        raise RuleBroken(
            "You ticked a ground and also “None of these applies”. Leave only what is true.", field
        )
    return (NONE,) if NONE in ids else tuple(one for one in known if one in ids)


def check_current(holds_from: date, edition: Edition) -> None:
    """Raise RuleBroken when a declaration was made by a list of grounds that the law has changed since."""
    if holds_from != edition.holds_from:
        raise RuleBroken(
            "The law’s list of grounds for exclusion has changed since you declared. Declare anew first, on "
            "the page “Your declarations”."
        )


def check_text(text: str, field: str) -> None:
    """Raise RuleBroken when a text is too long."""
    if len(text) > LONGEST_TEXT:
        raise RuleBroken(f"Shorten this to {LONGEST_TEXT:,} characters or fewer.", field)


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a text that are not blank, tidied."""
    return tuple(
        " ".join(unicodedata.normalize("NFC", line).split()) for line in text.splitlines() if line.strip()
    )


def check_lines(lines: Iterable[str], field: str) -> tuple[str, ...]:
    """Lines as we keep them. Raises RuleBroken when there are too many or one is too long."""
    kept = lines_of("\n".join(lines))
    if len(kept) > MOST_LINES:
        raise RuleBroken(f"Enter at most {MOST_LINES} lines, one for each.", field)
    for number, line in enumerate(kept, start=1):
        if len(line) > LONGEST_LINE:
            raise RuleBroken(f"Shorten line {number} to {LONGEST_LINE} characters or fewer.", field)
    return kept
