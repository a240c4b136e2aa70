"""What is outside Weald and does not do its work is told from a fault of Weald’s own."""

import errno
import sqlite3

import pytest
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError

from marketplace.core import outages
from marketplace.core.outages import AWAY, FULL, Outage


class OfPostgresql(Exception):
    """An error as psycopg gives it: by its code."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("said by the server")
        self.sqlstate = sqlstate


def of_sqlite(code: int) -> sqlite3.OperationalError:
    """An error as SQLite gives it."""
    error = sqlite3.OperationalError("said by SQLite")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), FULL),
        (OSError(errno.EACCES, "Permission denied"), None),
        (of_sqlite(sqlite3.SQLITE_FULL), FULL),
        (of_sqlite(sqlite3.SQLITE_IOERR_WRITE), AWAY),
        (of_sqlite(sqlite3.SQLITE_BUSY), AWAY),
        (of_sqlite(sqlite3.SQLITE_ERROR), None),
        (OperationalError("SELECT 1", {}, of_sqlite(sqlite3.SQLITE_FULL)), FULL),
        (OperationalError("SELECT 1", {}, of_sqlite(sqlite3.SQLITE_ERROR)), None),
        (OperationalError("SELECT 1", {}, OfPostgresql("53100")), FULL),
        (OperationalError("SELECT 1", {}, OfPostgresql("57P01")), AWAY),
        (OperationalError("SELECT 1", {}, OfPostgresql(None)), AWAY),
        (IntegrityError("INSERT", {}, OfPostgresql("23505")), None),
        (InternalError("UPDATE", {}, OfPostgresql("25006"), connection_invalidated=True), AWAY),
        (ValueError("a fault of our own"), None),
    ],
)
def test_a_full_disk_and_a_database_that_is_away_are_no_fault_of_weald(
    error: Exception, outage: Outage | None
) -> None:
    led_to = RuntimeError("what it led to")
    led_to.__cause__ = error
    assert outages.found_in(error) is outage
    assert outages.found_in(led_to) is outage
