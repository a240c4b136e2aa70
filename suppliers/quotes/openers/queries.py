"""Questions about the openers of a published tender. Load the tender as its reader first."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.queries import actor_for, names
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor
from marketplace.core.web import Task
from marketplace.tenders import queries as tenders
from marketplace.tenders.amending.queries import schools_of
from marketplace.tenders.models import PanelSeat, Tender
from marketplace.tenders.queries import named as seats_of
from marketplace.tenders.rules import Seat, TenderStatus
from suppliers.quotes import queries as quotes
from suppliers.quotes.keys import queries as keys
from suppliers.quotes.keys.models import EnvelopeKey
from suppliers.quotes.keys.rules import STILL_SEALED
from suppliers.quotes.openers.models import OpenerRemoval
from suppliers.quotes.openers.rules import RemovalStatus, Standing


def standings(session: Session, tender: Tender, key: EnvelopeKey) -> Mapping[uuid.UUID, Standing]:
    """Whether each person who is named to open a tender can open this envelope now."""
    there = {one.person_id: one for one in keys.named(session, tender)}
    halves = {side for pair in key.pairs for side in (pair.first_key_id, pair.second_key_id)}
    found: dict[uuid.UUID, Standing] = {}
    for seat in seats_of(tender, Seat.OPENER):
        one = there.get(seat.person_id)
        if one is None:
            found[seat.person_id] = Standing.GONE
        elif one.has_interest or _is_kept_from(session, one.person_id, tender.id):
            found[seat.person_id] = Standing.HAS_INTEREST
        else:
            found[seat.person_id] = Standing.ABLE if one.key_id in halves else Standing.NO_HALF
    able = {one.key_id: one.person_id for one in there.values() if found.get(one.person_id) is Standing.ABLE}
    paired = {
        able[side]
        for pair in key.pairs
        if {pair.first_key_id, pair.second_key_id} <= able.keys()
        for side in (pair.first_key_id, pair.second_key_id)
    }
    return {
        person_id: Standing.NO_PARTNER if one is Standing.ABLE and person_id not in paired else one
        for person_id, one in found.items()
    }


def _is_kept_from(session: Session, person_id: uuid.UUID, tender_id: uuid.UUID) -> bool:
    actor = actor_for(session, person_id)
    return actor is None or quotes.is_kept_from(session, actor, tender_id)


def completers(session: Session, tender: Tender, key: EnvelopeKey, first: uuid.UUID | None) -> set[uuid.UUID]:
    """Who of the openers was passed a half by whoever started with this key, and can complete with it."""
    given = keys.keys_that_complete(session, key, first)
    able = standings(session, tender, key)
    return {
        one.person_id
        for one in keys.named(session, tender)
        if one.key_id in given and able.get(one.person_id) is Standing.ABLE
    }


def get_removal(
    session: Session, tender_id: uuid.UUID, removal_id: uuid.UUID, *, lock: bool = False
) -> OpenerRemoval:
    """Of this tender, that an opener is taken off. Raises NotFound."""
    query = select(OpenerRemoval).where(OpenerRemoval.id == removal_id, OpenerRemoval.tender_id == tender_id)
    if lock:
        query = query.with_for_update(of=OpenerRemoval)
    removal = session.scalars(query).one_or_none()
    if removal is None:
        raise NotFound
    return removal


def removals(session: Session, tender_id: uuid.UUID) -> Sequence[OpenerRemoval]:
    """All that was proposed about a tender's openers, the newest first."""
    query = select(OpenerRemoval).where(OpenerRemoval.tender_id == tender_id)
    return session.scalars(query.order_by(OpenerRemoval.proposed_at.desc())).all()


def waiting_removal(session: Session, tender_id: uuid.UUID, person_id: uuid.UUID) -> OpenerRemoval | None:
    """The proposal to take this opener off that waits, if there is one."""
    query = select(OpenerRemoval).where(
        OpenerRemoval.tender_id == tender_id,
        OpenerRemoval.person_id == person_id,
        OpenerRemoval.status == RemovalStatus.PROPOSED,
    )
    return session.scalars(query).one_or_none()


def schools_to_agree_for(session: Session, actor: Actor, removal: OpenerRemoval) -> dict[uuid.UUID, str]:
    """The schools for which this person may agree, by name; see `check_second`."""
    schools = tenders.approving_schools(session, removal.tender)
    free = tenders.headteacher_of(actor) & (schools - schools_of(session, removal.proposed_by))
    if actor.person_id in {removal.proposed_by, removal.person_id} or not free:
        return {}
    return dict(sorted(names(session, free).items(), key=lambda pair: pair[1]))


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Openers about whom this headteacher may decide."""
    if not tenders.headteacher_of(actor):
        return []
    query = (
        select(OpenerRemoval)
        .join(Tender)
        .where(
            tenders.of_the_alliances_of(actor),
            Tender.status.in_(STILL_SEALED),
            OpenerRemoval.status == RemovalStatus.PROPOSED,
        )
        .order_by(OpenerRemoval.proposed_at)
    )
    return [
        Task(
            f"Decide about an opener of {one.tender.title}",
            url_for("keys.show_removal", tender_id=one.tender_id, removal_id=one.id),
            f"{one.proposer.name} proposes to take {one.person.name} off.",
            one.tender.closes_at.astimezone(clock.LONDON).date() if one.tender.closes_at else None,
        )
        for one in session.scalars(query)
        if schools_to_agree_for(session, actor, one)
    ]


def opens_a_tender(session: Session, person_id: uuid.UUID) -> bool:
    """Is this person named to open quotes that are, or may yet be, sealed?"""
    before = {TenderStatus.JOINING, TenderStatus.CONFIRMED, *STILL_SEALED}
    query = (
        select(PanelSeat.id)
        .join(Tender, Tender.id == PanelSeat.tender_id)
        .where(PanelSeat.person_id == person_id, PanelSeat.seat == Seat.OPENER, Tender.status.in_(before))
    )
    return session.scalar(query.limit(1)) is not None
