"""Questions about trust partnerships, scoped to who asks."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.alliance.board.queries import seated_in
from marketplace.alliance.models import Membership, School
from marketplace.alliance.partnerships.models import Partnership, PartnershipReview
from marketplace.alliance.partnerships.rules import REMINDED_BEFORE, PartnershipStatus
from marketplace.alliance.rules import MembershipStatus
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor, Kind

WITH_NAMES = (
    joinedload(Partnership.alliance),
    joinedload(Partnership.school).joinedload(School.organisation),
    joinedload(Partnership.membership),
    selectinload(Partnership.reviews),
)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Partnerships of the actor's own schools, and of alliances where they sit on the board or serve."""
    return or_(
        Partnership.school_id.in_(actor.school_ids),
        Partnership.alliance_id.in_(actor.organisations(Kind.ALLIANCE)),
        Partnership.alliance_id.in_(seated_in(actor)),
    )


def get_partnership(session: Session, actor: Actor, partnership_id: uuid.UUID) -> Partnership:
    """A partnership the actor may read. Raises NotFound."""
    query = select(Partnership).where(Partnership.id == partnership_id, visible_to(actor))
    partnership = session.scalars(query.options(*WITH_NAMES)).one_or_none()
    if partnership is None:
        raise NotFound
    return partnership


def get_review(
    session: Session, actor: Actor, review_id: uuid.UUID, *, lock: bool = False
) -> PartnershipReview:
    """A review of a partnership the actor may read. Raises NotFound."""
    query = (
        select(PartnershipReview)
        .join(Partnership)
        .where(PartnershipReview.id == review_id, visible_to(actor))
    )
    if lock:
        query = query.with_for_update(of=PartnershipReview)
    review = session.scalars(query).one_or_none()
    if review is None:
        raise NotFound
    return review


def locked_partnership(session: Session, partnership_id: uuid.UUID) -> Partnership:
    """A partnership for a job, locked."""
    query = select(Partnership).where(Partnership.id == partnership_id).with_for_update(of=Partnership)
    return session.scalars(query).one()


def locked_review(session: Session, review_id: uuid.UUID) -> PartnershipReview:
    """A review for a job, locked."""
    query = (
        select(PartnershipReview)
        .where(PartnershipReview.id == review_id)
        .with_for_update(of=PartnershipReview)
    )
    return session.scalars(query).one()


def partnerships(session: Session, actor: Actor) -> list[Partnership]:
    """The partnerships this actor may read, the newest first."""
    query = (
        select(Partnership)
        .where(visible_to(actor))
        .options(*WITH_NAMES)
        .order_by(Partnership.proposed_at.desc(), Partnership.id)
    )
    return list(session.scalars(query))


def proposed_to(session: Session, alliance_id: uuid.UUID, school_id: uuid.UUID) -> bool:
    """Does a proposal of this alliance to this school wait for agreement?"""
    query = select(Partnership.id).where(
        Partnership.alliance_id == alliance_id,
        Partnership.school_id == school_id,
        Partnership.status == PartnershipStatus.PROPOSED,
    )
    return session.scalars(query.limit(1)).first() is not None


def ids_to_begin(session: Session, today: date) -> list[uuid.UUID]:
    """Proposals whose first day has come: for the job."""
    query = select(Partnership.id).where(
        Partnership.status == PartnershipStatus.PROPOSED, Partnership.starts_on <= today
    )
    return list(session.scalars(query))


def due_reviews(today: date) -> Select[PartnershipReview]:
    """Reviews of running partnerships that are due within two weeks or overdue, and not recorded."""
    return (
        select(PartnershipReview)
        .join(Partnership)
        .join(Membership, Membership.id == Partnership.membership_id)
        .where(
            Membership.status == MembershipStatus.ACTIVE,
            PartnershipReview.held_on.is_(None),
            PartnershipReview.due_on <= today + REMINDED_BEFORE,
        )
        .options(
            joinedload(PartnershipReview.partnership)
            .joinedload(Partnership.school)
            .joinedload(School.organisation)
        )
        .order_by(PartnershipReview.due_on, PartnershipReview.id)
    )


def ids_to_remind(session: Session, today: date) -> list[uuid.UUID]:
    """Reviews that are due soon and of which nobody has been reminded: for the job."""
    query = due_reviews(today).where(PartnershipReview.reminded_at.is_(None))
    return [review.id for review in session.scalars(query)]
