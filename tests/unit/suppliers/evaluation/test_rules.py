"""Marks, ranks, savings and terms keep their promises for any figures."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as some

from marketplace.core.money import Money
from marketplace.tenders import formulas
from marketplace.tenders.formulas import Candidate, Method
from marketplace.tenders.rules import BY_MARKS, BY_VALUE, PriceFormula
from suppliers.evaluation import rules
from suppliers.evaluation.rules import Saving

prices = some.integers(1, 10**10).map(Money)
shares = some.fractions(0, 1, max_denominator=10)
candidates = some.builds(Candidate, prices, some.tuples(shares, shares))
quotes = some.lists(candidates, min_size=1, max_size=8)


@some.composite
def methods(draw: some.DrawFn, *among: PriceFormula) -> Method:
    """A method with two quality questions; half of the ceiling-optimum ones cut prices off at both ends."""
    price_weight = draw(some.integers(1, 98))
    first = draw(some.integers(1, 99 - price_weight))
    optimum = draw(some.integers(1, 10**9))
    ceiling = optimum + draw(some.integers(1, 10**9))
    formula = draw(some.sampled_from(among or sorted(BY_MARKS)))
    weights = (first, 100 - price_weight - first)
    return Method(formula, price_weight, weights, Money(ceiling), Money(optimum))


@given(methods(), quotes)
def test_the_leads_cover_every_price_weight_and_agree_with_the_marks(
    method: Method, everyone: list[Candidate]
) -> None:
    found = rules.leads(method, everyone)
    assert found[0].start == 0
    assert found[-1].end == 1
    assert all(one.end == other.start for one, other in pairwise(found))
    own = Fraction(method.price_weight, 100)
    leading = next(lead.leader for lead in found if lead.start <= own <= lead.end)
    totals = [result.total for result in formulas.assess(method, everyone)]
    assert totals[leading] == max(totals)


@settings(max_examples=40)
@given(some.sampled_from(sorted(BY_VALUE)), some.integers(1, 99), quotes)
def test_the_leads_of_a_value_formula_agree_with_who_is_first(
    formula: PriceFormula, price_weight: int, everyone: list[Candidate]
) -> None:
    weight = price_weight if formula is PriceFormula.WEIGHTED_VALUE_INDEX else 50
    worth = Money(price_weight * 1_000_00) if formula is PriceFormula.MONETISED else None
    method = Method(formula, weight, (70, 30), worth_of_a_point=worth)
    found = rules.leads(method, everyone)
    assert found[0].start == 0
    assert found[-1].end == 1
    own = Fraction(weight, 100)
    leading = {lead.leader for lead in found if lead.start <= own <= lead.end}
    totals = [result.total for result in formulas.assess(method, everyone)]
    assert any(totals[at] == max(totals) for at in leading)


def test_no_quote_has_no_marks() -> None:
    method = Method(PriceFormula.PROPORTION_OF_LOWEST, 60, (40,))
    assert formulas.price_shares(method, []) == []
    assert rules.leads(method, []) == []


def test_with_three_quotes_a_low_price_is_judged_by_what_schools_pay_today() -> None:
    three = [Money(84_000_00), Money(85_000_00), Money(120_000_00)]
    found = rules.abnormally_low(three, Money(100_000_00))
    assert found is not None
    assert found.against_baseline
    assert found.threshold == 85_000_00
    assert found.flags == (True, False, False)


def test_with_few_quotes_and_nothing_spent_today_there_is_no_test_of_low_prices() -> None:
    assert rules.abnormally_low([Money(1)], None) is None
    assert rules.abnormally_low([Money(1)], Money(0)) is None
    assert rules.abnormally_low([], Money(1)) is None


def test_a_small_difference_is_never_abnormally_low() -> None:
    found = rules.abnormally_low([Money(1_000_00), Money(1_900_00), Money(1_900_00), Money(1_950_00)])
    assert found is not None
    assert found.flags == (False, False, False, False)


@given(some.lists(prices, min_size=4, max_size=10))
def test_the_highest_price_is_never_abnormally_low(amounts: list[Money]) -> None:
    found = rules.abnormally_low(amounts)
    assert found is not None
    assert not found.flags[amounts.index(max(amounts))]


def test_a_saving_may_be_negative_and_is_shown_so() -> None:
    assert Saving(Money(100_00), Money(150_00)).amount == Money(-50_00)
    assert Saving(Money(100_00), Money(150_00)).percent == Decimal("-50.0")
    assert Saving(Money(300_00), Money(200_00)).percent == Decimal("33.3")
    assert Saving(Money(0), Money(1)).percent is None


def test_a_saving_reads_as_more_or_less_than_today() -> None:
    assert Saving(Money(2_000_00), Money(1_500_00)).words == "£500.00 less (25.0%)"
    assert Saving(Money(2_000_00), Money(2_500_00)).words == "£500.00 more (25.0%)"
    assert Saving(Money(2_000_00), Money(2_000_00)).words == "The same"
