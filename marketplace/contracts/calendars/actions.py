"""Making and revoking the address of one's calendar feed."""

from __future__ import annotations

import secrets
import uuid

from sqlalchemy.orm import Session

from marketplace.contracts.calendars import queries
from marketplace.contracts.calendars.models import CalendarFeed
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound
from marketplace.core.policy import Act, Actor

TOKEN_BYTES = 32


def make_feed(actor: Actor, feed_id: uuid.UUID) -> str | None:
    """Make an address for the actor's calendar; the one before stops working. Returns its secret part.

    The secret is given this once. A form sent twice gives None the second time.
    """
    assert actor.person_id, "only people have calendars"
    with transaction() as session:
        policy.require(actor, Act.CALENDAR_MAKE, *(seat.organisation_id for seat in actor.seats))
        if session.get(CalendarFeed, feed_id) is not None:
            return None
        _revoke(session, actor)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        session.add(
            CalendarFeed(
                id=feed_id,
                person_id=actor.person_id,
                token_hash=queries.hash_of(token),
                made_at=clock.now(),
            )
        )
        session.flush()
        events.record(session, actor, Act.CALENDAR_MAKE, feed_id)
        return token


def revoke_feed(actor: Actor) -> None:
    """Make the actor's address lead nowhere. Raises NotFound when there is none."""
    with transaction() as session:
        policy.require(actor, Act.CALENDAR_REVOKE, *(seat.organisation_id for seat in actor.seats))
        feed = _revoke(session, actor)
        if feed is None:
            raise NotFound("You have no calendar address. It may have been revoked already.")
        events.record(session, actor, Act.CALENDAR_REVOKE, feed.id)


def _revoke(session: Session, actor: Actor) -> CalendarFeed | None:
    feed = queries.live_feed(session, actor, lock=True)
    if feed is not None:
        feed.revoked_at = clock.now()
        session.flush()
    return feed
