"""What any group of schools would pay if it bought alone: the costs that a fair split is held against.

Groups are sets of places in `players`, written as whole numbers whose bits say who is in. Amounts are
exact; pence if the prices are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from marketplace.core.errors import RuleBroken

MOST_ENUMERATED = 20
"""So many players have a million groups, which can be looked at one by one."""
MOST_STEPS = 200_000
"""Up to so many units in all, in steps of their greatest common divisor, groups are counted by volume."""


@dataclass(frozen=True, slots=True)
class Subgroup:
    """Schools that would pay less by themselves, and how much less."""

    players: tuple[str, ...]
    overcharge: Fraction


class Game(Protocol):
    """What groups of players would pay. `volumes` is empty where nothing is known of them."""

    @property
    def players(self) -> tuple[str, ...]: ...

    @property
    def volumes(self) -> tuple[Fraction, ...]: ...

    def cost(self, group: int) -> Fraction:
        """What a group pays if only it buys; nothing for nobody."""
        ...

    def shapley(self) -> list[Fraction]:
        """What each player adds to the cost, on average over all orders in which they could join."""
        ...

    def worst_treated(self, shares: Sequence[Fraction]) -> Subgroup | None:
        """The group that shares overcharge most; of several the smallest, then the first. None for none."""
        ...


def everybody(game: Game) -> int:
    """The group of all players."""
    return (1 << len(game.players)) - 1


def members(game: Game, group: int) -> tuple[str, ...]:
    """The names of a group."""
    return tuple(name for at, name in enumerate(game.players) if group >> at & 1)


def _scaled(numbers: Sequence[Fraction]) -> tuple[list[int], int]:
    """Numbers as whole ones, times their common denominator."""
    times = math.lcm(*(number.denominator for number in numbers))
    return [int(number * times) for number in numbers], times


def _worse(game: Game, found: Subgroup | None, group: int, overcharge: Fraction) -> Subgroup | None:
    """The worse treated of two groups; of equals the smaller, then the one found first."""
    if overcharge <= 0 or (found and overcharge < found.overcharge):
        return found
    if found and overcharge == found.overcharge and group.bit_count() >= len(found.players):
        return found
    return Subgroup(members(game, group), overcharge)


@dataclass(frozen=True, slots=True)
class Coalitions:
    """A game that says what every group pays. `costs` stand by group, 0 for nobody first."""

    players: tuple[str, ...]
    costs: tuple[Fraction, ...]
    volumes: tuple[Fraction, ...] = ()

    def __post_init__(self) -> None:
        check_size(self.players)
        assert len(self.costs) == 1 << len(self.players), "every group has a cost"

    def cost(self, group: int) -> Fraction:
        return self.costs[group]

    def shapley(self) -> list[Fraction]:
        count = len(self.players)
        costs, times = _scaled(self.costs)
        of_size = [0] * (count + 1)
        with_player = [[0] * (count + 1) for _ in range(count)]
        for group, cost in enumerate(costs):
            size = group.bit_count()
            of_size[size] += cost
            left = group
            while left:
                with_player[(left & -left).bit_length() - 1][size] += cost
                left &= left - 1
        weights = [math.factorial(size) * math.factorial(count - 1 - size) for size in range(count)]
        return [
            Fraction(
                sum(
                    weight * (own[size + 1] - (of_size[size] - own[size]))
                    for size, weight in enumerate(weights)
                ),
                times * math.factorial(count),
            )
            for own in with_player
        ]

    def worst_treated(self, shares: Sequence[Fraction]) -> Subgroup | None:
        (*paid, _), times = _scaled([*shares, *_denominators(self.costs)])
        charged = [0] * len(self.costs)
        found: Subgroup | None = None
        for group in range(1, len(self.costs) - 1):
            lowest = group & -group
            charged[group] = charged[group ^ lowest] + paid[lowest.bit_length() - 1]
            overcharge = charged[group] - self.costs[group] * times
            if overcharge > 0:
                found = _worse(self, found, group, Fraction(overcharge) / times)
        return found


def _denominators(numbers: Sequence[Fraction]) -> tuple[Fraction]:
    return (Fraction(1, math.lcm(*(number.denominator for number in numbers))),)


def check_size(players: Sequence[str]) -> None:
    """Raise RuleBroken where there are too many players to look at every group."""
    if len(players) > MOST_ENUMERATED:
        raise RuleBroken(
            f"players holds {len(players)}, and this way works for at most {MOST_ENUMERATED}: it looks at "
            "every group of them.",
            "players",
        )


def listed(game: Game) -> Coalitions:
    """The same game with every group's cost worked out. Raises RuleBroken for too many players."""
    if isinstance(game, Coalitions):
        return game
    check_size(game.players)
    costs = tuple(game.cost(group) for group in range(1 << len(game.players)))
    return Coalitions(game.players, costs, game.volumes)


