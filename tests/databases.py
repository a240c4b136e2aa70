"""The databases that tests run on: real ones, reset between tests by putting a kept copy back.

SQLite unless TEST_DATABASE=postgresql, which starts a throw-away PostgreSQL server from this machine's
own programs. TEST_DATABASE_URL names a PostgreSQL server to use instead; databases are made and
dropped there, so its user must be allowed to.
"""

import os
import pickle
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager, closing, contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.orm import Session

SECONDS_TO_START = 30
GLANCE = 0.01
SERVER_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "plan_cache_mode": "force_generic_plan",
}
"""Nothing must survive, and what is asked once is planned once: planning took a seventh of the time."""


class Database(Protocol):
    """A database whose content of one moment can be read and put back."""

    url: str

    def let_go(self, engine: Engine) -> None:
        """Close the connections that would stand in the way of reading the content or putting it back."""

    def read(self) -> bytes:
        """The content as it is now; everybody has let go."""

    def put_back(self, content: bytes) -> None:
        """Make the content what it was when it was read; everybody has let go."""

    def beside(self) -> AbstractContextManager["Database"]:
        """Another database of the same kind, without a table; gone afterwards."""


class SqliteDatabase:
    """A database file, made anew for each content that is put back.

    The address is a link to the file of the moment: a connection that somebody forgot to close can neither
    see nor harm what comes after.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.link = folder / "weald.sqlite"
        self.url = f"sqlite:///{self.link}"
        self.serial = count(1)
        self.file = self._new_file(small_pages())

    def let_go(self, engine: Engine) -> None:
        """Close all: a connection is of one file, and the next content is in another."""
        engine.dispose()

    def read(self) -> bytes:
        """The file's content, once all of it has been folded into the file."""
        with closing(sqlite3.connect(self.file)) as connection:
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise RuntimeError("Somebody has not let go of the database.")
        return self.file.read_bytes()

    def put_back(self, content: bytes) -> None:
        """Make a new file of the content, and the address lead to it."""
        before, self.file = self.file, self._new_file(content)
        for ending in ("", "-wal", "-shm"):
            before.with_name(before.name + ending).unlink(missing_ok=True)

    @contextmanager
    def beside(self) -> Iterator[Database]:
        """A file in a folder of its own."""
        with tempfile.TemporaryDirectory(prefix="beside-", dir=self.folder) as folder:
            yield SqliteDatabase(Path(folder))

    def _new_file(self, content: bytes) -> Path:
        file = self.folder / f"{next(self.serial)}.sqlite"
        file.write_bytes(content)
        fresh = self.folder / "fresh"
        fresh.symlink_to(file)
        fresh.replace(self.link)
        return file


def small_pages() -> bytes:
    """An empty file, its pages a quarter of the usual size: few of the many tables have more than a row."""
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.execute("PRAGMA page_size = 1024")
        empty.execute("PRAGMA user_version = 1")
        return empty.serialize()


class PostgresqlDatabase:
    """A database on a PostgreSQL server; its content are the rows of its tables."""

    def __init__(self, server: URL) -> None:
        self.server = server
        self.name = f"weald_test_{uuid.uuid4().hex[:12]}"
        url = server.set(database=self.name)
        self.url = url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        self._on_server("CREATE DATABASE {} TEMPLATE template0")
        self.connection = psycopg.connect(plain(url), autocommit=True)

    def let_go(self, engine: Engine) -> None:
        """Close none: those that wait hold nothing, and remember the statements that they have prepared."""

    def read(self) -> bytes:
        """Every row of every table."""
        return pickle.dumps({table: self._read(table) for table in self._filled_tables()})

    def put_back(self, content: bytes) -> None:
        """Replace every row. Triggers sleep meanwhile, or permanent rows could not go."""
        self.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        filled = self._filled_tables()
        with self.connection.transaction():
            self.connection.execute("SET LOCAL session_replication_role = replica")
            emptying = [sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in filled]
            self.connection.execute(sql.SQL("; ").join(emptying))
            for table, rows in pickle.loads(content).items():  # noqa: S301  # `read` wrote it
                self._write(table, rows)

    @contextmanager
    def beside(self) -> Iterator[Database]:
        """A database on the same server."""
        other = PostgresqlDatabase(self.server)
        yield other
        other.drop()

    def drop(self) -> None:
        """Leave nothing on the server."""
        self.connection.close()
        self._on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)")

    def _filled_tables(self) -> list[str]:
        """The tables that have a row."""
        return [table for (table,) in self.connection.execute(self._which_are_filled, prepare=True)]

    @cached_property
    def _which_are_filled(self) -> sql.Composed:
        """What asks for the tables that have a row, but for the one that says which migrations have run.

        Asked many times, and planned once: the first to ask comes after the migrations.
        """
        found = self.connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        )
        return sql.SQL(" UNION ALL ").join(
            sql.SQL("(SELECT {} FROM {} LIMIT 1)").format(sql.Literal(table), sql.Identifier(table))
            for (table,) in found
        )

    def _read(self, table: str) -> bytes:
        copying = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
        with self.connection.cursor().copy(copying) as rows:
            return b"".join(bytes(part) for part in rows)

    def _write(self, table: str, rows: bytes) -> None:
        copying = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(table))
        with self.connection.cursor().copy(copying) as into:
            into.write(rows)

    def _on_server(self, statement: str) -> None:
        with psycopg.connect(plain(self.server), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(self.name)))


