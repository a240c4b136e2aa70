"""What is asked about a price that looks abnormally low, and how it ends. Nothing is excluded by machine.

Procurement Act 2023, section 19(3)(c) to (5): before a tender is disregarded for an abnormally low price
the supplier is notified and given a reasonable opportunity to show that it can perform the contract for
it; if it does, the tender may not be disregarded for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.errors import RuleBroken
from marketplace.core.working_days import is_working_day

LAW = "Procurement Act 2023, section 19(3)(c) to (5)"
USUAL_WORKING_DAYS = 5


class InquiryStatus(StrEnum):
    """How far the procedure about one price is."""

    ASKED = "asked"
    EXPLAINED = "explained"
    ACCEPTED = "accepted"
    EXCLUDED = "excluded"


MOVES: dict[InquiryStatus, frozenset[InquiryStatus]] = {
    InquiryStatus.ASKED: frozenset({InquiryStatus.EXPLAINED, InquiryStatus.ACCEPTED, InquiryStatus.EXCLUDED}),
    InquiryStatus.EXPLAINED: frozenset({InquiryStatus.ACCEPTED, InquiryStatus.EXCLUDED}),
    InquiryStatus.ACCEPTED: frozenset(),
    InquiryStatus.EXCLUDED: frozenset(),
}
CONCLUSIONS = (InquiryStatus.ACCEPTED, InquiryStatus.EXCLUDED)
STATUS_LABELS: Mapping[InquiryStatus, str] = {
    InquiryStatus.ASKED: "Asked to explain",
    InquiryStatus.EXPLAINED: "Explained, waits for the panel",
    InquiryStatus.ACCEPTED: "Accepted by the panel",
    InquiryStatus.EXCLUDED: "Excluded by the panel",
}
STATUS_COLOURS: Mapping[InquiryStatus, str] = {
    InquiryStatus.ASKED: "yellow",
    InquiryStatus.EXPLAINED: "blue",
    InquiryStatus.ACCEPTED: "green",
    InquiryStatus.EXCLUDED: "red",
}


def move(present: InquiryStatus, wanted: InquiryStatus) -> InquiryStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


def usual_answer_by(today: date) -> date:
    """A reasonable last day for an answer: five working days from today."""
    day, left = today, USUAL_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return day


def check_asking(question: str, answer_by: date | None, today: date) -> None:
    """A question in words, and a day that leaves time to answer. Raises RuleBroken."""
    if not question.strip():
        raise RuleBroken("Enter what the supplier is asked.", "question")
    if answer_by is None:
        raise RuleBroken("Enter the last day for the answer.", "answer_by")
    if answer_by <= today:
        raise RuleBroken("The last day for the answer must be after today.", "answer_by")


def check_explaining(status: InquiryStatus, explanation: str) -> None:
    """Words, and nothing concluded or explained before. Raises RuleBroken."""
    if status in CONCLUSIONS:
        raise RuleBroken("The panel has concluded. Nothing can be added any more.")
    if status is InquiryStatus.EXPLAINED:
        raise RuleBroken("The price has been explained already.")
    if not explanation.strip():
        raise RuleBroken("Explain how you can do the work for this price.", "explanation")


def check_concluding(
    status: InquiryStatus, answer_by: date, today: date, wanted: InquiryStatus, reason: str
) -> None:
    """The panel concludes on an answer, or once the day for it has passed. Raises RuleBroken."""
    if wanted not in CONCLUSIONS:
        raise RuleBroken("Choose what the panel concluded.", "conclusion")
    if _may_still_answer(status, answer_by, today):
        raise RuleBroken(
            f"The supplier may answer until the end of {_in_words(answer_by)}. "
            f"Conclude on its answer, or after that day ({LAW}).",
            "conclusion",
        )
    if not reason.strip():
        raise RuleBroken("Enter the reason.", "reason")


@dataclass(frozen=True, slots=True)
class Asked:
    """How far the question about one price is, and the last day for its answer."""

    status: InquiryStatus
    answer_by: date


def why_not_yet(supplier: str, asked: Asked | None, today: date) -> str:
    """What must happen before a quote with an abnormally low price can win; blank once it was accepted.

    `asked` is None where nobody has asked about the price.
    """
    if asked is None:
        return (
            f"The price of {supplier} is abnormally low, and it has not been asked about it. Ask it to "
            "explain its price, then record what the panel concluded: only then can an award be "
            f"recommended ({LAW})."
        )
    if asked.status in CONCLUSIONS:
        return ""
    if _may_still_answer(asked.status, asked.answer_by, today):
        return (
            f"{supplier} may explain its abnormally low price until the end of {_in_words(asked.answer_by)}. "
            f"Recommend an award once the panel has concluded on the answer ({LAW})."
        )
    answered = "has explained" if asked.status is InquiryStatus.EXPLAINED else "has not explained"
    return (
        f"{supplier} {answered} its abnormally low price. Record what the panel concluded, with the reason: "
        f"that the price is accepted, or that the quote is excluded. Then recommend an award ({LAW})."
    )


def _may_still_answer(status: InquiryStatus, answer_by: date, today: date) -> bool:
    return status is InquiryStatus.ASKED and today <= answer_by


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
