"""The processes that draw PDFs: without network or files, with limits, made anew after so many documents.

A document is made of what people typed. Whatever it does to the library that draws it, it reaches no
database, no secret, no file and no address, and it ends: a process that takes too long is stopped by the
system, and whoever waits for the document tries once more with a new one.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from invoicing.gateways import sandbox
from invoicing.gateways.drawing import NotDrawn, Order
from marketplace.core.settings import PROJECT

PROCESSES = 2
TRIES = 2
MEGABYTE = 1024 * 1024
ALLOCATIONS = 50_000
"""So many new objects before Python looks for those that nothing leads to: a page makes about as many."""
# What a document's process may never do: the kinds of event of PEP 578 by how they begin
REFUSED = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostby",
    "socket.sendto",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
)
# Where typefaces, libraries and the programs themselves lie: nothing of anybody's is there
LEGIBLE = (
    *(Path(place) for place in {sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64"}),
    *(PROJECT / stage for stage in ("invoicing", "marketplace")),
    *(Path("/etc") / name for name in ("fonts", "ld.so.cache", "localtime", "mime.types")),
    Path("/var/cache/fontconfig"),
    Path("/dev/null"),
    Path("/dev/urandom"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process may take: documents before it is made anew, time for each, memory in all.

    All processes are made anew together, when they have had `documents` each on average.
    `processor_seconds` is the work of one document and `seconds` its time on the wall; `file_megabytes` is
    the largest file that it may write (a typeface on its way to the library is one).
    """

    documents: int = 250
    processor_seconds: int = 20
    seconds: int = 120
    megabytes: int = 1024
    file_megabytes: int = 8


@dataclass(frozen=True, slots=True)
class Drawing:
    """A document that is being drawn."""

    result: Callable[[], bytes]
    """Wait for the PDF. Raises NotDrawn, or ValueError for a template that refers to anything outside."""


class Workers:
    """Processes that draw. They start with the first document, and end with the program that has them."""

    def __init__(self, processes: int = PROCESSES, limits: Limits | None = None) -> None:
        self._processes = processes
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._given = 0

    def begin(self, order: Order) -> Drawing:
        """Hand a document to the next process that is free."""
        pool, future = self._submit(order)
        return Drawing(lambda: self._wait(order, pool, future))

    def close(self) -> None:
        """End the processes; whoever draws again starts new ones."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown()

    def _wait(self, order: Order, pool: ProcessPoolExecutor, future: Future[bytes]) -> bytes:
        for tried in range(1, TRIES + 1):
            try:
                return future.result()
            except BrokenProcessPool:
                # One death breaks the pool for all that wait: each asks again, of the same new one
                self._drop(pool)
                if tried < TRIES:
                    pool, future = self._submit(order)
            except MemoryError:
                break
        raise NotDrawn(f"{order.template} could not be drawn within its limits.")

    def _submit(self, order: Order) -> tuple[ProcessPoolExecutor, Future[bytes]]:
        with self._lock:
            for _ in range(TRIES):
                pool = self._pool = self._pool or self._new()
                try:
                    future = pool.submit(_draw, order, self._limits)
                except BrokenProcessPool:
                    self._pool = None
                else:
                    self._count(pool)
                    return pool, future
        raise NotDrawn(f"No process could be started for {order.template}.")

    def _count(self, pool: ProcessPoolExecutor) -> None:
        """Let a pool that has been given its share finish that and go: the next document begins a new one.

        The pool's own `max_tasks_per_child` ends processes and at times starts none in their place.
        """
        self._given += 1
        if self._given == self._limits.documents * self._processes:
            self._pool = None
            pool.shutdown(wait=False)

    def _drop(self, pool: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        pool.shutdown(wait=False, cancel_futures=True)

    def _new(self) -> ProcessPoolExecutor:
        self._given = 0
        desk = tempfile.mkdtemp(prefix="weald-drawing-")
        Finalize(self, shutil.rmtree, args=(desk,), kwargs={"ignore_errors": True}, exitpriority=0)
        # Never by fork: a copy would hold the database connections and the secrets of whoever asks
        return ProcessPoolExecutor(
            self._processes,
            multiprocessing.get_context("spawn"),
            initializer=_settle_in,
            initargs=(self._limits, desk),
        )


def draw_here(order: Order) -> bytes:
    """Draw a document in this process. The libraries are loaded with the first: most programs draw none."""
    if order.enclosure is None:
        from invoicing.gateways import weasy  # noqa: PLC0415  # see above

        return weasy.draw(order)
    from invoicing.gateways import hybrid  # noqa: PLC0415  # see above

    return hybrid.draw(order, order.enclosure)


def _settle_in(limits: Limits, desk: str) -> None:
    """What a process does before its first document: give up what it will not need, for good.

    `desk` is the only folder in which it writes: a typeface lies there on its way to the library.
    """
    os.environ.clear()
    for kind, most in (
        (resource.RLIMIT_AS, limits.megabytes * MEGABYTE),
        (resource.RLIMIT_FSIZE, limits.file_megabytes * MEGABYTE),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks: it ends us in good order
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    tempfile.tempdir = desk
    from invoicing.gateways import hybrid  # noqa: F401, PLC0415  # loaded before the door is shut

    gc.collect()
    gc.freeze()  # the libraries stay; looking through them again and again is a fifth of the work
    gc.set_threshold(ALLOCATIONS)
    sandbox.shut_in(reading=LEGIBLE, writing=[Path(desk)])
    sys.addaudithook(_refuse)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _draw(order: Order, limits: Limits) -> bytes:
    """Draw one document, on a clock: the system ends the process that is not done in time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    processor = int(used.ru_utime + used.ru_stime) + limits.processor_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (processor, resource.RLIM_INFINITY))
    signal.alarm(limits.seconds)
    try:
        return draw_here(order)
    finally:
        signal.alarm(0)


def _end_with_parent() -> None:
    """Leave when whoever asks is gone, however it went: nobody is left behind."""
    parent = multiprocessing.parent_process()
    assert parent
    connection.wait([parent.sentinel])
    os._exit(1)


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    """Let nothing through that a document has no need of. It cannot be taken away again."""
    if event.startswith(REFUSED):
        raise PermissionError(f"A document may not do this: {event}.")
