"""Questions about openers' keys. Nobody reads another's key; of a tender's openers one reads who is ready."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session, selectinload

from marketplace.alliance.models import Organisation, Person, RoleHolding
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import POLICY, Act
from marketplace.tenders.interests.models import Interest
from marketplace.tenders.models import PanelSeat, Tender
from marketplace.tenders.rules import Seat, TenderStatus
from suppliers.quotes.keys.models import EnvelopeKey, OpeningKey, OpeningPair, PassedHalf, ProofAsked
from suppliers.quotes.keys.rules import STILL_SEALED, Named, Paper
from suppliers.quotes.rules import Envelope

BEFORE_OPENING = (TenderStatus.JOINING, TenderStatus.CONFIRMED, TenderStatus.PUBLISHED)


def key_of(session: Session, person_id: uuid.UUID | None, *, lock: bool = False) -> OpeningKey | None:
    """The key that a person has now. Ask it of oneself only."""
    query = select(OpeningKey).where(OpeningKey.person_id == person_id, OpeningKey.replaced_at.is_(None))
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def named(session: Session, tender: Tender) -> list[Named]:
    """The people named to open a tender who are still there to do it, with what is known of their keys."""
    still_there = exists().where(
        RoleHolding.person_id == PanelSeat.person_id,
        RoleHolding.organisation_id == PanelSeat.school_id,
        RoleHolding.role.in_(POLICY[Act.QUOTES_OPEN].roles),
    )
    query = (
        select(PanelSeat.person_id, Person.name, PanelSeat.school_id, Organisation.name.label("school"))
        .add_columns(OpeningKey.id.label("key_id"), OpeningKey.proved_at, Interest.has_interest)
        .join(Person, Person.id == PanelSeat.person_id)
        .join(Organisation, Organisation.id == PanelSeat.school_id)
        .outerjoin(
            OpeningKey, and_(OpeningKey.person_id == PanelSeat.person_id, OpeningKey.replaced_at.is_(None))
        )
        .outerjoin(
            Interest,
            and_(Interest.tender_id == PanelSeat.tender_id, Interest.person_id == PanelSeat.person_id),
        )
        .where(PanelSeat.tender_id == tender.id, PanelSeat.seat == Seat.OPENER, Person.active, still_there)
        .order_by(PanelSeat.id)
    )
    sealed_to = keys_with_halves(session, tender.id)
    return [
        Named(
            row.person_id,
            row.name,
            row.school_id,
            row.school,
            row.key_id,
            row.proved_at,
            has_interest=bool(row.has_interest),
            holds_half=sealed_to is None or row.key_id in sealed_to,
        )
        for row in session.execute(query)
    ]


def keys_with_halves(session: Session, tender_id: uuid.UUID) -> frozenset[uuid.UUID] | None:
    """The keys that hold a half of what unlocks a tender's envelopes; None before there are envelopes."""
    if session.scalars(select(EnvelopeKey.id).where(EnvelopeKey.tender_id == tender_id)).first() is None:
        return None
    pairs = (
        select(OpeningPair.first_key_id, OpeningPair.second_key_id)
        .join(EnvelopeKey)
        .where(EnvelopeKey.tender_id == tender_id)
    )
    return frozenset(key_id for pair in session.execute(pairs) for key_id in pair)


def keys_that_complete(
    session: Session, key: EnvelopeKey, first_key_id: uuid.UUID | None
) -> frozenset[uuid.UUID]:
    """The keys to which a half was passed on by whoever started with this key."""
    passed = session.scalars(
        select(OpeningPair).join(PassedHalf).where(OpeningPair.envelope_key_id == key.id)
    )
    sides = [{pair.first_key_id, pair.second_key_id} for pair in passed]
    return frozenset(one for pair in sides if first_key_id in pair for one in pair if one != first_key_id)


def envelope_key(session: Session, tender_id: uuid.UUID, envelope: Envelope) -> EnvelopeKey:
    """The key pair of an envelope of a published tender. Raises RuleBroken where there is none."""
    query = select(EnvelopeKey).where(EnvelopeKey.tender_id == tender_id, EnvelopeKey.envelope == envelope)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise RuleBroken(
            "This tender was published before quotes were sealed to the people who open them. The "
            "coordinator cancels it and publishes it anew."
        )
    return found


