"""Reminders by the clock."""

from __future__ import annotations

from invoicing.reminders import actions, queries, rules
from marketplace.core import clock
from marketplace.core.db import db


def remind_once_a_day() -> int:
    """Write the day's reminders if they have not gone yet; returns for how many invoices.

    It looks first without writing, because it is asked each minute.
    """
    session = db.session()
    done = not rules.time_to_remind(clock.now()) or queries.went_on(session, clock.today())
    session.rollback()
    return 0 if done else actions.remind()
