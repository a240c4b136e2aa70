"""What of a published tender may change, when, and how the difference is shown. Plain Python."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.clock import LONDON
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.working_days import in_words
from marketplace.tenders.rules import TenderStatus, accepts_quotes


class ExtensionStatus(StrEnum):
    """How far a later deadline is; agreed, it waits for Find a Tender before it is everybody's."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    APPROVED = "approved"
    REFUSED = "refused"


EXTENSION_MOVES: Mapping[ExtensionStatus, frozenset[ExtensionStatus]] = {
    ExtensionStatus.PROPOSED: frozenset(
        {ExtensionStatus.AGREED, ExtensionStatus.APPROVED, ExtensionStatus.REFUSED}
    ),
    ExtensionStatus.AGREED: frozenset({ExtensionStatus.APPROVED, ExtensionStatus.REFUSED}),
    ExtensionStatus.APPROVED: frozenset(),
    ExtensionStatus.REFUSED: frozenset(),
}


def move(present: ExtensionStatus, wanted: ExtensionStatus) -> ExtensionStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(EXTENSION_MOVES, present, wanted)


def check_still_open(status: TenderStatus, closes_at: datetime | None, now: datetime) -> datetime:
    """The deadline of a tender that takes quotes at this moment: the database's, read under the lock.

    Raises RuleBroken when it does not: terms change, and deadlines move, only before the deadline
    (Procurement Act 2023, s.31).
    """
    if status is not TenderStatus.PUBLISHED or closes_at is None:
        raise RuleBroken("This tender is not open for quotes, so nothing of it can be changed here.")
    if not accepts_quotes(status, closes_at, now):
        raise RuleBroken(
            f"The deadline was {moment_in_words(closes_at)}. After it nothing can be changed any more, "
            "and the deadline cannot be moved."
        )
    return closes_at


def check_forwards(present: datetime, wanted: datetime) -> None:
    """A deadline only moves later, for everybody. Raises RuleBroken, field `closes_at`."""
    if wanted <= present:
        raise RuleBroken(
            f"A deadline can only move to a later moment. It is {moment_in_words(present)} now; "
            "choose one after that.",
            "closes_at",
        )


def check_approver(
    person_id: uuid.UUID | None,
    *,
    proposed_by: uuid.UUID,
    headteacher_of: Collection[uuid.UUID],
    approving_schools: Collection[uuid.UUID],
    schools_of_proposer: Collection[uuid.UUID],
) -> list[uuid.UUID]:
    """The schools for which this person can approve a later deadline: two people of two schools move one.

    Raises Forbidden for who proposed it, and for anybody but a headteacher of a school in the tender
    that is neither the lead school nor one of the proposer's.
    """
    if person_id is None or person_id == proposed_by:
        raise Forbidden("You proposed this deadline, so a headteacher of another school must approve it.")
    schools = set(headteacher_of) & set(approving_schools) - set(schools_of_proposer)
    if not schools:
        raise Forbidden(
            "A headteacher of a school in the tender approves a later deadline, other than the lead school "
            "and the schools of whoever proposed it."
        )
    return sorted(schools)


def choose_school(free: Sequence[uuid.UUID], chosen: uuid.UUID | None) -> uuid.UUID:
    """The school for which a later deadline is approved: the only one, or the one of several they chose.

    Raises RuleBroken when they have not chosen, or chose another.
    """
    if chosen is None and len(free) > 1:
        raise RuleBroken("Choose the school for which you approve.", "school")
    if chosen is not None and chosen not in free:
        raise RuleBroken("Choose a school of yours that may approve this.", "school")
    return chosen or free[0]


def moment_in_words(moment: datetime) -> str:
    """A moment in England, with its zone: 3 December 2026 at 14:00 GMT."""
    local = moment.astimezone(LONDON)
    return f"{in_words(local.date())} at {local:%H:%M} {local:%Z}"


class Kind(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text before and after a change."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """Something of a tender that changed: what it is, and its words before and after. Blank for none."""

    what: str
    before: str
    after: str


WORDS = re.compile(r"\S+|\s+")


def difference(before: str, after: str) -> list[Piece]:
    """How one text became another, word by word; what is kept and removed together is the text before."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    pieces: list[Piece] = []
    for step, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            pieces.append(Piece(Kind.KEPT, "".join(old[first:last])))
            continue
        if first < last:
            pieces.append(Piece(Kind.REMOVED, "".join(old[first:last])))
        if start < end:
            pieces.append(Piece(Kind.ADDED, "".join(new[start:end])))
    return pieces


WAITING_STATUSES = frozenset({ExtensionStatus.PROPOSED, ExtensionStatus.AGREED})


def check_nothing_waits(*, waits: bool) -> None:
    """Raise RuleBroken while an agreed change waits for Find a Tender: changes are told one at a time."""
    if waits:
        raise RuleBroken(
            "A change waits for its notice on Find a Tender. Enter the reference of that notice first, or "
            "take the change back."
        )


def check_changes(changes: Sequence[Change]) -> None:
    """Raise RuleBroken when nothing would change: suppliers would be told of nothing."""
    if not changes:
        raise RuleBroken("Nothing has changed yet. Change something, or go back.")
