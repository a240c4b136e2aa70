"""What runs outside a request: deliveries and e-mail, by huey.

The rows are the truth: huey only says when to look at them. A task that is lost with its process
costs a minute, until the next sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from marketplace.core import events, logs, mail, metrics
from marketplace.core.db import ALIVE
from marketplace.core.settings import Settings

log = logs.of(__name__)
_by_the_clock: list[Callable[[], object]] = []
_when_woken: list[Callable[[], object]] = []


def every_minute(job: Callable[[], object]) -> None:
    """Have a job run each minute. Called by the composition root; the job must be safe to repeat."""
    if job not in _by_the_clock:
        _by_the_clock.append(job)


def when_woken(job: Callable[[], object]) -> None:
    """Have a job run each minute, and as soon as an action called `wake`. It must be safe to repeat."""
    every_minute(job)
    if job not in _when_woken:
        _when_woken.append(job)


def wake(session: Session) -> None:
    """Wake the worker once this is stored. A shared step."""
    session.info["wake"] = True


def work(app: Flask) -> None:
    """Be the worker until SIGTERM asks to stop: what is being done is finished, nothing else is begun."""
    consumer = app.extensions["huey"].create_consumer(
        workers=1, max_delay=1.0, check_worker_health=True, graceful_signal="TERM"
    )
    _stop.asked = consumer.stop_flag.is_set
    _enqueue(
        app.extensions["wake"], app.extensions["huey"]
    )  # what came while no worker ran does not wait for the clock
    consumer.run()


class _Stop:
    """Whether this process was asked to stop; only a worker ever is."""

    asked: Callable[[], bool] = staticmethod(lambda: False)


_stop = _Stop()


def run_due() -> None:
    """Everything that is due now: jobs by the clock, then deliveries, then e-mail."""
    _run(_by_the_clock)
    deliver()


def run_woken() -> None:
    """What is not to wait for the clock: the jobs that were woken, then deliveries, then e-mail."""
    _run(_when_woken)
    deliver()


def _run(due: Iterable[Callable[[], object]]) -> None:
    for job in due:
        if _stop.asked():
            return
        name = f"{job.__module__}.{getattr(job, '__name__', job)}"
        with bound_contextvars(job=name):
            try:
                job()
            except Exception:
                log.exception("job.failed")
                metrics.count_failed_job(name)


def deliver() -> None:
    """Deliveries and the e-mail they cause."""
    events.deliver_due(_stop.asked)
    mail.send_due(_stop.asked)


def set_up(app: Flask, settings: Settings) -> None:
    """Connect an app to its queue, and wake the worker after each commit that left it something to do."""
    queue = _queue(settings)
    app.extensions["huey"] = queue

    def deliver_now() -> None:
        with app.app_context():
            run_woken()

    def sweep() -> None:
        with app.app_context():
            run_due()

    wake = app.extensions["wake"] = queue.task()(deliver_now)
    queue.periodic_task(crontab(minute="*"))(sweep)

    def after_commit(session: Session) -> None:
        if session.info.pop("wake", False):
            _enqueue(wake, queue)

    event.listen(Session, "after_commit", after_commit)


def _enqueue(wake: Callable[[], Any], queue: Huey) -> None:
    """Ask the worker to look; when the queue cannot be reached the next sweep looks anyway.

    A worker that was asked and has not begun will see what is stored now: it is not asked again.
    """
    try:
        if not queue.pending_count():
            wake()
    except Exception:
        log.exception("queue.unreachable")


def _queue(settings: Settings) -> Huey:
    url = make_url(settings.queue_url or settings.database_url)
    if url.get_backend_name() == "sqlite":
        beside = Path(url.database or "weald.sqlite").with_name("jobs.sqlite")
        beside.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("weald", filename=str(beside), results=False)
    if url.get_backend_name() != "postgresql":
        return RedisHuey("weald", url=settings.queue_url, results=False)
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    if settings.database_pooler and not settings.queue_url:
        # Whom such a pooler leads to another connection each time hears no notification: it looks each second
        return _on_postgresql(dsn, blocking=False, prepare_threshold=None)
    return _on_postgresql(dsn)


def _on_postgresql(dsn: str, **how: Any) -> Huey:
    """The queue in the database.

    Of programs that start at once on a new one each finds no tables of huey's and makes them; only one can.
    A role that may make none finds those that `flask db upgrade` has made as their owner.
    """
    from psycopg import errors  # noqa: PLC0415  # an embedded database has no such errors

    try:
        return PostgresHuey("weald", dsn=dsn, results=False, **how, **ALIVE)
    except (errors.UniqueViolation, errors.DuplicateTable, errors.DuplicateObject):
        # The other one holds them until it has made all: this waits, and finds them
        return PostgresHuey("weald", dsn=dsn, results=False, **how, **ALIVE)
    except errors.InsufficientPrivilege:
        return PostgresHuey("weald", dsn=dsn, results=False, create_tables=False, **how, **ALIVE)
