"""The best award that the rules allow, proven: the least price, or the most marks, over all combinations.

Between awards that are equally good the one with fewest suppliers stands, then the one whose first lot
goes to the supplier that stands first in the published order, then whose second does, and so on. Every
award is priced by `pricing`, which knows nothing of the model.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from enum import StrEnum

from suppliers.awards import model, pricing
from suppliers.awards.combination import (
    Award,
    Bundle,
    Condition,
    Instance,
    Limits,
    Lot,
    Offer,
    Scale,
    Tier,
)
from suppliers.awards.model import Model
from suppliers.awards.pricing import Priced, UnlawfulAward
from suppliers.gateways import programs
from suppliers.gateways.programs import Ended, Program, Solution

__all__ = [
    "Award",
    "Bundle",
    "Condition",
    "Instance",
    "Limits",
    "Lot",
    "Offer",
    "Outcome",
    "Scale",
    "Status",
    "Tier",
    "solve",
]
HALF = 0.5
"""Whole numbers that differ less are the same."""
HAIR = 1e-4
"""Marks are compared as pence of price: by how little of one two may differ and count as equal."""


class Status(StrEnum):
    """What is known of the best award."""

    OPTIMAL = "optimal"
    TIME_LIMIT = "time_limit"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The best award that was found, and how good any other could be.

    `bound` is the least that any award could cost, less what its quality is worth, in whole pence: equal
    to `priced.adjusted` once proven. Where marks are to be most there is none, nor is there without an award.
    `ties_settled` is False where time ran out before every equally good award had been looked at.
    """

    status: Status
    award: Award | None
    priced: Priced | None
    bound: int | None
    seconds: float
    ties_settled: bool = True

    @property
    def gap(self) -> int | None:
        """By how many pence another award could be better at most; None where that is not known."""
        if self.priced is None or self.bound is None:
            return None
        return self.priced.adjusted - self.bound


def solve(instance: Instance, time_limit: float = math.inf) -> Outcome:
    """The best award of an instance, within so many seconds."""
    began = time.monotonic()
    built = model.build(instance)
    search = _Search(built, began + time_limit)
    first = search.run(built.program)
    if not first.values:
        status = Status.INFEASIBLE if first.ended is Ended.IMPOSSIBLE else Status.TIME_LIMIT
        return Outcome(status, None, None, None, time.monotonic() - began)
    best, settled = first, False
    if first.ended is Ended.PROVEN:
        best, settled = search.settle_ties(first)
    award = model.read(built, best)
    priced = _priced(built, award, best)
    proven = first.ended is Ended.PROVEN
    bound = None
    if built.is_whole:
        bound = priced.adjusted if proven else min(priced.adjusted, math.ceil(first.bound - HALF))
    return Outcome(
        Status.OPTIMAL if proven else Status.TIME_LIMIT,
        award,
        priced,
        bound,
        time.monotonic() - began,
        settled,
    )


def _priced(built: Model, award: Award, solution: Solution) -> Priced:
    """The award as it is priced apart from the model. Raises UnlawfulAward when the two do not agree."""
    priced = pricing.price(built.instance, award)
    if built.is_whole and abs(priced.adjusted - _total(built, solution)) > HALF:
        raise UnlawfulAward(
            f"The model makes {_total(built, solution):.2f} of an award that costs {priced.adjusted} pence."
        )
    return priced


def _total(built: Model, solution: Solution) -> float:
    return sum(cost * value for cost, value in zip(built.program.costs, solution.values, strict=True))


class _Search:
    """Solves one after another until a moment."""

    def __init__(self, built: Model, until: float) -> None:
        self.built, self.until = built, until
        self.slack = HALF if built.is_whole else HAIR

    def run(self, program: Program, start: tuple[float, ...] = ()) -> Solution:
        """Solve in the time that is left."""
        return programs.solve(program, self.until - time.monotonic(), self.slack, start)

    def settle_ties(self, first: Solution) -> tuple[Solution, bool]:
        """Of all solutions as good as the first, the one with fewest suppliers, then by published order.

        Also says whether that is proven. Most often no other winners are as good, which one solve shows.
        """
        program = self._as_good_as(first)
        award = model.read(self.built, first)
        rivals = program.copy()
        rivals.row(model.other_winners(self.built, award), upper=len(award.winners) - 1)
        rival = self.run(rivals)
        if not rival.values:
            return first, rival.ended is Ended.IMPOSSIBLE
        best = first
        wishes = [
            model.suppliers_used(self.built),
            *(model.place_of_winner(self.built, lot.name) for lot in self.built.instance.lots),
        ]
        for wish in wishes:
            found = self.run(_for(program, wish), best.values)
            if found.ended is not Ended.PROVEN:
                return best, False
            best = found
            program.row(wish, upper=round(sum(factor * best.values[at] for at, factor in wish.items())))
        return best, True

    def _as_good_as(self, first: Solution) -> Program:
        program = self.built.program.copy()
        factors = {column: cost for column, cost in enumerate(program.costs) if cost}
        program.row(factors, upper=_total(self.built, first) + self.slack)
        return program


def _for(program: Program, wish: dict[int, float]) -> Program:
    """The same rows with another sum that is to be least."""
    wished = program.copy()
    wished.costs = [0.0] * len(program.costs)
    for column, factor in wish.items():
        wished.costs[column] = factor
    return wished
