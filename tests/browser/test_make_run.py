"""`make run`: what it starts after installing, and that Ctrl-C ends all of it."""

import os
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

from marketplace.core.settings import PROJECT
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


def test_it_starts_names_its_log_ins_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    port = free_port()
    with started(tmp_path, port) as program:
        printed = wait_for_address(program)
        assert "@" in printed, "the demonstration's log-ins are shown"
        with urlopen(f"http://localhost:{port}/", timeout=10) as answer:  # our own address
            assert answer.status == 200
    assert program.returncode == 0
    with pytest.raises(OSError, match="refused"):
        urlopen(f"http://localhost:{port}/", timeout=10)

    with started(tmp_path, port) as program:
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
