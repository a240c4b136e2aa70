"""Questions about sign-ins."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from marketplace.alliance import queries
from marketplace.alliance.models import Person
from marketplace.alliance.sign_ins.models import MissedPassword, SignIn
from marketplace.alliance.sign_ins.rules import LONGEST, MISSES_COUNT, PROOF_LASTS, hash_of, proof_of
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor


def who_asks(session: Session, secret: str, moment: datetime) -> Actor | None:
    """Whose sign-in this is, as an actor; None when it has ended. One query.

    One that is good only for setting up a second factor is good for that while its proof is fresh.
    """
    rows = session.execute(
        queries.seats_where(SignIn.secret_hash == hash_of(secret))
        .join(SignIn, and_(SignIn.person_id == Person.id, _is_running(moment)))
        .add_columns(SignIn.proven_at, SignIn.lacks_factor)
    ).all()
    actor = queries.actor_in(rows)
    if actor is None or (rows[0].lacks_factor and moment - rows[0].proven_at > PROOF_LASTS):
        return None
    return replace(actor, proof=proof_of(rows[0].proven_at, moment, lacks_factor=rows[0].lacks_factor))


def own(session: Session, secret: str, moment: datetime) -> SignIn:
    """The sign-in of this browser, locked. Raises NotFound when it has ended."""
    query = select(SignIn).where(SignIn.secret_hash == hash_of(secret), _is_running(moment))
    found = session.scalars(query.with_for_update(of=SignIn)).one_or_none()
    if found is None:
        raise NotFound
    return found


def _is_running(moment: datetime) -> ColumnElement[bool]:
    return and_(SignIn.ended_at.is_(None), SignIn.began_at > moment - LONGEST)


def running(session: Session, person_id: uuid.UUID, moment: datetime) -> list[SignIn]:
    """A person's sign-ins that have not ended, newest first."""
    return list(
        session.scalars(
            select(SignIn)
            .where(SignIn.person_id == person_id, _is_running(moment))
            .order_by(SignIn.began_at.desc(), SignIn.id)
        )
    )


def signed_in_of(session: Session, person_ids: Iterable[uuid.UUID], moment: datetime) -> list[uuid.UUID]:
    """Which of these people are signed in somewhere."""
    query = select(SignIn.person_id).where(SignIn.person_id.in_(list(person_ids)), _is_running(moment))
    return list(session.scalars(query.distinct()))


def get_running(session: Session, person_id: uuid.UUID, sign_in_id: uuid.UUID, moment: datetime) -> SignIn:
    """A sign-in of this person. Raises NotFound."""
    for found in running(session, person_id, moment):
        if found.id == sign_in_id:
            return found
    raise NotFound


def has_signed_in(session: Session, person_id: uuid.UUID, device_hash: str | None = None) -> bool:
    """Has this person signed in before, on this device or on any?"""
    before = select(SignIn.id).where(SignIn.person_id == person_id)
    if device_hash is not None:
        before = before.where(SignIn.device_hash == device_hash)
    return session.scalar(before.limit(1)) is not None


def misses(session: Session, key: str, moment: datetime) -> int:
    """How many wrong passwords were tried lately."""
    counted = (
        select(func.count())
        .select_from(MissedPassword)
        .where(MissedPassword.key == key, MissedPassword.missed_at > moment - MISSES_COUNT)
    )
    return session.scalars(counted).one()
