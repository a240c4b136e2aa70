"""Quotes scored by any formula, with what turns on what: for figures that come from outside a tender."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from marketplace.core.money import Money
from marketplace.tenders import formulas, value_formulas
from marketplace.tenders.formulas import Candidate, Method
from marketplace.tenders.value_formulas import Bid, Terms, ValueFormula
from suppliers.evaluation import rules
from suppliers.evaluation.rules import Lead

FULL = formulas.FULL_MARKS


@dataclass(frozen=True, slots=True)
class Scoring:
    """Prices, quality in points of 0 to 100, and how they are judged.

    `method` is that of marks, or the `terms` of a formula that sets quality against price. `baseline` is
    what is paid today, against which up to three prices are held.
    """

    prices: tuple[Money, ...]
    quality: tuple[Fraction, ...]
    method: Method | Terms
    baseline: Money | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """What one quote comes to. Of two the one with the higher `order` is better; see `formulas.TIE_BREAK`."""

    price_score: Fraction
    total: Fraction
    order: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """Everything that follows from a scoring; quotes go by their places in it.

    `without` says who wins when each loser leaves; `leads` who wins at which weight of the price.
    """

    figures: tuple[Figure, ...]
    ranking: tuple[int, ...]
    abnormally_low: tuple[bool, ...]
    without: tuple[tuple[int, int], ...]
    leads: tuple[Lead, ...]

    @property
    def winner(self) -> int:
        """The quote in first place; where nothing parts several, the first of them."""
        return self.ranking[0]


def score(scoring: Scoring) -> Scored:
    """Score some quotes. Raises RuleBroken where the formula cannot be applied."""
    places = range(len(scoring.prices))
    figures = _figures(scoring, places)
    ranking = _ranking(figures)
    low = rules.abnormally_low(scoring.prices, scoring.baseline)
    return Scored(
        tuple(figures),
        tuple(ranking),
        low.flags if low else tuple(False for _ in places),
        tuple(sorted((loser, _winner_without(scoring, ranking[0], loser)) for loser in ranking[1:])),
        tuple(_leads(scoring, ranking[0])),
    )


def _winner_without(scoring: Scoring, winner: int, loser: int) -> int:
    method = scoring.method
    if isinstance(method, Terms) or not formulas.FORMULAS[method.formula].is_relative:
        return winner
    left = [at for at in range(len(scoring.prices)) if at != loser]
    return left[_ranking(_figures(scoring, left))[0]]


def _ranking(figures: Sequence[Figure]) -> list[int]:
    return sorted(range(len(figures)), key=lambda at: ([-part for part in figures[at].order], at))


def _figures(scoring: Scoring, places: Sequence[int]) -> list[Figure]:
    judge: Callable[[Scoring, Sequence[int]], list[Figure]]
    judge = _by_marks if isinstance(scoring.method, Method) else _by_value
    return judge(scoring, places)


def _by_marks(scoring: Scoring, places: Sequence[int]) -> list[Figure]:
    method = scoring.method
    assert isinstance(method, Method), "marks come of a method"
    candidates = [Candidate(scoring.prices[at], (scoring.quality[at] / FULL,)) for at in places]
    shares = formulas.price_shares(method, [one.price for one in candidates])
    return [
        Figure(share, result.total / FULL, (result.total, *_between_equals(scoring, at)))
        for share, result, at in zip(shares, formulas.assess(method, candidates), places, strict=True)
    ]


def _by_value(scoring: Scoring, places: Sequence[int]) -> list[Figure]:
    terms = scoring.method
    assert isinstance(terms, Terms), "values come of their terms"
    bids = [Bid(scoring.prices[at], scoring.quality[at]) for at in places]
    return [
        Figure(judged.figure, judged.figure, (judged.order, *_between_equals(scoring, at)))
        for judged, at in zip(value_formulas.judge(terms, bids), places, strict=True)
    ]


def _between_equals(scoring: Scoring, at: int) -> tuple[Fraction, Fraction]:
    """The published tie-break: the better answer to the one question of quality, then the lower price."""
    return scoring.quality[at], Fraction(-scoring.prices[at].pence)


def _leads(scoring: Scoring, winner: int) -> Sequence[Lead]:
    """Who wins at which weight of the price; the winner at each where the weight plays no part."""
    if isinstance(scoring.method, Method):
        candidates = [
            Candidate(price, (quality / FULL,))
            for price, quality in zip(scoring.prices, scoring.quality, strict=True)
        ]
        return rules.leads(scoring.method, candidates) or [Lead(winner, Fraction(0), Fraction(1))]
    if scoring.method.formula is not ValueFormula.WEIGHTED_VALUE_INDEX:
        return [Lead(winner, Fraction(0), Fraction(1))]
    return rules.index_leads(scoring.prices, scoring.quality)
