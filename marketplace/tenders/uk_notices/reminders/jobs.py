"""Reminders by the clock."""

from __future__ import annotations

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.tenders.uk_notices.reminders import actions, queries


def remind_when_due() -> int:
    """Give the reminders that are due, once an hour; returns how many. It looks first without writing."""
    if clock.now().minute:
        return 0
    session = db.session()
    wanted = bool(queries.due(session))
    session.rollback()
    return actions.remind_of_notices() if wanted else 0
