"""What stops Weald from outside: a disk without room, a database that does not answer; what to tell people.

Neither is a fault of the program or of whoever asked, so neither is shown as one.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

WITHOUT_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
PRIMARY_CODE = 0xFF
"""SQLite says more in the higher bits of its codes: which kind of reading or writing failed."""


@dataclass(frozen=True, slots=True)
class Outage:
    """Something outside Weald that does not do its work: its name in the log, and what people are told."""

    name: str
    sentence: str


FULL = Outage("disk.full", "There is no room left where Weald keeps its records.")
AWAY = Outage("database.away", "Weald’s records cannot be reached just now.")
SQLITE = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_IOERR: AWAY,
    sqlite3.SQLITE_CANTOPEN: AWAY,
    sqlite3.SQLITE_BUSY: AWAY,
}
POSTGRESQL_FULL = "53100"


def found_in(error: BaseException) -> Outage | None:
    """The outage that an error, or one that led to it, tells of; None for a fault of the program."""
    for one in _led_to(error):
        if found := _outage(one):
            return found
    return None


def _outage(error: BaseException) -> Outage | None:
    if isinstance(error, OSError):
        return FULL if error.errno in WITHOUT_ROOM else None
    if isinstance(error, sqlite3.OperationalError):
        return SQLITE.get(error.sqlite_errorcode & PRIMARY_CODE)
    if isinstance(error, PoolTimeoutError):
        return AWAY
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return AWAY
    if isinstance(error, OperationalError | InterfaceError):
        if isinstance(error.orig, sqlite3.Error):
            return _outage(error.orig)
        return FULL if getattr(error.orig, "sqlstate", "") == POSTGRESQL_FULL else AWAY
    return None


def _led_to(error: BaseException) -> Iterator[BaseException]:
    """The error and those that it came from, the innermost first: that one says most."""
    before = error.__cause__ or error.__context__
    if before is not None:
        yield from _led_to(before)
    yield error
