"""Warnings by the clock."""

from __future__ import annotations

from marketplace.contracts.warnings import actions, queries, rules
from marketplace.core import clock
from marketplace.core.db import db


def warn_once_a_day() -> int:
    """Give the day's warnings if they were not given yet; returns how many letters went.

    It looks first without writing, because it is asked each minute.
    """
    session = db.session()
    done = not rules.time_to_warn(clock.now()) or queries.warned_on(session, clock.today())
    session.rollback()
    return 0 if done else actions.warn_of_contracts()
