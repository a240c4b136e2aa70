"""Worked examples from the sources named in tests/fixtures/scoring give the same marks here."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from marketplace.core.money import Money
from marketplace.tenders import formulas
from marketplace.tenders.formulas import Candidate, Method
from marketplace.tenders.rules import PriceFormula
from suppliers.evaluation import rules

FILE = Path(__file__).parents[3] / "fixtures" / "scoring" / "price-vectors.json"
VECTORS: dict[str, Any] = {vector["id"]: vector for vector in json.loads(FILE.read_text())}
PROPORTION = Method(PriceFormula.PROPORTION_OF_LOWEST, 100)
LINEAR = Method(PriceFormula.LINEAR_LOWEST_HIGHEST, 100)
DISTANCE = Method(PriceFormula.DEVIATION_FROM_LOWEST, 100)
AVERAGE = Method(PriceFormula.DEVIATION_FROM_MEAN, 100)
HALF_AND_HALF = Method(PriceFormula.PROPORTION_OF_LOWEST, 50, (50,))


def pounds(amounts: list[Any]) -> list[Money]:
    return [Money.from_pounds(Decimal(str(amount))) for amount in amounts]


def rounded(shares: list[Fraction], places: int) -> list[float]:
    return [float(round(share, places)) for share in shares]


def candidates(vector: dict[str, Any]) -> list[Candidate]:
    return [
        Candidate(price, (Fraction(quality, 100),))
        for price, quality in zip(pounds(vector["prices"]), vector["quality"], strict=True)
    ]


@pytest.mark.parametrize(
    ("name", "places", "full"), [("ccs-fixed-quotes", 3, 1), ("brodies-standard", 0, 100)]
)
def test_proportion_of_lowest_gives_the_published_marks(name: str, places: int, full: int) -> None:
    vector = VECTORS[name]
    shares = formulas.price_shares(PROPORTION, pounds(vector["prices"]))
    assert rounded([share * full for share in shares], places) == vector["expected"]


def test_the_real_prices_of_ten_bidders_earn_the_computed_shares() -> None:
    vector = VECTORS["real-indot-R-43683-A"]
    prices = pounds(vector["prices"])
    assert rounded(formulas.price_shares(PROPORTION, prices), 4) == vector["lowest_prop"]
    assert rounded(formulas.price_shares(LINEAR, prices), 4) == vector["minmax"]
    assert rounded(formulas.price_shares(DISTANCE, prices), 4) == vector["lowest_deviation"]
    assert rounded(formulas.price_shares(AVERAGE, prices), 4) == vector["mean_rel"]


def test_a_price_at_the_average_gets_half_of_the_marks() -> None:
    vector = VECTORS["mean-50"]
    shares = formulas.price_shares(AVERAGE, pounds(vector["prices"]))
    assert rounded([share * 100 for share in shares], 2) == vector["expected"]


def test_none_of_the_ten_real_bidders_is_abnormally_low() -> None:
    vector = VECTORS["real-indot-R-43683-A"]
    found = rules.abnormally_low(pounds(vector["prices"]))
    expected = vector["alt_scot"]
    assert found is not None
    assert not found.against_baseline
    assert list(found.flags) == expected["flags"]
    amounts = [found.average, found.threshold, found.reference, found.margin]
    assert [float(round(pence / 100, 2)) for pence in amounts] == [
        expected[name] for name in ("adjusted_average", "threshold", "lowest_qualifying", "proximity_margin")
    ]


@pytest.mark.parametrize("name", ["alt-1", "alt-3-none"])
def test_the_handbooks_examples_of_abnormally_low_prices(name: str) -> None:
    vector = VECTORS[name]
    found = rules.low_against_each_other(pounds(vector["prices"]))
    expected = vector["expected"]
    assert found.average == 100 * Fraction(expected["adjusted_average"])
    assert found.threshold == 100 * Fraction(expected["threshold"])
    assert found.reference == 100 * expected["lowest_qualifying"]
    assert found.margin == 100 * expected["proximity_margin"]
    assert list(found.flags) == expected["flags"]


@pytest.mark.parametrize("case", VECTORS["ccs-cat-pricing"]["cases"])
def test_linear_marks_are_the_published_ones_and_a_sole_bidder_gets_all(case: dict[str, Any]) -> None:
    shares = formulas.price_shares(LINEAR, pounds(case["totals"]))
    expected = case.get("expected", case.get("sane"))
    assert rounded([share * 100 for share in shares], 2) == (
        expected if isinstance(expected, list) else [expected]
    )


def test_equal_price_a_point_does_not_mean_equal_marks_under_proportion_of_lowest() -> None:
    vector = VECTORS["goldilocks"]
    everyone = candidates(vector)
    totals = [result.total / 100 for result in formulas.assess(HALF_AND_HALF, everyone)]
    assert rounded(totals, 4) == vector["expected_totals"]
    without_first = [result.total / 100 for result in formulas.assess(HALF_AND_HALF, everyone[1:])]
    assert rounded(without_first, 4) == vector["without_A_totals"]


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("rank-reversal-lowest_prop", PriceFormula.PROPORTION_OF_LOWEST),
        ("rank-reversal-mean_rel", PriceFormula.DEVIATION_FROM_MEAN),
    ],
)
def test_a_loser_on_whom_the_winner_turns_is_named(name: str, formula: PriceFormula) -> None:
    vector = VECTORS[name]
    method = Method(formula, 50, (50,))
    everyone = candidates(vector)
    results = formulas.assess(method, everyone)
    assert rounded([result.total / 100 for result in results], 4) == vector["totals"]
    assert formulas.firsts(results) == [vector["winner"]]
    assert vector["withdrawn"] in formulas.winner_turns_on(method, everyone)
    left = [at for at in range(len(everyone)) if at != vector["withdrawn"]]
    after = formulas.assess(method, [everyone[at] for at in left])
    assert rounded([result.total / 100 for result in after], 4) == vector["totals_after"]
    assert [left[at] for at in formulas.firsts(after)] == [vector["winner_after"]]


def test_the_price_weights_at_which_the_winner_changes_are_exact() -> None:
    vector = VECTORS["weight-stability"]
    found = rules.leads(HALF_AND_HALF, candidates(vector))
    expected = [
        (part["winner"], Fraction(part["from"]), Fraction(part["to"])) for part in vector["intervals"]
    ]
    assert [(lead.leader, lead.start, lead.end) for lead in found] == expected


def test_the_lowest_of_four_real_quotes_is_abnormally_low() -> None:
    prices = pounds(["506332.84", "767637.44", "832257.15", "997668.00"])
    found = rules.abnormally_low(prices, Money.from_pounds(Decimal(1)))
    assert found is not None
    assert found.flags == (True, False, False, False)
    assert formulas.to_two_places(found.threshold / 100) == Decimal("596764.44")
