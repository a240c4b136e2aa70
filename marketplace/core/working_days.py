"""Working days: no Saturday, no Sunday, no bank holiday; of England, or of the whole United Kingdom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

import holidays

SATURDAY = 5
PARTS_OF_THE_UK = ("ENG", "WLS", "SCT", "NIR")
Counts = Callable[[date], bool]


def bank_holiday(day: date, *parts: str) -> str:
    """The bank holiday of a day in any of these parts of the UK (England, if none is named); "" for none."""
    found = (_bank_holidays(part, day.year).get(day, "") for part in parts or ("ENG",))
    return next(filter(None, found), "")


def is_working_day(day: date) -> bool:
    """Is this a working day in England?"""
    return day.weekday() < SATURDAY and not bank_holiday(day)


def is_working_day_everywhere(day: date) -> bool:
    """Is this a working day in every part of the United Kingdom, as the Procurement Act counts (s.123)?"""
    return day.weekday() < SATURDAY and not bank_holiday(day, *PARTS_OF_THE_UK)


def on_or_after(day: date, counts: Counts) -> date:
    """The first day that counts, from this one on."""
    while not counts(day):
        day += timedelta(days=1)
    return day


def on_or_before(day: date, counts: Counts) -> date:
    """The last day that counts, up to this one."""
    while not counts(day):
        day -= timedelta(days=1)
    return day


def last_of(first: date, length: int, counts: Counts) -> date:
    """The last of so many days that count, the first day included if it does. ValueError for none."""
    if length < 1:
        raise ValueError("Count at least one day.")
    day = on_or_after(first, counts)
    for _ in range(length - 1):
        day = on_or_after(day + timedelta(days=1), counts)
    return day


def first_of(last: date, length: int, counts: Counts) -> date:
    """The first of so many days that count, the last day included if it does. ValueError for none."""
    if length < 1:
        raise ValueError("Count at least one day.")
    day = on_or_before(last, counts)
    for _ in range(length - 1):
        day = on_or_before(day - timedelta(days=1), counts)
    return day


def in_words(day: date) -> str:
    """A date as people write it: 3 December 2026. For rules, which know no page."""
    return f"{day.day} {day:%B %Y}"


@cache
def _bank_holidays(part: str, year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("GB", subdiv=part, years=year))
