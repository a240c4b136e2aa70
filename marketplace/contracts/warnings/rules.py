"""When a school is warned about a contract."""

from __future__ import annotations

from datetime import date, datetime, time

from marketplace.core.clock import LONDON

THRESHOLDS = (180, 120, 60, 30)
"""How many days before the last safe notice date a school is warned."""
NOT_BEFORE = time(7)


def threshold(last_notice_on: date, today: date) -> int | None:
    """Which warning is due: the threshold that was reached last; None too early or too late.

    It stays due until the next one is reached, so that a day on which nothing ran costs a day, no warning.
    """
    days = (last_notice_on - today).days
    if days < 0:
        return None
    return min((reached for reached in THRESHOLDS if days <= reached), default=None)


def time_to_warn(now: datetime) -> bool:
    """Is it late enough in the day in England for an e-mail to find somebody awake?"""
    return now.astimezone(LONDON).time() >= NOT_BEFORE
