"""Programs of Weald that are started in a moment, so that they can be killed by the hundred.

A nursery has everything loaded. Each program is a copy of it (fork) that makes its application and then does
what the real command does: gunicorn with threads as `scripts/serve.py` starts it, the worker's consumer, or
a command of `flask`. A program has a process group of its own, and dies with the nursery.

It is asked in lines of JSON on its standard input and answers each with one: see `Nursery`.
"""

import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

from marketplace.core.settings import PROJECT

HOST = "127.0.0.1"
BACKLOG = 512
GLANCE = 0.2
PR_SET_PDEATHSIG = 1


class Nursery:
    """The nursery as a test sees it: another process, which is asked to start and end programs."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def listen(self) -> tuple[int, int]:
        """A socket that listens, and goes on doing so whoever is killed: its descriptor and its port."""
        descriptor, port = self._ask(listen=True)
        return descriptor, port

    def start(self, kind: str, environment: Mapping[str, str], log: Path, **how: Any) -> int:
        """Start a program of a kind ("web", "worker", "command"); its process, which leads a group."""
        started: int = self._ask(start=kind, environment=dict(environment), log=str(log), how=how)
        return started

    def kill(self, program: int) -> None:
        """Kill a program with all its processes, as `kill -9` does, and return when it is dead."""
        self._ask(kill=program, by=int(signal.SIGKILL))

    def end(self, program: int) -> None:
        """Ask a program to end, and return when it has."""
        self._ask(kill=program, by=int(signal.SIGTERM))

    def wait(self, program: int) -> int:
        """The exit code of a program that ends by itself."""
        code: int = self._ask(wait=program)
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _ask(self, **question: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        with self._asking:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("The nursery has ended.")
        return json.loads(answer)


class _House:
    """What goes on inside: sockets that listen and programs that live."""

    def __init__(self) -> None:
        self.sockets: list[socket.socket] = []
        self.living: set[int] = set()
        self.codes: dict[int, int] = {}

    def answer(self, question: dict[str, Any]) -> Any:
        if "listen" in question:
            return self._listen()
        if "start" in question:
            return self._start(question)
        if "kill" in question:
            return self._kill(question["kill"], question["by"])
        return self._wait(question["wait"])

    def close(self) -> None:
        for program in list(self.living):
            self._kill(program, signal.SIGKILL)

    def look_after(self) -> None:
        """Note who died meanwhile."""
        for program in list(self.living):
            found, status = os.waitpid(program, os.WNOHANG)
            if found:
                self._note(program, status)

    def _listen(self) -> tuple[int, int]:
        listening = socket.create_server((HOST, 0), backlog=BACKLOG)
        self.sockets.append(listening)
        return listening.fileno(), listening.getsockname()[1]

    def _start(self, question: dict[str, Any]) -> int:
        program = os.fork()
        if not program:
            _live(question)
        os.setpgid(program, program)
        self.living.add(program)
        return program

    def _kill(self, program: int, by: int) -> int:
        if program in self.living:
            (os.killpg if by == signal.SIGKILL else os.kill)(program, by)
        return self._wait(program)

    def _wait(self, program: int) -> int:
        if program in self.living:
            self._note(program, os.waitpid(program, 0)[1])
        return self.codes[program]

    def _note(self, program: int, status: int) -> None:
        self.living.discard(program)
        self.codes[program] = os.waitstatus_to_exitcode(status)


def _live(question: dict[str, Any]) -> NoReturn:
    """Be a program, from birth to death."""
    code = 1
    try:
        os.setpgid(0, 0)
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        log = os.open(question["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.environ.clear()
        os.environ.update(question["environment"])
        code = _KINDS[question["start"]](**question["how"])
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001  # a copy of the nursery must never go on as one
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _make_app(*, draws_here: bool = True) -> Any:
    from flask import Flask  # noqa: PLC0415  # loaded already, by whoever starts programs
    from jinja2 import FileSystemBytecodeCache  # noqa: PLC0415

    from app import create_app  # noqa: PLC0415
    from invoicing.gateways import pdf  # noqa: PLC0415

    made: Flask = create_app()
    # Templates are translated once a run and not once a death
    made.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.environ["WEALD_TEMPLATES"])
    if draws_here:
        pdf.draw_apart(None)
    return made


def _web(*, descriptor: int, draws_here: bool = True) -> int:
    """What `gunicorn "app:create_app()"` does, with the settings of `gunicorn.conf.py`."""
    from gunicorn.app.base import Application  # noqa: PLC0415

    class Served(Application):  # type: ignore[misc]  # gunicorn ships no types
        def load_config(self) -> None:
            self.load_config_from_file(str(PROJECT / "gunicorn.conf.py"))
            self.cfg.set("bind", f"fd://{descriptor}")
            self.cfg.set("control_socket_disable", value=True)

        def load(self) -> Any:
            return _make_app(draws_here=draws_here)

    Served().run()
    return 0


def _draw_once() -> None:
    """Draw a page, so that typefaces and styles are read once a run and not once a death."""
    from invoicing.gateways import pdf, weasy  # noqa: PLC0415
    from invoicing.gateways.drawing import Order  # noqa: PLC0415

    style = (PROJECT / "templates" / pdf.STYLE).read_text("utf-8")
    weasy.draw(Order("none", '<html lang="en"><title>Page</title><p>Page</p></html>', style))


def _worker(*, draws_here: bool = True) -> int:
    """What `flask worker` does."""
    from marketplace.core import jobs, logs  # noqa: PLC0415

    made = _make_app(draws_here=draws_here)
    logs.set_up(made.extensions["settings"])
    with made.app_context():
        jobs.work(made)
    return 0


def _command(*, words: list[str]) -> int:
    """What `flask` does with these words."""
    outcome = _make_app().test_cli_runner().invoke(args=words)
    print(outcome.output, flush=True)  # noqa: T201  # its log is read by the test
    return int(outcome.exit_code)


_KINDS: dict[str, Callable[..., int]] = {"web": _web, "worker": _worker, "command": _command}


def main() -> None:
    """Load everything, then do what is asked until nobody asks any more."""
    import gunicorn.arbiter  # noqa: PLC0415
    import gunicorn.workers.gthread  # noqa: F401, PLC0415

    import app  # noqa: F401, PLC0415
    from invoicing.gateways import hybrid, stripe  # noqa: F401, PLC0415

    _draw_once()

    house, answers = _House(), sys.stdout
    try:
        while True:
            house.look_after()
            if not select.select([sys.stdin], [], [], GLANCE)[0]:
                continue
            line = sys.stdin.readline()
            if not line:
                return
            print(json.dumps(house.answer(json.loads(line))), file=answers, flush=True)
    finally:
        house.close()


if __name__ == "__main__":
    main()
