"""Reminders by the clock."""

from __future__ import annotations

from marketplace.core import clock
from marketplace.core.db import db
from suppliers.profiles.documents import actions, queries, rules


def remind_of_documents() -> int:
    """Give the reminders that are due; returns how many letters went.

    It looks first without writing, because it is asked each minute.
    """
    session = db.session()
    waits = rules.time_to_remind(clock.now()) and bool(queries.due(session, clock.today()))
    session.rollback()
    return actions.remind_of_documents() if waits else 0
