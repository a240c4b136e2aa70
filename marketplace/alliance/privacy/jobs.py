"""Deleting what has been kept for long enough, by the clock, each night."""

from __future__ import annotations

from marketplace.alliance.privacy import actions, queries
from marketplace.alliance.privacy.rules import time_to_erase
from marketplace.core import clock
from marketplace.core.db import db


def erase_once_a_night() -> None:
    """Delete if this day's deletion is due and not on record."""
    session = db.session()
    done = not time_to_erase(clock.now()) or queries.erased_today(session)
    session.rollback()
    if not done:
        actions.erase_expired()
