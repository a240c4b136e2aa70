"""What people do with alliances, schools and colleagues."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy.orm import Session

from marketplace.alliance import passwords, queries
from marketplace.alliance.models import Membership, Organisation, Person, RoleHolding
from marketplace.alliance.rules import MembershipKind
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.policy import Act, Actor, Kind, Role

ROLES_OF_KIND = {
    Kind.ALLIANCE: {Role.COORDINATOR, Role.AUDITOR},
    Kind.SCHOOL: {Role.BURSAR, Role.HEADTEACHER, Role.GOVERNOR, Role.FINANCE_LEAD},
    Kind.SUPPLIER: {Role.SUPPLIER_ADMIN, Role.BIDDER},
}


def found_alliance(actor: Actor, name: str) -> uuid.UUID:
    """Start an alliance; returns its id."""
    with transaction() as session:
        policy.require(actor, Act.ALLIANCE_FOUND)
        alliance = make_organisation(session, Kind.ALLIANCE, name)
        events.record(session, actor, Act.ALLIANCE_FOUND, alliance.id, organisation_id=alliance.id)
        return alliance.id


def make_organisation(session: Session, kind: Kind, name: str) -> Organisation:
    """The row that every alliance, school and supplier starts from. A shared step."""
    organisation = Organisation(id=new_id(), kind=kind, name=name, created_at=clock.now())
    session.add(organisation)
    session.flush()
    return organisation


def admit_school(actor: Actor, alliance_id: uuid.UUID, school_id: uuid.UUID, kind: MembershipKind) -> None:
    """Make a school a member of an alliance from today."""
    with transaction() as session:
        policy.require(actor, Act.SCHOOL_ADMIT, alliance_id)
        if alliance_id in queries.alliance_ids_of_school(session, school_id):
            raise RuleBroken("This school is a member already.", "school")
        session.add(
            Membership(alliance_id=alliance_id, school_id=school_id, kind=kind, joined_on=clock.today())
        )
        events.record(session, actor, Act.SCHOOL_ADMIT, school_id, organisation_id=alliance_id, kind=kind)


def add_person(
    actor: Actor,
    name: str,
    email: str,
    password: str,
    seats: Iterable[tuple[uuid.UUID, Role]],
) -> uuid.UUID:
    """Add a person with roles in organisations where the actor may add colleagues; returns their id.

    Raises RuleBroken when the address is taken or a role does not belong to that kind of organisation.
    """
    with transaction() as session:
        chosen = list(seats)
        for organisation_id, _ in chosen:
            policy.require(actor, Act.PERSON_ADD, organisation_id)
        person = make_person(session, name, email, password, chosen)
        events.record(session, actor, Act.PERSON_ADD, person.id, organisation_id=chosen[0][0])
        return person.id


def make_person(
    session: Session, name: str, email: str, password: str, seats: Iterable[tuple[uuid.UUID, Role]]
) -> Person:
    """A person's row and their roles. A shared step; see `add_person`."""
    address = email.strip().lower()
    if queries.person_by_email(session, address):
        raise RuleBroken("Somebody uses this e-mail address already. Sign in, or use another.", "email")
    person = Person(
        id=new_id(),
        name=name.strip(),
        email=address,
        password_hash=passwords.hash_password(password),
        created_at=clock.now(),
    )
    session.add(person)
    session.flush()
    for organisation_id, role in seats:
        organisation = session.get_one(Organisation, organisation_id)
        if role not in ROLES_OF_KIND[organisation.kind]:
            raise RuleBroken(f"Nobody can be {role} of {organisation.name}.", "role")
        session.add(RoleHolding(person_id=person.id, organisation_id=organisation_id, role=role))
    session.flush()
    return person


def check_password(email: str, password: str) -> uuid.UUID:
    """Whose address and password these are; the sign-in is recorded. Raises RuleBroken, not saying which."""
    with transaction() as session:
        person = queries.person_by_email(session, email)
        if not passwords.matches(person.password_hash if person else None, password) or person is None:
            raise RuleBroken("That e-mail address and password do not match. Check both.", "password")
        signed_in = Actor(person.id, person.name)
        policy.require(signed_in, Act.PERSON_SIGN_IN)
        events.record(session, signed_in, Act.PERSON_SIGN_IN, person.id)
        return person.id
