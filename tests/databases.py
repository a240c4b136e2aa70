"""The databases that tests run on: real ones, reset between tests by putting a migrated copy back.

SQLite unless TEST_DATABASE=postgresql, which starts a throw-away PostgreSQL server from this machine's
own programs. TEST_DATABASE_URL names a PostgreSQL server to use instead; databases are made and
dropped there, so its user must be allowed to.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

SECONDS_TO_START = 30
SERVER_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


class Database(Protocol):
    """A database whose content of one moment can be kept and put back."""

    url: str

    def keep(self) -> None:
        """Remember the content as it is now; nobody may be connected."""

    def put_back(self) -> None:
        """Make the content what it was when kept; nobody may be connected."""


class SqliteDatabase:
    """A database file, and a copy of it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "weald.sqlite"
        self.copy = folder / "kept.sqlite"
        self.url = f"sqlite:///{self.file}"

    def keep(self) -> None:
        """Copy the file; closing the last connection has folded the write-ahead log into it."""
        shutil.copyfile(self.file, self.copy)

    def put_back(self) -> None:
        """Put the copy in the file's place, without the log of what came after."""
        for ending in ("-wal", "-shm"):
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self.copy, self.file)


class PostgresqlDatabase:
    """A database on a PostgreSQL server, and a second one that serves as its template."""

    def __init__(self, server: URL) -> None:
        self.server = server
        self.name = f"weald_test_{uuid.uuid4().hex[:12]}"
        self.copy = f"{self.name}_kept"
        self.url = server.set(drivername="postgresql+psycopg", database=self.name).render_as_string(
            hide_password=False
        )
        self._run("CREATE DATABASE {} TEMPLATE template0", self.name)

    def keep(self) -> None:
        """Make the template out of the database."""
        self._run("CREATE DATABASE {} TEMPLATE {}", self.copy, self.name)

    def put_back(self) -> None:
        """Make the database out of the template."""
        self._run("DROP DATABASE {} WITH (FORCE)", self.name)
        self._run("CREATE DATABASE {} TEMPLATE {}", self.name, self.copy)

    def drop(self) -> None:
        """Leave nothing on the server."""
        for name in (self.name, self.copy):
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _run(self, statement: str, *names: str) -> None:
        conninfo = self.server.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def chosen(environment: Mapping[str, str], folder: Path) -> Iterator[Database]:
    """The database that the environment asks for, empty; gone afterwards."""
    if url := environment.get("TEST_DATABASE_URL"):
        database = PostgresqlDatabase(make_url(url))
        yield database
        database.drop()
    elif environment.get("TEST_DATABASE", "sqlite") == "postgresql":
        with postgresql_server() as server:
            yield PostgresqlDatabase(server)
    else:
        yield SqliteDatabase(folder)


@contextmanager
def postgresql_server() -> Iterator[URL]:
    """A throw-away server on a Unix socket, fast because nothing it holds must survive."""
    programs = server_programs()
    owner = unprivileged_user()
    user, group = (owner.pw_uid, owner.pw_gid) if owner else (None, None)
    others: list[int] | None = [] if owner else None
    folder = Path(tempfile.mkdtemp(prefix="weald-postgresql-"))
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
            psycopg.connect(url.render_as_string(hide_password=False)).close()
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from error
            time.sleep(0.05)
        else:
            return
