"""An installation that may be broken: a throw-away database on a real disk, and real programs on it."""

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.core.db import set_up_sqlite
from marketplace.core.settings import Settings
from tests.databases import Database, SqliteDatabase
from tests.faults.browser import Browser
from tests.faults.nursery import Nursery

SECONDS_TO_ANSWER = 30
GLANCE = 0.01


@dataclass
class House:
    """One installation: where it lies, how its programs are started, and which of them live."""

    nursery: Nursery
    folder: Path
    database_url: str
    environment: dict[str, str]
    descriptor: int
    port: int
    web: int | None = None
    worker: int | None = None
    logs: list[Path] = field(default_factory=list)

    @property
    def database(self) -> Path:
        """The file of an SQLite database."""
        return Path(self.database_url.removeprefix("sqlite:///"))

    @property
    def files(self) -> Path:
        """Where stored files lie."""
        return Path(self.environment["FILES_FOLDER"])

    def open_web(self, *, draws_here: bool = True) -> None:
        """Start the web server. Whoever asks waits until it answers."""
        self.web = self.nursery.start(
            "web",
            self.environment,
            self._log("web"),
            descriptor=self.descriptor,
            draws_here=draws_here,
        )

    def open_worker(self, *, draws_here: bool = True) -> None:
        """Start the worker."""
        self.worker = self.nursery.start(
            "worker", self.environment, self._log("worker"), draws_here=draws_here
        )

    def kill_web(self) -> None:
        """Kill the web server and all its processes."""
        if self.web is not None:
            self.nursery.kill(self.web)
            self.web = None

    def kill_web_process(self) -> None:
        """Kill only the processes that answer; gunicorn lives, and starts others."""
        for process in children_of(self.web or 0):
            os.kill(process, 9)

    def kill_worker(self) -> None:
        """Kill the worker."""
        if self.worker is not None:
            self.nursery.kill(self.worker)
            self.worker = None

    def move(self, data: Path) -> None:
        """Have database and store in another folder from now on: the same disk, mounted elsewhere."""
        self.database_url = f"sqlite:///{data / 'weald.sqlite'}"
        self.environment |= {"DATABASE_URL": self.database_url, "FILES_FOLDER": str(data / "files")}

    def close(self) -> None:
        """Kill whoever lives."""
        self.kill_web()
        self.kill_worker()

    def browser(self, cookie: str = "", token: str = "") -> Browser:
        """A browser at this house, of somebody with this session."""
        return Browser(self.port, cookie, token)

    def wait_until_it_answers(self) -> None:
        """Return once the front page is given. AssertionError with the log when it never is."""
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while self.browser().ask("GET", "/").status != 200:
            assert time.monotonic() < deadline, self.said("web")
            time.sleep(GLANCE)

    def run(self, *words: str) -> tuple[int, str]:
        """The exit code and the words of a command of `flask`."""
        log = self.folder / "command.log"
        log.unlink(missing_ok=True)
        code = self.nursery.wait(self.nursery.start("command", self.environment, log, words=list(words)))
        return code, log.read_text("utf-8")

    def said(self, name: str) -> str:
        """What a program has logged."""
        log = self.folder / f"{name}.log"
        return log.read_text("utf-8") if log.exists() else ""

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session of its own on the database, to look at what is stored."""
        engine = sa.create_engine(self.database_url)
        set_up_sqlite(engine)
        try:
            with Session(engine) as session:
                yield session
        finally:
            engine.dispose()

    def _log(self, name: str) -> Path:
        log = self.folder / f"{name}.log"
        if log not in self.logs:
            self.logs.append(log)
        return log


def children_of(process: int) -> list[int]:
    """The processes that a process has started."""
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except FileNotFoundError:
        return []


@contextmanager
def opened(
    nursery: Nursery,
    app: Flask,
    database: Database,
    folder: Path,
    *,
    role: str = "",
    data: Path | None = None,
    **settings: str,
) -> Iterator[House]:
    """A house with what the test's own database and store hold now; its programs are killed afterwards.

    An SQLite database and the store are copied to `data`, a folder of the house unless given; on PostgreSQL
    the house has the test's database itself, where its programs have a `role` of their own. `settings` go
    into the environment of its programs.
    """
    known: Settings = app.extensions["settings"]
    data = data or folder
    url = database.url
    if isinstance(database, SqliteDatabase):
        copy_of(database, data / "weald.sqlite")
        url = f"sqlite:///{data / 'weald.sqlite'}"
    files = data / "files"
    if known.files_folder.exists():
        shutil.copytree(known.files_folder, files)
    templates = folder / "templates"
    templates.mkdir()
    descriptor, port = nursery.listen()
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
        "SECRET_KEY": known.secret_key,
        "DATABASE_URL": as_role(url, role),
        "FILES_FOLDER": str(files),
        "WEALD_MODE": "demonstration",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "PASSPHRASE_MEMORY_KIB": str(known.passphrase_memory_kib),
        "PASSPHRASE_PASSES": str(known.passphrase_passes),
        "WEALD_TEMPLATES": str(templates),
        "PROMETHEUS_MULTIPROC_DIR": str(folder / "figures"),
        "LOG_LEVEL": "warning",
        **settings,
    }
    house = House(nursery, folder, url, environment, descriptor, port)
    try:
        yield house
    finally:
        house.close()


def as_role(url: str, role: str) -> str:
    """The address under which one has a role of the database from the first word on; the same without one."""
    if not role:
        return url
    return (
        sa.make_url(url)
        .update_query_dict({"options": f"-crole={role}"})
        .render_as_string(hide_password=False)
    )


def copy_of(database: SqliteDatabase, file: Path) -> None:
    """Write what a test's database holds into a file, as SQLite itself copies."""
    with closing(sqlite3.connect(database.file)) as source, closing(sqlite3.connect(file)) as target:
        source.backup(target)


def named(database: Database) -> str:
    """What people call the database."""
    return "SQLite" if isinstance(database, SqliteDatabase) else "PostgreSQL"
