"""How near a school is to having to register: Value Added Tax Act 1994, Schedule 1, paragraph 1(1)(a).

At the end of every month: have the taxable supplies of the twelve months that end then come to more than the
limit? Then the school must register, and has thirty days to tell HM Revenue & Customs.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from marketplace.core.money import ZERO, Money
from marketplace.core.months import months_later

FILE = Path(__file__).with_name("reference") / "registration.csv"
MONTHS = 12
NEAR = Decimal("0.8")
"""The share of the limit from which a school is told: our own figure, not the law's."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The limit in force from a day on, and where it stands."""

    since: date
    amount: Money
    source: str


@dataclass(frozen=True, slots=True)
class Supplied:
    """What was invoiced for a supply at its tax point, less what was credited of it. Before VAT."""

    tax_point: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Month:
    """What was supplied in a month, and in the twelve months that end with it."""

    first_day: date
    amount: Money
    twelve_months: Money
    above: bool


@lru_cache(maxsize=1)
def limits() -> tuple[Limit, ...]:
    """The limits of the law, the oldest first."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Limit(date.fromisoformat(row["from"]), Money.from_pounds(Decimal(row["limit"])), row["source"])
            for row in csv.DictReader(file)
        )


def limit_on(day: date) -> Limit:
    """The limit in force on a day; for a day before our table, the oldest we have."""
    in_force = [limit for limit in limits() if limit.since <= day]
    return in_force[-1] if in_force else limits()[0]


def months(supplies: Iterable[Supplied], today: date) -> Sequence[Month]:
    """The last twelve months, this one first, each with the twelve months that end with it."""
    by_month: dict[date, Money] = {}
    for supplied in supplies:
        first = supplied.tax_point.replace(day=1)
        by_month[first] = by_month.get(first, ZERO) + supplied.amount
    this = today.replace(day=1)
    found = []
    for back in range(MONTHS):
        first = months_later(this, -back)
        twelve = Money.total(by_month.get(months_later(first, -earlier), ZERO) for earlier in range(MONTHS))
        found.append(
            Month(
                first,
                by_month.get(first, ZERO),
                twelve,
                twelve > limit_on(months_later(first, 1) - timedelta(days=1)).amount,
            )
        )
    return found


def is_near(twelve_months: Money, limit: Money) -> bool:
    """Should the school look at it now?"""
    return twelve_months.pence >= limit.pence * NEAR
