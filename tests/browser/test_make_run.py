"""`make run`: what it starts after installing, and that Ctrl-C ends all of it."""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from app import create_app
from marketplace.alliance import queries
from marketplace.core.db import db
from marketplace.core.policy import Kind, Role
from marketplace.core.settings import PROJECT, Mode, Settings
from stages import WAITING_FOR
from tests.browser.live import free_port

pytestmark = pytest.mark.browser


@contextmanager
def started(folder: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """The program behind `make run` on a database of its own; ended with Ctrl-C."""
    environment = {
        **os.environ,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "WEALD_MODE": "demonstration",
        "DATABASE_URL": f"sqlite:///{folder / 'weald.sqlite'}",
        "FILES_FOLDER": str(folder / "files"),
    }
    command = [sys.executable, "scripts/serve.py", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True
    ) as program:
        try:
            yield program
        finally:
            program.send_signal(signal.SIGINT)
            program.wait(30)


def wait_for_address(program: "subprocess.Popen[str]") -> str:
    """What is printed up to the line that names the address."""
    assert program.stdout
    printed = ""
    for line in program.stdout:
        printed += line
        if "http://localhost:" in line:
            return printed
    raise AssertionError(f"It ended with {program.wait()} and never named an address:\n{printed}")


def idle_accounts(folder: Path, printed: str) -> list[str]:
    """The printed e-mail addresses of those for whom nothing waits. An auditor only reads."""
    app = create_app(
        Settings(
            secret_key=secrets.token_urlsafe(48),
            database_url=f"sqlite:///{folder / 'weald.sqlite'}",
            files_folder=folder / "files",
            mode=Mode.TEST,
        )
    )
    idle = []
    with app.test_request_context():
        session = db.session()
        for address in re.findall(r"\S+@\S+", printed):
            person = queries.person_by_email(session, address)
            assert person, address
            actor = queries.actor_for(session, person.id)
            assert actor, address
            audits = actor.organisations(Kind.ALLIANCE, Role.AUDITOR)
            if not audits and not any(waiting_for(session, actor) for waiting_for in WAITING_FOR):
                idle.append(address)
        db.engine.dispose()
    return idle


@pytest.mark.long
def test_it_starts_names_its_log_ins_and_ends_with_ctrl_c(run_folder: Path) -> None:
    folder = run_folder / "instance"
    folder.mkdir()
    port = free_port()
    with started(folder, port) as program:
        printed = wait_for_address(program)
        assert "@" in printed, "the demonstration's log-ins are shown"
        assert "amy.fletcher@" in printed, "with the second opener of the quotes that wait"
        with urlopen(f"http://localhost:{port}/", timeout=10) as answer:  # our own address
            assert answer.status == 200
    assert program.returncode == 0
    assert not idle_accounts(folder, printed), "every printed log-in has something to do"
    with pytest.raises(OSError, match="refused"):
        urlopen(f"http://localhost:{port}/", timeout=10)

    with started(folder, port) as program:
        wait_for_address(program)
    assert program.returncode == 0


def test_a_port_in_use_is_said_plainly() -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        port = somebody.getsockname()[1]
        command = [sys.executable, "scripts/serve.py", "--port", str(port)]
        refused = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert f"Port {port} is in use" in refused.stderr
