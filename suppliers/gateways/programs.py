"""Integer programs: what to choose so that a sum is least, and the door to the solver that proves it.

The solver is loaded with the first program: it brings NumPy with it, and most pages never need either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

INFINITE = float("inf")


class Ended(StrEnum):
    """How a solver came to its end."""

    PROVEN = "proven"
    OUT_OF_TIME = "out_of_time"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Solution:
    """What a solver found: the value of each column, empty for none, and a proven bound of the least sum."""

    ended: Ended
    values: tuple[float, ...]
    least: float
    bound: float

    def chosen(self, column: int) -> bool:
        """Is this column of 0 or 1 a 1?"""
        return self.values[column] > 0.5  # noqa: PLR2004  # whatever the solver's tolerance left of it


@dataclass(slots=True)
class Program:
    """Columns with their costs, and rows that bound sums of columns. The sum of all costs is to be least."""

    costs: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    columns: list[int] = field(default_factory=list)
    factors: list[float] = field(default_factory=list)

    def column(self, cost: float = 0, upper: float = 1, *, whole: bool = True) -> int:
        """A new column from 0 to `upper`, and its number."""
        self.costs.append(cost)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.costs) - 1

    def row(self, factors: Mapping[int, float], lower: float = -INFINITE, upper: float = INFINITE) -> None:
        """A new row: lower ≤ the sum of factor × column ≤ upper."""
        self.columns += factors.keys()
        self.factors += factors.values()
        self.starts.append(len(self.columns))
        self.row_lower.append(lower)
        self.row_upper.append(upper)

    def copy(self) -> Program:
        """The same program, to be changed."""
        return Program(
            list(self.costs),
            list(self.upper),
            list(self.whole),
            list(self.row_lower),
            list(self.row_upper),
            list(self.starts),
            list(self.columns),
            list(self.factors),
        )


def solve(program: Program, seconds: float, gap: float, start: Sequence[float] = ()) -> Solution:
    """The least sum within so many seconds; `start` is a solution that is known, to begin with.

    Without a time limit `seconds` is infinite. The sum is proven to less than `gap`: with whole costs of
    whole columns a half is exact.
    """
    from suppliers.gateways import highs  # noqa: PLC0415  # see above

    return highs.solve(program, seconds, gap, start)
