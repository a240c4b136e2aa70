"""Questions about organisations and people, scoped to who asks."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from marketplace.alliance.models import (
    Membership,
    Organisation,
    PasswordLink,
    Person,
    RoleHolding,
    School,
)
from marketplace.alliance.rules import MembershipStatus
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor, Kind, Role, Seat

SCHOOL_SORTS = {
    "name": Organisation.name,
    "phase": School.phase,
    "authority": School.local_authority,
    "pupils": School.pupils,
}


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody and the roles they hold in one organisation."""

    name: str
    email: str
    organisation_id: uuid.UUID
    roles: tuple[Role, ...]
    has_password: bool


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Schools this actor may read: their own, and the members of their alliances."""
    members = select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.alliance_ids), Membership.status == MembershipStatus.ACTIVE
    )
    return or_(School.id.in_(actor.school_ids), School.id.in_(members))


def get_school(session: Session, actor: Actor, school_id: uuid.UUID, *, lock: bool = False) -> School:
    """A school the actor may read. Raises NotFound."""
    query = select(School).where(School.id == school_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=School, key_share=True)  # others may go on naming the school
    school = session.scalars(query).one_or_none()
    if school is None:
        raise NotFound
    return school


def school_by_urn(session: Session, urn: str) -> School:
    """The school with this URN, whoever asks: for the command line. Raises NotFound."""
    school = session.scalars(select(School).where(School.urn == urn)).one_or_none()
    if school is None:
        raise NotFound(f"No school with URN {urn} has been imported.")
    return school


def organisation_named(session: Session, named: str, kind: Kind | None = None) -> Organisation:
    """The organisation with this id, URN or name, whoever asks: for the command line.

    Raises NotFound, also when several have that name.
    """
    query = select(Organisation).outerjoin(School, School.id == Organisation.id)
    try:
        query = query.where(Organisation.id == uuid.UUID(named))
    except ValueError:
        query = query.where(or_(func.lower(Organisation.name) == named.lower(), School.urn == named))
    if kind is not None:
        query = query.where(Organisation.kind == kind)
    found = list(session.scalars(query.limit(2)))
    if len(found) != 1:
        how_many = "More than one" if found else "No"
        raise NotFound(f"{how_many} {kind or 'organisation'} is called {named}. Give its id instead.")
    return found[0]


def alliances(session: Session) -> list[Organisation]:
    """Every alliance of the installation, by name, whoever asks: for the command line."""
    query = select(Organisation).where(Organisation.kind == Kind.ALLIANCE).order_by(Organisation.name)
    return list(session.scalars(query))


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


def search_schools(actor: Actor, *, text: str = "", phase: str | None = None) -> Select[School]:
    """The schools this actor may read whose name, URN or postcode contains a text, of a phase."""
    query = (
        select(School)
        .join(Organisation, Organisation.id == School.id)
        .where(visible_to(actor))
        .options(contains_eager(School.organisation))
    )
    if text:
        columns = (Organisation.name, School.urn, School.postcode)
        query = query.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if phase:
        query = query.where(School.phase == phase)
    return query


def schools_sorted_by(query: Select[School], sort: str, *, descending: bool) -> Select[School]:
    """The query in the order of one of SCHOOL_SORTS, with ties always in the same order."""
    column = SCHOOL_SORTS[sort]
    return query.order_by(column.desc() if descending else column.asc(), School.urn)


def phases(session: Session, actor: Actor) -> list[str]:
    """The phases of the schools this actor may read."""
    return list(
        session.scalars(select(School.phase).where(visible_to(actor)).distinct().order_by(School.phase))
    )


def count(session: Session, query: Select[School]) -> int:
    """How many schools a query finds."""
    rows = query.with_only_columns(School.id).subquery()
    return session.scalar(select(func.count()).select_from(rows)) or 0


def schools_by_name(session: Session, actor: Actor) -> dict[uuid.UUID, str]:
    """The names of the schools this actor may read, by id, in their order."""
    query = (
        select(Organisation.id, Organisation.name)
        .join(School, School.id == Organisation.id)
        .where(visible_to(actor))
        .order_by(Organisation.name)
    )
    return {row.id: row.name for row in session.execute(query)}


def memberships(session: Session, actor: Actor, school_ids: Collection[uuid.UUID]) -> list[Membership]:
    """The running memberships of schools in the alliances this actor may read, the oldest first."""
    query = (
        select(Membership)
        .where(
            Membership.school_id.in_(school_ids),
            Membership.alliance_id.in_(actor.alliance_ids),
            Membership.status == MembershipStatus.ACTIVE,
        )
        .order_by(Membership.joined_on, Membership.id)
    )
    return list(session.scalars(query))


def colleagues(session: Session, organisation_ids: Collection[uuid.UUID], text: str = "") -> list[Colleague]:
    """The active people of organisations with their roles in each, by name."""
    query = (
        select(RoleHolding, Person)
        .join(Person, Person.id == RoleHolding.person_id)
        .where(RoleHolding.organisation_id.in_(organisation_ids), Person.active)
        .order_by(Person.name, Person.id, RoleHolding.organisation_id)
    )
    if text:
        columns = (Person.name, Person.email)
        query = query.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    found: dict[tuple[uuid.UUID, uuid.UUID], Colleague] = {}
    for holding, person in session.execute(query):
        key = (person.id, holding.organisation_id)
        known = found.get(key)
        roles = (*known.roles, holding.role) if known else (holding.role,)
        found[key] = Colleague(
            person.name,
            person.email,
            holding.organisation_id,
            tuple(sorted(roles)),
            has_password=person.password_hash is not None,
        )
    return list(found.values())


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


def ids_of_members(session: Session) -> set[uuid.UUID]:
    """The schools whose membership of any alliance runs."""
    query = select(Membership.school_id).where(Membership.status == MembershipStatus.ACTIVE)
    return set(session.scalars(query))


def names(session: Session, organisation_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Organisations' names by id."""
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(organisation_ids))
    return {row.id: row.name for row in session.execute(query)}


