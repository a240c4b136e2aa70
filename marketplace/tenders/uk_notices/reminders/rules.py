"""When a coordinator is reminded of a notice that is owed."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

NEARLY_DUE = timedelta(days=7)


class Reminder(StrEnum):
    """Which reminder: the first, or the one when the notice is nearly due."""

    FIRST = "first"
    LAST = "last"


def reminder(due_on: date, today: date) -> Reminder:
    """The reminder that is due of a notice that is owed."""
    return Reminder.LAST if due_on - today <= NEARLY_DUE else Reminder.FIRST
