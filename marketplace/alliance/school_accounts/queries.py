"""Questions about changes of schools' bank accounts, scoped to who asks."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.alliance.models import Membership, Person, RoleHolding
from marketplace.alliance.school_accounts.models import SchoolAccountChange
from marketplace.alliance.school_accounts.rules import OPEN, ChangeStatus, Colleague
from marketplace.core.errors import NotFound
from marketplace.core.policy import POLICY, Act, Actor, Kind


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Changes this actor may read: of their schools, and of members of alliances in whose office they sit."""
    overseen = select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.organisations(Kind.ALLIANCE))
    )
    return or_(
        SchoolAccountChange.school_id.in_(actor.school_ids), SchoolAccountChange.school_id.in_(overseen)
    )


def history(session: Session, actor: Actor, school_id: uuid.UUID) -> list[SchoolAccountChange]:
    """Every change of a school's account, the newest first; nothing for who may not read it."""
    query = (
        select(SchoolAccountChange)
        .where(SchoolAccountChange.school_id == school_id, visible_to(actor))
        .order_by(SchoolAccountChange.proposed_at.desc(), SchoolAccountChange.id.desc())
        .options(
            joinedload(SchoolAccountChange.proposer),
            joinedload(SchoolAccountChange.approver),
            joinedload(SchoolAccountChange.stopper),
        )
    )
    return list(session.scalars(query))


def open_change(session: Session, school_id: uuid.UUID) -> SchoolAccountChange | None:
    """The change that waits for its second person or for its day to pass. Ask first who reads."""
    query = select(SchoolAccountChange).where(
        SchoolAccountChange.school_id == school_id, SchoolAccountChange.status.in_(OPEN)
    )
    return session.scalars(query).one_or_none()


def get_open(
    session: Session, actor: Actor, school_id: uuid.UUID, *, lock: bool = False
) -> SchoolAccountChange:
    """The open change of a school whose account the actor may read. Raises NotFound."""
    query = select(SchoolAccountChange).where(
        SchoolAccountChange.school_id == school_id, SchoolAccountChange.status.in_(OPEN), visible_to(actor)
    )
    change = session.scalars(query.with_for_update(of=SchoolAccountChange) if lock else query).one_or_none()
    if change is None:
        raise NotFound("There is no change of the bank account to decide about. Look at the school’s page.")
    return change


def due(session: Session, moment: datetime) -> list[SchoolAccountChange]:
    """Approved changes whose day has passed, locked."""
    query = (
        select(SchoolAccountChange)
        .where(SchoolAccountChange.status == ChangeStatus.APPROVED, SchoolAccountChange.holds_from <= moment)
        .order_by(SchoolAccountChange.holds_from)
        .with_for_update(skip_locked=True, of=SchoolAccountChange)
    )
    return list(session.scalars(query))


def seconds(session: Session, school_id: uuid.UUID) -> list[Colleague]:
    """Who of a school could be the second person, each with the moment they came to Weald."""
    query = (
        select(Person.id, Person.created_at)
        .join(RoleHolding, RoleHolding.person_id == Person.id)
        .where(
            RoleHolding.organisation_id == school_id,
            RoleHolding.role.in_(POLICY[Act.SCHOOL_APPROVE_ACCOUNT].roles),
        )
        .distinct()
    )
    return [Colleague(row.id, row.created_at) for row in session.execute(query)]
