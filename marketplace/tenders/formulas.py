"""How prices and answers are judged together: the formulas, totals, ranks and the tie-break.

Marks are exact fractions of 100; only what is shown is rounded. The method of a tender is published
with it and frozen there, before anybody knows a price. Plain Python: whoever judges quotes uses it, and
so do the pages that explain it beforehand.

Ratios of quality and price (price per quality point, value indexes) and prices corrected by a fixed sum
for each point (monetised quality) fit no marks out of 100: `value_formulas` works their figures out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money
from marketplace.tenders.rules import BY_VALUE, PriceFormula
from marketplace.tenders.value_formulas import Bid, Judged, Terms, ValueFormula, judge

FULL_MARKS = 100
NOTHING, HALF, EVERYTHING = Fraction(0), Fraction(1, 2), Fraction(1)
TWO_PLACES = Decimal("0.01")
TIE_BREAK = (
    "Quotes that come out equal share a rank. Between them the quality question with the highest weight "
    "decides, then the lower price, then the other questions by weight. The time at which a quote "
    "arrived never counts."
)


@dataclass(frozen=True, slots=True)
class FormulaInWords:
    """A price formula as suppliers read it before they quote.

    `is_relative`: a quote's marks depend on the other quotes, so that the order of two quotes can turn
    when a third comes or goes.
    """

    name: str
    words: str
    is_relative: bool


FORMULAS: Mapping[PriceFormula, FormulaInWords] = {
    PriceFormula.CEILING_OPTIMUM: FormulaInWords(
        "Between a ceiling and an optimum",
        "A total price at the ceiling or above gets no marks, at the optimum or below full marks, and in "
        "between in proportion. Other quotes make no difference.",
        is_relative=False,
    ),
    PriceFormula.PROPORTION_OF_LOWEST: FormulaInWords(
        "Proportion of the lowest price",
        "The lowest total price gets full marks. Every other gets the lowest price divided by its own.",
        is_relative=True,
    ),
    PriceFormula.DEVIATION_FROM_LOWEST: FormulaInWords(
        "Distance from the lowest price",
        "The lowest total price gets full marks. Every other loses marks in proportion to how far it is "
        "above the lowest, until none are left.",
        is_relative=True,
    ),
    PriceFormula.LINEAR_LOWEST_HIGHEST: FormulaInWords(
        "Between the lowest and the highest price",
        "The lowest total price gets full marks, the highest none, and those in between in proportion. "
        "When all are equal, everybody gets full marks.",
        is_relative=True,
    ),
    PriceFormula.DEVIATION_FROM_MEAN: FormulaInWords(
        "Distance from the average price",
        "A total price at the average of all gets half of the marks. For every 1% below the average it "
        "gains 1 in a hundred of the marks, for every 1% above it loses as much.",
        is_relative=True,
    ),
    PriceFormula.PRICE_PER_QUALITY: FormulaInWords(
        "Price of a quality point",
        "The total price is divided by the quality points, of 100; the lowest price of a point wins. Price "
        "and quality matter the same. Other quotes make no difference.",
        is_relative=False,
    ),
    PriceFormula.VALUE_INDEX: FormulaInWords(
        "Value index",
        "The quality points, of 100, are divided by the total price; the highest wins. It puts quotes in the "
        "same order as the price of a quality point. Other quotes make no difference.",
        is_relative=False,
    ),
    PriceFormula.WEIGHTED_VALUE_INDEX: FormulaInWords(
        "Weighted value index",
        "The quality points, of 100, are raised to the weight of quality over the weight of the price, and "
        "divided by the total price; the highest wins. Other quotes make no difference.",
        is_relative=False,
    ),
    PriceFormula.MONETISED: FormulaInWords(
        "Quality counted in money",
        "For each quality point, of 100, what a point is worth is taken off the total price; the lowest that "
        "is left wins. Suppliers are paid their price. Other quotes make no difference.",
        is_relative=False,
    ),
}


@dataclass(frozen=True, slots=True)
class Method:
    """How one tender judges quotes. The weights total 100; a price weight of 0 means no price.

    `ceiling` and `optimum` belong to the formula of that name. `steepness` belongs to the distance from
    the lowest price: with 1, a price 10 % above the lowest loses 10 % of the marks, with 2, 20 %. Where
    quality is set against price, the quality weights alone total 100: they make its points.
    `worth_of_a_point` is what one of them is worth in money, for the formula that counts so.
    """

    formula: PriceFormula
    price_weight: int | Fraction
    quality_weights: tuple[int | Fraction, ...] = ()
    ceiling: Money | None = None
    optimum: Money | None = None
    steepness: Fraction = EVERYTHING
    worth_of_a_point: Money | None = None

    @property
    def by_value(self) -> bool:
        """Is quality set against price, instead of marks being added for each?"""
        return self.formula in BY_VALUE


@dataclass(frozen=True, slots=True)
class Candidate:
    """A quote as the method sees it: its price, and by quality question its share (0 to 1) of full marks."""

    price: Money
    quality: tuple[Fraction, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What a quote earned. `rank` is shared by equal totals; `place` is after the tie-break.

    `total` is marks of 100. Where quality is set against price, it is what quotes are put in order by,
    there are no price marks, `quality_marks` are points, and `figure` is what the formula gives; None
    where a quote earned no point whose price could be worked out, which places it last.
    """

    price_marks: Fraction
    quality_marks: tuple[Fraction, ...]
    total: Fraction
    rank: int
    place: int
    figure: Fraction | None = None