def person_by_email(session: Session, email: str) -> Person | None:
    """The active person who signs in with this address."""
    query = select(Person).where(Person.email == email.strip().lower(), Person.active)
    return session.scalars(query).one_or_none()


def said_of(session: Session, person: Person) -> tuple[str, ...]:
    """The names that anybody can find out about a person: their own, their address, their organisations'."""
    theirs = [holding.organisation_id for holding in person.holdings]
    return person.name, person.email, *names(session, theirs).values()


def address_is_taken(session: Session, email: str) -> bool:
    """Does anybody, active or not, have this address?"""
    return session.scalar(select(Person.id).where(Person.email == email.strip().lower())) is not None


def live_link(session: Session, token_hash: str, *, lock: bool = False) -> PasswordLink:
    """The link with this hash, if an active person may still choose a password by it. Raises NotFound."""
    query = (
        select(PasswordLink)
        .join(Person)
        .where(
            PasswordLink.token_hash == token_hash,
            PasswordLink.used_at.is_(None),
            PasswordLink.expires_at > clock.now(),
            Person.active,
        )
    )
    if lock:
        query = query.with_for_update(of=PasswordLink)
    link = session.scalars(query).one_or_none()
    if link is None:
        raise NotFound("This link has been used or is too old. Ask for a new one on the sign-in page.")
    return link


def unused_links(session: Session, person_id: uuid.UUID) -> list[PasswordLink]:
    """The links by which this person has not chosen a password."""
    query = select(PasswordLink).where(PasswordLink.person_id == person_id, PasswordLink.used_at.is_(None))
    return list(session.scalars(query))


def link_made_since(session: Session, person_id: uuid.UUID, moment: datetime) -> bool:
    """Was a link made for this person after a moment?"""
    query = select(PasswordLink.token_hash).where(
        PasswordLink.person_id == person_id, PasswordLink.made_at > moment
    )
    return session.scalars(query.limit(1)).first() is not None


def people_with_role(session: Session, organisation_ids: Collection[uuid.UUID], *roles: Role) -> list[Person]:
    """The active people who hold one of the roles in one of the organisations, each once, by name."""
    holding = select(RoleHolding.person_id).where(
        RoleHolding.organisation_id.in_(organisation_ids), RoleHolding.role.in_(roles)
    )
    query = select(Person).where(Person.id.in_(holding), Person.active).order_by(Person.name)
    return list(session.scalars(query))


def organisations_of(
    session: Session, people: Collection[Person], *roles: Role
) -> dict[uuid.UUID, set[uuid.UUID]]:
    """By person the organisations where they hold one of the roles, in one query."""
    query = select(RoleHolding.person_id, RoleHolding.organisation_id).where(
        RoleHolding.person_id.in_([person.id for person in people]), RoleHolding.role.in_(roles)
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = {person.id: set() for person in people}
    for person_id, organisation_id in session.execute(query):
        found[person_id].add(organisation_id)
    return found


def actor_for(session: Session, person_id: uuid.UUID) -> Actor | None:
    """The person as an actor, with their seats and the alliances they may read; None if inactive."""
    return actor_where(session, Person.id == person_id)


def actor_where(session: Session, chosen: ColumnElement[bool]) -> Actor | None:
    """The person that a condition chooses, as an actor; None for nobody, and if inactive. One query."""
    return actor_in(session.execute(seats_where(chosen)).all())


def seats_where(chosen: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The person that a condition chooses, if active, with a row for each seat and alliance.

    `actor_in` reads the rows.
    """
    of_schools = and_(Membership.school_id == Organisation.id, Membership.status == MembershipStatus.ACTIVE)
    return (
        select(
            Person.id.label("person_id"),
            Person.name,
            Organisation.id,
            Organisation.kind,
            RoleHolding.role,
            Membership.alliance_id,
        )
        .outerjoin(RoleHolding, RoleHolding.person_id == Person.id)
        .outerjoin(Organisation, Organisation.id == RoleHolding.organisation_id)
        .outerjoin(Membership, of_schools)
        .where(chosen, Person.active)
    )


def actor_in(rows: Sequence[Row[Any]]) -> Actor | None:
    """The one person of the rows that `seats_where` chose, as an actor; None for no rows."""
    if not rows:
        return None
    seats = frozenset(Seat(row.id, row.kind, row.role) for row in rows if row.id)
    direct = {seat.organisation_id for seat in seats if seat.kind is Kind.ALLIANCE}
    memberships = {row.alliance_id for row in rows if row.alliance_id}
    return Actor(rows[0].person_id, rows[0].name, seats, frozenset(direct | memberships))
