"""What becomes of opened quotes: shared steps for evaluation and awards, in their transactions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from suppliers.quotes import rules
from suppliers.quotes.models import Quote
from suppliers.quotes.rules import QuoteStatus


def exclude(quote: Quote, reason: str) -> None:
    """Leave a quote out of the competition; its supplier will read the reason. Raises RuleBroken."""
    quote.status = rules.move(quote.status, QuoteStatus.EXCLUDED)
    quote.exclusion_reason = reason


def accept(quotes: Iterable[Quote]) -> None:
    """Note that quotes meet everything that was asked. Raises RuleBroken."""
    for quote in quotes:
        quote.status = rules.move(quote.status, QuoteStatus.COMPLIANT)


def settle(session: Session, tender_id: uuid.UUID, *winner_ids: uuid.UUID) -> None:
    """Tell every quote of an awarded tender how it ended. Raises RuleBroken."""
    deciding = {QuoteStatus.COMPLIANT, QuoteStatus.EXCLUDED}
    query = select(Quote).where(Quote.tender_id == tender_id, Quote.status.in_(deciding)).with_for_update()
    for quote in session.scalars(query):
        won = quote.id in winner_ids
        quote.status = rules.move(quote.status, QuoteStatus.AWARDED if won else QuoteStatus.NOT_AWARDED)
