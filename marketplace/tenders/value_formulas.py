"""Formulas that set quality against price instead of adding marks: ratios, and quality counted in money.

None depends on the other quotes. Cabinet Office, Bid evaluation guidance note (2021), on price per quality
point; Ministry of Defence methods on the value index, the weighted one and monetised quality. Quality is
in points of 0 to 100. Quotes are put in order exactly; `figure` is what people are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction

from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money

ONE = Fraction(1)
LEAST_WEIGHT = Fraction(1, 100)
MOST_PARTS = 10_000
"""Of the weight of the price, so that powers stay small enough to be compared exactly."""
DIGITS = 50


class ValueFormula(StrEnum):
    """How quality and price become one figure."""

    PRICE_PER_QUALITY = "price_per_quality"
    VALUE_INDEX = "value_index"
    WEIGHTED_VALUE_INDEX = "weighted_value_index"
    MONETISED = "monetised"


LOWEST_WINS = frozenset({ValueFormula.PRICE_PER_QUALITY, ValueFormula.MONETISED})


@dataclass(frozen=True, slots=True)
class Terms:
    """How one tender sets quality against price.

    `price_weight` (from 0.01 to 1) counts for the weighted index only, `worth_of_a_point`, in
    pence, for monetised quality only.
    """

    formula: ValueFormula
    price_weight: Fraction = Fraction(1, 2)
    worth_of_a_point: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Bid:
    """A quote: its price, and its quality in points of 0 to 100."""

    price: Money
    quality: Fraction


@dataclass(frozen=True, slots=True)
class Judged:
    """A quote's figure, in pounds where it is money. Of two the one with the higher `order` is better."""

    figure: Fraction
    order: Fraction


def judge(terms: Terms, bids: Sequence[Bid]) -> list[Judged]:
    """The figure of each quote, in the order given.

    Raises RuleBroken for a price that is not above zero, for no quality at all where the price is divided
    by it, and for weights that no exact comparison can be made with.
    """
    if any(bid.price.pence <= 0 for bid in bids):
        raise RuleBroken(
            "A quote with a total of £0.00 or less cannot be scored. Exclude it, with the reason."
        )
    return [_JUDGES[terms.formula](terms, bid) for bid in bids]


def _price_per_point(_: Terms, bid: Bid) -> Judged:
    """P / Q, lowest wins: the order is that of the value index."""
    if not bid.quality:
        raise RuleBroken("A quote without any quality has no price per quality point. Exclude it.", "quality")
    figure = Fraction(bid.price.pence, 100) / bid.quality
    return Judged(figure, 1 / figure)


def _value_index(_: Terms, bid: Bid) -> Judged:
    """Q / P, highest wins."""
    figure = bid.quality / Fraction(bid.price.pence, 100)
    return Judged(figure, figure)


def _weighted_index(terms: Terms, bid: Bid) -> Judged:
    """Q^(wQ/wP) / P, highest wins.

    A root is seldom a fraction, so quotes are put in order by the power of it that is one: with
    wQ/wP = a/b, the order of Q^(a/b)/P is that of Q^a/P^b.
    """
    exponent = _exponent(terms.price_weight)
    price = Fraction(bid.price.pence, 100)
    order: Fraction = bid.quality**exponent.numerator / price**exponent.denominator
    return Judged(_power(bid.quality, exponent) / price, order)


def _exponent(price_weight: Fraction) -> Fraction:
    """The weight of quality over that of price. Raises RuleBroken."""
    if not LEAST_WEIGHT <= price_weight <= 1 or price_weight.denominator > MOST_PARTS:
        raise RuleBroken(
            "For this formula the price must weigh 1% or more, with at most two decimal places.",
            "price_weight",
        )
    return (1 - price_weight) / price_weight


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    """A power to fifty digits; exact where the exponent is whole."""
    if exponent.denominator == 1 or base in {0, 1}:
        return Fraction(base**exponent.numerator) if base or exponent else ONE
    with localcontext() as context:
        context.prec = DIGITS
        return Fraction((_decimal(exponent) * _decimal(base).ln()).exp())


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


def logarithm(number: Fraction) -> Fraction:
    """The natural logarithm to fifty digits, for where an index changes hands."""
    with localcontext() as context:
        context.prec = DIGITS
        return Fraction(_decimal(number).ln())


def _monetised(terms: Terms, bid: Bid) -> Judged:
    """P − Q × what a point is worth, lowest wins."""
    figure = (bid.price.pence - bid.quality * terms.worth_of_a_point) / 100
    return Judged(figure, -figure)


_JUDGES: dict[ValueFormula, Callable[[Terms, Bid], Judged]] = {
    ValueFormula.PRICE_PER_QUALITY: _price_per_point,
    ValueFormula.VALUE_INDEX: _value_index,
    ValueFormula.WEIGHTED_VALUE_INDEX: _weighted_index,
    ValueFormula.MONETISED: _monetised,
}
