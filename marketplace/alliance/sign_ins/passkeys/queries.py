"""Questions about passkeys."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.sign_ins.passkeys.models import Passkey
from marketplace.core.errors import NotFound


def passkeys_of(session: Session, person_id: uuid.UUID) -> list[Passkey]:
    """The passkeys of a person, the oldest first."""
    query = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.added_at, Passkey.id)
    return list(session.scalars(query))


def get_own(session: Session, person_id: uuid.UUID, passkey_id: uuid.UUID, *, lock: bool = False) -> Passkey:
    """A passkey of this person. Raises NotFound."""
    query = select(Passkey).where(Passkey.id == passkey_id, Passkey.person_id == person_id)
    if lock:
        query = query.with_for_update(of=Passkey)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def by_credential(session: Session, credential_id: bytes) -> Passkey | None:
    """The passkey of an active person that a device calls by this id, locked."""
    query = (
        select(Passkey)
        .join(Person, Person.id == Passkey.person_id)
        .where(Passkey.credential_id == credential_id, Person.active)
    )
    return session.scalars(query.with_for_update(of=Passkey)).one_or_none()
