"""Questions about agreements between schools, scoped to who asks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from invoicing.agreements.models import Agreement, AgreementReview, SafeguardingCheck
from invoicing.agreements.rules import OF_MEMBERSHIP, REMINDED_OF_REVIEW, AgreementStatus, Service
from marketplace.alliance.models import Membership, School
from marketplace.alliance.rules import MembershipKind, MembershipStatus
from marketplace.core.errors import NotFound
from marketplace.core.policy import POLICY, Act, Actor, Kind, Role

WITH_SCHOOLS = (
    joinedload(Agreement.seller).joinedload(School.organisation),
    joinedload(Agreement.buyer).joinedload(School.organisation),
)
WITH_ALL = (
    *WITH_SCHOOLS,
    selectinload(Agreement.reviews).joinedload(AgreementReview.recorder),
    selectinload(Agreement.checks),
    joinedload(Agreement.seller_signer),
    joinedload(Agreement.buyer_signer),
    joinedload(Agreement.membership).joinedload(Membership.alliance),
)
BEFORE_PROPOSAL = (AgreementStatus.DRAFT, AgreementStatus.DISCARDED)
KIND_OF_MEMBERSHIP = {
    Service.TRUST_PARTNERSHIP: MembershipKind.TRUST_PARTNERSHIP,
    Service.ASSOCIATE_FEE: MembershipKind.ASSOCIATE,
}
last_day: ColumnElement[date] = func.coalesce(Agreement.notice_last_day, Agreement.ends_on)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Agreements this actor may read: of their school, and of the schools they audit.

    A buyer reads a draft only when its school asked for it.
    """
    audited = select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.organisations(Kind.ALLIANCE, Role.AUDITOR))
    )
    return or_(
        Agreement.seller_id.in_(actor.school_ids),
        and_(
            Agreement.buyer_id.in_(actor.school_ids),
            or_(Agreement.asked, Agreement.status.not_in(BEFORE_PROPOSAL)),
        ),
        and_(Agreement.seller_id.in_(audited), Agreement.status.not_in(BEFORE_PROPOSAL)),
    )


def get_agreement(
    session: Session, actor: Actor, agreement_id: uuid.UUID, *, lock: bool = False
) -> Agreement:
    """An agreement the actor may read, with its schools, reviews and checks. Raises NotFound."""
    query = select(Agreement).where(Agreement.id == agreement_id, visible_to(actor)).options(*WITH_ALL)
    if lock:
        query = query.with_for_update(of=Agreement)
    agreement = session.scalars(query).one_or_none()
    if agreement is None:
        raise NotFound
    return agreement


def locked_agreement(session: Session, agreement_id: uuid.UUID) -> Agreement:
    """An agreement for a job, locked."""
    query = select(Agreement).where(Agreement.id == agreement_id).options(*WITH_ALL)
    return session.scalars(query.with_for_update(of=Agreement)).one()


def get_review(
    session: Session, actor: Actor, review_id: uuid.UUID, *, lock: bool = False
) -> AgreementReview:
    """A review of an agreement the actor may read. Raises NotFound."""
    query = select(AgreementReview).join(Agreement).where(AgreementReview.id == review_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=AgreementReview)
    review = session.scalars(query).one_or_none()
    if review is None:
        raise NotFound
    return review


def locked_review(session: Session, review_id: uuid.UUID) -> AgreementReview:
    """A review for a job, locked."""
    query = select(AgreementReview).where(AgreementReview.id == review_id)
    return session.scalars(query.with_for_update(of=AgreementReview)).one()


def get_check(session: Session, actor: Actor, check_id: uuid.UUID) -> SafeguardingCheck:
    """A safeguarding check recorded under an agreement the actor may read. Raises NotFound."""
    query = (
        select(SafeguardingCheck).join(Agreement).where(SafeguardingCheck.id == check_id, visible_to(actor))
    )
    check = session.scalars(query).one_or_none()
    if check is None:
        raise NotFound
    return check


