"""What a method ranks quotes by, as people read it: marks of 100, or quality set against price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from marketplace.core.money import Money
from marketplace.tenders.formulas import TWO_PLACES, Method, Result, rounded
from marketplace.tenders.rules import PriceFormula

A_MILLION = 1_000_000
FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Measure:
    """How a figure is shown. `heading` stands above a column of them, `sentence` has a place for one.

    Indexes are shown for each £1,000,000, so that they are numbers to be read.
    """

    heading: str
    sentence: str
    lowest_wins: bool = False
    in_money: bool = False
    times: int = 1
    places: Decimal = TWO_PLACES

    def cell(self, figure: Fraction | None) -> Money | Decimal | None:
        """A figure rounded as it is shown; None for none."""
        if figure is None:
            return None
        if self.in_money:
            return Money(int(rounded(figure * 100, Decimal(1))))
        return rounded(figure * self.times, self.places)

    def shown(self, figure: Fraction | None) -> str:
        """A figure by itself: "76.25", "£812.50"."""
        cell = self.cell(figure)
        if cell is None:
            return "No points"
        return str(cell) if isinstance(cell, Money) else f"{cell:,f}"

    def said(self, figure: Fraction | None) -> str:
        """A figure with what it is: "76.25 of 100 marks", "£812.50 for each quality point"."""
        if figure is None:
            return "no quality points"
        return self.sentence.format(self.shown(figure))

    def apart(self, gap: Fraction) -> str:
        """How far two figures are apart; never nothing for what is something."""
        cell = self.cell(abs(gap))
        if cell is not None and not cell and gap:
            least = "£0.01" if self.in_money else f"{self.places:f}"
            return f"less than {least}"
        return self.shown(abs(gap))


MARKS = Measure("Marks, of 100", "{} of 100 marks")
BY_VALUE: Mapping[PriceFormula, Measure] = {
    PriceFormula.PRICE_PER_QUALITY: Measure(
        "Price of a quality point", "{} for each quality point", lowest_wins=True, in_money=True
    ),
    PriceFormula.VALUE_INDEX: Measure(
        "Quality points for each £1,000,000",
        "{} quality points for each £1,000,000",
        times=A_MILLION,
        places=FOUR_PLACES,
    ),
    PriceFormula.WEIGHTED_VALUE_INDEX: Measure(
        "Weighted value index for each £1,000,000",
        "a weighted value index of {} for each £1,000,000",
        times=A_MILLION,
        places=FOUR_PLACES,
    ),
    PriceFormula.MONETISED: Measure(
        "Price less what its quality is worth",
        "{} once what its quality is worth is taken off",
        lowest_wins=True,
        in_money=True,
    ),
}


def measure_of(method: Method) -> Measure:
    """What a method ranks quotes by."""
    return BY_VALUE.get(method.formula, MARKS)


def figure_of(method: Method, result: Result) -> Fraction | None:
    """What a quote is ranked by: its marks, or what the formula gives; None for one without a figure."""
    return result.figure if method.by_value else result.total
