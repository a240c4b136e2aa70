"""Marks, ranks, savings and terms keep their promises for any figures."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.tenders.rules import PriceFormula
from suppliers.evaluation import rules
from suppliers.evaluation.rules import Candidate, Method, Saving

prices = some.integers(1, 10**10).map(Money)
shares = some.fractions(0, 1, max_denominator=10)
candidates = some.builds(Candidate, prices, some.tuples(shares, shares))
quotes = some.lists(candidates, min_size=1, max_size=8)


@some.composite
def methods(draw: some.DrawFn, *formulas: PriceFormula) -> Method:
    """A method with two quality questions; half of the ceiling-optimum ones cut prices off at both ends."""
    price_weight = draw(some.integers(1, 98))
    first = draw(some.integers(1, 99 - price_weight))
    optimum = draw(some.integers(1, 10**9))
    ceiling = optimum + draw(some.integers(1, 10**9))
    formula = draw(some.sampled_from(formulas or tuple(PriceFormula)))
    weights = (first, 100 - price_weight - first)
    return Method(formula, price_weight, weights, Money(ceiling), Money(optimum))


@given(methods(), quotes)
def test_marks_stay_between_none_and_all(method: Method, everyone: list[Candidate]) -> None:
    for result in rules.assess(method, everyone):
        assert 0 <= result.price_marks <= method.price_weight
        assert all(
            0 <= marks <= full
            for marks, full in zip(result.quality_marks, method.quality_weights, strict=True)
        )
        assert 0 <= result.total <= 100
        assert result.total == result.price_marks + sum(result.quality_marks)


@given(methods(), quotes)
def test_a_lower_price_never_earns_fewer_marks(method: Method, everyone: list[Candidate]) -> None:
    by_price = sorted(everyone, key=lambda quote: quote.price)
    marks = rules.price_shares(method, [quote.price for quote in by_price])
    assert marks == sorted(marks, reverse=True)


@given(methods(), quotes, some.randoms())
def test_ranks_do_not_depend_on_the_order_of_the_quotes(
    method: Method, everyone: list[Candidate], chance: object
) -> None:
    order = list(range(len(everyone)))
    chance.shuffle(order)  # type: ignore[attr-defined]  # random.Random, as Hypothesis hands it over
    straight = rules.assess(method, everyone)
    shuffled = rules.assess(method, [everyone[at] for at in order])
    assert [straight[at] for at in order] == shuffled


@given(methods(), quotes)
def test_ranks_are_shared_by_equal_totals_and_skip_what_was_shared(
    method: Method, everyone: list[Candidate]
) -> None:
    results = rules.assess(method, everyone)
    for result in results:
        assert result.rank == 1 + sum(other.total > result.total for other in results)
        assert result.rank <= result.place <= len(results)
    assert rules.firsts(results)


def test_equal_totals_rank_1_1_3_and_the_published_tie_break_places_them() -> None:
    method = Method(PriceFormula.PROPORTION_OF_LOWEST, 50, (50,))
    everyone = [
        Candidate(Money(75_00), (Fraction(1, 2),)),
        Candidate(Money(50_00), (Fraction(1, 4),)),
        Candidate(Money(100_00), (Fraction(1, 10),)),
        Candidate(Money(100_00), (Fraction(3, 4),)),
    ]
    results = rules.assess(method, everyone)
    assert [result.total for result in results] == [Fraction(175, 3), Fraction(125, 2), 30, Fraction(125, 2)]
    assert [result.rank for result in results] == [3, 1, 4, 1]
    assert [result.place for result in results] == [3, 2, 4, 1]


def test_quotes_that_are_equal_in_everything_share_the_first_place() -> None:
    method = Method(PriceFormula.LINEAR_LOWEST_HIGHEST, 60, (40,))
    twins = [Candidate(Money(10_00), (Fraction(1, 2),))] * 2
    assert rules.firsts(rules.assess(method, twins)) == [0, 1]
    assert rules.winner_turns_on(method, twins) == []


@given(methods(PriceFormula.CEILING_OPTIMUM), quotes)
def test_under_ceiling_optimum_no_loser_decides_who_wins(method: Method, everyone: list[Candidate]) -> None:
    assert rules.winner_turns_on(method, everyone) == []


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
    totals = [result.total for result in rules.assess(method, everyone)]
    assert totals[leading] == max(totals)


@pytest.mark.parametrize("formula", list(PriceFormula))
@pytest.mark.parametrize("pence", [0, -1])
def test_a_price_of_nothing_is_refused(formula: PriceFormula, pence: int) -> None:
    method = Method(formula, 100, (), Money(100), Money(1))
    with pytest.raises(RuleBroken, match="cannot be scored"):
        rules.price_shares(method, [Money(10_00), Money(pence)])


@pytest.mark.parametrize("formula", list(PriceFormula))
def test_a_quote_that_is_alone_gets_full_marks(formula: PriceFormula) -> None:
    method = Method(formula, 100, (), Money(100_00), Money(50_00))
    assert rules.price_shares(method, [Money(50_00)]) == [1]


@pytest.mark.parametrize("formula", list(PriceFormula))
def test_equal_prices_get_equal_marks(formula: PriceFormula) -> None:
    method = Method(formula, 100, (), Money(100_00), Money(50_00))
    assert rules.price_shares(method, [Money(40_00)] * 3) == [1, 1, 1]


def test_no_quote_has_no_marks() -> None:
    method = Method(PriceFormula.PROPORTION_OF_LOWEST, 60, (40,))
    assert rules.price_shares(method, []) == []
    assert rules.leads(method, []) == []


@pytest.mark.parametrize(("pounds", "share"), [(120, 0), (100, 0), (90, Fraction(1, 5)), (50, 1), (10, 1)])
def test_ceiling_optimum_runs_from_nothing_at_the_ceiling_to_all_at_the_optimum(
    pounds: int, share: Fraction
) -> None:
    method = Method(PriceFormula.CEILING_OPTIMUM, 100, (), Money(100_00), Money(50_00))
    assert rules.price_shares(method, [Money(pounds * 100)]) == [share]


@pytest.mark.parametrize(("ceiling", "optimum"), [(None, Money(1)), (Money(1), None), (Money(5), Money(5))])
def test_ceiling_optimum_without_a_ceiling_above_its_optimum_is_refused(
    ceiling: Money | None, optimum: Money | None
) -> None:
    method = Method(PriceFormula.CEILING_OPTIMUM, 100, (), ceiling, optimum)
    with pytest.raises(RuleBroken, match="ceiling"):
        rules.price_shares(method, [Money(1)])


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


@given(some.fractions(-1000, 1000))
def test_shown_marks_are_at_most_half_a_hundredth_away(marks: Fraction) -> None:
    assert abs(Fraction(rules.to_two_places(marks)) - marks) <= Fraction(1, 200)


def test_halves_are_rounded_away_from_zero() -> None:
    assert rules.to_two_places(Fraction(1, 200)) == Decimal("0.01")
    assert rules.to_two_places(Fraction(-1, 200)) == Decimal("-0.01")
