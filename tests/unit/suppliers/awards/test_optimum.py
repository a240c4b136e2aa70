"""The best award is found and proven: checked against every possible award of small problems."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from suppliers.awards import optimum, pricing
from suppliers.awards.optimum import (
    Award,
    Bundle,
    Condition,
    Instance,
    Limits,
    Lot,
    Offer,
    Outcome,
    Scale,
    Status,
    Tier,
)
from suppliers.awards.pricing import UnlawfulAward

SCHOOLS = ("Ash", "Birch", "Cedar")
SUPPLIERS = ("Acorn", "Bramble", "Cobnut")
LOTS = ("Meals", "Milk")


def amounts(volumes: Mapping[str, int], unit: int) -> dict[str, int]:
    return {school: volume * unit for school, volume in volumes.items()}


@some.composite
def problems(draw: some.DrawFn) -> Instance:
    """Two lots, three suppliers, three schools, with everything that a rule could be about."""
    number = some.integers
    lots = tuple(
        Lot(
            name,
            tuple({school: draw(number(0, 4)) for school in SCHOOLS} for _ in range(draw(number(1, 2)))),
        )
        for name in LOTS
    )
    offers = []
    for supplier, lot in product(SUPPLIERS, lots):
        if draw(number(0, 4)):
            lines = tuple(
                tuple(
                    Tier(amounts(volumes, draw(number(3, 12))), starts_at, schools)
                    for starts_at, schools in draw(
                        some.sampled_from([[(0, 0)], [(3, 0)], [(0, 0), (6, 0)], [(1, 0), (2, 3), (7, 2)]])
                    )
                )
                for volumes in lot.lines
            )
            fixed, worth = draw(number(0, 5)), draw(number(0, 9))
            offers.append(Offer(supplier, lot.name, lines, fixed, worth, Fraction(worth, 2)))
    bundles = tuple(
        Bundle(
            draw(some.sampled_from(SUPPLIERS)),
            draw(some.sampled_from([frozenset(LOTS), frozenset({"Milk"})])),
            draw(number(0, 12)),
            draw(number(0, 20)),
            draw(some.sampled_from([Fraction(0), Fraction(1, 20), Fraction(1, 3)])),
        )
        for _ in range(draw(number(0, 2)))
    )
    opt_outs = {
        (school, lot.name): lot.volume_of(school) * draw(number(4, 11))
        for school, lot in product(SCHOOLS, lots)
        if draw(number(0, 3))
    }
    limits = Limits(
        draw(some.sampled_from([None, 1, 2])),
        draw(some.sampled_from([{}, {"Acorn": 1}, {"Bramble": 0}])),
        draw(number(0, 2)),
        draw(some.sampled_from([None, 1, 2])),
        draw(some.booleans()),
    )
    conditions = draw(
        some.dictionaries(
            some.sampled_from(SCHOOLS),
            some.builds(Condition, some.sampled_from([None, 20, 40]), number(0, 3)),
            max_size=2,
        )
    )
    return Instance(SCHOOLS, SUPPLIERS, lots, tuple(offers), bundles, opt_outs, limits, conditions)


def every_award(instance: Instance) -> Iterator[Award]:
    """All combinations of winners, joining schools and bundles, lawful or not."""
    names = [lot.name for lot in instance.lots]
    subsets = [
        [
            tuple(k for k, takes in zip(lot.buyers, bits, strict=True) if takes)
            for bits in product((0, 1), repeat=len(lot.buyers))
        ]
        for lot in instance.lots
    ]
    for winners in product((None, *instance.suppliers), repeat=len(names)):
        won = {lot: supplier for lot, supplier in zip(names, winners, strict=True) if supplier}
        for joined in product(*subsets):
            who = {lot: schools for lot, schools in zip(names, joined, strict=True) if lot in won}
            if any(schools and lot not in won for lot, schools in zip(names, joined, strict=True)):
                continue
            for bits in product((0, 1), repeat=len(instance.bundles)):
                yield Award(won, who, tuple(number for number, used in enumerate(bits) if used))


def lawful(instance: Instance) -> list[tuple[Award, pricing.Priced]]:
    found = []
    for award in every_award(instance):
        try:
            found.append((award, pricing.price(instance, award)))
        except UnlawfulAward:
            continue
    return found


def order(instance: Instance, award: Award) -> tuple[int, ...]:
    """Between equals: fewest suppliers, then the published order, lot by lot."""
    places = {supplier: place for place, supplier in enumerate(instance.suppliers, start=1)}
    return (
        len(set(award.winners.values())),
        *(places.get(award.winners.get(lot.name, ""), 0) for lot in instance.lots),
    )


@settings(max_examples=25, deadline=None)
@given(problems())
def test_no_other_award_of_a_small_problem_is_better_and_ties_fall_as_published(instance: Instance) -> None:
    outcome = optimum.solve(instance)
    every = lawful(instance)
    if not every:
        assert outcome.status is Status.INFEASIBLE
        return
    least = min(priced.adjusted for _, priced in every)
    assert outcome.status is Status.OPTIMAL
    assert outcome.priced is not None
    assert outcome.award is not None
    assert outcome.priced.adjusted == outcome.bound == least
    assert outcome.ties_settled
    assert order(instance, outcome.award) == min(
        order(instance, award) for award, priced in every if priced.adjusted == least
    )


@settings(max_examples=12, deadline=None)
@given(problems(), some.integers(5, 60), some.integers(1, 80), some.integers(0, 60))
def test_no_other_award_of_a_small_problem_has_more_marks(
    instance: Instance, optimal_price: int, span: int, weight: int
) -> None:
    scored = replace(instance, scale=Scale(optimal_price + span, optimal_price, Fraction(weight)))
    outcome = optimum.solve(scored)
    every = lawful(scored)
    if not every:
        assert outcome.status is Status.INFEASIBLE
        return
    assert outcome.priced is not None
    assert outcome.priced.marks == max(priced.marks for _, priced in every)


def two_schools(**changes: object) -> Instance:
    """Two schools, one lot of 10 units each; Acorn is cheaper with both, Bramble has one price."""
    volumes = {"Ash": 10, "Birch": 10}
    base = Instance(
        ("Ash", "Birch"),
        ("Acorn", "Bramble"),
        (Lot("Meals", (volumes,)),),
        (
            Offer("Acorn", "Meals", ((Tier(amounts(volumes, 9)), Tier(amounts(volumes, 5), starts_at=20)),)),
            Offer("Bramble", "Meals", ((Tier(amounts(volumes, 6)),),)),
        ),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def winner(outcome: Outcome) -> str:
    assert outcome.award is not None
    return outcome.award.winners["Meals"]


def test_a_tier_counts_only_once_its_volume_is_reached() -> None:
    assert winner(optimum.solve(two_schools())) == "Acorn"
    drawn_away = two_schools(opt_outs={("Birch", "Meals"): 10})
    assert winner(optimum.solve(drawn_away)) == "Bramble"


def test_a_school_stays_out_where_the_price_is_above_its_own_limit() -> None:
    limited = two_schools(opt_outs={("Birch", "Meals"): 80}, conditions={"Birch": Condition(most_pence=49)})
    outcome = optimum.solve(limited)
    assert outcome.award is not None
    assert outcome.award.joined["Meals"] == ("Ash",)


def test_equal_prices_go_to_the_supplier_that_stands_first_in_the_published_order() -> None:
    volumes = {"Ash": 10, "Birch": 10}
    same = tuple(Offer(name, "Meals", ((Tier(amounts(volumes, 5)),),)) for name in ("Bramble", "Acorn"))
    assert winner(optimum.solve(two_schools(offers=same))) == "Acorn"
    reversed_order = two_schools(offers=same, suppliers=("Bramble", "Acorn"))
    assert winner(optimum.solve(reversed_order)) == "Bramble"


def test_what_quality_is_worth_can_outweigh_a_lower_price() -> None:
    cheap, better = two_schools().offers
    outcome = optimum.solve(two_schools(offers=(cheap, replace(better, worth=21))))
    assert winner(outcome) == "Bramble"
    assert outcome.priced is not None
    assert (outcome.priced.cost, outcome.priced.adjusted) == (120, 99)


def test_without_any_lawful_award_none_is_invented() -> None:
    outcome = optimum.solve(two_schools(limits=Limits(fewest_suppliers=2)))
    assert (outcome.status, outcome.award, outcome.bound) == (Status.INFEASIBLE, None, None)


def test_no_time_at_all_ends_without_an_award_and_says_so() -> None:
    outcome = optimum.solve(two_schools(), time_limit=0)
    assert outcome.status is Status.TIME_LIMIT
    assert outcome.gap is None


@pytest.mark.parametrize(
    ("award", "why"),
    [
        (Award({"Meals": "Cobnut"}, {"Meals": ("Ash", "Birch")}), "no offer"),
        (Award({"Meals": "Acorn"}, {"Meals": ("Ash",)}), "cannot opt out"),
        (Award({}, {}), "cannot opt out"),
        (Award({"Meals": "Acorn"}, {"Meals": ()}), "nobody"),
        (Award({"Meals": "Acorn"}, {"Meals": ("Ash", "Birch")}, (0,)), "bundle"),
    ],
)
def test_an_award_that_breaks_a_rule_is_never_priced(award: Award, why: str) -> None:
    instance = two_schools(bundles=(Bundle("Acorn", frozenset({"Meals"}), fewest_units=21, discount=5),))
    with pytest.raises(UnlawfulAward, match=why):
        pricing.price(instance, award)


def test_schools_together_pay_the_cost_to_the_penny() -> None:
    instance = two_schools(bundles=(Bundle("Acorn", frozenset({"Meals"}), discount=7),))
    acorn = replace(instance.offers[0], fixed=11)
    outcome = optimum.solve(replace(instance, offers=(acorn, instance.offers[1])))
    assert outcome.priced is not None
    assert sum(outcome.priced.by_school.values()) == outcome.priced.cost == 100 + 11 - 7
    assert max(outcome.priced.by_school.values()) - min(outcome.priced.by_school.values()) <= 2
