"""Worked examples of sharing a cost, from the sources named in tests/fixtures/costshare, exactly."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from invoicing.shared_costs import sharing, split_files
from invoicing.shared_costs.games import Coalitions, Game
from invoicing.shared_costs.sharing import Rule
from marketplace.core import json_files

FIXTURES = Path(__file__).parents[3] / "fixtures" / "costshare"
LITERATURE: list[dict[str, Any]] = json.loads((FIXTURES / "literature.json").read_text("utf-8"))
TIERS: list[dict[str, Any]] = json.loads((FIXTURES / "tiers.json").read_text("utf-8"))
ROUNDING: list[dict[str, Any]] = json.loads((FIXTURES / "rounding.json").read_text("utf-8"))["cases"]
RULES = {
    "shapley": Rule.SHAPLEY,
    "nucleolus": Rule.NUCLEOLUS,
    "proportional_to_standalone": Rule.STANDALONE,
    "scrb": Rule.SCRB,
}
CHECKS = {"proportional_to_standalone": "proportional_check"}
FIXED_FEE, A_UNIT = 120_000, 900


def named(vector: dict[str, Any]) -> str:
    return str(vector["name"])


def read(vector: dict[str, Any]) -> Game:
    return split_files.read(json_files.parse(json.dumps(vector).encode()))


@pytest.mark.parametrize("vector", LITERATURE, ids=named)
@pytest.mark.parametrize("name", RULES)
def test_a_cost_game_of_the_literature_is_split_exactly(vector: dict[str, Any], name: str) -> None:
    found = sharing.split(read(vector), RULES[name])
    assert [str(share) for share in found.exact] == [
        vector[name][player]["exact"] for player in vector["players"]
    ]
    check = vector[CHECKS.get(name, f"{name}_check")]
    assert found.individually_rational == check["individually_rational"]
    assert (found.worst is None) == check["in_core"]
    if found.worst:
        said = {(one["coalition"], one["overcharge"]) for one in check["worst"]}
        assert ("+".join(found.worst.players), str(found.worst.overcharge)) in said
        assert found.worst.overcharge == max(Fraction(one["overcharge"]) for one in check["worst"])


def tiers(vector: dict[str, Any]) -> Game:
    """The game of a vector, with what its description alone says."""
    name = vector["name"]
    if name == "fixed-plus-variable-3":
        players, volumes = tuple(vector["players"]), tuple(map(Fraction, vector["volumes"]))
        costs = tuple(
            Fraction(bool(group) * FIXED_FEE)
            + A_UNIT * sum(volume for at, volume in enumerate(volumes) if group >> at & 1)
            for group in range(1 << len(players))
        )
        return Coalitions(players, costs, volumes)
    if name == "count-tier-30":
        return read(vector | {"rate_by_count": [None, *(2500 - 20 * count for count in range(1, 31))]})
    kind = "incremental" if "incremental" in name else "all_units"
    return read(vector | {"kind": kind})


@pytest.mark.parametrize("vector", TIERS, ids=named)
def test_prices_by_tier_are_shared_exactly(vector: dict[str, Any]) -> None:
    game = tiers(vector)
    shapley = game.shapley()
    assert sum(shapley) == int(vector["total_pence"])
    if "shapley_pence" in vector:
        assert [str(share) for share in shapley] == vector["shapley_pence"]
    alike = [Fraction(1)] * len(shapley)
    assert sharing.to_pence(shapley, alike) == vector["shapley_rounded_pence"]
    if "alone_pence" in vector:
        assert [str(game.cost(1 << at)) for at in range(len(shapley))] == vector["alone_pence"]


@pytest.mark.parametrize("vector", [one for one in TIERS if "nucleolus_pence" in one], ids=named)
def test_a_split_by_tiers_says_whom_it_treats_badly(vector: dict[str, Any]) -> None:
    game = tiers(vector)
    for rule, name in ((Rule.SHAPLEY, "shapley"), (Rule.VOLUME, "pro_rata"), (Rule.EQUAL, "equal")):
        found = sharing.split(game, rule)
        expected = vector[f"{name}_pence"]
        assert [str(share) for share in found.exact] == (
            expected if isinstance(expected, list) else [expected] * len(found.exact)
        )
        assert (found.worst is None) == vector[f"{name}_in_core"]
        assert found.individually_rational == vector[f"{name}_individually_rational"]
        if worst := vector.get(f"{name}_worst"):
            assert found.worst is not None
            assert "+".join(found.worst.players) == worst["coalition"]
            assert str(found.worst.overcharge) == worst["overcharge_pence"]
    nucleolus = sharing.split(game, Rule.NUCLEOLUS)
    assert [str(share) for share in nucleolus.exact] == vector["nucleolus_pence"]


@pytest.mark.parametrize("case", ROUNDING, ids=lambda case: str(case["why"]))
def test_shares_are_rounded_by_largest_remainder(case: dict[str, Any]) -> None:
    weights = [Fraction(weight) for weight in case["weights"]]
    whole = sum(weights)
    exact = [case["total_pence"] * weight / whole for weight in weights]
    assert sharing.to_pence(exact, weights) == case["shares_pence"]
