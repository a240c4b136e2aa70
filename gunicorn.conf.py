"""The web server, as production, the demonstration and `make run` start it: gunicorn app:create_app().

Gunicorn reads this file by itself where it is started. What differs from machine to machine comes from the
environment: WEB_CONCURRENCY processes (two on PostgreSQL, one
on SQLite), WEB_THREADS in each (8), and gunicorn's own command line, which goes before.
"""

import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from marketplace.core import logs

SHARED = "PROMETHEUS_MULTIPROC_DIR"

worker_class = "gthread"
workers = int(
    os.environ.get("WEB_CONCURRENCY", "2" if "postgresql" in os.environ.get("DATABASE_URL", "") else "1")
)
"""SQLite has one writer, and the threads of one process wait in line for it more fairly than processes do."""
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60
"""Seconds after which a process that does not answer its master at all is replaced."""
graceful_timeout = 30
"""Seconds that requests in flight have to end when the server is asked to stop."""
limit_request_line = 4094
control_socket_disable = True
logconfig_dict = logs.configuration(
    production=os.environ.get("WEALD_MODE", "production") == "production",
    level=os.environ.get("LOG_LEVEL", "info"),
)
"""Each request is logged by Weald itself, by its route: gunicorn's own line would show the address."""

_own_folder = "" if SHARED in os.environ else tempfile.mkdtemp(prefix="weald-metrics-")
os.environ.setdefault(SHARED, _own_folder)


def on_starting(_: Any) -> None:
    """Begin counting anew: what the last run left behind is another process's by now."""
    folder = Path(os.environ[SHARED])
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.db"):
        left.unlink()


def post_worker_init(_: Any) -> None:
    """What is loaded by now is never garbage: the search for that leaves it out."""
    gc.collect()
    gc.freeze()


def child_exit(_: Any, worker: Any) -> None:
    """A process that has ended has no connections any more."""
    from prometheus_client import multiprocess  # noqa: PLC0415  # it looks for the folder when it is loaded

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # the library leaves it bare


def on_exit(_: Any) -> None:
    """Leave no folder of our own behind."""
    if _own_folder:
        shutil.rmtree(_own_folder, ignore_errors=True)
