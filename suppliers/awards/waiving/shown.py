"""Which schools would pay more than alone, by the quote that could be recommended."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.core.money import Money
from suppliers.evaluation.comparison import Comparison


@dataclass(frozen=True, slots=True)
class QuoteStanding:
    """A quote, and by how much each school that would pay more by it than alone would."""

    supplier: str
    rank: str
    more: tuple[tuple[str, Money], ...]


def worse_off_by_quote(comparison: Comparison, alone: Mapping[uuid.UUID, Money]) -> tuple[QuoteStanding, ...]:
    """Every compared quote in its order."""
    return tuple(
        QuoteStanding(
            offer.supplier,
            offer.rank,
            tuple(
                (row.school, row.cells[column].amount - alone[row.school_id])
                for row in comparison.schools
                if row.school_id in alone and row.cells[column].amount > alone[row.school_id]
            ),
        )
        for column, offer in enumerate(comparison.offers)
    )
