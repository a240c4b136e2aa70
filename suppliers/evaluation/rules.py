"""How quotes are judged: price formulas, totals, ranks, and what to look at twice.

Marks are exact fractions of 100; only what is shown is rounded. Every method here is published with
the tender and frozen there, before anybody knows a price.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.tenders.rules import PriceFormula

FULL_MARKS = 100
FEWEST_TO_COMPARE = 4
LOW_SHARE = Fraction(85, 100)
MARGIN_SHARE = Fraction(1, 100)
SMALLEST_MARGIN = Money(1_000_00)
LARGEST_MARGIN = Money(100_000_00)
NOTHING, EVERYTHING = Fraction(0), Fraction(1)
TWO_PLACES = Decimal("0.01")
TIE_BREAK = (
    "Quotes with equal marks share a rank. Between them the quality question with the highest weight "
    "decides, then the lower price, then the other questions by weight. The time at which a quote "
    "arrived never counts."
)


@dataclass(frozen=True, slots=True)
class Method:
    """How one tender turns quotes into marks. The weights total 100; a price weight of 0 means no price."""

    formula: PriceFormula
    price_weight: int
    quality_weights: tuple[int, ...] = ()
    ceiling: Money | None = None
    optimum: Money | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A quote as the method sees it: its price, and by quality question its share (0 to 1) of full marks."""

    price: Money
    quality: tuple[Fraction, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What a quote earned. `rank` is shared by equal totals; `place` is after the tie-break."""

    price_marks: Fraction
    quality_marks: tuple[Fraction, ...]
    total: Fraction
    rank: int
    place: int


@dataclass(frozen=True, slots=True)
class LowPriceTest:
    """Which prices are so low that the supplier must explain them. Amounts in exact pence.

    `average` is the mean of all prices but the highest, or what schools pay today; a price below
    `threshold` is flagged if it is also more than `margin` below `reference`.
    """

    against_baseline: bool
    average: Fraction
    threshold: Fraction
    reference: Fraction
    margin: Fraction
    flags: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Lead:
    """The range of price weights (0 to 1) over which one quote is first."""

    leader: int
    start: Fraction
    end: Fraction


@dataclass(frozen=True, slots=True)
class Saving:
    """What a price saves against today's spend, both over the whole term; negative when it costs more."""

    baseline: Money
    price: Money

    @property
    def amount(self) -> Money:
        """Today's spend less the price."""
        return self.baseline - self.price

    @property
    def percent(self) -> Decimal | None:
        """The saving in per cent of today's spend, to one place; None when nothing is spent today."""
        if self.baseline.pence <= 0:
            return None
        share = Fraction(self.amount.pence * 100, self.baseline.pence)
        return _rounded(share, Decimal("0.1"))

    @property
    def words(self) -> str:
        """The saving as people read it: "£1,250.00 less (12.5%)"."""
        amount = -self.amount if self.amount.pence < 0 else self.amount
        side = "more" if self.amount.pence < 0 else "less"
        share = "" if self.percent is None else f" ({abs(self.percent)}%)"
        return f"{amount} {side}{share}" if amount else "The same"


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
    return min(EVERYTHING, max(NOTHING, Fraction(method.ceiling.pence - price, span)))


def _proportion_of_lowest(_: Method, price: int, prices: Sequence[Money]) -> Fraction:
    """Lowest price / price."""
    return Fraction(min(prices).pence, price)


def _between_lowest_and_highest(_: Method, price: int, prices: Sequence[Money]) -> Fraction:
    """1 − (price − lowest) / (highest − lowest); full marks for all when all are equal or one is alone."""
    lowest, highest = min(prices).pence, max(prices).pence
    if lowest == highest:
        return EVERYTHING
    return 1 - Fraction(price - lowest, highest - lowest)


_SHARES: dict[PriceFormula, Callable[[Method, int, Sequence[Money]], Fraction]] = {
    PriceFormula.CEILING_OPTIMUM: _between_ceiling_and_optimum,
    PriceFormula.PROPORTION_OF_LOWEST: _proportion_of_lowest,
    PriceFormula.LINEAR_LOWEST_HIGHEST: _between_lowest_and_highest,
}


def assess(method: Method, candidates: Sequence[Candidate]) -> list[Result]:
    """Marks, ranks and places of all quotes, in the order given. Raises RuleBroken as `price_shares` does."""
    shares = price_shares(method, [candidate.price for candidate in candidates])
    price_marks = [method.price_weight * share for share in shares]
    quality_marks = [
        tuple(weight * share for weight, share in zip(method.quality_weights, candidate.quality, strict=True))
        for candidate in candidates
    ]
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
        )
        for at in range(len(candidates))
    ]


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


