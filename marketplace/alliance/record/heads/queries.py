"""Questions about heads that went out, and about one that somebody was given."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Organisation, Person, RoleHolding
from marketplace.alliance.record.heads.rules import Holder
from marketplace.core import clock
from marketplace.core.chain import Head
from marketplace.core.events import ChainHead, Event, EventConcern, fingerprint
from marketplace.core.policy import Act


@dataclass(frozen=True, slots=True)
class Held:
    """An entry that the record holds with the code that was given.

    `verified_at` is when everything was verified last, and `differing` how much of it differed then.
    """

    at: datetime
    since: int
    verified_at: datetime | None
    differing: int


def held(session: Session, head: Head) -> Held | None:
    """What the record says of a head that somebody was given; None when it does not hold it."""
    event = session.scalars(select(Event).where(Event.position == head.position)).one_or_none()
    if event is None or event.hash != head.hash or fingerprint(event) != event.hash:
        return None
    verified = _newest(session, Act.BOOKS_VERIFY)
    differing = sum(verified.facts.get("differing", {}).values()) if verified else 0
    last = session.get_one(ChainHead, 1).position
    return Held(event.at, last - event.position, verified.at if verified else None, differing)


def last_sent(session: Session) -> Event | None:
    """The entry that says which head went out last."""
    return _newest(session, Act.HEAD_SEND)


def _newest(session: Session, act: Act) -> Event | None:
    query = select(Event).where(Event.act == act.value).order_by(Event.position.desc()).limit(1)
    return session.scalars(query).one_or_none()


def is_today(sent: Event | None) -> bool:
    """Was it sent on this day in England?"""
    return sent is not None and sent.at >= datetime.combine(clock.today(), time(), clock.LONDON)


def entries_since(session: Session, position: int) -> Counter[uuid.UUID]:
    """How many entries each organisation's data has had after a place in the chain."""
    own = (
        select(Event.organisation_id, func.count())
        .where(Event.position > position, Event.organisation_id.is_not(None))
        .group_by(Event.organisation_id)
    )
    others = (
        select(EventConcern.organisation_id, func.count())
        .where(EventConcern.position > position)
        .group_by(EventConcern.organisation_id)
    )
    counted: Counter[uuid.UUID] = Counter()
    for query in (own, others):
        for organisation_id, entries in session.execute(query):
            if organisation_id is not None:
                counted[organisation_id] += entries
    return counted


def holders(session: Session) -> list[Holder]:
    """Everybody who holds a role anywhere."""
    query = (
        select(
            Organisation.id, Organisation.name, Organisation.kind, RoleHolding.role, Person.name, Person.email
        )
        .join(RoleHolding, RoleHolding.organisation_id == Organisation.id)
        .join(Person, Person.id == RoleHolding.person_id)
        .where(Person.active)
    )
    return [Holder(*row) for row in session.execute(query)]