def printed_key(session: Session, alliance_id: uuid.UUID, paper: Paper) -> OpeningKey | None:
    """The printed recovery key of an alliance that counts for tenders published from now on."""
    query = select(OpeningKey).where(
        OpeningKey.alliance_id == alliance_id, OpeningKey.paper == paper, OpeningKey.replaced_at.is_(None)
    )
    return session.scalars(query).one_or_none()


def printed_keys_of(session: Session, tender_id: uuid.UUID, envelope: Envelope) -> list[OpeningKey]:
    """The printed recovery keys to which an envelope is sealed; none when there were none at publication."""
    query = (
        select(OpeningKey)
        .join(OpeningPair, OpeningKey.id.in_([OpeningPair.first_key_id, OpeningPair.second_key_id]))
        .join(EnvelopeKey, EnvelopeKey.id == OpeningPair.envelope_key_id)
        .where(
            EnvelopeKey.tender_id == tender_id,
            EnvelopeKey.envelope == envelope,
            OpeningKey.paper.is_not(None),
        )
        .order_by(OpeningKey.paper)
    )
    return list(session.scalars(query))


def pairs_of(session: Session, key: EnvelopeKey) -> list[OpeningPair]:
    """The pairs that may open an envelope, with their keys."""
    query = (
        select(OpeningPair)
        .where(OpeningPair.envelope_key_id == key.id)
        .order_by(OpeningPair.id)
        .options(selectinload(OpeningPair.first_key), selectinload(OpeningPair.second_key))
    )
    return list(session.scalars(query))


def tenders_named_for(session: Session, person_id: uuid.UUID | None) -> list[Tender]:
    """The tenders that a person is named to open and that are on their way to it, soonest deadline first."""
    query = (
        select(Tender)
        .join(PanelSeat, PanelSeat.tender_id == Tender.id)
        .where(
            PanelSeat.person_id == person_id,
            PanelSeat.seat == Seat.OPENER,
            Tender.status.in_(BEFORE_OPENING),
        )
        .order_by(Tender.closes_at, Tender.id)
    )
    return list(session.scalars(query))


def tenders_that_need(session: Session, key_ids: Collection[uuid.UUID]) -> list[Tender]:
    """The tenders with a sealed envelope of which one of these keys holds a half."""
    holds = select(OpeningPair.envelope_key_id).where(
        OpeningPair.first_key_id.in_(key_ids) | OpeningPair.second_key_id.in_(key_ids)
    )
    query = (
        select(Tender)
        .where(
            Tender.status.in_(STILL_SEALED),
            Tender.id.in_(select(EnvelopeKey.tender_id).where(EnvelopeKey.id.in_(holds))),
        )
        .order_by(Tender.closes_at, Tender.id)
    )
    return list(session.scalars(query))


def halves_passed_before(
    session: Session, moment: datetime, envelope_key_id: uuid.UUID | None = None
) -> Sequence[uuid.UUID]:
    """The envelope keys, or this one, with halves that were passed on before a moment."""
    query = select(OpeningPair.envelope_key_id).join(PassedHalf).where(PassedHalf.passed_at <= moment)
    if envelope_key_id is not None:
        query = query.where(OpeningPair.envelope_key_id == envelope_key_id)
    return session.scalars(query.distinct()).all()


def still_sealed(session: Session) -> list[Tender]:
    """Every published tender: whose openers may have to prove their passphrases before the deadline."""
    query = select(Tender).where(Tender.status == TenderStatus.PUBLISHED).order_by(Tender.closes_at)
    return list(session.scalars(query))


def was_asked(session: Session, tender_id: uuid.UUID, person_id: uuid.UUID, days_before: int) -> bool:
    """Was this opener asked for the proof that is due so many days before the deadline?"""
    return session.get(ProofAsked, (tender_id, person_id, days_before)) is not None
