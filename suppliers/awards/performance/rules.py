"""What a review of a supplier says, and when other schools may read it. Plain Python.

The ratings are those by which the Procurement Regulations 2024 (regulation 39) have performance assessed
against key performance indicators, so that a review can be taken over into a notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from marketplace.core import working_days
from marketplace.core.errors import RuleBroken

DAYS_TO_REPLY = 10


class Measure(StrEnum):
    """What is rated."""

    QUALITY = "quality"
    TIME = "time"
    COMMUNICATION = "communication"
    CHARGES = "charges"
    COMPLIANCE = "compliance"


MEASURES: Mapping[Measure, str] = {
    Measure.QUALITY: "Quality of what was delivered",
    Measure.TIME: "On time",
    Measure.COMMUNICATION: "Communication, and problems solved",
    Measure.CHARGES: "Charged as agreed",
    Measure.COMPLIANCE: "Safeguarding, insurance and other duties kept",
}


class Rating(StrEnum):
    """How well a measure was met."""

    GOOD = "good"
    APPROACHING = "approaching"
    IMPROVE = "improve"
    INADEQUATE = "inadequate"


RATINGS: Mapping[Rating, str] = {
    Rating.GOOD: "Good: the target was met",
    Rating.APPROACHING: "Approaching the target",
    Rating.IMPROVE: "Requires improvement",
    Rating.INADEQUATE: "Inadequate",
}
RATING_COLOURS: Mapping[Rating, str] = {
    Rating.GOOD: "green",
    Rating.APPROACHING: "blue",
    Rating.IMPROVE: "yellow",
    Rating.INADEQUATE: "red",
}


@dataclass(frozen=True, slots=True)
class Rated:
    """One measure with its rating, and what shows it."""

    measure: Measure
    rating: Rating
    evidence: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review: the days that it covers, both counted, and every measure rated."""

    covers_from: date
    covers_until: date
    ratings: tuple[Rated, ...]
    summary: str = ""


def check_review(reviewed: Reviewed, starts_on: date, today: date) -> None:
    """A review of a running or ended contract, with evidence for each rating. Raises RuleBroken."""
    if reviewed.covers_until < reviewed.covers_from:
        raise RuleBroken("The last day must not be before the first.", "covers_until")
    if reviewed.covers_from < starts_on:
        raise RuleBroken("The contract had not begun then. Enter a later first day.", "covers_from")
    if reviewed.covers_until > today:
        raise RuleBroken("A review looks back. Enter a last day that is not in the future.", "covers_until")
    if {one.measure for one in reviewed.ratings} != set(Measure):
        raise RuleBroken("Rate every measure.")
    for one in reviewed.ratings:
        if not one.evidence.strip():
            raise RuleBroken("Enter what shows it.", f"evidence_{one.measure}")


def reply_until(recorded_on: date) -> date:
    """The last day on which a review waits for the supplier's reply before others read it."""
    return working_days.last_of(recorded_on, DAYS_TO_REPLY, working_days.is_working_day)


def is_open_to_members(recorded_on: date, today: date, *, replied: bool) -> bool:
    """May other schools of the alliance read a review: once the supplier has replied, or had its time?"""
    return replied or today > reply_until(recorded_on)


def check_reply(reply: str, *, replied: bool) -> None:
    """A supplier replies once, in words. Raises RuleBroken."""
    if replied:
        raise RuleBroken("You have replied to this review already. What was written stays.")
    if not reply.strip():
        raise RuleBroken("Enter your reply.", "reply")
