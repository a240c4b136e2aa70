"""The assessment summary that each supplier gets: its own scores and reasons, and the winner's.

Procurement Act 2023 section 50 and Procurement Regulations 2024 regulation 31. It carries no price of
another supplier.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from suppliers.awards.queries import live_awards
from suppliers.evaluation.comparison import Comparison, Offer
from suppliers.evaluation.queries import comparison_of, opened_quotes
from suppliers.quotes.models import Quote
from suppliers.quotes.queries import get_own_quote

TOLD = frozenset({TenderStatus.STANDSTILL, TenderStatus.AWARDED})


@dataclass(frozen=True, slots=True)
class Summary:
    """What one supplier is told. `own` is None when its quote was not compared; `set_aside` says why."""

    quote_id: uuid.UUID
    supplier_id: uuid.UUID
    reference: str
    supplier: str
    won: bool
    own: Offer | None
    set_aside: str
    winner: Offer
    price_weight: Decimal
    compared: int
    standstill_ends_on: date | None
    is_final: bool


def summaries(
    tender: Tender, quotes: Sequence[Quote], comparison: Comparison, winner_id: uuid.UUID
) -> list[Summary]:
    """A summary for each of these quotes. Raises ValueError when the winner is not compared."""
    winner = comparison.offers[comparison.column_of(winner_id)]
    aside = {quote.quote_id: quote.reason for quote in comparison.set_aside}
    return [
        Summary(
            quote_id=quote.id,
            supplier_id=quote.supplier_id,
            reference=quote.reference or "",
            supplier=quote.supplier.name,
            won=quote.id == winner_id,
            own=comparison.offer_of(quote.id),
            set_aside=aside.get(quote.id, ""),
            winner=winner,
            price_weight=comparison.price_weight,
            compared=len(comparison.offers),
            standstill_ends_on=tender.standstill_ends_on,
            is_final=tender.status is TenderStatus.AWARDED,
        )
        for quote in quotes
    ]


def get_summary(session: Session, actor: Actor, quote_id: uuid.UUID) -> tuple[Tender, Summary]:
    """The summary of the actor's own supplier's quote, once suppliers are told. Raises NotFound."""
    quote = get_own_quote(session, actor, quote_id)
    tender = quote.tender
    if tender.status not in TOLD or quote.id not in {one.id for one in opened_quotes(session, tender.id)}:
        raise NotFound
    (award, *_) = live_awards(session, tender.id)
    comparison = comparison_of(session, tender)
    return tender, summaries(tender, [quote], comparison, award.quote_id)[0]
