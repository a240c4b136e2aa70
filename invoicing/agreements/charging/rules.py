"""Months and terms, what a fixed price comes to in each, and when it is charged.

A term is four months from 1 September, 1 January or 1 May, whatever its days of teaching: so every day
belongs to one term, and an academy's year to three.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from invoicing.agreements.rules import Basis, Price, Schedule
from marketplace.core.money import Money
from marketplace.core.months import months_later

MONTHS_OF: Final = {Schedule.MONTHLY: 1, Schedule.TERMLY: 4}
NAMES_OF_TERMS: Final = {9: "Autumn", 1: "Spring", 5: "Summer"}
FIRST_MONTHS = tuple(sorted(NAMES_OF_TERMS))
HALF: Final = 2


@dataclass(frozen=True, slots=True)
class Period:
    """A month or a term, both its days included."""

    starts_on: date
    ends_on: date
    schedule: Schedule

    @property
    def label(self) -> str:
        """Its name, as an invoice says it."""
        if self.schedule is Schedule.MONTHLY:
            return f"{self.starts_on:%B %Y}"
        return f"{NAMES_OF_TERMS[self.starts_on.month]} term {self.starts_on.year}"

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.ends_on - self.starts_on).days + 1


@dataclass(frozen=True, slots=True)
class PartOf:
    """The days of a period on which an agreement holds."""

    period: Period
    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        """How many days those are."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def is_whole(self) -> bool:
        """Does the agreement hold on all days of the period?"""
        return self.days == self.period.days


def period_of(schedule: Schedule, day: date) -> Period:
    """The month or term to which a day belongs."""
    first = day.month
    if schedule is Schedule.TERMLY:
        first = max(month for month in FIRST_MONTHS if month <= day.month)
    starts_on = date(day.year, first, 1)
    following = months_later(starts_on, MONTHS_OF[schedule])
    return Period(starts_on, following - timedelta(days=1), schedule)


def newest_finished(schedule: Schedule, today: date) -> Period:
    """The month or term that ended last."""
    return period_of(schedule, period_of(schedule, today).starts_on - timedelta(days=1))


def finished_parts(schedule: Schedule, starts_on: date, last_day: date, today: date) -> Iterator[PartOf]:
    """The periods of an agreement that are over: it has ended, or they have. The oldest first."""
    day = starts_on
    while day <= last_day:
        period = period_of(schedule, day)
        part = PartOf(period, day, min(period.ends_on, last_day))
        if part.ends_on >= today:
            return
        yield part
        day = period.ends_on + timedelta(days=1)


def fixed_amount(price: Price, part: PartOf) -> Money:
    """What a fixed price comes to in a period, before VAT: of a part, by its days, half up to the penny."""
    assert price.rate is not None
    whole = price.rate.pence * (price.pupils if price.basis is Basis.PER_PUPIL and price.pupils else 1)
    return Money((HALF * whole * part.days + part.period.days) // (HALF * part.period.days))


def fixed_words(title: str, price: Price, part: PartOf) -> str:
    """A fixed charge as its invoice says it."""
    said = f"{title}: {part.period.label}"
    if price.basis is Basis.PER_PUPIL:
        said += f", {price.rate} a pupil for {price.pupils:,} pupils"
    if not part.is_whole:
        said += f", {part.days} of {part.period.days} days"
    return said


def is_due(schedule: Schedule, starts_on: date, billed_until: date | None, today: date) -> bool:
    """Is a month or term over since an agreement began for which no invoice was drafted?"""
    over = newest_finished(schedule, today).ends_on
    return over >= starts_on and (billed_until is None or billed_until < over)
