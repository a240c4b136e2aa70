"""Formulas that set quality against price: who is first, what the price weighs, and what they refuse."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.tenders import formulas
from marketplace.tenders.criteria.rules import CriterionDraft, check_method, check_price_weight
from marketplace.tenders.drafting.rules import check_formula
from marketplace.tenders.formulas import Candidate, Method
from marketplace.tenders.lots.rules import Decided, LotTerms, why_it_cannot_be_quoted
from marketplace.tenders.measures import figure_of, measure_of
from marketplace.tenders.rules import BY_VALUE, CriterionKind, PriceFormula

VECTORS = Path(__file__).parents[3] / "fixtures" / "scoring" / "price-vectors.json"
EVEN = (PriceFormula.PRICE_PER_QUALITY, PriceFormula.VALUE_INDEX)
HALVES = [Method(formula, 50, (60, 40)) for formula in (*EVEN, PriceFormula.WEIGHTED_VALUE_INDEX)]
MENUS = CriterionDraft(CriterionKind.QUALITY, "Menus", 50, "How will you plan menus?")
SAFE = CriterionDraft(CriterionKind.PASS_FAIL, "Insurance", 0, "Are you insured?")
shares = some.fractions(0, 1, max_denominator=5)
quotes = some.lists(
    some.builds(Candidate, some.integers(1, 10**9).map(Money), some.tuples(shares, shares)),
    min_size=1,
    max_size=6,
)


def price(weight: int) -> CriterionDraft:
    return CriterionDraft(CriterionKind.PRICE, "Price", weight)


def test_the_published_examples_of_the_weighted_index_have_their_winners() -> None:
    vectors = json.loads(VECTORS.read_text("utf-8"))
    vector = next(one for one in vectors if one["id"] == "mod-weighted-vfm")
    bids = [Candidate(Money(bid["cost"] * 100), (Fraction(bid["noncost"], 100),)) for bid in vector["bids"]]
    for case in vector["cases"]:
        method = Method(PriceFormula.WEIGHTED_VALUE_INDEX, 100 - case["wQ"], (100,))
        results = formulas.assess(method, bids)
        assert formulas.firsts(results) == [case["winner"]]
        for result, score in zip(results, case["scores"], strict=True):
            assert float(figure_of(method, result) or 0) == pytest.approx(score, rel=1e-9)


@settings(max_examples=40)
@given(quotes)
def test_the_price_of_a_point_and_both_indexes_at_half_order_quotes_alike(everyone: list[Candidate]) -> None:
    price_of_a_point, index, weighted = (
        [(result.rank, result.place) for result in formulas.assess(method, everyone)] for method in HALVES
    )
    assert price_of_a_point == index == weighted


@settings(max_examples=40)
@given(quotes, some.sampled_from(sorted(BY_VALUE)), some.integers(1, 99))
def test_no_loser_decides_and_better_answers_never_harm(
    everyone: list[Candidate], formula: PriceFormula, price_weight: int
) -> None:
    method = Method(formula, price_weight, (60, 40), worth_of_a_point=Money(1_000_00))
    assert formulas.winner_turns_on(method, everyone) == []
    before = formulas.assess(method, everyone)[0]
    better = Candidate(everyone[0].price, (Fraction(1), Fraction(1)))
    assert formulas.assess(method, [better, *everyone[1:]])[0].rank <= before.rank


def test_a_quote_without_a_point_is_last_and_has_no_price_of_one() -> None:
    method = Method(PriceFormula.PRICE_PER_QUALITY, 50, (100,))
    nothing, something = Candidate(Money(1_00), (Fraction(0),)), Candidate(Money(900_00), (Fraction(1, 5),))
    last, first = formulas.assess(method, [nothing, something])
    assert (last.rank, first.rank) == (2, 1)
    measure = measure_of(method)
    assert measure.shown(figure_of(method, last)) == "No points"
    assert measure.said(figure_of(method, first)) == "£45.00 for each quality point"


def test_quality_counted_in_money_is_taken_off_the_price() -> None:
    method = Method(PriceFormula.MONETISED, 0, (60, 40), worth_of_a_point=Money(250_00))
    dear = Candidate(Money(60_000_00), (Fraction(1), Fraction(1)))
    cheap = Candidate(Money(45_000_00), (Fraction(1, 2), Fraction(1, 4)))
    results = formulas.assess(method, [dear, cheap])
    assert [figure_of(method, one) for one in results] == [35_000, 35_000]
    assert [one.place for one in results] == [1, 2], "equal, so the heaviest question decides"
    assert measure_of(method).said(Fraction(35_000)) == (
        "£35,000.00 once what its quality is worth is taken off"
    )
    assert formulas.worth_of_a_mark(method) == 250_00


@pytest.mark.parametrize(
    ("formula", "wrong", "right", "words"),
    [
        (PriceFormula.MONETISED, 40, 0, "enter 0"),
        (PriceFormula.PRICE_PER_QUALITY, 60, 50, "enter 50"),
        (PriceFormula.VALUE_INDEX, 0, 50, "enter 50"),
        (PriceFormula.WEIGHTED_VALUE_INDEX, 100, 99, "from 1 to 99"),
        (PriceFormula.WEIGHTED_VALUE_INDEX, Decimal("33.33"), 33, "without decimals"),
        (PriceFormula.PROPORTION_OF_LOWEST, 0, 100, "more than 0"),
    ],
)
def test_the_price_weighs_what_its_formula_lets_it(
    formula: PriceFormula, wrong: int, right: int, words: str
) -> None:
    with pytest.raises(RuleBroken, match=words) as refused:
        check_price_weight(formula, wrong)
    assert refused.value.field == "weight"
    check_price_weight(formula, right)


def test_a_formula_that_divides_by_quality_needs_a_question_that_is_scored() -> None:
    group = CriterionDraft(CriterionKind.GROUP, "Quality", 50, parts=(MENUS,))
    for formula in EVEN:
        check_method(formula, [price(50), group, SAFE])
        with pytest.raises(RuleBroken, match="needs a question that is scored") as refused:
            check_method(formula, [price(50), SAFE])
        assert refused.value.field == "criteria"
    check_method(PriceFormula.PROPORTION_OF_LOWEST, [price(100), SAFE])


def test_quality_counted_in_money_needs_what_a_point_is_worth() -> None:
    for worth in (None, Money(0)):
        with pytest.raises(RuleBroken, match="what a quality point is worth") as refused:
            check_formula(PriceFormula.MONETISED, None, None, None, worth)
        assert refused.value.field == "worth_of_a_point"
    check_formula(PriceFormula.MONETISED, None, None, None, Money(1))


@pytest.mark.parametrize("formula", sorted(BY_VALUE))
def test_lots_won_apart_cannot_be_judged_by_quality_against_price(formula: PriceFormula) -> None:
    apart = LotTerms(2, decided=Decided.APART, formula=formula, has_quality=True)
    assert "cannot be added up" in why_it_cannot_be_quoted(apart)
    assert why_it_cannot_be_quoted(LotTerms(2, formula=formula, has_quality=True)) == ""
