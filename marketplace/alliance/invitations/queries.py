"""Questions about invitations that wait, scoped to who asks."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Organisation, PasswordLink, Person, RoleHolding
from marketplace.core import clock, policy
from marketplace.core.errors import NotFound
from marketplace.core.policy import Act, Actor, Role


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody who was invited to an organisation and has not chosen a password yet."""

    person_id: uuid.UUID
    name: str
    email: str
    organisation_id: uuid.UUID
    organisation: str
    roles: tuple[Role, ...]
    sent_at: datetime | None
    works_until: datetime | None
    """None when no link works any more."""

    @property
    def days_waited(self) -> int:
        """Whole days since the last link was sent."""
        return (clock.now() - self.sent_at).days if self.sent_at else 0


def organisations_of(actor: Actor) -> set[uuid.UUID]:
    """Where this actor invites people."""
    return {
        seat.organisation_id
        for seat in actor.seats
        if policy.allows(actor, Act.INVITATION_SEND, seat.organisation_id)
    }


def waiting(session: Session, organisation_ids: Collection[uuid.UUID]) -> list[Invitation]:
    """Who was invited to these organisations and has not come, the longest waiting first."""
    links = (
        select(
            PasswordLink.person_id,
            func.max(PasswordLink.made_at).label("sent_at"),
            func.max(PasswordLink.expires_at).filter(PasswordLink.used_at.is_(None)).label("works_until"),
        )
        .group_by(PasswordLink.person_id)
        .subquery()
    )
    query = (
        select(RoleHolding, Person, Organisation.name, links.c.sent_at, links.c.works_until)
        .join(Person, Person.id == RoleHolding.person_id)
        .join(Organisation, Organisation.id == RoleHolding.organisation_id)
        .outerjoin(links, links.c.person_id == Person.id)
        .where(
            RoleHolding.organisation_id.in_(organisation_ids), Person.active, Person.password_hash.is_(None)
        )
        .order_by(Person.created_at, Person.id, RoleHolding.organisation_id, RoleHolding.role)
    )
    found: dict[tuple[uuid.UUID, uuid.UUID], Invitation] = {}
    for holding, person, organisation, sent_at, works_until in session.execute(query):
        key = (person.id, holding.organisation_id)
        known = found.get(key)
        found[key] = Invitation(
            person.id,
            person.name,
            person.email,
            holding.organisation_id,
            organisation,
            (*known.roles, holding.role) if known else (holding.role,),
            sent_at,
            works_until if works_until and works_until > clock.now() else None,
        )
    return list(found.values())


def get_invited(session: Session, actor: Actor, organisation_id: uuid.UUID, person_id: uuid.UUID) -> Person:
    """A person whose invitation to an organisation of the actor waits, locked. Raises NotFound."""
    query = (
        select(Person)
        .join(RoleHolding, RoleHolding.person_id == Person.id)
        .where(
            Person.id == person_id,
            RoleHolding.organisation_id == organisation_id,
            RoleHolding.organisation_id.in_({seat.organisation_id for seat in actor.seats}),
            Person.active,
            Person.password_hash.is_(None),
        )
    )
    person = session.scalars(query.with_for_update(of=Person, key_share=True)).first()
    if person is None:
        raise NotFound
    return person
