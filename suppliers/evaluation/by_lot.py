"""Lots that are won on their own: the quotes for each side by side, and what schools would pay in all."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from marketplace.core.money import ZERO, Money
from marketplace.tenders.formulas import Method
from marketplace.tenders.lots.division import Division
from marketplace.tenders.queries import ScheduleLot
from suppliers.evaluation.basis import Agreed, Basis
from suppliers.evaluation.comparison import Comparison, Offer, compare
from suppliers.evaluation.rules import Saving
from suppliers.quotes.models import Quote


@dataclass(frozen=True, slots=True)
class LotResult:
    """A lot with the quotes for it."""

    lot_id: uuid.UUID
    number: int
    title: str
    comparison: Comparison

    @property
    def winner(self) -> Offer | None:
        """The quote that is alone in first place; None where it is shared or nobody can be compared."""
        firsts = self.comparison.firsts
        return firsts[0] if len(firsts) == 1 else None

    @property
    def outcome(self) -> str:
        """Who is first, in words."""
        firsts = self.comparison.firsts
        if not firsts:
            return "No quote can be compared"
        return firsts[0].supplier if len(firsts) == 1 else "A draw"


@dataclass(frozen=True, slots=True)
class SchoolTotal:
    """What a school would pay in all if each lot went to its first quote, beside what it pays today."""

    school: str
    baseline: Money | None
    amount: Money
    saving: Saving | None


@dataclass(frozen=True, slots=True)
class Results:
    """All lots of a tender, in order. `schools` is empty while a lot has no first quote of its own."""

    lots: tuple[LotResult, ...]
    schools: tuple[SchoolTotal, ...]

    @property
    def total(self) -> Money | None:
        """What all schools would pay if each lot went to its first quote; None as for `schools`."""
        return Money.total(row.amount for row in self.schools) if self.schools else None

    @property
    def baseline(self) -> Money | None:
        """What all schools pay today over the whole term; None unless known for each."""
        known = [row.baseline for row in self.schools if row.baseline is not None]
        return Money.total(known) if known and len(known) == len(self.schools) else None

    @property
    def saving(self) -> Saving | None:
        """What all schools would save together."""
        baseline, total = self.baseline, self.total
        return Saving(baseline, total) if baseline is not None and total is not None else None

    def of(self, lot_id: uuid.UUID) -> LotResult:
        """The result of a lot. Raises KeyError for a lot that the tender does not have."""
        found = next((one for one in self.lots if one.lot_id == lot_id), None)
        if found is None:
            raise KeyError(lot_id)
        return found


def compare_lots(basis: Basis, quotes: Sequence[Quote], agreed: Agreed) -> Results:
    """Put the quotes for each lot side by side, judged by the lot's own ceiling and optimum."""
    lots = tuple(
        LotResult(
            lot.id,
            lot.number,
            lot.title,
            compare(of_lot(basis, lot), [one for one in quotes if _quotes_for(basis, one, lot)], agreed),
        )
        for lot in basis.lots
    )
    return Results(lots, _schools(basis, lots))


def of_lot(basis: Basis, lot: ScheduleLot) -> Basis:
    """What the quotes for one lot are compared on. What schools pay today for one lot is not known."""
    return replace(
        basis,
        method=method_of_lot(basis.method, basis.division, lot.id),
        lots=[lot],
        schools={school_id: name for school_id, name in basis.schools.items() if school_id in lot.schools},
        baselines={},
    )


def method_of_lot(method: Method, division: Division, lot_id: uuid.UUID) -> Method:
    """How a lot is judged: as the tender is, between its own ceiling and optimum."""
    bounds = division.bounds.get(lot_id)
    if bounds is None:
        return method
    return replace(method, ceiling=bounds.ceiling, optimum=bounds.optimum)


def _quotes_for(basis: Basis, quote: Quote, lot: ScheduleLot) -> bool:
    asked = basis.asked.get(quote.id)
    return asked is not None and lot.id in asked.lots


def _schools(basis: Basis, lots: Sequence[LotResult]) -> tuple[SchoolTotal, ...]:
    amounts: dict[uuid.UUID, Money] = {}
    for lot in lots:
        winner = lot.winner
        if winner is None:
            return ()
        column = lot.comparison.column_of(winner.quote_id)
        for row in lot.comparison.schools:
            amounts[row.school_id] = amounts.get(row.school_id, ZERO) + row.cells[column].amount
    return tuple(
        SchoolTotal(
            name,
            baseline := basis.baselines.get(school_id) or None,
            amounts.get(school_id, ZERO),
            Saving(baseline, amounts.get(school_id, ZERO)) if baseline is not None else None,
        )
        for school_id, name in basis.schools.items()
    )


def by_quote(results: Results, quote_id: uuid.UUID) -> Mapping[uuid.UUID, Offer]:
    """What a quote earned in each lot in which it is compared."""
    return {
        lot.lot_id: offer for lot in results.lots if (offer := lot.comparison.offer_of(quote_id)) is not None
    }


def tied_together(division: Division) -> str:
    """Why the first quotes of all lots may not be the winners; blank where each lot stands for itself."""
    ties = [
        *(["limits of how many lots one supplier may be awarded"] if division.limits.most_awarded else []),
        *(["bundles"] if division.bundles else []),
    ]
    if not ties:
        return ""
    return (
        f"This tender has {' and '.join(ties)}, so who wins what is worked out over all lots together before "
        "an award is recommended: the least total of prices, less what quality is worth."
    )