def plain(url: URL) -> str:
    """The address as psycopg itself reads it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def chosen(environment: Mapping[str, str]) -> Iterator[Database]:
    """The database that the environment asks for, empty; gone afterwards."""
    if url := environment.get("TEST_DATABASE_URL"):
        database = PostgresqlDatabase(make_url(url))
        yield database
        database.drop()
    elif environment.get("TEST_DATABASE", "sqlite") == "postgresql":
        with postgresql_server() as server:
            database = PostgresqlDatabase(server)
            yield database
            database.drop()
    else:
        with tempfile.TemporaryDirectory(prefix="weald-sqlite-", dir=memory()) as folder:
            yield SqliteDatabase(Path(folder))


def memory() -> Path | None:
    """A folder that is kept in memory, where the machine has one: what tests write need not survive."""
    folder = Path("/dev/shm")  # noqa: S108  # each test run makes a folder of its own in it
    return folder if os.access(folder, os.W_OK) else None


@contextmanager
def postgresql_server() -> Iterator[URL]:
    """A throw-away server on a Unix socket, fast because nothing it holds must survive."""
    programs = server_programs()
    owner = unprivileged_user()
    user, group = (owner.pw_uid, owner.pw_gid) if owner else (None, None)
    others: list[int] | None = [] if owner else None
    folder = Path(tempfile.mkdtemp(prefix="weald-postgresql-", dir=memory()))
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data = folder / "data"
    try:
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "weald", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            user=user,
            group=group,
            extra_groups=others,
        )
        options = [part for name, value in SERVER_SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, *options],
                cwd=folder,
                stdout=log,
                stderr=log,
                user=user,
                group=group,
                extra_groups=others,
            )
        try:
            url = URL.create("postgresql", "weald", database="postgres", query={"host": str(folder)})
            wait_until_ready(server, url, folder / "log")
            yield url
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()
    finally:
        shutil.rmtree(folder)


def server_programs() -> Path:
    """The folder of initdb and postgres: the newest of Debian's, or the PATH's."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda found: int(found.parts[-3]))
    if debian:
        return debian[-1].parent
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise RuntimeError("PostgreSQL's server programs are missing; `make test` installs or names them.")


def unprivileged_user() -> pwd.struct_passwd | None:
    """Whom to be instead of root, which initdb refuses; None for anybody else."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("There is no unprivileged user to run PostgreSQL as.")


def wait_until_ready(server: "subprocess.Popen[bytes]", url: URL, log: Path) -> None:
    """Return once the server takes connections; RuntimeError with its log when it does not."""
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            psycopg.connect(plain(url)).close()
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from error
            time.sleep(0.05)
        else:
            return


def wait_until_it_waits(session: Session, work: Future[None] | Future[int]) -> None:
    """Return once it waits for a row that is held here, or has ended; at once where there is one writer."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    if session.get_bind().dialect.name == "postgresql":
        while not work.done() and not session.scalar(waiting):
            time.sleep(GLANCE)
            session.execute(text("SELECT pg_stat_clear_snapshot()"))  # or a transaction sees its first look
