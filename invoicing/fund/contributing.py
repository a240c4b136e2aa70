"""What each school is asked for: its size × the support planned for it × a rate. Plain Python.

The coordinator sets the rate for a pupil, or a total; then the rate is what makes the parts come to it. A
school that belongs for a part of the year is asked for its days (principle 2 of the alliances).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money

WHOLE = 100


class SupportLevel(StrEnum):
    """How much support is planned for a school in a year, against the usual."""

    LIGHT = "light"
    STANDARD = "standard"
    MORE = "more"
    INTENSIVE = "intensive"

    @property
    def label(self) -> str:
        """The level as people read it."""
        return f"{SUPPORT[self][0]}, {self.percent} %"

    @property
    def percent(self) -> int:
        """What a pupil counts for, in hundredths of a pupil with standard support."""
        return SUPPORT[self][1]


SUPPORT: Mapping[SupportLevel, tuple[str, int]] = {
    SupportLevel.LIGHT: ("Light", 50),
    SupportLevel.STANDARD: ("Standard", 100),
    SupportLevel.MORE: ("More than usual", 150),
    SupportLevel.INTENSIVE: ("Intensive", 200),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A school that is asked: its pupils, the support planned, and its `days` of the year's `of_days`."""

    school_id: uuid.UUID
    pupils: int
    level: SupportLevel
    days: int
    of_days: int

    @property
    def weight(self) -> Fraction:
        """How many pupils with standard support for the whole year it counts for."""
        return Fraction(self.pupils * self.level.percent * self.days, WHOLE * self.of_days)


def days_of(year: tuple[date, date], joined_on: date, ends_on: date | None) -> tuple[int, int]:
    """For how many days of a year a school belongs, and how many the year has; both ends count."""
    start, end = max(year[0], joined_on), min(year[1], ends_on or year[1])
    return max((end - start).days + 1, 0), (year[1] - year[0]).days + 1


def check_basis(total: Money | None, rate: Money | None) -> None:
    """Raise RuleBroken unless a total or a rate is given, and not both."""
    if total is None and rate is None:
        raise RuleBroken("Enter a total from all schools, or a rate for each pupil.", "total")
    if total is not None and rate is not None:
        raise RuleBroken("Enter either a total or a rate, and leave the other blank.", "rate")


def amounts(
    asked: Sequence[Asked], *, total: Money | None = None, rate: Money | None = None
) -> dict[uuid.UUID, Money]:
    """What each school is asked for. A school that would be asked for nothing is left out.

    By a `rate` in pence, each part is rounded half up to the penny by itself; of a `total`, the parts come
    to it by largest remainder. Raises RuleBroken when there is nothing to share by.
    """
    check_basis(total, rate)
    if not asked:
        raise RuleBroken("Choose at least one school.", "schools")
    weights = [one.weight for one in asked]
    if not any(weights):
        raise RuleBroken("None of these schools has pupils on roll, so nothing can be shared.", "schools")
    if total is not None:
        parts = total.split(weights)
        assert Money.total(parts) == total
    else:
        assert rate
        parts = [Money(int(rate.pence * weight + Fraction(1, 2))) for weight in weights]
    found = {one.school_id: part for one, part in zip(asked, parts, strict=True) if part}
    if not found:
        raise RuleBroken("At this rate no school would be asked for a penny. Enter a higher rate.", "rate")
    return found
