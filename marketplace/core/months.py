"""Calendar months: what people mean by "three months later", whatever the months' lengths."""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta

MONTHS_A_YEAR = 12
LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
LEAP_FEBRUARY = 29


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months later (earlier if negative), or that month's last day."""
    years, before = divmod(day.month - 1 + months, MONTHS_A_YEAR)
    year = day.year + years
    last = LEAP_FEBRUARY if before == 1 and isleap(year) else LENGTHS[before]
    return date(year, before + 1, min(day.day, last))


def end_months_later(ends_on: date, months: int) -> date:
    """When a term that ends on a day ends once it is so many months longer.

    A term that ends with a month goes on ending with a month: 30 June and one month give 31 July.
    """
    following = ends_on + timedelta(days=1)
    if following.day == 1:
        return months_later(following, months) - timedelta(days=1)
    return months_later(ends_on, months)
