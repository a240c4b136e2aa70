"""The one source of the present moment: aware UTC for the program, the database's for deadlines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

LONDON = ZoneInfo("Europe/London")

_travelled_to: ContextVar[datetime | None] = ContextVar("travelled_to", default=None)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _travelled_to.get() or datetime.now(UTC)


def machine_now() -> datetime:
    """This moment on the machine's own clock, which no travelling moves: for how long a sign-in lasts."""
    return datetime.now(UTC)


def today() -> date:
    """The date on the wall in England."""
    return now().astimezone(LONDON).date()


def database_now(session: Session) -> datetime:
    """The database's own clock, read in a statement of its own, aware, in UTC.

    Deadlines are judged by this and nothing else. Lock the row first, then call it: PostgreSQL
    evaluates `clock_timestamp()` before it waits for a lock taken in the same statement.
    """
    if travelled := _travelled_to.get():
        return travelled
    if session.get_bind().dialect.name == "sqlite":
        moment = session.execute(text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")).scalar_one()
        return datetime.fromisoformat(moment).replace(tzinfo=UTC)
    stamp: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return stamp.astimezone(UTC)


@contextmanager
def travelling(moment: datetime) -> Iterator[None]:
    """Live at another moment: for the demonstration's history and for tests, nowhere else.

    Raises ValueError for a moment without a zone.
    """
    if moment.tzinfo is None:
        raise ValueError("Travel to an aware moment.")
    token = _travelled_to.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _travelled_to.reset(token)
