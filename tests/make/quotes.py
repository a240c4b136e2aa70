"""Quotes as far along as a test wants them, made by the actions that suppliers and openers use."""

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.db import db
from suppliers.quotes import actions, queries
from suppliers.quotes.models import Quote
from suppliers.quotes.offers import Offer, Schedule
from suppliers.quotes.rules import Declaration, Envelope
from tests.make.suppliers import Supplier
from tests.make.tenders import Tender, close_tender

Prices = Sequence[Decimal | str] | Mapping[uuid.UUID, Decimal] | Decimal | str
DECLARED = [one.value for one in Declaration]


def quote_schedule(tender: Tender) -> Schedule:
    """What the tender asks, as suppliers see it."""
    return queries.schedule_of(db.session(), tender.row)


def offer(tender: Tender, prices: Prices = "2.4575", answers: Sequence[str] | None = None) -> Offer:
    """An offer for every line, in order (one price: for all of them), with an answer to every question."""
    asked = quote_schedule(tender)
    if isinstance(prices, Mapping):
        by_line = dict(prices)
    elif isinstance(prices, Decimal | str):
        by_line = dict.fromkeys(asked.lines, Decimal(prices))
    else:
        by_line = dict(zip(asked.lines, map(Decimal, prices), strict=True))
    texts = (
        [f"Our answer about {one.title.lower()}." for one in asked.questions] if answers is None else answers
    )
    return Offer(by_line, dict(zip([one.id for one in asked.questions], texts, strict=True)))


def draft_quote(
    tender: Tender, by: Supplier, prices: Prices = "2.4575", answers: Sequence[str] | None = None
) -> uuid.UUID:
    """A complete draft; its id. A draft that was there gets this content."""
    before = queries.draft_of(fresh(), tender.id, by.id)
    actions.save_draft(
        by.admin, tender.id, by.id, before.version if before else 0, offer(tender, prices, answers)
    )
    draft = queries.draft_of(fresh(), tender.id, by.id)
    assert draft
    return draft.id


def submit_draft(quote_id: uuid.UUID, by: Supplier, *, free_confirmed: bool = False) -> None:
    """Submit a complete draft with every declaration."""
    actions.submit_quote(by.admin, quote_id, quote(quote_id).version, DECLARED, free_confirmed=free_confirmed)


def submitted_quote(
    tender: Tender, by: Supplier, prices: Prices = "2.4575", answers: Sequence[str] | None = None
) -> uuid.UUID:
    """A quote that is in; its id. It replaces one that the supplier had in."""
    quote_id = draft_quote(tender, by, prices, answers)
    submit_draft(quote_id, by)
    return quote_id


def open_envelope(tender: Tender, envelope: Envelope) -> None:
    """Both openers open an envelope, after the deadline."""
    with clock.travelling(max(clock.now(), tender.closes_at)):
        actions.start_opening(tender.openers[0], tender.id, envelope)
        actions.complete_opening(tender.openers[1], tender.id, envelope)


def opened_quotes(tender: Tender) -> None:
    """Close a published tender with its quotes, and open its first envelope."""
    close_tender(tender)
    open_envelope(tender, quote_schedule(tender).envelopes[0])


def quote(quote_id: uuid.UUID) -> Quote:
    """The quote as it is now."""
    return fresh().get_one(Quote, quote_id)


def fresh() -> Session:
    """The session, having forgotten what it read before."""
    session = db.session()
    session.rollback()
    return session
