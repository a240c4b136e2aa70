"""Sending the head of the record by the clock, each morning."""

from __future__ import annotations

from marketplace.alliance.record.heads import actions, queries
from marketplace.alliance.record.heads.rules import time_to_send
from marketplace.core import clock
from marketplace.core.db import db


def send_once_a_day() -> int:
    """Send the heads if this day's have not gone; returns to how many organisations."""
    session = db.session()
    done = not time_to_send(clock.now()) or queries.is_today(queries.last_sent(session))
    session.rollback()
    return 0 if done else actions.send_heads()
