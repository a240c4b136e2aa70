"""What else could be awarded: one supplier for all, fewer suppliers, without a school, each alone."""

from suppliers.awards import scenarios
from suppliers.awards.optimum import Instance, Limits, Lot, Offer, Outcome, Status, Tier

MEALS = {"Ash": 10, "Birch": 10}
MILK = {"Ash": 5, "Birch": 1}


def offer(supplier: str, lot: str, volumes: dict[str, int], *units: tuple[int, int]) -> Offer:
    tiers = tuple(
        Tier({school: volume * unit for school, volume in volumes.items()}, starts_at)
        for unit, starts_at in units
    )
    return Offer(supplier, lot, (tiers,))


INSTANCE = Instance(
    ("Ash", "Birch"),
    ("Acorn", "Bramble"),
    (Lot("Meals", (MEALS,)), Lot("Milk", (MILK,))),
    (
        offer("Acorn", "Meals", MEALS, (9, 0), (5, 20)),
        offer("Acorn", "Milk", MILK, (4, 0)),
        offer("Bramble", "Meals", MEALS, (6, 0)),
        offer("Bramble", "Milk", MILK, (3, 0)),
    ),
    limits=Limits(most_lots=1),
)


def cost(outcome: Outcome) -> int:
    assert outcome.priced is not None
    return outcome.priced.cost


def test_the_best_combination_keeps_the_limits_and_one_supplier_for_all_lifts_them() -> None:
    assert cost(scenarios.best(INSTANCE)) == 5 * 20 + 3 * 6
    assert cost(scenarios.one_supplier(INSTANCE)) == 5 * 20 + 4 * 6


def test_fewer_suppliers_than_the_limits_ask_for_is_no_award() -> None:
    assert scenarios.at_most(INSTANCE, 1).status is Status.INFEASIBLE
    assert cost(scenarios.at_most(INSTANCE, 2)) == cost(scenarios.best(INSTANCE))


def test_a_school_that_leaves_takes_the_tier_of_the_others_with_it() -> None:
    left = scenarios.without_school(INSTANCE, "Birch")
    assert cost(left) == 6 * 10 + 4 * 5
    assert left.award is not None
    assert left.award.joined["Meals"] == ("Ash",)


def test_who_pays_more_together_than_alone_is_named() -> None:
    alone = scenarios.prices_alone(INSTANCE)
    assert alone == {"Ash": 6 * 10 + 3 * 5, "Birch": 6 * 10 + 3 * 1}
    together = scenarios.standings(scenarios.best(INSTANCE), alone)
    assert [(one.school, one.together, one.is_worse_off) for one in together] == [
        ("Ash", 5 * 10 + 3 * 5, False),
        ("Birch", 5 * 10 + 3 * 1, False),
    ]
    dear = scenarios.standings(scenarios.best(INSTANCE), alone | {"Birch": 50})
    assert [one.school for one in dear if one.is_worse_off] == ["Birch"]
