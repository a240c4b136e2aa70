"""The assessment methodology of one tender, and what it does, shown on dummy figures before anybody quotes.

The Procurement Act 2023, section 23(3)(a), asks for a description of how quotes are assessed. Every figure
here comes from the formulas that will judge the real quotes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import permutations, product

from marketplace.core.money import Money
from marketplace.tenders import formulas, whole_life
from marketplace.tenders.criteria.tree import judged, price_marks
from marketplace.tenders.formulas import (
    EVERYTHING,
    FORMULAS,
    FULL_MARKS,
    NOTHING,
    TWO_PLACES,
    Candidate,
    Method,
    Result,
    in_short,
    rounded,
    to_two_places,
)
from marketplace.tenders.measures import A_MILLION, figure_of, measure_of
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import BY_VALUE, CriterionKind, PriceFormula
from marketplace.tenders.whole_life import WholeLife

NAMES = ("Quote A", "Quote B", "Quote C")
DUMMY_PRICES = (Money(80_000_00), Money(100_000_00), Money(120_000_00))
BETWEEN = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
"""Where the dummy prices stand between an optimum and a ceiling."""
DUMMY_QUALITY = (Fraction(2, 5), Fraction(4, 5), Fraction(1))
"""How good the dummy answers are: the cheapest quote the weakest, the dearest the best."""
WHOLE_TENDER = "for all schools and the whole term"
DUMMY_POINTS = (160, 200, 240)
MIDDLE = 100_000_00
SPREADS = (Fraction(1, 4), Fraction(1, 10), Fraction(1, 20), Fraction(1, 50))
STEPS = ((-1, 0, 1), (-1, 0, 2), (-2, 0, 1))


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A quality question as an example needs it: its weight of 100, and its highest mark."""

    title: str
    weight: int | Fraction
    highest: int

    @property
    def marks(self) -> str:
        """The marks it can earn, as shown."""
        return in_short(self.weight)


@dataclass(frozen=True, slots=True)
class ExampleQuote:
    """A dummy quote: how its marks or its figure are worked out, and what it earns, to two places.

    `total` is marks of 100; where quality is set against price, its points of 100, and `result` is the
    figure that it is ranked by.
    """

    name: str
    price: Money
    working: str
    price_marks: Decimal
    scores: tuple[int, ...]
    quality_marks: tuple[Decimal, ...]
    total: Decimal
    result: str
    rank: int


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """A tender's method on three dummy quotes. `worth_of_a_mark` is a price; None where it depends.

    `heading` names what quotes are ranked by; `by_value` where that is no sum of marks.
    """

    questions: tuple[AskedQuestion, ...]
    quotes: tuple[ExampleQuote, ...]
    worth_of_a_mark: Money | None
    heading: str
    by_value: bool


@dataclass(frozen=True, slots=True)
class TurningQuote:
    """A dummy quote with all its marks before and after another has left; `after` None for that one."""

    name: str
    price: Money
    quality_marks: Decimal
    before: Decimal
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class Turning:
    """Three dummy quotes of which the winner changes when a loser leaves."""

    quotes: tuple[TurningQuote, ...]
    winner: str
    leaver: str
    winner_after: str


@dataclass(frozen=True, slots=True)
class Methodology:
    """All that explains how a tender judges. `turning` is None where no loser can decide who wins."""

    example: WorkedExample
    is_relative: bool
    turning: Turning | None


def method_of(tender: Tender) -> Method:
    """How a tender turns quotes into marks, by its criteria and its formula.

    The quality weights are those of `judged`, in that order; 0 for what is passed or failed. Where quality
    is set against price, they are stretched to the 100 points that all answers together can earn.
    """
    weights = [placed.marks for placed in judged(tender.criteria)]
    whole = sum(weights, NOTHING)
    if tender.price_formula in BY_VALUE and whole:
        weights = [weight * FULL_MARKS / whole for weight in weights]
    return Method(
        tender.price_formula,
        price_marks(tender.criteria),
        tuple(weights),
        tender.ceiling,
        tender.optimum,
        formulas.EVERYTHING if tender.steepness is None else Fraction(tender.steepness),
        tender.worth_of_a_point,
    )


def whole_life_of(tender: Tender) -> WholeLife | None:
    """How a tender counts the years of its contract; None where it does not, or has no dates yet."""
    if tender.contract_starts_on is None or tender.contract_ends_on is None:
        return None
    years = whole_life.years_of(tender.contract_starts_on, tender.contract_ends_on, tender.extension_months)
    return whole_life.terms_of(tender.indexation, tender.discount_rate, years)


def figures_of(tender: Tender) -> str:
    """The figures that a tender's method is published with, in sentences; blank where it has none."""
    years = whole_life_of(tender)
    return " ".join(filter(None, (_figures(tender), whole_life.in_words(years) if years else "")))


