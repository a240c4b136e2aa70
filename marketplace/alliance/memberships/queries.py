"""Questions about memberships and applications, scoped to who asks."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.alliance.board.queries import seated_in
from marketplace.alliance.memberships.models import Departure, MembershipApplication
from marketplace.alliance.memberships.rules import REMINDED_BEFORE, ApplicationStatus, Evidence
from marketplace.alliance.models import Membership, Organisation, School
from marketplace.alliance.rules import MembershipStatus
from marketplace.core.errors import NotFound
from marketplace.core.policy import POLICY, Act, Actor, Kind

WITH_NAMES = (
    joinedload(Membership.alliance),
    joinedload(Membership.school).joinedload(School.organisation),
)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Memberships of the actor's alliances, and those of their own schools wherever they are or were."""
    return or_(Membership.alliance_id.in_(actor.alliance_ids), Membership.school_id.in_(actor.school_ids))


def get_membership(
    session: Session, actor: Actor, membership_id: uuid.UUID, *, lock: bool = False
) -> Membership:
    """A membership the actor may read. Raises NotFound."""
    query = select(Membership).where(Membership.id == membership_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=Membership)
    membership = session.scalars(query.options(*WITH_NAMES)).one_or_none()
    if membership is None:
        raise NotFound
    return membership


def locked_membership(session: Session, membership_id: uuid.UUID) -> Membership | None:
    """A membership for a job, locked; None when there is no such."""
    query = select(Membership).where(Membership.id == membership_id).with_for_update(of=Membership)
    return session.scalars(query).one_or_none()


def members(actor: Actor) -> Select[Membership]:
    """The running memberships in the actor's alliances, by school."""
    return (
        select(Membership)
        .join(Organisation, Organisation.id == Membership.school_id)
        .where(Membership.alliance_id.in_(actor.alliance_ids), Membership.status == MembershipStatus.ACTIVE)
        .options(*WITH_NAMES)
        .order_by(Organisation.name, Membership.id)
    )


def memberships_of(session: Session, school_ids: Collection[uuid.UUID]) -> list[Membership]:
    """Every membership of schools, running or past, the newest first."""
    query = (
        select(Membership)
        .where(Membership.school_id.in_(school_ids))
        .options(*WITH_NAMES)
        .order_by(Membership.joined_on.desc(), Membership.id.desc())
    )
    return list(session.scalars(query))


def is_member(session: Session, alliance_id: uuid.UUID, school_id: uuid.UUID) -> bool:
    """Does a membership of this school run in this alliance, of whatever kind?"""
    query = select(Membership.id).where(
        Membership.alliance_id == alliance_id,
        Membership.school_id == school_id,
        Membership.status == MembershipStatus.ACTIVE,
    )
    return session.scalar(query) is not None


def departure_of(session: Session, membership: Membership) -> Departure | None:
    """What was shown to the school when it left; None while it belongs, and when its time simply ran out."""
    return session.get(Departure, membership.id)


def applications_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Applications of the actor's own schools, and those to boards where they sit or serve.

    A school's finances are for those who decide on them, not for everybody in the alliance.
    """
    return or_(
        MembershipApplication.school_id.in_(actor.school_ids),
        MembershipApplication.alliance_id.in_(actor.organisations(Kind.ALLIANCE)),
        MembershipApplication.alliance_id.in_(seated_in(actor)),
    )


def get_application(
    session: Session, actor: Actor, application_id: uuid.UUID, *, lock: bool = False
) -> MembershipApplication:
    """An application the actor may read. Raises NotFound."""
    query = select(MembershipApplication).where(
        MembershipApplication.id == application_id, applications_visible_to(actor)
    )
    if lock:
        query = query.with_for_update(of=MembershipApplication)
    application = session.scalars(query).one_or_none()
    if application is None:
        raise NotFound
    return application


def applications(session: Session, actor: Actor) -> list[MembershipApplication]:
    """The applications this actor may read, the newest first."""
    query = (
        select(MembershipApplication)
        .where(applications_visible_to(actor))
        .options(
            joinedload(MembershipApplication.alliance),
            joinedload(MembershipApplication.school).joinedload(School.organisation),
        )
        .order_by(MembershipApplication.submitted_at.desc(), MembershipApplication.id)
    )
    return list(session.scalars(query))


def waiting_application(
    session: Session, alliance_id: uuid.UUID, school_id: uuid.UUID
) -> MembershipApplication | None:
    """The application of a school that waits for a board."""
    query = select(MembershipApplication).where(
        MembershipApplication.alliance_id == alliance_id,
        MembershipApplication.school_id == school_id,
        MembershipApplication.status == ApplicationStatus.SUBMITTED,
    )
    return session.scalars(query).one_or_none()


def evidence_of(application: MembershipApplication) -> Evidence:
    """The figures of an application, as they were entered."""
    return Evidence(
        year_end=application.year_end,
        reserves=application.reserves,
        in_year_balance=application.in_year_balance,
        notice_to_improve=application.notice_to_improve,
        notice_explanation=application.notice_explanation,
    )


def alliances_to_join(session: Session, school_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The alliances of the installation by name, but those to which all these schools belong already.

    Nothing but the name is told to a school that does not belong.
    """
    joined = (
        select(Membership.alliance_id)
        .where(Membership.school_id.in_(school_ids), Membership.status == MembershipStatus.ACTIVE)
        .group_by(Membership.alliance_id)
        .having(func.count() == len(school_ids))
    )
    query = (
        select(Organisation.id, Organisation.name)
        .where(Organisation.kind == Kind.ALLIANCE, Organisation.id.not_in(joined))
        .order_by(Organisation.name, Organisation.id)
    )
    return {row.id: row.name for row in session.execute(query)}


def ids_past_their_end(session: Session, today: date) -> list[uuid.UUID]:
    """Running memberships whose last day has passed: for the job."""
    query = select(Membership.id).where(
        Membership.status == MembershipStatus.ACTIVE, Membership.ends_on < today
    )
    return list(session.scalars(query))


def ids_to_remind(session: Session, today: date) -> list[uuid.UUID]:
    """Running memberships that end within sixty days and of which nobody has been reminded: for the job."""
    query = select(Membership.id).where(
        Membership.status == MembershipStatus.ACTIVE,
        Membership.ends_on >= today,
        Membership.ends_on <= today + REMINDED_BEFORE,
        Membership.reminded_at.is_(None),
    )
    return list(session.scalars(query))


def ending_soon(session: Session, actor: Actor, today: date) -> list[Membership]:
    """Memberships near their end that concern this actor: of their schools, and of alliances they serve."""
    query = (
        select(Membership)
        .where(
            Membership.status == MembershipStatus.ACTIVE,
            Membership.ends_on >= today,
            Membership.ends_on <= today + REMINDED_BEFORE,
            or_(
                Membership.school_id.in_(actor.organisations(Kind.SCHOOL, *POLICY[Act.MEMBERSHIP_ASK].roles)),
                Membership.alliance_id.in_(
                    actor.organisations(Kind.ALLIANCE, *POLICY[Act.MEMBERSHIP_ASK].roles)
                ),
            ),
        )
        .options(*WITH_NAMES)
        .order_by(Membership.ends_on, Membership.id)
    )
    return list(session.scalars(query))
