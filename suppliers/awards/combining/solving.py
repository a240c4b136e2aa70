"""Working out the best combination, and what else could be awarded, within so many seconds."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

from suppliers.awards import optimum, pricing, scenarios
from suppliers.awards.by_schools.counting import in_order
from suppliers.awards.combination import Award, Instance, Limits
from suppliers.awards.combining.problem import Problem
from suppliers.awards.combining.rules import Kind, Scenario, State, Worked
from suppliers.awards.optimum import Outcome, Status

STATES = {
    Status.OPTIMAL: State.PROVEN,
    Status.TIME_LIMIT: State.OUT_OF_TIME,
    Status.INFEASIBLE: State.IMPOSSIBLE,
}


def work_out(problem: Problem, seconds: int) -> Worked:
    """All that a recommendation rests on. The best combination comes first and may take all the time."""
    until = time.monotonic() + seconds

    def left() -> float:
        return max(0, until - time.monotonic())

    whole = problem.instance(problem.schools)
    best = _scenario(Kind.BEST, optimum.solve(whole, left()))
    found = [best, *_firsts(problem, whole, best)]
    found.append(_scenario(Kind.ONE, scenarios.one_supplier(whole, left())))
    found += [
        _scenario(Kind.AT_MOST, scenarios.at_most(whole, number, left()), number=number)
        for number in range(2, len(set(best.winners.values())))
    ]
    return Worked(
        (*found, *_without(problem, left), *_so_many(problem, best, left)),
        {
            school_id: outcome.priced.cost
            for school_id in sorted(problem.schools)
            for outcome in [_alone(problem, school_id, left())]
            if outcome.priced is not None
        },
    )


def _scenario(kind: Kind, outcome: Outcome, *, number: int = 0, school: uuid.UUID | None = None) -> Scenario:
    state = STATES[outcome.status]
    if outcome.award is None or outcome.priced is None:
        return Scenario(kind, state, number=number, school=school)
    return Scenario(
        kind,
        state,
        {uuid.UUID(lot): uuid.UUID(quote) for lot, quote in outcome.award.winners.items()},
        {uuid.UUID(name): pence for name, pence in outcome.priced.by_school.items()},
        None if state is State.PROVEN else outcome.gap,
        number,
        school,
    )


def _firsts(problem: Problem, whole: Instance, best: Scenario) -> Iterator[Scenario]:
    """Each lot's first quote, where that is another combination than the best."""
    firsts = dict(problem.firsts)
    if firsts == dict(best.winners) or len(firsts) < len(whole.lots):
        return
    joined = {lot.name: lot.buyers for lot in whole.lots}
    award = Award({str(lot): str(quote) for lot, quote in firsts.items()}, joined)
    try:
        priced = pricing.price(whole, award)
    except pricing.UnlawfulAward:
        return
    by_school = {uuid.UUID(name): pence for name, pence in priced.by_school.items()}
    yield Scenario(Kind.FIRSTS, State.PROVEN, firsts, by_school)


def _without(problem: Problem, left: Callable[[], float]) -> Iterator[Scenario]:
    """The best combination for the others when one school leaves."""
    for school_id in filter(problem.schools.__contains__, problem.basis.schools):
        others = problem.schools - {school_id}
        if others:
            outcome = optimum.solve(problem.instance(others), left())
            yield _scenario(Kind.WITHOUT, outcome, school=school_id)


def _so_many(problem: Problem, best: Scenario, left: Callable[[], float]) -> Iterator[Scenario]:
    """The best combination when one, two, … all schools buy, those that buy most first."""
    order = in_order(problem.lots)
    for number, school_id in enumerate(order[:-1], start=1):
        outcome = optimum.solve(problem.instance(order[:number]), left())
        yield _scenario(Kind.SO_MANY, outcome, number=number, school=school_id)
    yield from (replace(best, kind=Kind.SO_MANY, number=len(order), school=last) for last in order[-1:])


def _alone(problem: Problem, school_id: uuid.UUID, seconds: float) -> Outcome:
    """What a school would pay alone: no limit of lots counts, and only the tiers that it reaches itself."""
    instance = problem.instance({school_id})
    return optimum.solve(
        Instance(
            instance.schools,
            instance.suppliers,
            instance.lots,
            instance.offers,
            instance.bundles,
            limits=Limits(),
        ),
        seconds,
    )
