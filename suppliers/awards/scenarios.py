"""What else could be awarded, and who gains: plain functions over an award problem."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from suppliers.awards import optimum
from suppliers.awards.combination import Instance, Limits, Lot
from suppliers.awards.optimum import Outcome


def best(instance: Instance, time_limit: float = math.inf) -> Outcome:
    """The best combination that the rules allow."""
    return optimum.solve(instance, time_limit)


def one_supplier(instance: Instance, time_limit: float = math.inf) -> Outcome:
    """One supplier for every lot, whatever limits the tender sets: for comparison, it may not be lawful."""
    return optimum.solve(replace(instance, limits=Limits(most_suppliers=1, all_lots=True)), time_limit)


def at_most(instance: Instance, suppliers: int, time_limit: float = math.inf) -> Outcome:
    """The best combination of so many suppliers at most, within the tender's limits."""
    limits = instance.limits
    most = suppliers if limits.most_suppliers is None else min(suppliers, limits.most_suppliers)
    return optimum.solve(replace(instance, limits=replace(limits, most_suppliers=most)), time_limit)


def without(instance: Instance, school: str) -> Instance:
    """The same problem when a school is not in it."""
    return _with_schools(instance, frozenset(instance.schools) - {school})


def without_school(instance: Instance, school: str, time_limit: float = math.inf) -> Outcome:
    """The best combination for the others when a school leaves."""
    return optimum.solve(without(instance, school), time_limit)


def alone(instance: Instance, school: str, time_limit: float = math.inf) -> Outcome:
    """What a school would pay if it bought alone from these offers.

    Nobody's condition counts then, nor do limits of how many suppliers or lots win.
    """
    single = _with_schools(instance, frozenset({school}))
    return optimum.solve(replace(single, limits=Limits(), conditions={}), time_limit)


def _with_schools(instance: Instance, schools: frozenset[str]) -> Instance:
    return replace(
        instance,
        schools=tuple(school for school in instance.schools if school in schools),
        lots=tuple(
            Lot(
                lot.name,
                tuple(
                    {school: volume for school, volume in line.items() if school in schools}
                    for line in lot.lines
                ),
            )
            for lot in instance.lots
        ),
        opt_outs={pair: pence for pair, pence in instance.opt_outs.items() if pair[0] in schools},
        conditions={
            school: condition for school, condition in instance.conditions.items() if school in schools
        },
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """What a school pays in an award, and what it would pay alone; None where it could not buy alone."""

    school: str
    together: int
    alone: int | None

    @property
    def is_worse_off(self) -> bool:
        """Does it pay more together than alone?"""
        return self.alone is not None and self.together > self.alone


def standings(outcome: Outcome, alone_prices: Mapping[str, int | None]) -> list[Standing]:
    """Each school's price in an award beside its price alone; empty without an award."""
    if outcome.priced is None:
        return []
    return [
        Standing(school, pence, alone_prices.get(school))
        for school, pence in outcome.priced.by_school.items()
    ]


def prices_alone(instance: Instance, time_limit: float = math.inf) -> dict[str, int | None]:
    """What each school would pay alone; the time limit is each one's."""
    found = {school: alone(instance, school, time_limit) for school in instance.schools}
    return {school: one.priced.cost if one.priced else None for school, one in found.items()}
