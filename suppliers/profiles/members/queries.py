"""The people of a supplier. Ask first whether the reader belongs to it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Person, RoleHolding
from marketplace.core.policy import Role
from suppliers.profiles.members.rules import ROLES


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a supplier; `role` is the greater of those they hold."""

    person_id: uuid.UUID
    name: str
    email: str
    role: Role
    has_password: bool


def members(session: Session, supplier_id: uuid.UUID) -> list[Member]:
    """The active people of a supplier, administrators first, then by name."""
    query = (
        select(Person, RoleHolding.role)
        .join(RoleHolding, RoleHolding.person_id == Person.id)
        .where(RoleHolding.organisation_id == supplier_id, RoleHolding.role.in_(ROLES), Person.active)
        .order_by(Person.name, Person.id)
    )
    found: dict[uuid.UUID, Member] = {}
    for person, role in session.execute(query):
        known = found.get(person.id)
        if known is None or known.role is not Role.SUPPLIER_ADMIN:
            found[person.id] = Member(
                person.id, person.name, person.email, role, person.password_hash is not None
            )
    return sorted(found.values(), key=lambda one: one.role is not Role.SUPPLIER_ADMIN)


def administrators(session: Session, supplier_id: uuid.UUID) -> list[uuid.UUID]:
    """The people who administer a supplier."""
    return [one.person_id for one in members(session, supplier_id) if one.role is Role.SUPPLIER_ADMIN]
