"""`flask calc score`: every formula gives the worked examples' figures; a bad file is told by its field."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from marketplace.core import json_files
from marketplace.core.errors import RuleBroken
from suppliers.evaluation import calculation, score_files

FILE = Path(__file__).parents[3] / "fixtures" / "scoring" / "price-vectors.json"
VECTORS: dict[str, Any] = {vector["id"]: vector for vector in json.loads(FILE.read_text("utf-8"))}
TWO = {"prices": ["10000", "12000"], "quality": [60, 90]}


def score(**file: Any) -> dict[str, Any]:
    read = score_files.read(json_files.parse(json.dumps(file).encode()))
    return score_files.written(calculation.score(read))


def floats(texts: list[str], places: int) -> list[float]:
    return [round(float(text), places) for text in texts]


@pytest.mark.parametrize(
    ("name", "formula", "places", "full"),
    [
        ("ccs-fixed-quotes", "lowest_prop", 3, 1),
        ("brodies-standard", "lowest_prop", 0, 100),
        ("mean-50", "mean_rel", 2, 100),
    ],
)
def test_published_price_scores(name: str, formula: str, places: int, full: int) -> None:
    found = score(formula=formula, prices=VECTORS[name]["prices"])
    assert [round(float(text) * full, places) for text in found["price_scores"]] == VECTORS[name]["expected"]


@pytest.mark.parametrize("formula", ["lowest_prop", "lowest_deviation", "minmax", "mean_rel"])
def test_the_real_prices_of_ten_bidders(formula: str) -> None:
    vector = VECTORS["real-indot-R-43683-A"]
    found = score(formula=formula, prices=vector["prices"])
    assert floats(found["price_scores"], 4) == vector[formula]
    assert found["abnormally_low"] == vector["alt_scot"]["flags"]
    assert found["winner"] == 0


@pytest.mark.parametrize("case", VECTORS["ccs-cat-pricing"]["cases"])
def test_a_sole_bidder_gets_full_marks(case: dict[str, Any]) -> None:
    found = score(formula="minmax", prices=case["totals"])
    expected = case.get("expected", case.get("sane"))
    assert [round(float(text) * 100, 2) for text in found["price_scores"]] == (
        expected if isinstance(expected, list) else [expected]
    )


@pytest.mark.parametrize("name", ["rank-reversal-lowest_prop", "rank-reversal-mean_rel"])
def test_a_winner_that_turns_on_a_loser_is_shown(name: str) -> None:
    vector = VECTORS[name]
    given_ = {key: vector[key] for key in ("formula", "prices", "quality", "price_weight")}
    found = score(**given_)
    assert floats(found["totals"], 4) == vector["totals"]
    assert found["winner"] == found["ranking"][0] == vector["winner"]
    assert {"removed": vector["withdrawn"], "winner": vector["winner_after"]} in found["remove_each_loser"]
    assert len(found["remove_each_loser"]) == len(vector["prices"]) - 1


def test_the_goldilocks_example() -> None:
    vector = VECTORS["goldilocks"]
    found = score(
        formula="lowest_prop", prices=vector["prices"], quality=vector["quality"], price_weight="0.5"
    )
    assert floats(found["totals"], 4) == vector["expected_totals"]
    assert found["ranking"] == [2, 0, 1]


def test_the_weights_at_which_the_winner_changes() -> None:
    vector = VECTORS["weight-stability"]
    found = score(
        formula="lowest_prop", prices=vector["prices"], quality=vector["quality"], price_weight="1/2"
    )
    for part, expected in zip(found["stability"], vector["intervals"], strict=True):
        assert part["winner"] == expected["winner"]
        assert round(float(part["to"]) - float(part["from"]), 6) == expected["length"]
    assert found["stability"][0]["from"] == "0.000000"
    assert float(found["stability"][-1]["to"]) == 1


@pytest.mark.parametrize("name", ["alt-1", "alt-3-none"])
def test_the_handbooks_examples_of_abnormally_low_prices(name: str) -> None:
    vector = VECTORS[name]
    found = score(formula="lowest_prop", prices=vector["prices"])
    assert found["abnormally_low"] == vector["expected"]["flags"]


def test_fewer_than_four_quotes_are_held_against_what_is_paid_today() -> None:
    prices = ["100000", "70000"]
    assert score(formula="lowest_prop", prices=prices)["abnormally_low"] == [False, False]
    today = score(formula="lowest_prop", prices=prices, params={"baseline": "100000"})
    assert today["abnormally_low"] == [False, True]


@pytest.mark.parametrize("case", VECTORS["mod-weighted-vfm"]["cases"], ids=lambda case: f"wQ={case['wQ']}")
def test_the_weighted_value_index_of_the_ministry_of_defence(case: dict[str, Any]) -> None:
    bids = VECTORS["mod-weighted-vfm"]["bids"]
    found = score(
        formula="weighted_value_index",
        prices=[bid["cost"] for bid in bids],
        quality=[bid["noncost"] for bid in bids],
        price_weight=f"{100 - case['wQ']}/100",
    )
    for text, expected in zip(found["totals"], case["scores"], strict=True):
        assert float(text) == pytest.approx(expected, rel=1e-9)
    assert found["winner"] == case["winner"]
    at = 1 - case["wQ"] / 100
    led = [part for part in found["stability"] if float(part["from"]) <= at <= float(part["to"])]
    assert [part["winner"] for part in led] == [case["winner"]]


def test_quality_set_against_price_without_adding_marks() -> None:
    ratio = score(formula="price_per_quality", **TWO)
    assert (ratio["totals"], ratio["winner"]) == (["166.666666667", "133.333333333"], 1)
    index = score(formula="value_index", **TWO)
    assert (index["totals"], index["ranking"]) == (["0.00600000000000", "0.00750000000000"], [1, 0])
    for worth, winner in (("66.66", 0), ("66.67", 1)):
        assert score(formula="monetised", params={"wtp": worth}, **TWO)["winner"] == winner
    assert score(formula="monetised", params={"wtp": "100"}, **TWO)["totals"] == [
        "4000.00000000",
        "3000.00000000",
    ]


def test_a_price_between_ceiling_and_optimum() -> None:
    found = score(
        formula="fixed_ref",
        price_weight="2/5",
        params={"ceiling": "14000", "optimum": "9000"},
        **TWO,
    )
    assert found["price_scores"] == ["0.800000000000", "0.400000000000"]
    assert [float(total) for total in found["totals"]] == [0.68, 0.7]


def test_the_steepness_of_the_distance_from_the_lowest_price() -> None:
    found = score(formula="lowest_deviation", prices=["10000", "12000"], params={"k": 3})
    assert [Decimal(text) for text in found["price_scores"]] == [1, Decimal("0.4")]


@settings(max_examples=60, deadline=None)
@given(
    some.lists(some.tuples(some.integers(1, 400), some.integers(1, 100)), min_size=1, max_size=6),
    some.sampled_from(score_files.FORMULAS),
    some.fractions("1/100", "99/100", max_denominator=100),
)
def test_at_its_own_weight_the_winner_is_the_one_that_leads_there(
    bids: list[tuple[int, int]], formula: str, weight: Any
) -> None:
    found = score(
        formula=formula,
        prices=[price for price, _ in bids],
        quality=[quality for _, quality in bids],
        price_weight=str(weight),
        params={"ceiling": 300, "optimum": 50, "wtp": 2},
    )
    at = float(weight)
    leading = {
        part["winner"]
        for part in found["stability"]
        if float(part["from"]) - 1e-9 <= at <= float(part["to"]) + 1e-9
    }
    best = found["totals"][found["winner"]]
    assert any(found["totals"][one] == best for one in leading)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"formula": None}, "formula"),
        ({"formula": "cheapest"}, "formula"),
        ({"formula": ["minmax"]}, "formula"),
        ({"prices": []}, "prices"),
        ({"prices": "10000"}, "prices"),
        ({"prices": ["10000", "0"]}, "prices[1]"),
        ({"prices": ["10000", -1]}, "prices[1]"),
        ({"prices": ["10000", "12,000"]}, "prices[1]"),
        ({"prices": ["10000", "0.001"]}, "prices[1]"),
        ({"prices": ["10000", 10**16]}, "prices[1]"),
        ({"prices": ["10000"] * 101, "quality": [1] * 101}, "prices"),
        ({"quality": [60]}, "quality"),
        ({"quality": [60, 101]}, "quality[1]"),
        ({"quality": [60, "good"]}, "quality[1]"),
        ({"price_weight": "3/2"}, "price_weight"),
        ({"price_weight": "half"}, "price_weight"),
        ({"price_weight": None}, "price_weight"),
        ({"params": []}, "params"),
        ({"params": "k=2"}, "params"),
        ({"formula": "lowest_deviation", "params": {"k": 0}}, "params.k"),
        ({"formula": "fixed_ref"}, "params.ceiling"),
        ({"formula": "fixed_ref", "params": {"ceiling": 5, "optimum": 5}}, "params.optimum"),
        ({"formula": "monetised"}, "params.wtp"),
        ({"formula": "weighted_value_index", "price_weight": 0}, "price_weight"),
        ({"formula": "weighted_value_index", "price_weight": "0.33333333"}, "price_weight"),
        ({"formula": "price_per_quality", "quality": [60, 0]}, "quality[1]"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(change: dict[str, Any], field: str) -> None:
    file = {"formula": "lowest_prop", "price_weight": "1/2"} | TWO | change
    with pytest.raises(RuleBroken) as refused:
        score(**file)
    assert refused.value.field == field
    assert field in refused.value.message


@pytest.mark.parametrize("name", ["formula", "prices", "price_weight", "quality"])
def test_what_is_missing_in_a_file_is_named(name: str) -> None:
    file = {"formula": "lowest_prop", "price_weight": "1/2"} | TWO
    del file[name]
    with pytest.raises(RuleBroken, match=f"{name} is missing"):
        score(**file)
