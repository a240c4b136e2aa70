"""The database: one typed base, the column types, and the only commit in the house.

SQLite is the embedded default (write-ahead log, `synchronous=FULL`, foreign keys on). Actions begin
with `BEGIN IMMEDIATE`, so that a read that leads to a write already holds the write lock.
PostgreSQL is used by `DATABASE_URL` with the same models and migrations, and is told who reads (`walls`).
"""

from __future__ import annotations

import enum
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from alembic.migration import MigrationContext
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Enum, MetaData, Uuid, event, types
from sqlalchemy.engine import Connection, Dialect, ExceptionContext, make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.orm.exc import StaleDataError

from marketplace.core import walls
from marketplace.core.errors import Stale
from marketplace.core.money import FOUR_PLACES, Money

TEN_THOUSAND = 10_000
A_CROWD = 3
LONGEST_WAIT = 10
"""Seconds that who wants to write to SQLite waits for a process that writes."""
KNOCKS_A_SECOND = 500
BEGIN_TO_WRITE = "BEGIN IMMEDIATE"
ALIVE = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""How libpq notices a server that fell silent, in seconds; the last in milliseconds."""
READ_ONLY = "25006"
"""What PostgreSQL says to who writes on a machine that only follows."""
CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Utc(types.TypeDecorator[datetime]):
    """An aware UTC moment; refuses a naive one. SQLite drops zones, so this puts UTC back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A stored moment needs a zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Pence(types.TypeDecorator[Money]):
    """Money, stored as a whole number of pence."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, _: Dialect) -> int | None:
        return None if value is None else value.pence

    def process_result_value(self, value: int | None, _: Dialect) -> Money | None:
        return None if value is None else Money(int(value))


class TenThousandths(types.TypeDecorator[Decimal]):
    """A decimal of at most four places (a unit price in pounds, a quantity), stored as an integer."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _: Dialect) -> int | None:
        if value is None:
            return None
        scaled = value * TEN_THOUSAND
        if scaled != int(scaled):
            raise ValueError("At most four decimal places can be stored.")
        return int(scaled)

    def process_result_value(self, value: int | None, _: Dialect) -> Decimal | None:
        return None if value is None else (Decimal(value) / TEN_THOUSAND).quantize(FOUR_PLACES)


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    registry = registry(
        metadata=metadata,
        type_annotation_map={
            datetime: Utc,
            Money: Pence,
            Decimal: TenThousandths,
            uuid.UUID: Uuid,
            dict[str, Any]: types.JSON,
            list[str]: types.JSON,
            enum.Enum: Enum(
                enum.Enum,
                native_enum=False,
                create_constraint=True,
                length=40,
                values_callable=lambda members: [member.value for member in members],
            ),
        },
    )


_turn = threading.Lock()
"""SQLite has one writer. Who has to wait knocks again after longer and longer pauses, while others who come
later walk in; so the threads of a process wait in line for their turn instead."""


class _Crowd:
    """How many threads of this process act or wait for their turn to."""

    def __init__(self) -> None:
        self.size = 0
        self._lock = threading.Lock()

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Be one of them meanwhile."""
        with self._lock:
            self.size += 1
        try:
            yield
        finally:
            with self._lock:
                self.size -= 1


_crowd = _Crowd()

db = SQLAlchemy(metadata=Base.metadata, session_options={"autoflush": False})


@contextmanager
def transaction() -> Iterator[Session]:
    """One action: everything in it is stored together or not at all. The only commit in the house.

    Whatever was read before is forgotten, so that the action sees the present. Raises Stale when a
    row's version was moved by somebody else meanwhile.
    """
    session = db.session()
    if session.info.get("acting"):
        raise RuntimeError("Actions never call actions: pass the session to a shared step.")
    session.rollback()
    with _crowd.joined(), _in_line(session):
        yield from _acting(session)


def is_crowded() -> bool:
    """Do several of this process act, or wait for their turn to? Who can leave work for later then does."""
    return _crowd.size > A_CROWD


def make_way() -> None:
    """Let those who wait to write come in between two of many actions, where only one can write."""
    if db.engine.dialect.name == "sqlite":
        time.sleep(2 / KNOCKS_A_SECOND)


@contextmanager
def _in_line(session: Session) -> Iterator[None]:
    """Wait for this thread's turn to write, where only one can."""
    if session.get_bind().dialect.name != "sqlite":
        yield
        return
    with _turn:
        yield


def _acting(session: Session) -> Iterator[Session]:
    """Give out a session that may write, and store or take back what was done with it."""
    session.info["acting"] = True
    try:
        session.connection(execution_options={"weald_writes": True})
        yield session
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Stale from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["acting"] = False


def let_go() -> None:
    """End the session of the present context. A connection that was lost has nothing left to take back."""
    try:
        db.session.remove()
    except SQLAlchemyError:
        db.session.registry.clear()


def forget_outside_writes(session: Session, *_: object) -> None:
    """Refuse a flush outside an action: reading must never write."""
    if not session.info.get("acting") and (session.new or session.dirty or session.deleted):
        raise RuntimeError("A change was made outside an action; see core/db.py transaction().")


event.listen(Session, "before_flush", forget_outside_writes)
event.listen(Session, "after_begin", walls.tell)


def engine_options(url: str, pooler: str = "") -> dict[str, Any]:
    """How to reach a database: a server that is gone is noticed within seconds, and asked for anew.

    A pooler that gives a connection for one transaction each remembers no prepared statement.
    """
    if make_url(url).get_backend_name() != "postgresql":
        return {}
    return {
        "pool_pre_ping": True,
        "connect_args": {**ALIVE, **({"prepare_threshold": None} if pooler else {})},
    }


def notice_demotion(engine: Any) -> None:
    """Let go of a server that does not write any more: another machine has taken over, or is about to."""

    @event.listens_for(engine, "handle_error")
    def _let_go(context: ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
            context.is_disconnect = True


def revision_of(connection: Connection) -> str:
    """The migration that a database has; empty for one that has none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def set_up_sqlite(engine: Any) -> None:
    """Make an SQLite engine durable and strict; does nothing for other databases."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA busy_timeout={LONGEST_WAIT * 1000}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("weald_writes"):
            _begin_to_write(connection)
        else:
            connection.exec_driver_sql("BEGIN")


def _begin_to_write(connection: Connection) -> None:
    """Begin as SQLite's one writer, soon after another process lets go.

    SQLite by itself knocks after longer and longer pauses, and so misses the moments that a process with much
    to write leaves to others.
    """
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        for _ in range(LONGEST_WAIT * KNOCKS_A_SECOND):
            if _is_let_in(connection):
                return
            time.sleep(1 / KNOCKS_A_SECOND)
        connection.exec_driver_sql(BEGIN_TO_WRITE)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={LONGEST_WAIT * 1000}")


def _is_let_in(connection: Connection) -> bool:
    try:
        connection.exec_driver_sql(BEGIN_TO_WRITE)
    except OperationalError as error:
        if isinstance(error.orig, sqlite3.Error) and error.orig.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            return False
        raise
    return True
