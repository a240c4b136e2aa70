"""Award problems from files: known optima are proven, and a bad file is told by its field."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from marketplace.core import json_files
from marketplace.core.errors import RuleBroken
from suppliers.awards import award_files, optimum, pricing
from suppliers.awards.optimum import Award, Status

FIXTURES = Path(__file__).parents[3] / "fixtures" / "award"
SMALL = FIXTURES / "school_s4_l3_k8_o_seed1.json"
OF_THIRTY = FIXTURES / "school_s8_l6_k30_o_seed3.json"


def expected_of(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.with_suffix(".expected.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("file", [SMALL, OF_THIRTY], ids=lambda file: file.stem)
def test_the_proven_optimum_of_a_joint_tender_is_reached(file: Path) -> None:
    instance = award_files.read(json_files.read(file))
    outcome = optimum.solve(instance)
    known = expected_of(file)
    assert outcome.status is Status.OPTIMAL
    assert outcome.priced is not None
    assert outcome.priced.cost == outcome.bound == known["optimal_pence"]
    said = award_files.written(outcome)
    assert said["winner"] == known["award"]["winner"]
    assert said["bundles"] == known["award"]["bundles"]
    assert sum(said["price_by_school"].values()) == known["optimal_pence"]


@pytest.mark.parametrize("file", sorted(FIXTURES.glob("*.expected.json")), ids=lambda file: file.name)
def test_an_award_that_others_proved_costs_what_they_say(file: Path) -> None:
    known = json.loads(file.read_text("utf-8"))
    instance = award_files.read(json_files.read(FIXTURES / known["instance"]))
    award = known["award"]
    joined = {lot: tuple(schools) for lot, schools in award["joined"].items()}
    priced = pricing.price(instance, Award(award["winner"], joined, tuple(award["bundles"])))
    assert priced.cost == known["optimal_pence"]


def small() -> dict[str, Any]:
    return copy.deepcopy(dict(json_files.read(SMALL)))


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("lots",), None, "lots"),
        (("lots",), [], "lots"),
        (("lots",), ["L1", "L1"], "lots[1]"),
        (("schools",), ["K1", 7], "schools[1]"),
        (("suppliers",), {"S1": 1}, "suppliers"),
        (("volume",), [], "volume"),
        (("volume", "K1", "L1"), "many", "volume.K1.L1"),
        (("volume", "K1", "L1"), -1, "volume.K1.L1"),
        (("volume", "K1", "L1"), "1.5", "volume.K1.L1"),
        (("volume", "K1", "L1"), True, "volume.K1.L1"),
        (("volume", "K1", "L1"), 10**16, "volume.K1.L1"),
        (("volume", "K99"), {}, "volume"),
        (("volume", "K1", "L99"), 5, "volume.K1"),
        (("offers",), [], "offers"),
        (("offers", 0), "S1", "offers[0]"),
        (("offers", 0, "supplier"), "S99", "offers[0].supplier"),
        (("offers", 0, "lot"), ["L1"], "offers[0].lot"),
        (("offers", 0, "fixed"), -5, "offers[0].fixed"),
        (("offers", 1, "lot"), "L1", "offers[1]"),
        (("offers", 0, "tiers"), [], "offers[0].tiers"),
        (("offers", 0, "tiers", 0, "min_volume"), None, "offers[0].tiers[0].min_volume"),
        (("offers", 0, "tiers", 0, "unit_price", "K1"), {}, "offers[0].tiers[0].unit_price.K1"),
        (("offers", 0, "tiers", 0, "unit_price"), {}, "offers[0].tiers[0].unit_price.K1"),
        (("bundles", 0, "lots"), ["L1", "L7"], "bundles[0].lots"),
        (("bundles", 0, "discount"), [1], "bundles[0].discount"),
        (("opt_out_cost", "K1", "L1"), "free", "opt_out_cost.K1.L1"),
        (("max_lots_per_supplier",), 0, "max_lots_per_supplier"),
        (("min_suppliers",), "two", "min_suppliers"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(path: tuple[Any, ...], value: object, field: str) -> None:
    file = small()
    holder: Any = file
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    again = json_files.parse(json.dumps(file, default=str).encode())
    with pytest.raises(RuleBroken) as refused:
        award_files.read(again)
    assert refused.value.field == field
    assert field in refused.value.message


@pytest.mark.parametrize("name", ["lots", "schools", "suppliers", "volume", "offers"])
def test_what_is_missing_in_a_file_is_named(name: str) -> None:
    file = small()
    del file[name]
    with pytest.raises(RuleBroken, match=f"{name} is missing"):
        award_files.read(file)