def price_shares(method: Method, prices: Sequence[Money]) -> list[Fraction]:
    """The share of the full price marks that each price earns, from 0 to 1, in the order given.

    Raises RuleBroken for a price that is not above zero, and for a ceiling-optimum method whose
    ceiling is missing or not above its optimum.
    """
    if any(price.pence <= 0 for price in prices):
        raise RuleBroken(
            "A quote with a total of £0.00 or less cannot be scored. Exclude it, with the reason."
        )
    if not prices:
        return []
    return [_SHARES[method.formula](method, price.pence, prices) for price in prices]


def _between_ceiling_and_optimum(method: Method, price: int, _: Sequence[Money]) -> Fraction:
    """(ceiling − price) / (ceiling − optimum), kept within 0 and 1; other quotes play no part."""
    if method.ceiling is None or method.optimum is None or method.ceiling <= method.optimum:
        raise RuleBroken("This price formula needs a ceiling that is above its optimum.")
    span = method.ceiling.pence - method.optimum.pence
    return _within(Fraction(method.ceiling.pence - price, span))


def _proportion_of_lowest(_: Method, price: int, prices: Sequence[Money]) -> Fraction:
    """Lowest price / price."""
    return Fraction(min(prices).pence, price)


def _away_from_lowest(method: Method, price: int, prices: Sequence[Money]) -> Fraction:
    """1 − steepness × (price − lowest) / lowest, but not less than 0."""
    lowest = min(prices).pence
    return _within(1 - method.steepness * Fraction(price - lowest, lowest))


def _between_lowest_and_highest(_: Method, price: int, prices: Sequence[Money]) -> Fraction:
    """1 − (price − lowest) / (highest − lowest); full marks for all when all are equal or one is alone."""
    lowest, highest = min(prices).pence, max(prices).pence
    if lowest == highest:
        return EVERYTHING
    return 1 - Fraction(price - lowest, highest - lowest)


def _away_from_mean(_: Method, price: int, prices: Sequence[Money]) -> Fraction:
    """1/2 − (price − mean) / mean, kept within 0 and 1."""
    mean = mean_pence(prices)
    return _within(HALF - (price - mean) / mean)


def mean_pence(prices: Sequence[Money]) -> Fraction:
    """The exact average of some prices, in pence."""
    return Fraction(Money.total(prices).pence, len(prices))


def _within(share: Fraction) -> Fraction:
    return min(EVERYTHING, max(NOTHING, share))


_SHARES: dict[PriceFormula, Callable[[Method, int, Sequence[Money]], Fraction]] = {
    PriceFormula.CEILING_OPTIMUM: _between_ceiling_and_optimum,
    PriceFormula.PROPORTION_OF_LOWEST: _proportion_of_lowest,
    PriceFormula.DEVIATION_FROM_LOWEST: _away_from_lowest,
    PriceFormula.LINEAR_LOWEST_HIGHEST: _between_lowest_and_highest,
    PriceFormula.DEVIATION_FROM_MEAN: _away_from_mean,
}


