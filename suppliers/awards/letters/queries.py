"""Questions about letters. Suppliers read their own once sent; those who may compare quotes read all."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor
from suppliers.awards.letters.models import Letter
from suppliers.awards.letters.rules import RESULTS, LetterKind
from suppliers.evaluation import queries as evaluation
from suppliers.quotes.models import Quote

STANDS = Letter.superseded_at.is_(None)


def letters_of(session: Session, tender_id: uuid.UUID) -> dict[uuid.UUID, Letter]:
    """The results that were read or sent, by quote. Load the tender as its reader first."""
    query = select(Letter).where(Letter.tender_id == tender_id, Letter.kind.in_(RESULTS), STANDS)
    return {letter.quote_id: letter for letter in session.scalars(query)}


def sent_at(session: Session, tender_id: uuid.UUID) -> datetime | None:
    """When the bidders of a tender were told their results: one moment for all; None if they were not."""
    query = select(func.min(Letter.sent_at)).where(
        Letter.tender_id == tender_id, Letter.kind.in_(RESULTS), STANDS
    )
    return session.scalar(query)


def is_told(session: Session, quote: Quote) -> bool:
    """Has the supplier of a quote been sent its result, of an award that was not set aside since?"""
    query = select(Letter.id).where(Letter.quote_id == quote.id, Letter.sent_at.is_not(None), STANDS)
    return session.scalars(query.limit(1)).first() is not None


def sent_letters(session: Session, actor: Actor, quote_id: uuid.UUID) -> list[Letter]:
    """What the actor's own supplier was sent about its quote, oldest first. Raises NotFound for nothing."""
    query = (
        select(Letter)
        .where(
            Letter.quote_id == quote_id,
            Letter.supplier_id.in_(actor.supplier_ids),
            Letter.sent_at.is_not(None),
        )
        .order_by(Letter.sent_at)
    )
    found = list(session.scalars(query))
    if not found:
        raise NotFound
    return found


def get_sent(session: Session, actor: Actor, letter_id: uuid.UUID) -> Letter:
    """A letter that was sent, for its supplier and for who may compare the quotes. Raises NotFound."""
    letter = session.get(Letter, letter_id)
    if letter is None or letter.sent_at is None:
        raise NotFound
    if letter.supplier_id not in actor.supplier_ids:
        evaluation.get_tender(session, letter.tender_id, evaluation.visible_to(actor))
    return letter


def sent_to(session: Session, tender_id: uuid.UUID, *kinds: LetterKind) -> list[Letter]:
    """The letters of a tender that were sent and stand, oldest first. Load the tender as its reader first."""
    query = select(Letter).where(Letter.tender_id == tender_id, Letter.sent_at.is_not(None), STANDS)
    if kinds:
        query = query.where(Letter.kind.in_(kinds))
    return list(session.scalars(query.order_by(Letter.sent_at, Letter.id)))


def next_to_draw(session: Session) -> uuid.UUID | None:
    """A letter that was sent and has no PDF in the store yet, the oldest first."""
    query = select(Letter.id).where(Letter.sent_at.is_not(None), Letter.document_sha256.is_(None))
    return session.scalars(query.order_by(Letter.sent_at, Letter.id).limit(1)).first()
