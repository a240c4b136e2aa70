"""A supplier's draft: where what it has of a quote is written, encrypted."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from marketplace.core import clock, events
from marketplace.core.policy import Act, Actor
from marketplace.tenders.models import Tender
from suppliers.quotes import queries, sealing
from suppliers.quotes.models import Quote, SealedBody
from suppliers.quotes.offers import Offer, Schedule
from suppliers.quotes.rules import QuoteStatus


def keep(session: Session, actor: Actor, schedule: Schedule, supplier_id: uuid.UUID, offer: Offer) -> None:
    """Write an offer into the supplier's draft, made if there is none, and record it."""
    draft = queries.draft_of(session, schedule.tender_id, supplier_id)
    now, author = clock.now(), writer(actor)
    if draft is None:
        draft = Quote(
            tender_id=schedule.tender_id,
            supplier_id=supplier_id,
            status=QuoteStatus.DRAFT,
            written_by=author,
            written_at=now,
        )
        session.add(draft)
        session.flush()
    draft.written_by, draft.written_at = author, now
    draft.schedule_version = session.get_one(Tender, schedule.tender_id).schedule_version
    bodies = {body.envelope: body for body in draft.bodies}
    for envelope, content in offer.bodies(schedule.envelopes).items():
        body = bodies.get(envelope) or SealedBody(quote_id=draft.id, envelope=envelope)
        body.sealed = sealing.keep_draft(sealing.new_part(content), queries.header_of(draft, envelope))
        session.add(body)
    session.flush()
    events.record(
        session,
        actor,
        Act.QUOTE_DRAFT,
        draft.id,
        organisation_id=supplier_id,
        tender_id=schedule.tender_id,
    )


def writer(actor: Actor) -> uuid.UUID:
    """Who writes."""
    assert actor.person_id, "quotes are written by people"
    return actor.person_id
