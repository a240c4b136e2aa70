"""Taking an opener off a published tender: one person proposes it, one of another organisation agrees."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.policy import Act, Actor
from marketplace.tenders import queries as tenders
from marketplace.tenders.amending.queries import schools_of
from marketplace.tenders.amending.rules import choose_school
from marketplace.tenders.models import PanelSeat, Tender
from marketplace.tenders.rules import Seat, check_reason
from suppliers.quotes.keys import queries as keys
from suppliers.quotes.keys.models import EnvelopeKey, OpeningKey, OpeningPair, PassedHalf
from suppliers.quotes.keys.rules import check_enough_stay
from suppliers.quotes.models import Opening
from suppliers.quotes.openers import notices, queries, rules
from suppliers.quotes.openers.models import OpenerRemoval
from suppliers.quotes.openers.rules import RemovalStatus


def propose_removal(
    actor: Actor, tender_id: uuid.UUID, removal_id: uuid.UUID, person_id: uuid.UUID, reason: str
) -> None:
    """Propose to take an opener off, such as one who leaves the school or knows a supplier.

    Raises NotFound for somebody who is not named to open, RuleBroken (field `reason`) without a reason, when
    nothing is sealed, when too few proven openers would stay, and while the same proposal waits.
    """
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        policy.require(actor, Act.OPENER_TAKE_OFF, tender.alliance_id)
        if session.get(OpenerRemoval, removal_id) is not None:
            return
        seat = _seat(tender, person_id)
        _check(session, tender, person_id)
        check_reason(reason, "this opener is taken off")
        if queries.waiting_removal(session, tender_id, person_id) is not None:
            raise RuleBroken("This was proposed already and waits for a headteacher.")
        assert actor.person_id
        removal = OpenerRemoval(
            id=removal_id,
            tender_id=tender_id,
            person_id=person_id,
            school_id=seat.school_id,
            status=RemovalStatus.PROPOSED,
            reason=reason.strip(),
            proposed_by=actor.person_id,
            proposed_at=clock.now(),
        )
        session.add(removal)
        session.flush()
        notices.removal_proposed(session, removal)
        events.record(
            session,
            actor,
            Act.OPENER_TAKE_OFF,
            tender_id,
            organisation_id=tender.alliance_id,
            opener=seat.person.name,
            reason=removal.reason,
        )


def agree_to_removal(
    actor: Actor, tender_id: uuid.UUID, removal_id: uuid.UUID, chosen: uuid.UUID | None = None
) -> None:
    """Agree that an opener is taken off: from now on that person opens nothing of this tender.

    Every pair of keys with theirs is erased, also an opening that they started and nobody completed. All who
    have to do with the tender are told. Raises Forbidden for who proposed it and for the opener. Sent twice,
    it happens once.
    """
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        approving = tenders.approving_schools(session, tender)
        policy.require(actor, Act.OPENER_AGREE, *approving)
        removal = queries.get_removal(session, tender_id, removal_id, lock=True)
        free = rules.check_second(
            actor.person_id,
            proposed_by=removal.proposed_by,
            opener_id=removal.person_id,
            headteacher_of=tenders.headteacher_of(actor),
            approving_schools=approving,
            schools_of_proposer=schools_of(session, removal.proposed_by),
        )
        if removal.status is RemovalStatus.APPROVED:
            return
        school_id = choose_school(free, chosen)
        _check(session, tender, removal.person_id)
        removal.status = rules.move(removal.status, RemovalStatus.APPROVED)
        removal.decided_by, removal.decided_at = actor.person_id, clock.now()
        removal.approved_for = school_id
        removal.pairs = _erase_pairs(session, tender, removal.person_id)
        told = notices.concerned(session, tender)
        tender.panel.remove(_seat(tender, removal.person_id))
        session.flush()
        notices.opener_taken_off(session, removal, told, keys.named(session, tender))
        events.record(
            session,
            actor,
            Act.OPENER_AGREE,
            tender_id,
            organisation_id=school_id,
            opener=removal.person.name,
            pairs_erased=removal.pairs,
            reason=removal.reason,
        )


def keep_opener(actor: Actor, tender_id: uuid.UUID, removal_id: uuid.UUID, reason: str) -> None:
    """Leave an opener named, as a headteacher who could agree, or as the coordinator who thought again."""
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        approving = tenders.approving_schools(session, tender)
        policy.require(actor, Act.OPENER_KEEP, tender.alliance_id, *approving)
        removal = queries.get_removal(session, tender_id, removal_id, lock=True)
        if removal.status is RemovalStatus.REFUSED:
            return
        check_reason(reason, "this opener stays")
        removal.status = rules.move(removal.status, RemovalStatus.REFUSED)
        removal.decided_by, removal.decided_at = actor.person_id, clock.now()
        removal.refusal_reason = reason.strip()
        session.flush()
        notices.opener_kept(session, removal)
        events.record(
            session,
            actor,
            Act.OPENER_KEEP,
            tender_id,
            organisation_id=tender.alliance_id,
            opener=removal.person.name,
            reason=removal.refusal_reason,
        )


def _seat(tender: Tender, person_id: uuid.UUID) -> PanelSeat:
    for seat in tender.panel:
        if seat.person_id == person_id and seat.seat is Seat.OPENER:
            return seat
    raise NotFound


def _check(session: Session, tender: Tender, person_id: uuid.UUID) -> None:
    rules.check_still_sealed(tender.status)
    check_enough_stay(keys.named(session, tender), person_id, clock.now())


def _erase_pairs(session: Session, tender: Tender, person_id: uuid.UUID) -> int:
    """Erase what any key of this person could help to open; how many pairs that were."""
    theirs = select(OpeningKey.id).where(OpeningKey.person_id == person_id)
    pairs = session.scalars(
        select(OpeningPair)
        .join(EnvelopeKey)
        .where(
            EnvelopeKey.tender_id == tender.id,
            or_(OpeningPair.first_key_id.in_(theirs), OpeningPair.second_key_id.in_(theirs)),
        )
    ).all()
    session.execute(delete(PassedHalf).where(PassedHalf.pair_id.in_([pair.id for pair in pairs])))
    for pair in pairs:
        session.delete(pair)
    for begun in session.scalars(
        select(Opening).where(
            Opening.tender_id == tender.id,
            Opening.first_person_id == person_id,
            Opening.opened_at.is_(None),
        )
    ).all():
        session.delete(begun)
    session.flush()
    return len(pairs)
