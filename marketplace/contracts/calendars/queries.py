"""Questions about calendar feeds."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.queries import actor_for
from marketplace.contracts.calendars.models import CalendarFeed
from marketplace.contracts.models import Contract
from marketplace.contracts.queries import search
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor


def hash_of(token: str) -> str:
    """What is kept of a token. It is random and long, so a plain hash is as good as a slow one."""
    return hashlib.sha256(token.encode()).hexdigest()


def live_feed(session: Session, actor: Actor, *, lock: bool = False) -> CalendarFeed | None:
    """The actor's own feed, if there is one."""
    query = select(CalendarFeed).where(
        CalendarFeed.person_id == actor.person_id, CalendarFeed.revoked_at.is_(None)
    )
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def reader_of(session: Session, token: str) -> Actor:
    """Whose feed it is, with what they may do at this moment. Raises NotFound when it was revoked."""
    person_id = session.scalars(
        select(CalendarFeed.person_id).where(
            CalendarFeed.token_hash == hash_of(token), CalendarFeed.revoked_at.is_(None)
        )
    ).one_or_none()
    reader = actor_for(session, person_id) if person_id else None
    if reader is None:
        raise NotFound
    return reader


def contracts_to_watch(session: Session, actor: Actor) -> list[Contract]:
    """The contracts that the actor may read and that have not ended, the first to act on first."""
    query = (
        search(actor)
        .where(Contract.runs_until >= clock.today())
        .order_by(Contract.last_notice_on, Contract.id)
    )
    return list(session.scalars(query))
