"""The combinations of lots as their page shows them, as frozen views."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from marketplace.core.money import Money
from suppliers.awards.combining import rules
from suppliers.awards.combining.problem import Problem
from suppliers.awards.combining.rules import Kind, Scenario, Worked

LABELS = {
    Kind.BEST: "Best combination",
    Kind.FIRSTS: "Each lot to its first quote, without bundles",
    Kind.ONE: "One supplier for all lots",
    Kind.AT_MOST: "At most {number} suppliers",
}


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """A scenario beside the best combination. `total` is None where there is no such combination."""

    label: str
    winners: tuple[str, ...]
    total: Money | None
    against_best: str
    words: str


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """What one school would pay over the whole term, before VAT; None where it is not known."""

    school: str
    today: Money | None
    best: Money | None
    one_supplier: Money | None
    alone: Money | None

    @property
    def is_worse_off(self) -> bool:
        """Would it pay more in the best combination than alone?"""
        return self.best is not None and self.alone is not None and self.best > self.alone


@dataclass(frozen=True, slots=True)
class LeavingRow:
    """What the other schools would pay if one left, against what they pay with it."""

    school: str
    others: Money | None
    against_now: str
    winners_change: bool
    words: str


@dataclass(frozen=True, slots=True)
class CombinationsView:
    """Everything that was worked out, ready to be read. `unawardable` are lots without a quote to compare."""

    scenarios: tuple[ScenarioRow, ...]
    schools: tuple[SchoolRow, ...]
    leaving: tuple[LeavingRow, ...]
    unawardable: tuple[str, ...]
    draws: tuple[str, ...]
    words: str

    @property
    def worse_off(self) -> tuple[str, ...]:
        """The schools that would pay more in the best combination than alone."""
        return tuple(row.school for row in self.schools if row.is_worse_off)


def view(problem: Problem, worked: Worked) -> CombinationsView:
    """What was worked out about a problem, in words and money."""
    best = worked.best
    names = {lot.lot_id: f"Lot {lot.number}: {lot.title}" for lot in problem.results.lots}
    awardable = {lot.id for lot in problem.lots}
    return CombinationsView(
        tuple(_scenario_rows(problem, worked)),
        tuple(_school_rows(problem, worked)),
        tuple(_leaving_rows(problem, worked)),
        tuple(name for lot_id, name in names.items() if lot_id not in awardable),
        tuple(names[lot_id] for lot_id in problem.draws),
        _words(best),
    )


def _words(scenario: Scenario) -> str:
    gap = "" if scenario.gap is None else str(Money(scenario.gap))
    return rules.in_words(scenario, gap)


def _suppliers(problem: Problem) -> Mapping[uuid.UUID, str]:
    return {offer.quote_id: offer.supplier for lot in problem.results.lots for offer in lot.comparison.offers}


def _scenario_rows(problem: Problem, worked: Worked) -> Iterator[ScenarioRow]:
    suppliers = _suppliers(problem)
    numbers = {lot.lot_id: lot.number for lot in problem.results.lots}
    for kind in (Kind.BEST, Kind.FIRSTS, Kind.ONE, Kind.AT_MOST):
        for one in worked.of(kind):
            lots = sorted(one.winners.items(), key=lambda item: numbers[item[0]])
            yield ScenarioRow(
                LABELS[kind].format(number=one.number),
                tuple(f"Lot {numbers[lot_id]}: {suppliers[quote_id]}" for lot_id, quote_id in lots),
                Money(one.cost) if one.is_there else None,
                _against(one.cost - worked.best.cost) if one.is_there and worked.best.is_there else "",
                _not_there(one) if not one.is_there else "" if kind is Kind.BEST else _caveat(one),
            )


def _not_there(scenario: Scenario) -> str:
    if scenario.state is rules.State.OUT_OF_TIME:
        return "The time ran out before this was worked out."
    if scenario.kind is Kind.ONE:
        return "No supplier quoted for every lot."
    return "There is no such combination within the limits."


def _caveat(scenario: Scenario) -> str:
    if scenario.state is rules.State.OUT_OF_TIME:
        return "Not proven: the time ran out."
    return "For comparison: it may be beyond the limits of the tender." if scenario.kind is Kind.ONE else ""


def _against(pence: int) -> str:
    if not pence:
        return "The same"
    return f"{Money(abs(pence))} {'more' if pence > 0 else 'less'}"


def _school_rows(problem: Problem, worked: Worked) -> Iterator[SchoolRow]:
    one = worked.of(Kind.ONE)[0]
    for school_id, name in problem.basis.schools.items():
        if school_id in problem.schools:
            yield SchoolRow(
                name,
                problem.basis.baselines.get(school_id) or None,
                _of(worked.best.by_school, school_id),
                _of(one.by_school, school_id),
                _of(worked.alone, school_id),
            )


def _of(amounts: Mapping[uuid.UUID, int], school_id: uuid.UUID) -> Money | None:
    return Money(amounts[school_id]) if school_id in amounts else None


def _leaving_rows(problem: Problem, worked: Worked) -> Iterator[LeavingRow]:
    best = worked.best
    names = problem.basis.schools
    for one in sorted(
        worked.of(Kind.WITHOUT), key=lambda one: names.get(one.school, "") if one.school else ""
    ):
        assert one.school is not None, "a school left"
        now = best.cost - best.by_school.get(one.school, 0)
        stays = {lot_id: quote_id for lot_id, quote_id in best.winners.items() if lot_id in one.winners}
        yield LeavingRow(
            names.get(one.school, ""),
            Money(one.cost) if one.is_there else None,
            _against(one.cost - now) if one.is_there and best.is_there else "",
            one.is_there and dict(one.winners) != stays,
            "" if one.is_there else _not_there(one),
        )
