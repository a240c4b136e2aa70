"""What to look at twice when quotes are compared: how firm the first place is, low prices, savings.

How prices and answers become marks stands in `marketplace/tenders/formulas.py`, published with the tender.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from marketplace.core.money import Money
from marketplace.tenders.formulas import (
    EVERYTHING,
    FULL_MARKS,
    NOTHING,
    Candidate,
    Method,
    price_shares,
    rounded,
)
from marketplace.tenders.value_formulas import logarithm

FEWEST_TO_COMPARE = 4
LOW_SHARE = Fraction(85, 100)
MARGIN_SHARE = Fraction(1, 100)
SMALLEST_MARGIN = Money(1_000_00)
LARGEST_MARGIN = Money(100_000_00)
WORTHLESS = Fraction(-(10**6))
"""In the place of the logarithm of no quality: below every other."""


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
        return rounded(share, Decimal("0.1"))

    @property
    def words(self) -> str:
        """The saving as people read it: "£1,250.00 less (12.5%)"."""
        amount = -self.amount if self.amount.pence < 0 else self.amount
        side = "more" if self.amount.pence < 0 else "less"
        share = "" if self.percent is None else f" ({abs(self.percent)}%)"
        return f"{amount} {side}{share}" if amount else "The same"


def leads(method: Method, candidates: Sequence[Candidate]) -> list[Lead]:
    """Who would be first at every price weight from 0 to 1, the quality weights keeping their proportions.

    Where quality is counted in money, at every worth of a point from nothing to twice the published one.
    Exact pairwise crossings (of indexes to fifty digits); where two quotes are equal over a whole range the
    first given leads. Empty when there is no quality question or no quote.
    """
    whole = sum(method.quality_weights)
    if not whole or not candidates:
        return []
    qualities = [
        sum(
            (weight * share for weight, share in zip(method.quality_weights, candidate.quality, strict=True)),
            NOTHING,
        )
        / whole
        for candidate in candidates
    ]
    prices = [candidate.price for candidate in candidates]
    if method.worth_of_a_point is not None:
        most = 2 * method.worth_of_a_point.pence * FULL_MARKS
        return upper_envelope([Fraction(-price.pence) for price in prices], [most * one for one in qualities])
    if method.by_value:
        return index_leads(prices, [FULL_MARKS * quality for quality in qualities])
    shares = price_shares(method, prices)
    slopes = [share - quality for share, quality in zip(shares, qualities, strict=True)]
    return upper_envelope(qualities, slopes)


def index_leads(prices: Sequence[Money], points: Sequence[Fraction]) -> list[Lead]:
    """Who has the highest weighted value index at every price weight from 0 to 1.

    The order of Q^((1−w)/w)/P is that of (1−w)·ln Q − w·ln P: a straight line in w.
    """
    starts = [logarithm(one) if one else WORTHLESS for one in points]
    slopes = [
        -start - logarithm(Fraction(price.pence, 100)) for start, price in zip(starts, prices, strict=True)
    ]
    return upper_envelope(starts, slopes)


def upper_envelope(starts: Sequence[Fraction], slopes: Sequence[Fraction]) -> list[Lead]:
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