@dataclass(frozen=True, slots=True)
class PriceByCount:
    """A price a unit that depends on how many schools buy. `rates` stand by that number, from 1 on."""

    players: tuple[str, ...]
    volumes: tuple[Fraction, ...]
    rates: tuple[Fraction, ...]

    def cost(self, group: int) -> Fraction:
        if not group:
            return Fraction(0)
        units = sum((self.volumes[at] for at in range(len(self.players)) if group >> at & 1), Fraction(0))
        return self.rates[group.bit_count() - 1] * units

    def shapley(self) -> list[Fraction]:
        """In closed form: what a school adds when it comes after s others, who are any s of the rest.

        It pays the rate of s + 1 for its own units; the others' units, on average s of n − 1 parts of
        the rest, become cheaper by the step from the rate of s to that of s + 1.
        """
        count, together = len(self.players), sum(self.volumes, Fraction(0))
        before = (Fraction(0), *self.rates)
        found = []
        for units in self.volumes:
            parts = (
                self.rates[size] * units
                + (
                    (self.rates[size] - before[size]) * Fraction(size, count - 1) * (together - units)
                    if size
                    else 0
                )
                for size in range(count)
            )
            found.append(sum(parts, Fraction(0)) / count)
        return found

    def worst_treated(self, shares: Sequence[Fraction]) -> Subgroup | None:
        """Of each size the group whose members pay most above that size's rate."""
        found: Subgroup | None = None
        places = range(len(self.players))
        for size in range(1, len(self.players)):
            above = [shares[at] - self.rates[size - 1] * self.volumes[at] for at in places]
            most = sorted(places, key=lambda at: (-above[at], at))[:size]
            overcharge = sum((above[at] for at in most), Fraction(0))
            found = _worse(self, found, sum(1 << at for at in most), overcharge)
        return found


class Kind(StrEnum):
    """What a tier's price is for: all units once it is reached, or only the units within it."""

    ALL_UNITS = "all_units"
    INCREMENTAL = "incremental"


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a volume costs: prices a unit from each break on, the first from 0."""

    breaks: tuple[tuple[Fraction, Fraction], ...]
    kind: Kind

    def cost(self, units: Fraction) -> Fraction:
        """What so many units cost together."""
        if self.kind is Kind.ALL_UNITS:
            return units * next(price for start, price in reversed(self.breaks) if units >= start)
        ends = [start for start, _ in self.breaks[1:]]
        bands = zip(self.breaks, [*ends, units], strict=True)
        return sum(
            (max(Fraction(0), min(units, end) - start) * price for (start, price), end in bands), Fraction(0)
        )


@dataclass(frozen=True, slots=True)
class PriceByVolume:
    """A price that depends on how much is bought together."""

    players: tuple[str, ...]
    volumes: tuple[Fraction, ...]
    tariff: Tariff

    def cost(self, group: int) -> Fraction:
        return self.tariff.cost(
            sum((self.volumes[at] for at in range(len(self.players)) if group >> at & 1), Fraction(0))
        )

    def _steps(self) -> tuple[list[int], Fraction]:
        """The volumes as whole steps, and the units of one step."""
        whole, times = _scaled(self.volumes)
        divisor = math.gcd(*whole) or 1
        return [volume // divisor for volume in whole], Fraction(divisor, times)

    def shapley(self) -> list[Fraction]:
        """By counting, for each school, the groups of the others by size and volume.

        How many groups of a size have a volume is kept for all volumes in one long number, each volume
        with as many bits as it needs; a school comes in, or is taken out, by one shift.
        """
        steps, unit = self._steps()
        total = sum(steps)
        if total > MOST_STEPS:
            return listed(self).shapley()
        amounts, times = _scaled([self.tariff.cost(unit * volume) for volume in range(total + 1)])
        counted = _Counted(steps)
        return [
            Fraction(
                sum(
                    often * (amounts[volume + step] - amounts[volume])
                    for volume, often in enumerate(counted.without(step))
                    if often
                ),
                times * math.factorial(len(steps)),
            )
            for step in steps
        ]

    def worst_treated(self, shares: Sequence[Fraction]) -> Subgroup | None:
        """Of each volume the group that pays most, with its members beside it."""
        steps, unit = self._steps()
        if sum(steps) > MOST_STEPS:
            return listed(self).worst_treated(shares)
        paid, times = _scaled(shares)
        most: dict[int, tuple[int, int]] = {0: (0, 0)}
        for at, step in enumerate(steps):
            for volume, (charged, group) in list(most.items()):
                known = most.get(volume + step)
                if known is None or charged + paid[at] > known[0]:
                    most[volume + step] = (charged + paid[at], group | 1 << at)
        found: Subgroup | None = None
        for volume, (charged, group) in most.items():
            overcharge = Fraction(charged, times) - self.tariff.cost(unit * volume)
            found = _worse(self, found, group, overcharge)
        return found


class _Counted:
    """How many groups have a size and a volume, for all volumes of a size in one long number."""

    def __init__(self, steps: Sequence[int]) -> None:
        count = len(steps)
        self.total = sum(steps)
        self.weights = [math.factorial(size) * math.factorial(count - 1 - size) for size in range(count)]
        self.width = (math.factorial(count).bit_length() + count + 8) // 8
        self.of_size = [1, *[0] * count]
        for step in steps:
            for size in range(count, 0, -1):
                self.of_size[size] += self.of_size[size - 1] << (8 * self.width * step)

    def without(self, step: int) -> list[int]:
        """By volume, in how many orders the groups without one player of such a volume come before it."""
        packed, left = 0, 0
        for size, weight in enumerate(self.weights):
            left = self.of_size[size] - (left << (8 * self.width * step))
            packed += weight * left
        volumes = self.total - step + 1
        unpacked = packed.to_bytes(self.width * volumes, "little")
        return [
            int.from_bytes(unpacked[at * self.width : (at + 1) * self.width], "little")
            for at in range(volumes)
        ]
