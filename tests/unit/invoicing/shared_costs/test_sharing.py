"""Splits of a shared cost keep what they promise, on any small game: checked against plain definitions."""

import math
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from invoicing.shared_costs import games, nucleolus, sharing
from invoicing.shared_costs.games import Coalitions, Game, Kind, PriceByCount, PriceByVolume, Tariff
from invoicing.shared_costs.sharing import Rule
from marketplace.core.errors import RuleBroken

NAMES = ("Ash", "Birch", "Cedar", "Dale", "Elm")
amounts = some.integers(0, 60).map(lambda pence: Fraction(pence, 2))


@some.composite
def small_games(draw: some.DrawFn) -> Game:
    """Two to five schools: any costs of groups, or prices by number of schools or by volume."""
    players = NAMES[: draw(some.integers(2, 5))]
    count = len(players)
    volumes = tuple(draw(some.integers(0, 9).map(Fraction)) for _ in players)
    if draw(some.booleans()):
        costs = (Fraction(0), *(draw(amounts) for _ in range((1 << count) - 1)))
        return Coalitions(players, costs, volumes)
    if draw(some.booleans()):
        return PriceByCount(players, volumes, tuple(draw(amounts) for _ in players))
    breaks = ((Fraction(0), draw(amounts)), (Fraction(4), draw(amounts)), (Fraction(15), draw(amounts)))
    return PriceByVolume(players, volumes, Tariff(breaks, draw(some.sampled_from(Kind))))


@settings(max_examples=40, deadline=None)
@given(small_games())
def test_shapley_is_what_each_adds_on_average_over_all_orders(game: Game) -> None:
    places = range(len(game.players))
    added = [Fraction(0)] * len(game.players)
    for order in permutations(places):
        group = 0
        for at in order:
            added[at] += game.cost(group | 1 << at) - game.cost(group)
            group |= 1 << at
    orders = math.factorial(len(game.players))
    assert game.shapley() == [amount / orders for amount in added]


@settings(max_examples=40, deadline=None)
@given(small_games(), some.sampled_from([Rule.EQUAL, Rule.SHAPLEY, Rule.SCRB, Rule.STANDALONE, Rule.VOLUME]))
def test_no_group_is_treated_worse_than_the_one_that_is_named(game: Game, rule: Rule) -> None:
    found = sharing.split(game, rule)
    every = [
        sum((found.exact[at] for at in range(len(game.players)) if group >> at & 1), Fraction(0))
        - game.cost(group)
        for group in range(1, games.everybody(game))
    ]
    assert (found.worst.overcharge if found.worst else 0) == max(0, *every)
    if found.worst:
        named = sum(1 << NAMES.index(player) for player in found.worst.players)
        assert every[named - 1] == found.worst.overcharge


@settings(max_examples=40, deadline=None)
@given(small_games(), some.sampled_from(Rule))
def test_shares_sum_to_the_cost_exactly_and_in_pence(game: Game, rule: Rule) -> None:
    found = sharing.split(game, rule)
    total = game.cost(games.everybody(game))
    assert sum(found.exact) == total
    assert sum(found.pence) == math.floor(total + Fraction(1, 2))
    assert all(abs(share - pence) <= 1 for share, pence in zip(found.exact, found.pence, strict=True))


@settings(max_examples=30, deadline=None)
@given(small_games(), some.data())
def test_under_the_nucleolus_the_worst_treated_groups_fare_best(game: Game, data: some.DataObject) -> None:
    count = len(game.players)
    total = game.cost(games.everybody(game))
    alone = [game.cost(1 << at) for at in range(count)]
    held = sum(alone) >= total
    shares = nucleolus.nucleolus(game)
    if held:
        assert all(share <= cost for share, cost in zip(shares, alone, strict=True))
    moved = [data.draw(some.fractions(-3, 3, max_denominator=4)) for _ in range(count - 1)]
    other = [share + step for share, step in zip(shares, [*moved, -sum(moved)], strict=True)]
    if held and any(share > cost for share, cost in zip(other, alone, strict=True)):
        return
    assert gains(game, shares) >= gains(game, other)


def gains(game: Game, shares: list[Fraction]) -> list[Fraction]:
    """What every group gains against buying alone, the worst treated first."""
    return sorted(
        game.cost(group) - sum((shares[at] for at in range(len(shares)) if group >> at & 1), Fraction(0))
        for group in range(1, games.everybody(game))
    )


def test_after_rounding_nobody_pays_a_penny_more_than_alone() -> None:
    costs = (0, 34, 34, 67, 34, 67, 67, 100)
    game = Coalitions(NAMES[:3], tuple(map(Fraction, costs)))
    found = sharing.split(game, Rule.EQUAL)
    assert found.pence == (34, 33, 33)
    assert found.individually_rational


def test_a_rule_that_cannot_be_applied_says_why() -> None:
    with pytest.raises(RuleBroken, match="volumes is missing"):
        sharing.split(Coalitions(("Ash",), (Fraction(0), Fraction(7))), Rule.VOLUME)
    many = PriceByCount(tuple(f"School {at}" for at in range(13)), (Fraction(5),) * 13, (Fraction(2),) * 13)
    with pytest.raises(RuleBroken, match="at most 12"):
        sharing.split(many, Rule.NUCLEOLUS)


def test_volumes_too_fine_to_be_counted_are_looked_at_group_by_group() -> None:
    breaks = ((Fraction(0), Fraction(3)), (Fraction(1_000_000), Fraction(2)))
    volumes = (Fraction(999_999), Fraction(1), Fraction(500_000))
    fine = PriceByVolume(NAMES[:3], volumes, Tariff(breaks, Kind.ALL_UNITS))
    assert fine.shapley() == games.listed(fine).shapley()
    assert fine.worst_treated([Fraction(1)] * 3) is None
    many = PriceByVolume(
        tuple(f"School {at}" for at in range(21)), (Fraction(999_999), *(Fraction(1),) * 20), fine.tariff
    )
    with pytest.raises(RuleBroken, match="at most 20"):
        many.shapley()