def agreements(session: Session, actor: Actor, *, selling: bool | None = None) -> list[Agreement]:
    """The agreements this actor may read but for those discarded, the newest first.

    `selling` narrows to those in which the actor's schools sell (true) or buy (false).
    """
    query = (
        select(Agreement)
        .where(visible_to(actor), Agreement.status != AgreementStatus.DISCARDED)
        .options(*WITH_SCHOOLS, selectinload(Agreement.reviews))
        .order_by(Agreement.drafted_at.desc(), Agreement.id)
    )
    if selling is not None:
        side = Agreement.seller_id if selling else Agreement.buyer_id
        query = query.where(side.in_(actor.school_ids))
    return list(session.scalars(query))


def drafting_schools(actor: Actor) -> frozenset[uuid.UUID]:
    """The schools for which this actor drafts agreements."""
    return actor.organisations(Kind.SCHOOL, *POLICY[Act.AGREEMENT_DRAFT].roles)


def signing_schools(actor: Actor, agreement: Agreement) -> list[uuid.UUID]:
    """The schools of an agreement whose head this actor is, the seller first."""
    heads = actor.organisations(Kind.SCHOOL, *POLICY[Act.AGREEMENT_AGREE].roles)
    return [school for school in (agreement.seller_id, agreement.buyer_id) if school in heads]


def memberships_to_name(
    session: Session, seller_id: uuid.UUID, buyer_id: uuid.UUID | None = None
) -> list[Membership]:
    """Running trust partnerships and associate memberships in the seller's alliances, of other schools."""
    alliances = select(Membership.alliance_id).where(
        Membership.school_id == seller_id, Membership.status == MembershipStatus.ACTIVE
    )
    query = (
        select(Membership)
        .where(
            Membership.alliance_id.in_(alliances),
            Membership.school_id != seller_id,
            Membership.status == MembershipStatus.ACTIVE,
            Membership.kind.in_([KIND_OF_MEMBERSHIP[service] for service in OF_MEMBERSHIP]),
        )
        .options(joinedload(Membership.school).joinedload(School.organisation))
        .order_by(Membership.joined_on, Membership.id)
    )
    if buyer_id is not None:
        query = query.where(Membership.school_id == buyer_id)
    return list(session.scalars(query))


def ids_to_begin(session: Session, today: date) -> list[uuid.UUID]:
    """Agreed ones whose first day has come: for the job."""
    query = select(Agreement.id).where(
        Agreement.status == AgreementStatus.AGREED, Agreement.starts_on <= today
    )
    return list(session.scalars(query))


def ids_to_end(session: Session, today: date) -> list[uuid.UUID]:
    """Running ones whose last day is over: for the job."""
    query = select(Agreement.id).where(Agreement.status == AgreementStatus.RUNNING, last_day < today)
    return list(session.scalars(query))


def ids_near_end(session: Session, until: date) -> list[uuid.UUID]:
    """Running ones that end by a day, of whose present last day nobody has been reminded: for the job."""
    query = select(Agreement.id).where(
        Agreement.status == AgreementStatus.RUNNING,
        last_day <= until,
        or_(Agreement.reminded_of_end.is_(None), Agreement.reminded_of_end != last_day),
    )
    return list(session.scalars(query))


def due_reviews(today: date) -> Select[AgreementReview]:
    """Reviews of running agreements that are due within two weeks or overdue, and not recorded."""
    return (
        select(AgreementReview)
        .join(Agreement)
        .where(
            Agreement.status == AgreementStatus.RUNNING,
            AgreementReview.held_on.is_(None),
            AgreementReview.due_on <= today + REMINDED_OF_REVIEW,
        )
        .options(joinedload(AgreementReview.agreement).options(*WITH_SCHOOLS))
        .order_by(AgreementReview.due_on, AgreementReview.id)
    )


def ids_to_remind(session: Session, today: date) -> Sequence[uuid.UUID]:
    """Reviews that are due soon and of which nobody has been reminded: for the job."""
    query = due_reviews(today).where(AgreementReview.reminded_at.is_(None))
    return [review.id for review in session.scalars(query)]
