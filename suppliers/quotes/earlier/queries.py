"""What a supplier answered or kept earlier. Ask first whether the reader belongs to it."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound
from marketplace.tenders.models import Criterion, Tender
from suppliers.profiles.bid_library.queries import kept
from suppliers.profiles.bid_library.rules import MOST_ANSWERS, Earlier, best_first
from suppliers.quotes.models import Quote, QuotedAnswer
from suppliers.quotes.rules import AFTER_OPENING


def earlier_answers(session: Session, supplier_id: uuid.UUID, search: str = "") -> list[Earlier]:
    """A supplier's library and the answers of its opened quotes, what fits a search best first.

    Nothing of a draft or of a sealed quote is in it: those are encrypted, and nobody searches them.
    """
    return best_first([*kept(session, supplier_id), *_opened(session, supplier_id)], search)


def earlier_answer(session: Session, supplier_id: uuid.UUID, key: str) -> Earlier:
    """One of them by its key. Raises NotFound."""
    for one in earlier_answers(session, supplier_id):
        if one.key == key:
            return one
    raise NotFound("That answer is not in your library any more.")


def _opened(session: Session, supplier_id: uuid.UUID) -> list[Earlier]:
    query = (
        select(
            Quote.id,
            QuotedAnswer.criterion_id,
            Criterion.question,
            QuotedAnswer.answer,
            Tender.title,
            Tender.reference,
            Quote.received_at,
        )
        .join(Quote, Quote.id == QuotedAnswer.quote_id)
        .join(Criterion, Criterion.id == QuotedAnswer.criterion_id)
        .join(Tender, Tender.id == Quote.tender_id)
        .where(Quote.supplier_id == supplier_id, Quote.status.in_(AFTER_OPENING))
        .order_by(Quote.received_at.desc(), Criterion.number)
        .limit(MOST_ANSWERS)
    )
    return [
        Earlier(
            f"quote-{row.id.hex}-{row.criterion_id.hex}",
            row.question,
            row.answer,
            f"{row.title} ({row.reference})",
            row.received_at,
        )
        for row in session.execute(query)
    ]
