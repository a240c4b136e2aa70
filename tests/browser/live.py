"""Weald as it really runs: gunicorn and the worker as programs of their own, on a database of their own."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import flask_migrate
from flask import Flask

from app import create_app
from marketplace.core.db import db
from marketplace.core.settings import PROJECT, Mode, Settings

FLASK = [sys.executable, "-m", "flask", "--app", "app"]
SECONDS_TO_START = 30


@dataclass(frozen=True)
class Live:
    """A running Weald: its address, and an application on its database to build with."""

    url: str
    app: Flask
    environment: dict[str, str]

    def flask(self, *command: str) -> str:
        """Run one of Weald's own commands beside the server; what it printed."""
        done = subprocess.run(
            [*FLASK, *command],
            cwd=PROJECT,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout


@contextmanager
def running(
    database_url: str, folder: Path, prepare: Sequence[str] = (), settings: Mapping[str, str] | None = None
) -> Iterator[Live]:
    """Start the web server and the worker on an empty database, and stop both.

    `prepare` is one of Weald's own commands to run before they start; `settings` are more settings.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    secret = secrets.token_urlsafe(48)
    files = folder / "files"
    environment = {
        **os.environ,
        "SECRET_KEY": secret,
        "DATABASE_URL": database_url,
        "FILES_FOLDER": str(files),
        "WEALD_MODE": Mode.DEMONSTRATION.value,
        "BASE_URL": url,
        "PASSPHRASE_MEMORY_KIB": "32",
        "PASSPHRASE_PASSES": "1",
        **{name.upper(): value for name, value in (settings or {}).items()},
    }
    app = create_app(
        Settings(
            secret_key=secret,
            database_url=database_url,
            files_folder=files,
            mode=Mode.TEST,
            base_url=url,
            passphrase_memory_kib=32,
            passphrase_passes=1,
        )
    )
    live = Live(url, app, environment)
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()
    if prepare:
        live.flask(*prepare)
    web = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    web += ["--threads", "4", "--log-level", "warning", "app:create_app()"]
    with (folder / "server.log").open("wb") as log:
        programs = [
            subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log)
            for command in (web, [*FLASK, "worker"])
        ]
    try:
        wait_until_it_answers(url, programs, folder / "server.log")
        yield live
    finally:
        for program in programs:
            program.terminate()
        for program in programs:
            program.wait()


def free_port() -> int:
    """A port of the loopback address that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_it_answers(url: str, programs: "list[subprocess.Popen[bytes]]", log: Path) -> None:
    """Return once requests are answered; RuntimeError with the log when they never are."""
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            with urlopen(url, timeout=5):  # noqa: S310  # our own http address
                return
        except HTTPError:
            return
        except OSError as error:
            dead = any(program.poll() is not None for program in programs)
            if dead or time.monotonic() > deadline:
                raise RuntimeError(f"Weald did not start:\n{log.read_text()}") from error
            time.sleep(0.1)
