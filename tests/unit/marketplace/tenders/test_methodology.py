"""What a tender's method does, shown on dummy figures before anybody quotes."""

import ast
import operator
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from marketplace.core.money import Money
from marketplace.tenders import formulas, methodology
from marketplace.tenders.formulas import FORMULAS, Candidate, Method
from marketplace.tenders.methodology import AskedQuestion
from marketplace.tenders.rules import BY_MARKS, PriceFormula

RELATIVE = [formula for formula, words in FORMULAS.items() if words.is_relative]
SIGNS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def worked_out(working: str) -> Fraction:
    """What a sum comes to that is written as people write it."""
    plain = working.replace("£", "").replace(",", "").replace("½", "0.5")
    return value(ast.parse(plain.replace("−", "-").replace("×", "*").replace("÷", "/"), mode="eval").body)


def value(node: ast.expr) -> Fraction:
    """The exact value of a number or of a sum of two."""
    if isinstance(node, ast.BinOp):
        return Fraction(SIGNS[type(node.op)](value(node.left), value(node.right)))
    assert isinstance(node, ast.Constant)
    return Fraction(str(node.value))


def test_the_example_of_a_ceiling_and_an_optimum_uses_the_tenders_own() -> None:
    method = Method(PriceFormula.CEILING_OPTIMUM, 60, (40,), Money(300_000_00), Money(100_000_00))
    example = methodology.worked_example(method, [AskedQuestion("Menus", 40, 5)])
    assert [quote.price for quote in example.quotes] == [
        Money(150_000_00),
        Money(200_000_00),
        Money(250_000_00),
    ]
    assert [quote.price_marks for quote in example.quotes] == [Decimal(45), Decimal(30), Decimal(15)]
    assert [quote.scores for quote in example.quotes] == [(2,), (4,), (5,)]
    assert [quote.total for quote in example.quotes] == [Decimal(61), Decimal(62), Decimal(55)]
    assert [quote.rank for quote in example.quotes] == [2, 1, 3]
    assert example.quotes[0].working == ("(£300,000.00 − £150,000.00) ÷ (£300,000.00 − £100,000.00) × 60")
    assert example.worth_of_a_mark == Money(3_333_33)


@pytest.mark.parametrize(
    ("formula", "marks"),
    [
        (PriceFormula.PROPORTION_OF_LOWEST, ("100.00", "80.00", "66.67")),
        (PriceFormula.DEVIATION_FROM_LOWEST, ("100.00", "75.00", "50.00")),
        (PriceFormula.LINEAR_LOWEST_HIGHEST, ("100.00", "50.00", "0.00")),
        (PriceFormula.DEVIATION_FROM_MEAN, ("70.00", "50.00", "30.00")),
    ],
)
def test_the_example_of_every_other_formula(formula: PriceFormula, marks: tuple[str, ...]) -> None:
    example = methodology.worked_example(Method(formula, 100), [])
    assert [quote.price_marks for quote in example.quotes] == [Decimal(one) for one in marks]


@given(some.sampled_from(sorted(BY_MARKS)), some.integers(1, 99))
def test_the_working_that_is_shown_gives_the_marks_that_are_shown(
    formula: PriceFormula, price_weight: int
) -> None:
    method = Method(
        formula, price_weight, (100 - price_weight,), Money(140_000_00), Money(60_000_00), Fraction(3, 2)
    )
    example = methodology.worked_example(method, [AskedQuestion("Menus", 100 - price_weight, 5)])
    for quote in example.quotes:
        kept = min(Fraction(price_weight), max(Fraction(0), worked_out(quote.working)))
        assert abs(kept - Fraction(quote.price_marks)) <= Fraction(6, 1000)


@pytest.mark.parametrize("formula", RELATIVE)
def test_a_loser_that_decides_who_wins_is_found_for_every_relative_formula(formula: PriceFormula) -> None:
    turning = methodology.turns_on_a_loser(Method(formula, 50, (30, 20)))
    assert turning is not None
    assert len({turning.winner, turning.leaver, turning.winner_after}) == 3
    best = max(turning.quotes, key=lambda quote: quote.before)
    assert best.name == turning.winner
    left = [quote for quote in turning.quotes if quote.after is not None]
    assert {quote.name for quote in left} == {turning.winner, turning.winner_after}


@given(some.sampled_from(RELATIVE), some.integers(1, 99))
def test_the_dummy_quotes_that_turn_do_turn(formula: PriceFormula, price_weight: int) -> None:
    quality = 100 - price_weight
    method = Method(formula, price_weight, (quality,))
    turning = methodology.turns_on_a_loser(method)
    if turning is None:
        return
    quotes = [Candidate(one.price, (Fraction(one.quality_marks) / quality,)) for one in turning.quotes]
    shown = [formulas.to_two_places(result.total) for result in formulas.assess(method, quotes)]
    assert all(
        abs(seen - quote.before) <= Decimal("0.01") for seen, quote in zip(shown, turning.quotes, strict=True)
    )


@given(some.integers(1, 99))
def test_no_loser_decides_where_other_quotes_make_no_difference(price_weight: int) -> None:
    method = Method(
        PriceFormula.CEILING_OPTIMUM, price_weight, (100 - price_weight,), Money(2_00), Money(1_00)
    )
    assert methodology.turns_on_a_loser(method) is None


@pytest.mark.parametrize("formula", sorted(BY_MARKS))
def test_on_price_alone_no_loser_decides(formula: PriceFormula) -> None:
    assert methodology.turns_on_a_loser(Method(formula, 100, (), Money(2_00), Money(1_00))) is None


@pytest.mark.parametrize(
    ("formula", "price_weight", "results", "winner"),
    [
        (PriceFormula.PRICE_PER_QUALITY, 50, ("£2,000.00", "£1,250.00", "£1,200.00"), 2),
        (PriceFormula.VALUE_INDEX, 50, ("500.0000", "800.0000", "833.3333"), 2),
        (PriceFormula.WEIGHTED_VALUE_INDEX, 25, ("800,000.0000", "5,120,000.0000", "8,333,333.3333"), 2),
        (PriceFormula.MONETISED, 0, ("£60,000.00", "£60,000.00", "£70,000.00"), 1),
    ],
)
def test_the_example_of_a_formula_that_sets_quality_against_price(
    formula: PriceFormula, price_weight: int, results: tuple[str, ...], winner: int
) -> None:
    worth = Money(500_00) if formula is PriceFormula.MONETISED else None
    method = Method(formula, price_weight, (100,), worth_of_a_point=worth)
    example = methodology.worked_example(method, [AskedQuestion("Menus", 100, 5)])
    assert tuple(quote.result for quote in example.quotes) == results
    assert example.quotes[winner].rank == 1
    assert methodology.turns_on_a_loser(method) is None
    for quote in example.quotes:
        if "^" not in quote.working:
            shown = Fraction(quote.result.replace("£", "").replace(",", ""))
            assert abs(worked_out(quote.working) - shown) <= Fraction(6, 1000)
    assert example.worth_of_a_mark == worth
