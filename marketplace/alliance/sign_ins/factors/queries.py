"""Questions about a person's second factors."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.sign_ins.factors.models import Authenticator, RecoveryCode
from marketplace.alliance.sign_ins.passkeys.models import Passkey
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person can prove themselves with, beside their password."""

    app_added_at: datetime | None
    passkeys: int
    codes_left: int
    has_codes: bool
    """Were recovery codes ever made?"""

    @property
    def exist(self) -> bool:
        """Is there a second factor? Recovery codes alone are none: they stand in for one."""
        return self.app_added_at is not None or self.passkeys > 0

    @property
    def only_one(self) -> bool:
        """Would nothing be left without one more of them?"""
        return (self.app_added_at is not None) + self.passkeys == 1


def factors_of(session: Session, person_id: uuid.UUID) -> Factors:
    """The second factors of a person."""
    codes = select(func.count(RecoveryCode.id), func.count(RecoveryCode.used_at)).where(
        RecoveryCode.person_id == person_id
    )
    made, used = session.execute(codes).one()
    app = session.get(Authenticator, person_id)
    passkeys = select(func.count()).select_from(Passkey).where(Passkey.person_id == person_id)
    return Factors(app.added_at if app else None, session.scalars(passkeys).one(), made - used, made > 0)


def has_any(session: Session, person_id: uuid.UUID) -> bool:
    """Has this person a second factor?"""
    return factors_of(session, person_id).exist


def own_person(session: Session, actor: Actor, *, lock: bool = False) -> Person:
    """The actor's own row. Raises NotFound for somebody who is not signed in."""
    query = select(Person).where(Person.id == (actor.person_id or uuid.UUID(int=0)))
    if lock:
        query = query.with_for_update(of=Person, key_share=True)
    person = session.scalars(query).one_or_none()
    if person is None:
        raise NotFound
    return person


def authenticator(session: Session, person_id: uuid.UUID) -> Authenticator | None:
    """The app of a person, locked."""
    query = select(Authenticator).where(Authenticator.person_id == person_id)
    return session.scalars(query.with_for_update(of=Authenticator)).one_or_none()


def unused_code(session: Session, person_id: uuid.UUID, code_hash: str) -> RecoveryCode | None:
    """A recovery code of a person that was not used, locked."""
    query = select(RecoveryCode).where(
        RecoveryCode.person_id == person_id,
        RecoveryCode.code_hash == code_hash,
        RecoveryCode.used_at.is_(None),
    )
    return session.scalars(query.with_for_update(of=RecoveryCode)).one_or_none()


def sheet_exists(session: Session, sheet_id: uuid.UUID) -> bool:
    """Were the codes of this sheet made already?"""
    query = select(RecoveryCode.id).where(RecoveryCode.sheet_id == sheet_id)
    return session.scalar(query.limit(1)) is not None


def codes_of(session: Session, person_id: uuid.UUID) -> list[RecoveryCode]:
    """The recovery codes of a person, used or not."""
    query = select(RecoveryCode).where(RecoveryCode.person_id == person_id).order_by(RecoveryCode.id)
    return list(session.scalars(query))
