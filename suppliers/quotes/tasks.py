"""What waits for suppliers and for those who open their quotes."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator

from flask import url_for
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, selectinload

from marketplace.core import clock, policy
from marketplace.core.clock import LONDON
from marketplace.core.policy import Act, Actor
from marketplace.core.web import Task, moment
from marketplace.tenders.models import Criterion, PanelSeat, Tender
from marketplace.tenders.progress import StepLink
from marketplace.tenders.rules import ANSWERED, Seat, TenderStatus, accepts_quotes
from suppliers.quotes import queries, rules
from suppliers.quotes.keys.models import EnvelopeKey, OpeningKey, OpeningPair
from suppliers.quotes.models import Opening, Quote
from suppliers.quotes.rules import QuoteStatus


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Quotes to write or finish, envelopes to open, and tenders for which no quote came."""
    return [*_to_quote(session, actor), *_to_open(session, actor), *_to_end(session, actor)]


def offered_steps(session: Session, actor: Actor, tender: Tender) -> list[StepLink]:
    """From the tender's page to the opening, once there is something to open or to look back on."""
    opened = session.scalars(select(Opening.id).where(Opening.tender_id == tender.id)).first()
    if tender.status not in {TenderStatus.CLOSED, TenderStatus.MODERATED} and opened is None:
        return []
    may_open = any(task.href == _page(tender.id) for task in _to_open(session, actor))
    text = "Open the quotes" if may_open else "See the opening of the quotes"
    return [StepLink(text, _page(tender.id))]


def _page(tender_id: uuid.UUID) -> str:
    return url_for("quotes.show_opening", tender_id=tender_id)


def _to_quote(session: Session, actor: Actor) -> Iterator[Task]:
    if not actor.supplier_ids:
        return
    yield from _to_submit_again(session, actor)
    live = select(Quote.tender_id).where(
        queries.own(actor), Quote.status.in_([QuoteStatus.DRAFT, QuoteStatus.SUBMITTED])
    )
    begun = set(session.scalars(live))
    now = clock.now()
    for draft in queries.drafts(session, actor):
        closes_at = draft.tender.closes_at
        if closes_at and accepts_quotes(draft.tender.status, closes_at, now):
            yield Task(
                f"Finish your quote for {draft.tender.title}",
                url_for("quotes.prepare", tender_id=draft.tender_id, supplier=draft.supplier_id),
                f"Draft. The deadline is {moment(closes_at)}.",
                closes_at.astimezone(LONDON).date(),
            )
    for tender in queries.tenders_to_quote_for(session, actor):
        if tender.id not in begun and tender.closes_at:
            yield Task(
                f"Quote for {tender.title}",
                url_for("quotes.prepare", tender_id=tender.id),
                f"Open until {moment(tender.closes_at)}.",
                tender.closes_at.astimezone(LONDON).date(),
            )


def _to_submit_again(session: Session, actor: Actor) -> Iterator[Task]:
    """Quotes that are in for an older price schedule, of tenders that still take quotes."""
    query = (
        select(Quote)
        .join(Tender, Tender.id == Quote.tender_id)
        .where(
            queries.own(actor),
            Quote.status == QuoteStatus.SUBMITTED,
            Quote.schedule_version < Tender.schedule_version,
            Tender.status == TenderStatus.PUBLISHED,
            Tender.closes_at > clock.now(),
        )
        .options(selectinload(Quote.tender))
    )
    for quote in session.scalars(query):
        assert quote.tender.closes_at
        yield Task(
            f"Submit your quote again for {quote.tender.title}",
            url_for("quotes.show", quote_id=quote.id),
            f"Its price lines have changed. The deadline is {moment(quote.tender.closes_at)}.",
            quote.tender.closes_at.astimezone(LONDON).date(),
        )


def _to_open(session: Session, actor: Actor) -> Iterator[Task]:
    """For a named opener whose key opens: start, or complete what an opener of another school started."""
    has_quality = exists().where(Criterion.tender_id == Tender.id, Criterion.kind.in_(ANSWERED))
    ready = session.execute(
        select(Tender, PanelSeat.school_id)
        .join(PanelSeat, PanelSeat.tender_id == Tender.id)
        .where(
            PanelSeat.person_id == actor.person_id,
            PanelSeat.seat == Seat.OPENER,
            Tender.alliance_id.in_(actor.alliance_ids),
            or_(
                Tender.status == TenderStatus.CLOSED,
                and_(Tender.status == TenderStatus.MODERATED, has_quality),
            ),
            _quote_in(),
            _holds_half(actor),
        )
        .order_by(Tender.closes_at, Tender.id)
    ).all()
    begun = _begun(session, [tender.id for tender, _ in ready])
    for tender, school_id in ready:
        first = begun.get(tender.id)
        if first is None:
            said = (
                "The tender has closed."
                if tender.status is TenderStatus.CLOSED
                else "The quality scores are locked; the prices can be opened."
            )
        elif first.by_recovery or first.first_school_id == school_id:
            continue
        else:
            until = (first.started_at + rules.OPENING_LASTS).astimezone(LONDON)
            said = f"{first.first_person.name} started. Complete it by {until:%H:%M}."
        yield Task(f"Open the quotes for {tender.title}", _page(tender.id), said)


def _holds_half(actor: Actor) -> ColumnElement[bool]:
    """Does this person's present key hold a half of what unlocks the tender? A key made later holds none."""
    return exists().where(
        EnvelopeKey.tender_id == Tender.id,
        OpeningPair.envelope_key_id == EnvelopeKey.id,
        OpeningKey.id.in_([OpeningPair.first_key_id, OpeningPair.second_key_id]),
        OpeningKey.person_id == actor.person_id,
        OpeningKey.replaced_at.is_(None),
    )


def _to_end(session: Session, actor: Actor) -> Iterator[Task]:
    """For a coordinator: tenders that closed without a quote."""
    coordinated = [one for one in actor.alliance_ids if policy.allows(actor, Act.TENDER_END, one)]
    query = select(Tender).where(
        Tender.status == TenderStatus.CLOSED, Tender.alliance_id.in_(coordinated), ~_quote_in()
    )
    for tender in session.scalars(query).all():
        yield Task(f"No quote came for {tender.title}: end the tender", _page(tender.id))


def _quote_in() -> ColumnElement[bool]:
    """Is there a quote that is still in for the tender?"""
    return exists().where(Quote.tender_id == Tender.id, Quote.status.in_(rules.STILL_IN))


def _begun(session: Session, tender_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Opening]:
    """Openings of these tenders that wait for a second opener and can still be completed."""
    query = (
        select(Opening)
        .where(Opening.tender_id.in_(tender_ids), Opening.opened_at.is_(None))
        .options(selectinload(Opening.first_person))
    )
    now = clock.now()
    return {one.tender_id: one for one in session.scalars(query) if rules.start_is_live(one.started_at, now)}
