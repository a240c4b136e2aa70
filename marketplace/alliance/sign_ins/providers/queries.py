"""Questions about accounts at providers."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.sign_ins.providers.models import ProviderLink
from marketplace.alliance.sign_ins.providers.rules import Identity
from marketplace.core.errors import NotFound


def link_to(session: Session, identity: Identity) -> ProviderLink | None:
    """Who signs in with this account. The address that it names now is not looked at."""
    query = select(ProviderLink).where(
        ProviderLink.issuer == identity.issuer, ProviderLink.subject == identity.subject
    )
    return session.scalars(query).one_or_none()


def links_of(session: Session, person_id: uuid.UUID) -> list[ProviderLink]:
    """The accounts that a person signs in with."""
    query = select(ProviderLink).where(ProviderLink.person_id == person_id).order_by(ProviderLink.provider)
    return list(session.scalars(query))


def get_link(session: Session, person_id: uuid.UUID, link_id: uuid.UUID) -> ProviderLink:
    """An account that this person signs in with. Raises NotFound."""
    link = session.get(ProviderLink, link_id)
    if link is None or link.person_id != person_id:
        raise NotFound
    return link


def lock_person(session: Session, person_id: uuid.UUID) -> Person:
    """The person, held until the action ends: meanwhile nobody else connects or removes an account."""
    return session.get_one(Person, person_id, with_for_update={"key_share": True})