def formula_in_words(tender: Tender) -> str:
    """How price and quality are judged together, with the published figures; blank where no price counts."""
    if all(one.kind is not CriterionKind.PRICE for one in tender.criteria):
        return ""
    formula = formulas.FORMULAS[tender.price_formula]
    return " ".join(filter(None, (f"{formula.name}: {formula.words}", figures_of(tender))))


def _figures(tender: Tender) -> str:
    if tender.ceiling is not None and tender.optimum is not None:
        return f"The ceiling is {tender.ceiling} and the optimum {tender.optimum}, {WHOLE_TENDER}."
    if tender.steepness is not None:
        lost = in_short(Fraction(tender.steepness))
        return f"For each 1% above the lowest price {lost}% of the price marks are lost."
    if tender.price_formula is PriceFormula.WEIGHTED_VALUE_INDEX:
        price = price_marks(tender.criteria)
        return f"Price weighs {in_short(price)} and quality {in_short(FULL_MARKS - price)}."
    if tender.worth_of_a_point is not None:
        return f"A quality point is worth {tender.worth_of_a_point} of the total price, {WHOLE_TENDER}."
    return ""


def explain(tender: Tender) -> Methodology | None:
    """The methodology of a tender with dummy figures; None before its criteria and formula are set."""
    method = method_of(tender)
    unbounded = method.formula is PriceFormula.CEILING_OPTIMUM and method.ceiling is None
    if unbounded or not (sum(method.quality_weights) if method.by_value else method.price_weight):
        return None
    scored = [
        (one, weight)
        for one, weight in zip(judged(tender.criteria), method.quality_weights, strict=True)
        if one.criterion.kind is CriterionKind.QUALITY
    ]
    questions = [AskedQuestion(one.name, weight, one.criterion.highest_score) for one, weight in scored]
    method = replace(method, quality_weights=tuple(weight for _, weight in scored))
    return Methodology(
        worked_example(method, questions), FORMULAS[method.formula].is_relative, turns_on_a_loser(method)
    )


def worked_example(method: Method, questions: Sequence[AskedQuestion]) -> WorkedExample:
    """Three dummy quotes judged by a method. Raises RuleBroken where the method lacks a figure it needs."""
    prices = _dummy_prices(method)
    measure = measure_of(method)
    scores = [[_score(question, share) for question in questions] for share in DUMMY_QUALITY]
    candidates = [
        Candidate(
            price, tuple(Fraction(one, asked.highest) for one, asked in zip(own, questions, strict=True))
        )
        for price, own in zip(prices, scores, strict=True)
    ]
    quotes = tuple(
        ExampleQuote(
            name,
            price,
            _working(method, price, prices, result),
            to_two_places(result.price_marks),
            tuple(own),
            tuple(to_two_places(marks) for marks in result.quality_marks),
            to_two_places(sum(result.quality_marks, result.price_marks)),
            measure.shown(figure_of(method, result)),
            result.rank,
        )
        for name, price, own, result in zip(
            NAMES, prices, scores, formulas.assess(method, candidates), strict=True
        )
    )
    worth = formulas.worth_of_a_mark(method)
    pounds = None if worth is None else Money(int(rounded(worth, Decimal(1))))
    return WorkedExample(tuple(questions), quotes, pounds, measure.heading, method.by_value)


def _working(method: Method, price: Money, prices: Sequence[Money], result: Result) -> str:
    """How the price marks of a quote, or its figure, are worked out, as a sum that anybody can check."""
    if not method.by_value:
        return f"{_WORKING[method.formula](method, price, prices)} × {in_short(method.price_weight)}"
    points = in_short(sum(result.quality_marks, NOTHING))
    if method.formula is PriceFormula.PRICE_PER_QUALITY:
        return f"{price} ÷ {points}"
    if method.formula is PriceFormula.MONETISED:
        return f"{price} − {points} × {method.worth_of_a_point}"
    if method.formula is PriceFormula.WEIGHTED_VALUE_INDEX:
        weight = Fraction(method.price_weight)
        points = f"{points} ^ ({in_short(FULL_MARKS - weight)} ÷ {in_short(weight)})"
    return f"{points} × {A_MILLION:,} ÷ {price}"


def _score(question: AskedQuestion, share: Fraction) -> int:
    return int(rounded(share * question.highest, Decimal(1)))


def _dummy_prices(method: Method) -> tuple[Money, ...]:
    """Round sums; for the ceiling and optimum formula, between the two, in whole pounds.

    Where quality is counted in money, such sums that its points matter: the middle one is worth 200 points.
    """
    if method.worth_of_a_point is not None:
        return tuple(Money(method.worth_of_a_point.pence * points) for points in DUMMY_POINTS)
    if method.ceiling is None or method.optimum is None:
        return DUMMY_PRICES
    span = method.ceiling.pence - method.optimum.pence
    exact = [method.optimum.pence + share * span for share in BETWEEN]
    return tuple(Money(100 * int(rounded(pence / 100, Decimal(1)))) for pence in exact)


