"""What the Department for Education's Risk Protection Arrangement (RPA) would cost instead of insurance.

The price is dated data in `reference/rpa.csv`, with its source. Plain Python.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from marketplace.core.money import Money

PRICES = Path(__file__).with_name("reference") / "rpa.csv"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The yearly cost of the RPA for a school beside its premium today (None: not entered yet)."""

    a_pupil: Money
    pupils: int
    rpa: Money
    premium: Money | None
    since: date

    @property
    def words(self) -> str:
        """What the comparison means, in sentences."""
        cost = (
            f"The RPA would cost {self.rpa} a year: {self.pupils:,} pupils at {self.a_pupil} each, the price "
            f"since {self.since.day} {self.since:%B %Y}."
        )
        return f"{cost} {self._difference} {READ_FIRST}"

    @property
    def _difference(self) -> str:
        if self.premium is None:
            return "Enter what the school spends today to see the difference."
        if self.premium == self.rpa:
            return "That is what the school pays today."
        saving = self.premium - self.rpa
        if saving > Money(0):
            return f"That is {saving} less than the {self.premium} that the school pays today."
        return f"That is {-saving} more than the {self.premium} that the school pays today."


READ_FIRST = "The two do not cover the same things: read what the RPA leaves out before you compare."


@cache
def _prices() -> tuple[tuple[date, Money], ...]:
    with PRICES.open(encoding="utf-8", newline="") as file:
        rows = [
            (date.fromisoformat(row["from"]), Money(int(row["pounds_a_pupil"]) * 100))
            for row in csv.DictReader(file)
        ]
    return tuple(sorted(rows))


def compare(pupils: int, premium: Money | None, on: date) -> Comparison | None:
    """The comparison for a school of so many pupils on a day; None without pupils or a price we know."""
    known = [price for price in _prices() if price[0] <= on]
    if not known or pupils <= 0:
        return None
    since, a_pupil = known[-1]
    return Comparison(a_pupil, pupils, a_pupil * pupils, premium, since)