def assess(method: Method, candidates: Sequence[Candidate]) -> list[Result]:
    """Marks, ranks and places of all quotes, in the order given. Raises RuleBroken as `price_shares` does."""
    quality_marks = [
        tuple(weight * share for weight, share in zip(method.quality_weights, candidate.quality, strict=True))
        for candidate in candidates
    ]
    figures: list[Fraction | None] = [None] * len(candidates)
    if method.by_value:
        points = [sum(marks, NOTHING) for marks in quality_marks]
        values = _values(method, [one.price for one in candidates], points)
        price_marks, totals = [NOTHING] * len(candidates), [one.order if one else NOTHING for one in values]
        figures = [one.figure if one else None for one in values]
    else:
        shares = price_shares(method, [candidate.price for candidate in candidates])
        price_marks = [method.price_weight * share for share in shares]
        totals = [marks + sum(quality) for marks, quality in zip(price_marks, quality_marks, strict=True)]
    orders = [
        (total, *_tie_break(method, candidate)) for total, candidate in zip(totals, candidates, strict=True)
    ]
    return [
        Result(
            price_marks[at],
            quality_marks[at],
            totals[at],
            rank=1 + sum(other > totals[at] for other in totals),
            place=1 + sum(other > orders[at] for other in orders),
            figure=figures[at],
        )
        for at in range(len(candidates))
    ]


def _values(method: Method, prices: Sequence[Money], points: Sequence[Fraction]) -> list[Judged | None]:
    """What the formula gives for each quote; None for one without a point whose price is asked for."""
    terms = terms_of(method)
    needs_points = terms.formula is ValueFormula.PRICE_PER_QUALITY
    bids = [Bid(price, own) for price, own in zip(prices, points, strict=True)]
    judged = iter(judge(terms, [bid for bid in bids if bid.quality or not needs_points]))
    return [next(judged) if bid.quality or not needs_points else None for bid in bids]


def terms_of(method: Method) -> Terms:
    """The terms on which a method sets quality against price. Only for methods that do."""
    worth = method.worth_of_a_point or ZERO
    share = Fraction(method.price_weight) / FULL_MARKS
    return Terms(ValueFormula(method.formula.value), share, Fraction(worth.pence))


def _tie_break(method: Method, candidate: Candidate) -> tuple[Fraction, ...]:
    """What decides between equal totals, most important first, higher is better. See TIE_BREAK."""
    numbers = range(len(method.quality_weights))
    heaviest_first = sorted(numbers, key=lambda at: (-method.quality_weights[at], at))
    quality = [candidate.quality[at] for at in heaviest_first]
    return (*quality[:1], Fraction(-candidate.price.pence), *quality[1:])


def firsts(results: Sequence[Result]) -> list[int]:
    """Who is in first place: one quote, or several that even the tie-break cannot part."""
    return [at for at, result in enumerate(results) if result.place == 1]


def winner_turns_on(method: Method, candidates: Sequence[Candidate]) -> list[int]:
    """The losing quotes without which another quote would be first. Empty is how it should be."""
    first = firsts(assess(method, candidates))
    if len(first) != 1:
        return []
    turning = []
    for at in range(len(candidates)):
        if at == first[0]:
            continue
        others = [candidate for place, candidate in enumerate(candidates) if place != at]
        leader = first[0] - (at < first[0])
        if firsts(assess(method, others)) != [leader]:
            turning.append(at)
    return turning


def worth_of_a_mark(method: Method) -> Fraction | None:
    """What one mark for quality is worth in price, in exact pence; None where that depends on the quotes.

    Where quality is counted in money, it is what a point is worth.

    Between the ceiling and the optimum each mark of price costs the same, so a quote that earns one mark
    more for quality may ask that much more and be as good.
    """
    if method.formula is PriceFormula.MONETISED and method.worth_of_a_point is not None:
        return Fraction(method.worth_of_a_point.pence)
    if method.formula is not PriceFormula.CEILING_OPTIMUM or not method.price_weight:
        return None
    if method.ceiling is None or method.optimum is None:
        return None
    return Fraction(method.ceiling.pence - method.optimum.pence) / method.price_weight


def in_short(number: int | Fraction) -> str:
    """A number as it is shown: at most two places, without zeros at its end."""
    text = f"{to_two_places(Fraction(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_two_places(marks: Fraction) -> Decimal:
    """Marks as they are shown: two places, half up."""
    return rounded(marks, TWO_PLACES)


def rounded(exact: Fraction, step: Decimal) -> Decimal:
    """Half up (away from zero) to a multiple of a decimal step, without passing through a float."""
    steps = abs(exact) / Fraction(step)
    whole, left = divmod(steps.numerator, steps.denominator)
    whole += left * 2 >= steps.denominator
    return (Decimal(whole if exact >= 0 else -whole) * step).quantize(step, ROUND_HALF_UP)
