"""The nucleolus of a cost game, exactly: the split under which the worst treated group fares best.

Between splits that are equal in that, the next worst treated group decides, and so on. Schmeidler, The
nucleolus of a characteristic function game, SIAM J. Appl. Math. 17 (1969); found by Maschler's scheme of
linear programs. Each asks by how much all groups that are not settled yet can at least gain against
buying alone; the groups that gain no more than that are settled. Fractions throughout.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from invoicing.shared_costs.games import Game, listed
from marketplace.core.errors import RuleBroken

MOST_PLAYERS = 12
ARTIFICIAL = -1
Vector = list[Fraction]
ZERO, ONE = Fraction(0), Fraction(1)


def nucleolus(game: Game) -> Vector:
    """Each player's share. Nobody pays more than alone, if all together cost no more than each alone.

    Raises RuleBroken for more players than this can do.
    """
    count = len(game.players)
    if count > MOST_PLAYERS:
        raise RuleBroken(
            f"players holds {count}, and the nucleolus is worked out for at most {MOST_PLAYERS}.", "players"
        )
    costs = listed(game).costs
    settled = Settled.at(count, costs[-1])
    alone = [costs[1 << at] for at in range(count)]
    held = sum(alone) >= costs[-1]
    while settled.is_open:
        for group, amount in _Round(settled, costs, alone if held else []).solve():
            settled.settle(group, amount)
    return settled.point


@dataclass(slots=True)
class Settled:
    """The splits that are left: a point of them, and the directions in which they still differ."""

    point: Vector
    directions: list[Vector]

    @classmethod
    def at(cls, count: int, total: Fraction) -> Settled:
        """All splits of a total: any differ by what one pays more and the last less."""
        directions = []
        for at in range(count - 1):
            direction = [ZERO] * count
            direction[at], direction[-1] = ONE, -ONE
            directions.append(direction)
        return cls([total / count] * count, directions)

    @property
    def is_open(self) -> bool:
        """Are there several splits left?"""
        return bool(self.directions)

    def settle(self, group: int, amount: Fraction) -> None:
        """Keep only the splits in which a group pays this amount. Nothing changes where all left do."""
        along = [_of(group, direction) for direction in self.directions]
        pivot = next((at for at, step in enumerate(along) if step), None)
        if pivot is None:
            return
        leading, length = self.directions[pivot], along[pivot]
        shift = (amount - _of(group, self.point)) / length
        self.point = [paid + shift * step for paid, step in zip(self.point, leading, strict=True)]
        self.directions = [
            [own - (along[at] / length) * step for own, step in zip(direction, leading, strict=True)]
            for at, direction in enumerate(self.directions)
            if at != pivot
        ]


def _of(group: int, numbers: Sequence[Fraction]) -> Fraction:
    return sum((number for at, number in enumerate(numbers) if group >> at & 1), ZERO)


class _Round:
    """One linear program of the scheme, solved through its dual by the revised simplex method.

    Of multipliers of groups, of which those of unsettled groups total 1 and all together cancel in every
    direction that is left, it finds those with the least sum of gains. A column is a group's steps along
    the directions, then 1, or 0 for a player held to what it pays alone.
    """

    def __init__(self, settled: Settled, costs: Sequence[Fraction], alone: Sequence[Fraction]) -> None:
        self.settled, self.costs = settled, costs
        single = [(1 << at, ZERO) for at in range(len(alone))]
        self.columns = [
            (group, counted)
            for group, counted in [*((group, ONE) for group in range(1, len(costs) - 1)), *single]
            if any(_of(group, direction) for direction in settled.directions)
        ]
        gains = [costs[group] - _of(group, settled.point) for group, _ in self.columns]
        self.gains = gains
        self.scale = math.lcm(*(gain.denominator for gain in gains))
        self.whole_gains = [int(gain * self.scale) for gain in gains]
        size = len(settled.directions) + 1
        self.basis = [ARTIFICIAL] * size
        self.inverse = [[ONE if row == at else ZERO for at in range(size)] for row in range(size)]
        self.values = [*[ZERO] * (size - 1), ONE]

    def solve(self) -> list[tuple[int, Fraction]]:
        """The groups that this round settles, each with what it pays."""
        self._improve(artificial=True)
        self._leave_artificial()
        least = self._improve(artificial=False)[-1]
        found = []
        for at, value in zip(self.basis, self.values, strict=True):
            if value:
                group, counted = self.columns[at]
                found.append((group, self.costs[group] - counted * least))
        return found

    def _improve(self, *, artificial: bool) -> list[Fraction]:
        """Exchange columns until none is better, and return the multipliers of the rows.

        First with a price on artificial columns alone, to get rid of them; then with the gains.
        """
        while True:
            prices = [self._price(at, artificial=artificial) for at in self.basis]
            multipliers = [
                sum((price * row[at] for price, row in zip(prices, self.inverse, strict=True) if price), ZERO)
                for at in range(len(self.basis))
            ]
            entering = self._better(multipliers, artificial=artificial)
            if entering is None:
                return multipliers
            column = self._through_inverse(entering)
            ratios = [
                (self.values[row] / step, self.basis[row], row) for row, step in enumerate(column) if step > 0
            ]
            self._exchange(min(ratios)[2], entering, column)

    def _price(self, at: int, *, artificial: bool) -> Fraction:
        if artificial:
            return ONE if at == ARTIFICIAL else ZERO
        return self.gains[at]

    def _better(self, multipliers: Sequence[Fraction], *, artificial: bool) -> int | None:
        """The first column that would make the sum less (Bland's rule, so that it ends); None for none."""
        *along, last = multipliers
        step = [
            sum((factor * way[at] for factor, way in zip(along, self.settled.directions, strict=True)), ZERO)
            for at in range(len(self.settled.point))
        ]
        scale = math.lcm(self.scale, last.denominator, *(one.denominator for one in step))
        whole, whole_last = [int(one * scale) for one in step], int(last * scale)
        sums = [0] * len(self.costs)
        for group in range(1, len(sums)):
            lowest = group & -group
            sums[group] = sums[group ^ lowest] + whole[lowest.bit_length() - 1]
        times = 0 if artificial else scale // self.scale
        for at, (group, counted) in enumerate(self.columns):
            if self.whole_gains[at] * times < sums[group] + (whole_last if counted else 0):
                return at
        return None

    def _through_inverse(self, at: int) -> Vector:
        group, counted = self.columns[at]
        column = [*(_of(group, direction) for direction in self.settled.directions), counted]
        return [
            sum((factor * own for factor, own in zip(row, column, strict=True) if own), ZERO)
            for row in self.inverse
        ]

    def _leave_artificial(self) -> None:
        """Put a column in the place of each artificial one; they are all 0 by now."""
        for row in range(len(self.basis)):
            if self.basis[row] == ARTIFICIAL:
                assert not self.values[row], "some split is always left"
                entering, column = next(
                    (at, column)
                    for at in range(len(self.columns))
                    if (column := self._through_inverse(at))[row]
                )
                self._exchange(row, entering, column)

    def _exchange(self, leaving: int, entering: int, column: Sequence[Fraction]) -> None:
        """Bring a column into the basis, in the place of that of a row."""
        pivot = column[leaving]
        self.inverse[leaving] = [factor / pivot for factor in self.inverse[leaving]]
        self.values[leaving] /= pivot
        for row, step in enumerate(column):
            if row != leaving and step:
                own, other = self.inverse[row], self.inverse[leaving]
                self.inverse[row] = [one - step * two for one, two in zip(own, other, strict=True)]
                self.values[row] -= step * self.values[leaving]
        self.basis[leaving] = entering
