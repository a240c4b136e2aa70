"""Run Weald on this machine: bring the database up to date, then web server and worker until Ctrl-C.

In a demonstration a pretend Stripe runs beside them, so that invoices can be paid by card; no money moves.
All programs live and die together: when one ends, so do the others. Exits with 0 after Ctrl-C or a
polite stop, and with the failed program's code otherwise.
"""

import argparse
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from machine import FLASK, PROJECT, settings

HOST = "127.0.0.1"
SECONDS_TO_START = 60
SECONDS_TO_STOP = 10
GLANCE = 0.1


class Stopped(Exception):
    """Somebody pressed Ctrl-C or asked politely."""


def stop(_: int, __: FrameType | None) -> None:
    """Turn the first signal into an exception, and let later ones pass while the programs end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Stopped


def answers(port: int) -> bool:
    """Is somebody listening at this port?"""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def serves(port: int) -> bool:
    """Does the web server give a page? It takes connections a while before it can."""
    connection = http.client.HTTPConnection(HOST, port, timeout=SECONDS_TO_START)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that Ctrl-C reaches it only through us."""
    return subprocess.Popen(command, cwd=PROJECT, env=environment, start_new_session=True)


def end(programs: list[subprocess.Popen[bytes]]) -> None:
    """Ask each program to stop, and insist after a while."""
    for program in programs:
        program.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for program in programs:
        try:
            program.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(program.pid, signal.SIGKILL)
            program.wait()


def wait_for_the_web(programs: list[subprocess.Popen[bytes]], port: int) -> None:
    """Return once the web server gives pages, or once a program has ended."""
    deadline = time.monotonic() + SECONDS_TO_START
    while not serves(port) and all(program.poll() is None for program in programs):
        if time.monotonic() > deadline:
            sys.exit(f"The web server did not answer within {SECONDS_TO_START} seconds.")
        time.sleep(GLANCE)


def watch(programs: list[subprocess.Popen[bytes]]) -> int:
    """Wait until one program ends by itself; its exit code, and never 0."""
    while True:
        for program in programs:
            if (code := program.poll()) is not None:
                return code or 1
        time.sleep(GLANCE)


def pretend_stripe(port: int, environment: dict[str, str]) -> list[str]:
    """The command that runs a pretend Stripe for a demonstration, which is told of it; none for anybody else.

    It takes the next free port, and keeps what was paid beside the stored files.
    """
    if environment.get("WEALD_MODE") != "demonstration" or environment.get("STRIPE_SECRET_KEY"):
        return []
    own = next(one for one in range(port + 1, port + 100) if not answers(one))
    environment["STRIPE_SECRET_KEY"] = "sk_test_pretend"  # noqa: S105  # it opens nothing
    environment["STRIPE_WEBHOOK_SECRET"] = f"whsec_{secrets.token_hex(16)}"
    environment["STRIPE_API_BASE"] = f"http://{HOST}:{own}"
    files = Path(environment.get("FILES_FOLDER") or PROJECT / "instance" / "files")
    command = [sys.executable, "-m", "demonstration.fake_stripe", "--port", str(own)]
    command += ["--file", str(files.parent / "pretend-stripe.json")]
    return [*command, "--deliver-to", f"http://{HOST}:{port}/online-payments/stripe"]


def serve(port: int) -> int:
    """Prepare the database, run the programs, and return the exit code."""
    if answers(port):
        print(
            f"Port {port} is in use. Choose another, for example: make run PORT={port + 1}", file=sys.stderr
        )
        return 1
    environment = {"BASE_URL": f"http://localhost:{port}", **settings()}
    environment.setdefault("LOG_LEVEL", "warning")
    web = [sys.executable, "-m", "gunicorn", "--bind", f"{HOST}:{port}"]
    programs: list[subprocess.Popen[bytes]] = []
    try:
        stripe = pretend_stripe(port, environment)
        # While the database is made ready, the web server loads; nobody is told its address before
        programs.append(start([*web, "app:create_app()"], environment))
        print("Bringing the database up to date", flush=True)
        subprocess.run([sys.executable, "scripts/prepare.py"], cwd=PROJECT, env=environment, check=True)
        if stripe:
            # Only now: it goes on with what was paid in the demonstration's story
            programs.append(start(stripe, environment))
        wait_for_the_web(programs, port)
        programs.append(start([*FLASK, "worker"], environment))
        if stripe:
            print(f"\nA pretend Stripe plays the bank at {environment['STRIPE_API_BASE']}", end="")
        print(f"\nWeald is at http://localhost:{port}  (Ctrl-C stops it)", flush=True)
        return watch(programs)
    finally:
        end(programs)


def main() -> int:
    """Read the port, and turn signals into an orderly end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    try:
        return serve(parser.parse_args().port)
    except Stopped:
        print("\nWeald has stopped")
        return 0
    except subprocess.CalledProcessError as failed:
        return failed.returncode


if __name__ == "__main__":
    sys.exit(main())
