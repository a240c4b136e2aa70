"""What a school year's terms are, and in which holiday a day falls. Plain Python."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from marketplace.core.errors import RuleBroken
from marketplace.core.working_days import SATURDAY, bank_holiday, in_words

PROPOSED = Path(__file__).with_name("reference") / "proposed_terms.csv"
FIRST_MONTH = 8
DAYS_TO_LATEST_GOOD_FRIDAY = 60
FEWEST_DAYS, MOST_DAYS = 150, 215


class Half(StrEnum):
    """One of the six halves of the terms of a school year, in their order."""

    AUTUMN_1 = "autumn_1"
    AUTUMN_2 = "autumn_2"
    SPRING_1 = "spring_1"
    SPRING_2 = "spring_2"
    SUMMER_1 = "summer_1"
    SUMMER_2 = "summer_2"


HALF_LABELS: Mapping[Half, str] = {
    Half.AUTUMN_1: "Autumn term, first half",
    Half.AUTUMN_2: "Autumn term, second half",
    Half.SPRING_1: "Spring term, first half",
    Half.SPRING_2: "Spring term, second half",
    Half.SUMMER_1: "Summer term, first half",
    Half.SUMMER_2: "Summer term, second half",
}
HOLIDAY_AFTER: Mapping[Half, str] = {
    Half.AUTUMN_1: "autumn half-term",
    Half.AUTUMN_2: "Christmas",
    Half.SPRING_1: "spring half-term",
    Half.SPRING_2: "Easter",
    Half.SUMMER_1: "summer half-term",
    Half.SUMMER_2: "summer",
}


@dataclass(frozen=True, slots=True)
class Term:
    """A half of a term: its first and last school day, both included."""

    half: Half
    first_day: date
    last_day: date


class Origin(StrEnum):
    """Where a school's dates for a year come from."""

    OWN = "own"
    PROPOSED = "proposed"
    USUAL = "usual"


ORIGIN_LABELS: Mapping[Origin, str] = {
    Origin.OWN: "Saved by the school",
    Origin.PROPOSED: "Proposed by Weald, not yet checked by the school",
    Origin.USUAL: "Not known: the usual holidays of England count",
}


def school_year_of(day: date) -> int:
    """The year in which the school year of a day begins; it turns on 1 August."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def year_in_words(school_year: int) -> str:
    """A school year as people say it: 2026 to 2027."""
    return f"{school_year} to {school_year + 1}"


@cache
def proposed(school_year: int) -> tuple[Term, ...]:
    """The dates we propose for a school year; none where we propose none. See reference/README.md."""
    with PROPOSED.open(encoding="utf-8", newline="") as file:
        return tuple(
            Term(Half(row["half"]), date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"]))
            for row in csv.DictReader(file)
            if int(row["school_year"]) == school_year
        )


def check_terms(terms: Sequence[Term], school_year: int) -> None:
    """Six halves in order, within their year, of a plausible length. Raises RuleBroken, naming the field.

    Fields are the half with `_first_day` or `_last_day`, such as `spring_1_last_day`.
    """
    before: date | None = None
    for term in terms:
        label = HALF_LABELS[term.half]
        for day, field in ((term.first_day, "first_day"), (term.last_day, "last_day")):
            if school_year_of(day) != school_year:
                raise RuleBroken(
                    f"{label}: {in_words(day)} is not in the school year {year_in_words(school_year)}. "
                    "Check the year.",
                    f"{term.half}_{field}",
                )
        if term.last_day < term.first_day:
            raise RuleBroken(
                f"{label}: the last day must be on or after the first, {in_words(term.first_day)}.",
                f"{term.half}_last_day",
            )
        if before is not None and term.first_day <= before:
            raise RuleBroken(
                f"{label} must begin after the half before it ends, {in_words(before)}.",
                f"{term.half}_first_day",
            )
        before = term.last_day
    days = sum(_weekdays(term) for term in terms)
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise RuleBroken(
            f"These terms hold {days} weekdays; a school year has about 195. Check the first and last days."
        )


def holiday(day: date, terms: Sequence[Term]) -> str:
    """The school holiday of a day, by the terms of its school year; "" in term time.

    Without terms the usual holidays of England count.
    """
    if not terms:
        return usual_holiday(day)
    in_order = sorted(terms, key=lambda term: term.first_day)
    if day < in_order[0].first_day:
        return HOLIDAY_AFTER[Half.SUMMER_2]
    for term in reversed(in_order):
        if day >= term.first_day:
            return "" if day <= term.last_day else HOLIDAY_AFTER[term.half]
    raise AssertionError("A day is before the first term or after the beginning of one.")


def proposed_holiday(day: date) -> str:
    """The school holiday of a day for a school that has saved no dates; "" in term time."""
    return holiday(day, proposed(school_year_of(day)))


def usual_holiday(day: date) -> str:
    """The school holiday that a day usually falls in, in England; "" for none.

    Usual dates: summer 22 July to 31 August, Christmas 20 December to 3 January, two weeks round Easter,
    and the half-term weeks of mid-February, late May and late October.
    """
    good_friday = next(
        found
        for past in range(DAYS_TO_LATEST_GOOD_FRIDAY)
        if "Good Friday" in bank_holiday(found := date(day.year, 3, 1) + timedelta(days=past))
    )
    mid_february = _monday_on_or_after(date(day.year, 2, 12))
    late_may, late_october = _last_monday(day.year, 5), _last_monday(day.year, 10)
    windows = (
        ("Christmas", date(day.year, 12, 20), date(day.year, 12, 31)),
        ("Christmas", date(day.year, 1, 1), date(day.year, 1, 3)),
        ("Easter", good_friday - timedelta(days=4), good_friday + timedelta(days=9)),
        ("summer", date(day.year, 7, 22), date(day.year, 8, 31)),
        ("summer half-term", late_may, late_may + timedelta(days=4)),
        ("autumn half-term", late_october, late_october + timedelta(days=4)),
        ("spring half-term", mid_february, mid_february + timedelta(days=4)),
    )
    return next((name for name, first, last in windows if first <= day <= last), "")


def _weekdays(term: Term) -> int:
    days = (term.last_day - term.first_day).days + 1
    return sum((term.first_day + timedelta(days=past)).weekday() < SATURDAY for past in range(days))


def _last_monday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=last.weekday())


def _monday_on_or_after(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)
