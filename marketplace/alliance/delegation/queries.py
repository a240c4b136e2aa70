"""Questions about delegation ladders. A ladder is for the people of its school."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.delegation.models import DelegationLadder
from marketplace.alliance.delegation.rules import ROLES, Approver, Band, band_of
from marketplace.alliance.models import Person, School
from marketplace.alliance.queries import get_school, people_with_role
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.policy import Actor


def own_school(session: Session, actor: Actor, school_id: uuid.UUID, *, lock: bool = False) -> School:
    """One of the actor's own schools. Raises NotFound."""
    if school_id not in actor.school_ids:
        raise NotFound
    return get_school(session, actor, school_id, lock=lock)


def ladder_of(session: Session, school_id: uuid.UUID) -> DelegationLadder | None:
    """The ladder that holds for a school now, whoever asks; None while it has none."""
    query = (
        select(DelegationLadder)
        .where(DelegationLadder.school_id == school_id)
        .order_by(DelegationLadder.number.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def ladders_before(session: Session, school_id: uuid.UUID) -> list[DelegationLadder]:
    """The ladders that held for a school before the present one, the latest first."""
    query = (
        select(DelegationLadder)
        .where(DelegationLadder.school_id == school_id)
        .order_by(DelegationLadder.number.desc())
        .offset(1)
    )
    return list(session.scalars(query))


def bands_of(ladder: DelegationLadder) -> tuple[Band, ...]:
    """A ladder's bands, from the lowest."""
    return tuple(Band(row.up_to, row.approver, row.least_quotes) for row in ladder.bands)


def band_for(session: Session, school_id: uuid.UUID, value: Money | None) -> Band | None:
    """The band of the school's ladder that a value (VAT included, whole term) falls into.

    None for a school without a ladder. A value that is not known falls into the highest band.
    """
    ladder = ladder_of(session, school_id)
    return band_of(bands_of(ladder), value) if ladder else None


def band_at(session: Session, school_id: uuid.UUID, value: Money | None, moment: datetime) -> Band | None:
    """The band of the ladder that held for the school at a moment; see `band_for`."""
    query = (
        select(DelegationLadder)
        .where(DelegationLadder.school_id == school_id, DelegationLadder.set_at <= moment)
        .order_by(DelegationLadder.number.desc())
        .limit(1)
    )
    ladder = session.scalars(query).one_or_none()
    return band_of(bands_of(ladder), value) if ladder else None


def people_to_ask(
    session: Session, school_id: uuid.UUID, approver: Approver, author_id: uuid.UUID | None
) -> list[Person]:
    """Who is asked to approve in a band: the lowest role that has anybody but the author, by name.

    Where there is nobody else at all, a headteacher who asked for it themselves.
    """
    for role in ROLES[approver]:
        others = [one for one in people_with_role(session, [school_id], role) if one.id != author_id]
        if others:
            return others
    return [one for one in people_with_role(session, [school_id], ROLES[approver][-1]) if one.id == author_id]


def has_other_approver(
    session: Session, school_id: uuid.UUID, approver: Approver, author_id: uuid.UUID | None
) -> bool:
    """Could anybody but the author approve in a band?"""
    return any(one.id != author_id for one in people_with_role(session, [school_id], *ROLES[approver]))
