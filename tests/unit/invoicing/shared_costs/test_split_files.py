"""Costs to be split, from files: what is wrong is told by its field."""

import json
from typing import Any

import pytest

from invoicing.shared_costs import sharing, split_files
from invoicing.shared_costs.sharing import Rule
from marketplace.core import json_files
from marketplace.core.errors import RuleBroken

PAIR = {"players": ["a", "b"], "cost": {"a": "10", "b": "20", "a+b": "24"}}
COUNT = {"players": ["a", "b"], "volumes": [1, 2], "rate_by_count": [None, 5, 4]}
VOLUME = {"players": ["a", "b"], "volumes": [1, 2], "breaks": [[0, 9], [3, 7]], "kind": "all_units"}


def split(file: dict[str, Any], rule: Rule = Rule.SHAPLEY) -> dict[str, Any]:
    game = split_files.read(json_files.parse(json.dumps(file).encode()))
    return split_files.written(sharing.split(game, rule))


def test_a_split_is_written_exactly_and_in_pence() -> None:
    assert split(PAIR) == {
        "exact": ["7", "17"],
        "pence": [7, 17],
        "individually_rational": True,
        "worst_subgroup": None,
    }
    assert split(PAIR, Rule.EQUAL)["worst_subgroup"] == {"players": ["a"], "overcharge_pence": "2"}
    assert split(COUNT)["exact"] == ["7/2", "17/2"]
    assert split(VOLUME, Rule.STANDALONE)["exact"] == ["7", "14"]


def test_a_group_may_be_named_in_any_order() -> None:
    assert split({"players": ["a", "b"], "cost": {"a": 10, "b": 20, "b+a": 24}}) == split(PAIR)


@pytest.mark.parametrize(
    ("file", "field"),
    [
        ({}, "players"),
        ({"players": []}, "players"),
        ({"players": "a+b"}, "players"),
        ({"players": ["a", "a"]}, "players[1]"),
        ({"players": ["a", None]}, "players[1]"),
        ({"players": ["a", "b"]}, "cost"),
        ({"players": [f"p{at}" for at in range(201)]}, "players"),
        (PAIR | {"players": ["a", "a+b"]}, "players"),
        (PAIR | {"players": [f"p{at}" for at in range(21)]}, "players"),
        (PAIR | {"cost": ["10", "20", "24"]}, "cost"),
        (PAIR | {"cost": {"a": "10", "b": "20"}}, "cost.a+b"),
        (PAIR | {"cost": {"a": "10", "b": "20", "a+c": "24"}}, "cost"),
        (PAIR | {"cost": {"a": "10", "b": "20", "a+a": "24"}}, "cost.a+a"),
        (PAIR | {"cost": {"a": "10", "b": "20", "a+b": "24", "b+a": "24"}}, "cost.b+a"),
        (PAIR | {"cost": {"a": "ten", "b": "20", "a+b": "24"}}, "cost.a"),
        (PAIR | {"cost": {"a": 10**18, "b": "20", "a+b": "24"}}, "cost.a"),
        (COUNT | {"volumes": [1]}, "volumes"),
        (COUNT | {"volumes": [1, -2]}, "volumes[1]"),
        (COUNT | {"volumes": {"a": 1}}, "volumes"),
        ({"players": ["a"], "rate_by_count": [None, 5]}, "volumes"),
        (COUNT | {"rate_by_count": [None, 5]}, "rate_by_count"),
        (COUNT | {"rate_by_count": [5, 5, 4]}, "rate_by_count[0]"),
        (COUNT | {"rate_by_count": "2500-20k"}, "rate_by_count"),
        (COUNT | {"rate_by_count": [None, 5, -4]}, "rate_by_count[2]"),
        (VOLUME | {"breaks": []}, "breaks"),
        (VOLUME | {"breaks": [[1, 9]]}, "breaks[0]"),
        (VOLUME | {"breaks": [[0, 9], [0, 7]]}, "breaks[1]"),
        (VOLUME | {"breaks": [[0, 9, 7]]}, "breaks[0]"),
        (VOLUME | {"breaks": [{"from": 0}]}, "breaks[0]"),
        (VOLUME | {"kind": "banded"}, "kind"),
        (VOLUME | {"kind": ["all_units"]}, "kind"),
        ({name: value for name, value in VOLUME.items() if name != "kind"}, "kind"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(file: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        split(file)
    assert refused.value.field == field
    assert field.split("[", maxsplit=1)[0] in refused.value.message
