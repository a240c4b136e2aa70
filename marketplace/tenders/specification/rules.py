"""What a school can say of a requirement, and what all schools together then ask for. Plain Python."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from enum import StrEnum

from marketplace.core.errors import RuleBroken
from marketplace.tenders.rules import TenderStatus

LONGEST_TEXT = 1_000
OPEN_TO_MARKS = frozenset({TenderStatus.DRAFT, TenderStatus.JOINING})


class Mark(StrEnum):
    """How much a school needs a requirement."""

    MUST = "must"
    SHOULD = "should"
    NOT_NEEDED = "not_needed"


MARK_LABELS = {Mark.MUST: "Must", Mark.SHOULD: "Should", Mark.NOT_NEEDED: "Not needed"}
MARK_COLOURS = {Mark.MUST: "red", Mark.SHOULD: "blue", Mark.NOT_NEEDED: "grey"}


def together(marks: Collection[Mark]) -> Mark:
    """What schools ask for together: a must for one is a must for the purchase.

    What nobody has said anything of yet counts as a should: somebody wrote it down.
    """
    if Mark.MUST in marks:
        return Mark.MUST
    if Mark.SHOULD in marks or not marks:
        return Mark.SHOULD
    return Mark.NOT_NEEDED


def tidy_text(text: str) -> str:
    """A requirement as it is kept, on one line. Raises RuleBroken (field `text`)."""
    tidied = " ".join(text.split())
    if not tidied:
        raise RuleBroken("Enter what the schools ask for.", "text")
    if len(tidied) > LONGEST_TEXT:
        raise RuleBroken(f"A requirement must have {LONGEST_TEXT:,} characters or fewer.", "text")
    return tidied


def check_nobody_must(schools: Collection[str]) -> None:
    """What a school must have is not taken away or reworded over its head. Raises RuleBroken."""
    if schools:
        says = "says that it" if len(schools) == 1 else "say that they"
        raise RuleBroken(
            f"{_listed(schools)} {says} must have this, so it cannot be changed or removed. Ask "
            f"{'it' if len(schools) == 1 else 'them'} to say something else first, or add one beside it."
        )


def _listed(names: Collection[str]) -> str:
    ordered = sorted(names)
    return " and ".join(filter(None, (", ".join(ordered[:-1]), ordered[-1])))


def weakened(before: Mapping[uuid.UUID, Mark], after: Mapping[uuid.UUID, Mark]) -> list[uuid.UUID]:
    """The requirements that were a must for a school and are no longer."""
    return [one for one, mark in before.items() if mark is Mark.MUST and after.get(one) is not Mark.MUST]


def check_reason_to_weaken(texts: Collection[str], reason: str) -> None:
    """A must never drops silently: the school says why. Raises RuleBroken (field `reason`)."""
    if texts and not reason.strip():
        named = ", ".join(f"“{text}”" for text in sorted(texts))
        raise RuleBroken(f"Say why your school no longer must have {named}.", "reason")


def check_open_to_marks(status: TenderStatus) -> None:
    """Schools say what they need until it is settled who buys. Raises RuleBroken."""
    if status not in OPEN_TO_MARKS:
        raise RuleBroken(
            "What schools need can be changed only until it is settled who buys. Ask the coordinator to take "
            "the tender back to draft."
        )
