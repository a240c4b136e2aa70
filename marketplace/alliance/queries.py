"""Questions about organisations and people, scoped to who asks."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Membership, Organisation, Person, RoleHolding, School
from marketplace.alliance.rules import MembershipStatus
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor, Kind, Role, Seat


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Schools this actor may read: their own, and the members of their alliances."""
    members = select(Membership.school_id).where(Membership.alliance_id.in_(actor.alliance_ids))
    return or_(School.id.in_(actor.school_ids), School.id.in_(members))


def get_school(session: Session, actor: Actor, school_id: uuid.UUID, *, lock: bool = False) -> School:
    """A school the actor may read. Raises NotFound."""
    query = select(School).where(School.id == school_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=School)
    school = session.scalars(query).one_or_none()
    if school is None:
        raise NotFound
    return school


def member_schools(session: Session, alliance_id: uuid.UUID) -> list[School]:
    """The schools whose membership of an alliance runs, by name."""
    query = (
        select(School)
        .join(Membership, Membership.school_id == School.id)
        .join(Organisation, Organisation.id == School.id)
        .where(Membership.alliance_id == alliance_id, Membership.status == MembershipStatus.ACTIVE)
        .order_by(Organisation.name)
    )
    return list(session.scalars(query))


def alliances_of(session: Session, actor: Actor) -> list[Organisation]:
    """The alliances this actor may read, by name."""
    query = select(Organisation).where(Organisation.id.in_(actor.alliance_ids)).order_by(Organisation.name)
    return list(session.scalars(query))


def alliance_ids_of_school(session: Session, school_id: uuid.UUID) -> list[uuid.UUID]:
    """The alliances in which a school's membership runs."""
    query = select(Membership.alliance_id).where(
        Membership.school_id == school_id, Membership.status == MembershipStatus.ACTIVE
    )
    return list(session.scalars(query))


def names(session: Session, organisation_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Organisations' names by id."""
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(organisation_ids))
    return {row.id: row.name for row in session.execute(query)}


def person_by_email(session: Session, email: str) -> Person | None:
    """The active person who signs in with this address."""
    query = select(Person).where(Person.email == email.strip().lower(), Person.active)
    return session.scalars(query).one_or_none()


def people_with_role(session: Session, organisation_ids: Collection[uuid.UUID], *roles: Role) -> list[Person]:
    """The active people who hold one of the roles in one of the organisations, each once, by name."""
    holding = select(RoleHolding.person_id).where(
        RoleHolding.organisation_id.in_(organisation_ids), RoleHolding.role.in_(roles)
    )
    query = select(Person).where(Person.id.in_(holding), Person.active).order_by(Person.name)
    return list(session.scalars(query))


def actor_for(session: Session, person_id: uuid.UUID) -> Actor | None:
    """The person as an actor, with their seats and the alliances they may read; None if inactive."""
    person = session.get(Person, person_id)
    if person is None or not person.active:
        return None
    seats = frozenset(
        Seat(holding.organisation_id, holding.organisation.kind, holding.role) for holding in person.holdings
    )
    schools = {seat.organisation_id for seat in seats if seat.kind is Kind.SCHOOL}
    memberships = session.scalars(
        select(Membership.alliance_id).where(
            Membership.school_id.in_(schools), Membership.status == MembershipStatus.ACTIVE
        )
    )
    direct = {seat.organisation_id for seat in seats if seat.kind is Kind.ALLIANCE}
    return Actor(person.id, person.name, seats, frozenset(direct | set(memberships)))
