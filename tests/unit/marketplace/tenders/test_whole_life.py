"""What quotes cost over the whole life of a contract: year by year, indexed, discounted, exactly."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.tenders import whole_life
from marketplace.tenders.lots.rules import Decided, LotTerms, why_it_cannot_be_quoted
from marketplace.tenders.whole_life import WholeLife

VECTORS = Path(__file__).parents[3] / "fixtures" / "scoring" / "price-vectors.json"
FIVE_YEARS = (Fraction(1, 5),) * 5
TREASURY = Fraction(35, 1_000)


def test_the_published_example_the_cheaper_as_paid_is_the_dearer_discounted() -> None:
    vectors = json.loads(VECTORS.read_text("utf-8"))
    vector = next(one for one in vectors if one["id"] == "npv-3.5")
    for name, flows in vector["cashflows"].items():
        exact = whole_life.present_value([Fraction(flow) for flow in flows], Fraction(vector["rate"]))
        expected = Fraction(str(vector["npv"][name]))
        assert abs(exact - expected) <= Fraction(5, 1_000)
        every_year = flows[1]
        once, recurring = Money((flows[0] - every_year) * 100), Money(every_year * 5 * 100)
        cost = whole_life.cost_of(WholeLife(Fraction(0), TREASURY, FIVE_YEARS), recurring, once)
        assert cost.years == tuple(Money(flow * 100) for flow in flows)
        assert cost.nominal == Money(vector["nominal"][name] * 100)
        assert cost.discounted == Money(int(expected * 100))


def test_indexation_compounds_on_the_year_before() -> None:
    terms = WholeLife(Fraction(2, 100), Fraction(0), (Fraction(1, 3),) * 3)
    cost = whole_life.cost_of(terms, Money(3_000_00), Money(500_00))
    assert cost.years == (Money(1_500_00), Money(1_020_00), Money(1_040_40))
    assert cost.nominal == cost.discounted == Money(3_560_40)


def test_a_year_that_is_not_whole_and_options_to_run_longer_count_by_their_months() -> None:
    eighteen = whole_life.years_of(date(2027, 9, 1), date(2029, 2, 28), 0)
    assert eighteen == (Fraction(2, 3), Fraction(1, 3))
    longer = whole_life.years_of(date(2027, 9, 1), date(2030, 8, 31), 18)
    assert longer == (Fraction(1, 3), Fraction(1, 3), Fraction(1, 3), Fraction(1, 3), Fraction(1, 6))


@settings(max_examples=40)
@given(some.integers(0, 10**10), some.integers(0, 10**9), some.integers(1, 8))
def test_without_rates_the_cost_is_the_total_and_a_rate_never_adds_to_it(
    recurring: int, once: int, years: int
) -> None:
    parts = (Fraction(1, years),) * years
    plain = whole_life.cost_of(WholeLife(Fraction(0), Fraction(0), parts), Money(recurring), Money(once))
    assert plain.nominal == plain.discounted == Money(recurring + once)
    less = whole_life.cost_of(WholeLife(Fraction(0), TREASURY, parts), Money(recurring), Money(once))
    assert once <= less.discounted.pence <= plain.discounted.pence


def test_a_tender_without_rates_counts_no_years() -> None:
    assert whole_life.terms_of(None, None, FIVE_YEARS) is None
    terms = whole_life.terms_of(Decimal("2.5"), Decimal("3.5"), FIVE_YEARS)
    assert terms == WholeLife(Fraction(25, 1_000), TREASURY, FIVE_YEARS)
    said = whole_life.in_words(terms)
    assert "over 5 years with every option to run longer" in said
    assert "prices rise by 2.5% a year, and what is paid after the first year is discounted by 3.5%" in said


@pytest.mark.parametrize(
    ("indexation", "discount_rate", "field"),
    [(Decimal("20.01"), None, "indexation"), (None, Decimal("-0.01"), "discount_rate")],
)
def test_a_rate_that_cannot_be_meant_is_refused_where_it_was_entered(
    indexation: Decimal | None, discount_rate: Decimal | None, field: str
) -> None:
    with pytest.raises(RuleBroken, match="from 0 to 20 per cent") as refused:
        whole_life.check_rates(indexation, discount_rate)
    assert refused.value.field == field
    whole_life.check_rates(Decimal(0), Decimal(20))


def test_lots_won_apart_cannot_be_judged_by_their_whole_life_cost() -> None:
    assert "whole-life cost" in why_it_cannot_be_quoted(
        LotTerms(2, decided=Decided.APART, by_whole_life=True)
    )
    assert why_it_cannot_be_quoted(LotTerms(2, by_whole_life=True)) == ""