def leads(method: Method, candidates: Sequence[Candidate]) -> list[Lead]:
    """Who would be first at every price weight from 0 to 1, the quality weights keeping their proportions.

    Exact pairwise crossings; where two quotes are equal over a whole range the first given leads.
    Empty when there is no quality question or no quote.
    """
    whole = sum(method.quality_weights)
    if not whole or not candidates:
        return []
    shares = price_shares(method, [candidate.price for candidate in candidates])
    qualities = [
        sum(
            (weight * share for weight, share in zip(method.quality_weights, candidate.quality, strict=True)),
            NOTHING,
        )
        / whole
        for candidate in candidates
    ]
    slopes = [share - quality for share, quality in zip(shares, qualities, strict=True)]
    return _upper_envelope(qualities, slopes)


def _upper_envelope(starts: Sequence[Fraction], slopes: Sequence[Fraction]) -> list[Lead]:
    """Which of the lines start + slope × weight is highest, from weight 0 to weight 1."""
    found: list[Lead] = []
    weight = NOTHING
    leader = max(range(len(starts)), key=lambda at: (starts[at], slopes[at], -at))
    while True:
        crossings = [
            ((starts[leader] - starts[at]) / (slopes[at] - slopes[leader]), -slopes[at], at)
            for at in range(len(starts))
            if slopes[at] > slopes[leader]
        ]
        overtaking = min(crossings, default=(EVERYTHING, NOTHING, leader))
        if overtaking[0] >= EVERYTHING:
            return [*found, Lead(leader, weight, EVERYTHING)]
        if overtaking[0] > weight:
            found.append(Lead(leader, weight, overtaking[0]))
        weight, leader = overtaking[0], overtaking[2]


def abnormally_low(prices: Sequence[Money], baseline: Money | None = None) -> LowPriceTest | None:
    """The test for prices that the supplier must explain; a flag asks, it never excludes.

    With four quotes or more: over 15 % below the mean of all but the highest, and further below the
    lowest price that is not than 1 % of it, at least £1,000 and at most £100,000 (Scottish Government,
    Construction procurement handbook, chapter 10). With fewer, the same against what schools pay
    today over the whole term (`baseline`); None where that is not known.
    """
    if len(prices) >= FEWEST_TO_COMPARE:
        return low_against_each_other(prices)
    if not prices or baseline is None or baseline.pence <= 0:
        return None
    return _low_price_test(prices, Fraction(baseline.pence), against_baseline=True)


def low_against_each_other(prices: Sequence[Money]) -> LowPriceTest:
    """The test of two prices or more against their own mean without the highest."""
    others = sorted(price.pence for price in prices)[:-1]
    return _low_price_test(prices, Fraction(sum(others), len(others)), against_baseline=False)


def _low_price_test(prices: Sequence[Money], average: Fraction, *, against_baseline: bool) -> LowPriceTest:
    threshold = average * LOW_SHARE
    qualifying = [Fraction(price.pence) for price in prices if price.pence >= threshold]
    reference = average if against_baseline else min(qualifying)
    margin = min(
        max(reference * MARGIN_SHARE, Fraction(SMALLEST_MARGIN.pence)), Fraction(LARGEST_MARGIN.pence)
    )
    flags = tuple(price.pence < threshold and reference - price.pence > margin for price in prices)
    return LowPriceTest(against_baseline, average, threshold, reference, margin, flags)


def to_two_places(marks: Fraction) -> Decimal:
    """Marks as they are shown: two places, half up."""
    return _rounded(marks, TWO_PLACES)


def _rounded(exact: Fraction, step: Decimal) -> Decimal:
    """Half up (away from zero) to a multiple of a decimal step, without passing through a float."""
    steps = abs(exact) / Fraction(step)
    whole, left = divmod(steps.numerator, steps.denominator)
    whole += left * 2 >= steps.denominator
    return (Decimal(whole if exact >= 0 else -whole) * step).quantize(step, ROUND_HALF_UP)
