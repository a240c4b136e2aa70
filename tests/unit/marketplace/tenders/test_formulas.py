"""How prices and answers become marks: every formula, totals, ranks and the tie-break."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.tenders import formulas
from marketplace.tenders.formulas import Candidate, Method
from marketplace.tenders.rules import BY_MARKS, PriceFormula

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
def test_marks_stay_between_none_and_all(method: Method, everyone: list[Candidate]) -> None:
    for result in formulas.assess(method, everyone):
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
    marks = formulas.price_shares(method, [quote.price for quote in by_price])
    assert marks == sorted(marks, reverse=True)


@given(methods(), quotes, some.randoms())
def test_ranks_do_not_depend_on_the_order_of_the_quotes(
    method: Method, everyone: list[Candidate], chance: object
) -> None:
    order = list(range(len(everyone)))
    chance.shuffle(order)  # type: ignore[attr-defined]  # random.Random, as Hypothesis hands it over
    straight = formulas.assess(method, everyone)
    shuffled = formulas.assess(method, [everyone[at] for at in order])
    assert [straight[at] for at in order] == shuffled


@given(methods(), quotes)
def test_ranks_are_shared_by_equal_totals_and_skip_what_was_shared(
    method: Method, everyone: list[Candidate]
) -> None:
    results = formulas.assess(method, everyone)
    for result in results:
        assert result.rank == 1 + sum(other.total > result.total for other in results)
        assert result.rank <= result.place <= len(results)
    assert formulas.firsts(results)


def test_equal_totals_rank_1_1_3_and_the_published_tie_break_places_them() -> None:
    method = Method(PriceFormula.PROPORTION_OF_LOWEST, 50, (50,))
    everyone = [
        Candidate(Money(75_00), (Fraction(1, 2),)),
        Candidate(Money(50_00), (Fraction(1, 4),)),
        Candidate(Money(100_00), (Fraction(1, 10),)),
        Candidate(Money(100_00), (Fraction(3, 4),)),
    ]
    results = formulas.assess(method, everyone)
    assert [result.total for result in results] == [Fraction(175, 3), Fraction(125, 2), 30, Fraction(125, 2)]
    assert [result.rank for result in results] == [3, 1, 4, 1]
    assert [result.place for result in results] == [3, 2, 4, 1]


def test_quotes_that_are_equal_in_everything_share_the_first_place() -> None:
    method = Method(PriceFormula.LINEAR_LOWEST_HIGHEST, 60, (40,))
    twins = [Candidate(Money(10_00), (Fraction(1, 2),))] * 2
    assert formulas.firsts(formulas.assess(method, twins)) == [0, 1]
    assert formulas.winner_turns_on(method, twins) == []


@given(methods(PriceFormula.CEILING_OPTIMUM), quotes)
def test_under_ceiling_optimum_no_loser_decides_who_wins(method: Method, everyone: list[Candidate]) -> None:
    assert formulas.winner_turns_on(method, everyone) == []


@pytest.mark.parametrize("formula", sorted(BY_MARKS))
@pytest.mark.parametrize("pence", [0, -1])
def test_a_price_of_nothing_is_refused(formula: PriceFormula, pence: int) -> None:
    method = Method(formula, 100, (), Money(100), Money(1))
    with pytest.raises(RuleBroken, match="cannot be scored"):
        formulas.price_shares(method, [Money(10_00), Money(pence)])


@pytest.mark.parametrize("formula", sorted(BY_MARKS))
def test_a_quote_that_is_alone_gets_full_marks_but_half_where_it_is_the_average(
    formula: PriceFormula,
) -> None:
    method = Method(formula, 100, (), Money(100_00), Money(50_00))
    alone = Fraction(1, 2) if formula is PriceFormula.DEVIATION_FROM_MEAN else 1
    assert formulas.price_shares(method, [Money(50_00)]) == [alone]
    assert formulas.price_shares(method, [Money(40_00)] * 3) == [alone] * 3


@pytest.mark.parametrize(("steepness", "share"), [(1, Fraction(9, 10)), (2, Fraction(4, 5)), (10, 0)])
def test_a_price_ten_per_cent_above_the_lowest_loses_marks_by_how_steep_the_formula_is(
    steepness: int, share: Fraction
) -> None:
    method = Method(PriceFormula.DEVIATION_FROM_LOWEST, 100, steepness=Fraction(steepness))
    assert formulas.price_shares(method, [Money(100_00), Money(110_00)]) == [1, share]


def test_a_price_far_from_the_average_gets_all_marks_or_none_never_more_or_less() -> None:
    method = Method(PriceFormula.DEVIATION_FROM_MEAN, 100)
    assert formulas.price_shares(method, [Money(1_00), Money(1_00), Money(10_00)]) == [1, 1, 0]


def test_between_ceiling_and_optimum_a_mark_has_a_price() -> None:
    method = Method(PriceFormula.CEILING_OPTIMUM, 40, (60,), Money(100_000_00), Money(60_000_00))
    assert formulas.worth_of_a_mark(method) == 1_000_00
    for formula in BY_MARKS - {PriceFormula.CEILING_OPTIMUM}:
        assert formulas.worth_of_a_mark(Method(formula, 40, (60,))) is None


@pytest.mark.parametrize(("pounds", "share"), [(120, 0), (100, 0), (90, Fraction(1, 5)), (50, 1), (10, 1)])
def test_ceiling_optimum_runs_from_nothing_at_the_ceiling_to_all_at_the_optimum(
    pounds: int, share: Fraction
) -> None:
    method = Method(PriceFormula.CEILING_OPTIMUM, 100, (), Money(100_00), Money(50_00))
    assert formulas.price_shares(method, [Money(pounds * 100)]) == [share]


@pytest.mark.parametrize(("ceiling", "optimum"), [(None, Money(1)), (Money(1), None), (Money(5), Money(5))])
def test_ceiling_optimum_without_a_ceiling_above_its_optimum_is_refused(
    ceiling: Money | None, optimum: Money | None
) -> None:
    method = Method(PriceFormula.CEILING_OPTIMUM, 100, (), ceiling, optimum)
    with pytest.raises(RuleBroken, match="ceiling"):
        formulas.price_shares(method, [Money(1)])


@given(some.fractions(-1000, 1000))
def test_shown_marks_are_at_most_half_a_hundredth_away(marks: Fraction) -> None:
    assert abs(Fraction(formulas.to_two_places(marks)) - marks) <= Fraction(1, 200)


def test_halves_are_rounded_away_from_zero() -> None:
    assert formulas.to_two_places(Fraction(1, 200)) == Decimal("0.01")
    assert formulas.to_two_places(Fraction(-1, 200)) == Decimal("-0.01")
