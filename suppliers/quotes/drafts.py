"""Drafts of quotes: who may write one, and how an offer is kept in it. Shared steps of actions."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import clock, events, policy
from marketplace.core.errors import NotFound
from marketplace.core.policy import Act, Actor
from marketplace.core.storage import StoredFile
from marketplace.tenders import queries as tenders
from marketplace.tenders.models import Tender
from suppliers.quotes import queries, rules, sealing
from suppliers.quotes.files.models import AttachedFile
from suppliers.quotes.models import Quote, SealedBody
from suppliers.quotes.offers import Offer, Schedule
from suppliers.quotes.rules import QuoteStatus

A_WHILE = timedelta(minutes=5)


def open_for(
    session: Session, actor: Actor, tender_id: uuid.UUID, supplier_id: uuid.UUID, act: Act
) -> tuple[Tender, datetime]:
    """The tender, locked, and the moment at which it takes quotes, for somebody who acts for a supplier."""
    if supplier_id not in actor.supplier_ids:
        raise NotFound
    tender = tenders.get_tender(session, actor, tender_id, lock=True)
    moment = clock.database_now(session)
    policy.require(actor, act, supplier_id)
    rules.check_deadline(tender.status, tender.closes_at, moment)
    return tender, moment


def keep(
    session: Session,
    actor: Actor,
    schedule: Schedule,
    supplier_id: uuid.UUID,
    offer: Offer,
    *,
    files_only: bool = False,
) -> Quote:
    """Write an offer into the supplier's draft, made if there is none; what is no file of ours is left out.

    With `files_only` nobody has looked at the prices: a draft for an older price schedule stays one.

    It is recorded, but not each time again that the same person goes on writing: a draft is saved as people
    type.
    """
    draft = queries.draft_of(session, schedule.tender_id, supplier_id)
    now, author = clock.now(), writer(actor)
    goes_on = draft is not None and draft.written_by == author and now - draft.written_at < A_WHILE
    looked_at = draft is None or not files_only
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
    if looked_at:
        draft.schedule_version = session.get_one(Tender, schedule.tender_id).schedule_version
    kept = _with_known_files(session, draft, offer)
    bodies = {body.envelope: body for body in draft.bodies}
    for envelope, content in kept.bodies(schedule.envelopes).items():
        body = bodies.get(envelope) or SealedBody(quote_id=draft.id, envelope=envelope)
        body.sealed = sealing.keep_draft(sealing.new_part(content), queries.header_of(draft, envelope))
        session.add(body)
    session.flush()
    if not goes_on:
        events.record(
            session,
            actor,
            Act.QUOTE_DRAFT,
            draft.id,
            organisation_id=supplier_id,
            tender_id=schedule.tender_id,
        )
    return draft


def writer(actor: Actor) -> uuid.UUID:
    """Who writes."""
    assert actor.person_id, "quotes are written by people"
    return actor.person_id


def _with_known_files(session: Session, draft: Quote, offer: Offer) -> Offer:
    """The offer with those of its files that lie in the store, which from now on go with the draft."""
    wanted = [file.sha256 for file in offer.files]
    known = set(session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(wanted))))
    kept = replace(offer, files=tuple(file for file in offer.files if file.sha256 in known))
    attached = {file.sha256: file for file in draft.files}
    draft.files = [
        attached.get(file.sha256) or AttachedFile(quote_id=draft.id, sha256=file.sha256)
        for file in kept.files
    ]
    session.flush()
    return kept