def _ceiling_working(method: Method, price: Money, _: Sequence[Money]) -> str:
    return f"({method.ceiling} − {price}) ÷ ({method.ceiling} − {method.optimum})"


def _proportion_working(_: Method, price: Money, prices: Sequence[Money]) -> str:
    return f"{min(prices)} ÷ {price}"


def _distance_working(method: Method, price: Money, prices: Sequence[Money]) -> str:
    lowest = min(prices)
    times = "" if method.steepness == 1 else f"{in_short(method.steepness)} × "
    return f"(1 − {times}({price} − {lowest}) ÷ {lowest})"


def _linear_working(_: Method, price: Money, prices: Sequence[Money]) -> str:
    lowest, highest = min(prices), max(prices)
    return f"(1 − ({price} − {lowest}) ÷ ({highest} − {lowest}))"


def _mean_working(_: Method, price: Money, prices: Sequence[Money]) -> str:
    mean = Money(int(rounded(formulas.mean_pence(prices), Decimal(1))))
    return f"(½ − ({price} − {mean}) ÷ {mean})"


_WORKING: dict[PriceFormula, Callable[[Method, Money, Sequence[Money]], str]] = {
    PriceFormula.CEILING_OPTIMUM: _ceiling_working,
    PriceFormula.PROPORTION_OF_LOWEST: _proportion_working,
    PriceFormula.DEVIATION_FROM_LOWEST: _distance_working,
    PriceFormula.LINEAR_LOWEST_HIGHEST: _linear_working,
    PriceFormula.DEVIATION_FROM_MEAN: _mean_working,
}


def turns_on_a_loser(method: Method) -> Turning | None:
    """Dummy quotes of which the winner changes when a loser leaves: the "remove each loser" test.

    Three prices around £100,000 are tried, nearer and nearer to one another; what separates two of them
    by price with the third and without it gives the qualities between which the winner turns. None for a
    formula by which other quotes make no difference, where only the price counts, and where none turns.
    """
    quality = sum(method.quality_weights)
    if not FORMULAS[method.formula].is_relative or not quality:
        return None
    return _first_turning(replace(method, quality_weights=(quality,)))


@lru_cache(maxsize=256)
def _first_turning(method: Method) -> Turning | None:
    for spread, steps in product(SPREADS, STEPS):
        prices = [Money(int(MIDDLE * (1 + step * spread))) for step in steps]
        for leaver, worse, better in permutations(range(len(prices))):
            lead = _lead_that_turns(method, prices, (leaver, worse, better))
            if lead is None:
                continue
            quality = {better: EVERYTHING, worse: EVERYTHING - lead, leaver: NOTHING}
            candidates = [Candidate(price, (quality[place],)) for place, price in enumerate(prices)]
            alone_in_front = [one.rank for one in formulas.assess(method, candidates)].count(1) == 1
            if alone_in_front and leaver in formulas.winner_turns_on(method, candidates):
                return _told(method, candidates, leaver)
    return None


def _lead_that_turns(
    method: Method, prices: Sequence[Money], places: tuple[int, int, int]
) -> Fraction | None:
    """How much better one answer must be for a third quote to decide between two, as a share of 1.

    `places` are the third quote's, the worse one's and the better one's. None where no such lead is.
    """
    _, worse, better = places
    shares = formulas.price_shares(method, prices)
    alone = formulas.price_shares(method, [prices[worse], prices[better]])
    price_for_quality = Fraction(method.price_weight) / method.quality_weights[0]
    low, high = sorted(
        (price_for_quality * (shares[worse] - shares[better]), price_for_quality * (alone[0] - alone[1]))
    )
    middle = (low + high) / 2
    tidy = Fraction(rounded(middle, TWO_PLACES))
    lead = tidy if low < tidy < high else middle
    return lead if low < high and 0 < lead <= 1 else None


def _told(method: Method, candidates: Sequence[Candidate], leaver: int) -> Turning:
    before = formulas.assess(method, candidates)
    left = [place for place in range(len(candidates)) if place != leaver]
    after = dict(zip(left, formulas.assess(method, [candidates[place] for place in left]), strict=True))
    return Turning(
        tuple(
            TurningQuote(
                name,
                candidates[place].price,
                to_two_places(before[place].quality_marks[0]),
                to_two_places(before[place].total),
                to_two_places(after[place].total) if place in after else None,
            )
            for place, name in enumerate(NAMES)
        ),
        winner=NAMES[formulas.firsts(before)[0]],
        leaver=NAMES[leaver],
        winner_after=NAMES[next(place for place, result in after.items() if result.place == 1)],
    )
