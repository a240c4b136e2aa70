"""When suggestions are counted anew: as soon as a school changes what they rest on, and each day."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.core import clock, events
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.jobs import every_minute
from marketplace.core.policy import Act
from marketplace.needs.suggestions import actions, counting, queries

CHANGING = (
    Act.CONTRACT_ADD,
    Act.CONTRACT_EDIT,
    Act.CONTRACT_IMPORT,
    Act.CONTRACT_REGISTER,
    Act.CONTRACT_RENEW,
    Act.NEED_SUBMIT,
    Act.NEED_APPROVE,
    Act.NEED_RETURN,
    Act.NEED_WITHDRAW,
    Act.NEED_PLACE,
    Act.SCHOOL_ADMIT,
    Act.MEMBERSHIP_LEAVE,
    Act.MEMBERSHIP_END,
)
"""What changes the suggestions of the alliances a school belongs to. Neighbours learn of it the next day."""


def listen() -> None:
    """Hear of changes, and of the clock. Called by the composition root."""
    events.subscribe("suggestions.changed", count_after_change, *CHANGING)
    every_minute(count_once_a_day)


def count_after_change(session: Session, event: Event) -> None:
    """Count anew for the alliances concerned: that of the event, or those of its school."""
    for alliance_id in queries.alliances_concerned(session, event.organisation_id):
        counting.count_anew(session, alliance_id)


def count_once_a_day() -> int:
    """Count for each alliance that has not been counted today, each by itself; returns how many.

    It looks first without writing, because it is asked each minute.
    """
    session = db.session()
    waiting = queries.alliances_to_count(session, clock.today())
    session.rollback()
    return sum(actions.count_suggestions(alliance_id) for alliance_id in waiting)
