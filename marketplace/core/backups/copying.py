"""A copy of a whole database, as of one moment, and back into an empty one."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import which

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from marketplace.core.backups.archive import BackupError


@contextmanager
def copied(engine: Engine, into: Path) -> Iterator[Connection]:
    """Write a copy of the database, and give a connection that sees exactly what is in it.

    Everything that was committed before is in the copy, and people may work meanwhile. Raises BackupError.
    """
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(_file_of(engine))) as source, closing(sqlite3.connect(into)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        with create_engine(f"sqlite:///{into}", poolclass=NullPool).connect() as connection:
            yield connection
        return
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.execute(text("SELECT set_config('weald.reader', 'system', true)"))
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        _run(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            "--enable-row-security",
            f"--snapshot={snapshot}",
            f"--file={into}",
            url=engine.url,
        )
        yield connection


def put_in(source: Path, engine: Engine) -> None:
    """Fill an empty database from a copy: all of it or nothing. Raises BackupError."""
    engine.dispose()
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(source)) as copy, closing(sqlite3.connect(_file_of(engine))) as target:
            target.execute("PRAGMA synchronous=FULL")
            copy.backup(target)
        return
    _run(
        "pg_restore",
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        "--no-privileges",
        f"--dbname={engine.url.database}",
        str(source),
        url=engine.url,
    )


def _file_of(engine: Engine) -> str:
    file = engine.url.database
    if not file or file == ":memory:":
        raise BackupError("A database in memory cannot be kept. Set DATABASE_URL to a file or a server.")
    return file


def _run(program: str, *arguments: str, url: URL) -> None:
    """Run a program of PostgreSQL; the password goes by the environment, which others cannot read."""
    path = which(program)
    if path is None:
        raise BackupError(f"{program} is missing. Install it, on Debian with: apt install postgresql-client")
    said = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode"),
        "PGOPTIONS": "-c weald.reader=system",  # the policies on rows hold for the owner too
    }
    environment = {**os.environ, **{name: str(value) for name, value in said.items() if value}}
    done = subprocess.run(  # noqa: S603  # PostgreSQL's own, without a shell
        [path, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{program} did not succeed: {done.stderr.strip()}")
