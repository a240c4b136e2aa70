"""What a tender costs by the number of schools, as its page and its sheet show it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.core.charts import Bar, ChartView, bar_chart
from marketplace.core.money import Money
from marketplace.tenders.models import Tender
from suppliers.awards.by_schools.counting import Count, counts
from suppliers.awards.combining import queries as combining
from suppliers.awards.combining.rules import Kind, Worked
from suppliers.evaluation import queries as evaluation
from suppliers.evaluation.basis import Basis
from suppliers.evaluation.downloads import Sheets, Value

SHEET = "By number of schools"


@dataclass(frozen=True, slots=True)
class CountRow:
    """So many schools buy. `first` is what the school that buys most pays then; None where nobody wins."""

    number: int
    joins: str
    winners: str
    changes: bool
    total: Money | None
    average: Money | None
    first: Money | None


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """What a school pays if it is the last that joins, and what it pays when everybody is in."""

    school: str
    on_joining: Money | None
    with_all: Money | None

    @property
    def gains(self) -> Money | None:
        """By how much the schools that join after it make its price fall; negative where it rises."""
        if self.on_joining is None or self.with_all is None:
            return None
        return self.on_joining - self.with_all


@dataclass(frozen=True, slots=True)
class BySchoolsView:
    """A tender by the number of schools. `per_school` are each count's prices, by school, in pounds."""

    first_school: str
    counts: tuple[CountRow, ...]
    schools: tuple[SchoolRow, ...]
    names: tuple[str, ...]
    per_school: tuple[tuple[Money | None, ...], ...]
    chart: ChartView | None
    has_tiers: bool
    apart: bool
    fixed_sums: bool
    """Does the formula have sums of its own: a ceiling and an optimum, or what a point is worth?"""


def view(session: Session, tender: Tender) -> BySchoolsView | None:
    """A tender that its reader may compare; None where lots are won apart and nothing is worked out yet."""
    basis = evaluation.basis_of(session, tender)
    if not basis.division.apart:
        quotes = evaluation.priced_quotes(session, tender.id)
        agreed = evaluation.agreed_scores(session, tender.id)
        return _view(session, tender, basis, list(counts(basis, quotes, agreed)))
    problem = combining.problem_of(session, tender)
    worked = combining.worked_on(session, tender.id, problem) if problem else None
    found = _counts_of(worked) if worked else []
    return _view(session, tender, basis, found) if found else None


def _counts_of(worked: Worked) -> list[Count]:
    """What was worked out with the combinations; nothing in results from before it was."""
    return [
        Count(one.number, one.school, one.winners, one.by_school)
        for one in worked.of(Kind.SO_MANY)
        if one.school is not None
    ]


def _view(session: Session, tender: Tender, basis: Basis, found: Sequence[Count]) -> BySchoolsView:
    suppliers = {quote.id: quote.supplier.name for quote in evaluation.priced_quotes(session, tender.id)}
    names = {one: name for lot in basis.lots for one, name in lot.schools.items()}
    order = [one.joins for one in found]
    rows = tuple(_count_rows(basis, found, names, suppliers))
    last: Mapping[uuid.UUID, int] = found[-1].by_school if found else {}
    first = names[order[0]] if order else ""
    return BySchoolsView(
        first,
        rows,
        tuple(
            SchoolRow(names[one.joins], _money(one.by_school, one.joins), _money(last, one.joins))
            for one in found
        ),
        tuple(names[one] for one in order),
        tuple(tuple(_money(one.by_school, school) for school in order) for one in found),
        _chart(first, rows, apart=basis.division.apart),
        any(len(basis.division.begins(lot.id)) > 1 for lot in basis.lots),
        basis.division.apart,
        any((basis.method.ceiling, basis.method.worth_of_a_point)) and not basis.division.apart,
    )


def _count_rows(
    basis: Basis, found: Sequence[Count], names: Mapping[uuid.UUID, str], suppliers: Mapping[uuid.UUID, str]
) -> Iterator[CountRow]:
    before = ""
    for one in found:
        winners = _who(basis, one, suppliers)
        there = bool(one.by_school)
        yield CountRow(
            one.number,
            names[one.joins],
            winners,
            bool(before) and winners != before,
            Money(one.total) if there else None,
            Money((2 * one.total + one.number) // (2 * one.number)) if there else None,
            _money(one.by_school, found[0].joins),
        )
        before = winners


def _who(basis: Basis, one: Count, suppliers: Mapping[uuid.UUID, str]) -> str:
    if one.drawn:
        return "A draw between " + " and ".join(suppliers[quote] for quote in one.drawn)
    if not one.winners:
        return "Nobody"
    if not basis.division.apart:
        return suppliers[next(iter(one.winners.values()))]
    won = [
        f"Lot {lot.number}: {suppliers[one.winners[lot.id]]}" for lot in basis.lots if lot.id in one.winners
    ]
    return "; ".join(won)


def _money(amounts: Mapping[uuid.UUID, int], school_id: uuid.UUID) -> Money | None:
    return Money(amounts[school_id]) if school_id in amounts else None


def _chart(first: str, rows: Sequence[CountRow], *, apart: bool) -> ChartView | None:
    """The picture; who wins several lots does not fit in it and stands in the table."""
    bars = [
        Bar(
            f"{one.number} {'school' if one.number == 1 else 'schools'}"
            + ("" if apart else f": {one.winners}"),
            one.first.pence,
            str(one.first),
            "Others win" if one.changes and apart else "Another wins" if one.changes else "",
        )
        for one in rows
        if one.first is not None
    ]
    if not bars:
        return None
    title = f"What {first} pays as more schools join"
    return bar_chart("by-schools", title, f"One bar for each number of schools. {title}.", bars)


def sheets(session: Session, tender: Tender) -> Sheets:
    """The sheet of the comparison's workbook; none while there is nothing to show."""
    found = view(session, tender)
    if found is None or not found.counts:
        return
    head = ("Schools that buy", "Joins last", "Who wins", "All schools pay", "Average a school", *found.names)
    rows: list[Sequence[Value]] = [head]
    for one, prices in zip(found.counts, found.per_school, strict=True):
        rows.append((one.number, one.joins, one.winners, one.total, one.average, *prices))
    yield SHEET, rows
