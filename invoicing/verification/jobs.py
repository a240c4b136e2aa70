"""The verification by the clock, each night."""

from __future__ import annotations

from invoicing.verification import actions, queries
from invoicing.verification.rules import time_to_verify
from marketplace.core import clock
from marketplace.core.db import db


def verify_once_a_night() -> bool:
    """Verify everything if this day's verification is due and not on record; True when it was done now."""
    session = db.session()
    done = not time_to_verify(clock.now()) or queries.verified_today(session)
    session.rollback()
    return not done and actions.record_verification(list(queries.verify(session)))
