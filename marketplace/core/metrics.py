"""What each process counts of its requests, jobs and database connections, for Prometheus.

With PROMETHEUS_MULTIPROC_DIR in the environment, which the web server's configuration sees to, the processes
of one machine count together; without it each counts for itself.
"""

from __future__ import annotations

import os

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import Engine, event

SHARED = "PROMETHEUS_MULTIPROC_DIR"

_requests = Counter("weald_requests", "Requests that were answered.", ["route", "method", "status"])
_seconds = Histogram("weald_request_seconds", "Seconds from a request to the end of its answer.", ["route"])
_failed_jobs = Counter("weald_failed_jobs", "Jobs by the clock that ended with an exception.", ["job"])
_csp_reports = Counter(
    "weald_csp_reports", "What browsers reported that a page tried and may not.", ["directive"]
)
_connections = Gauge(
    "weald_database_connections", "Connections to the database in use.", multiprocess_mode="livesum"
)
_capacity = Gauge(
    "weald_database_connections_most", "Connections that may be in use.", multiprocess_mode="livesum"
)


def count_request(route: str, method: str, status: str, seconds: float) -> None:
    """One request was answered. `route` is the route's name: an address may hold a token."""
    _requests.labels(route, method, status).inc()
    _seconds.labels(route).observe(seconds)


def count_failed_job(job: str) -> None:
    """A job by the clock ended with an exception."""
    _failed_jobs.labels(job).inc()


def count_csp_report(directive: str) -> None:
    """A browser reported that a page tried what this directive of its policy forbids."""
    _csp_reports.labels(directive).inc()


def watch_connections(engine: Engine) -> None:
    """Count the connections that an engine has out, and how many it may have."""
    pool = engine.pool
    size, overflow = getattr(pool, "size", None), getattr(pool, "_max_overflow", 0)
    if size is not None:
        _capacity.set(size() + overflow)
    event.listen(pool, "checkout", lambda *_: _connections.inc())
    event.listen(pool, "checkin", lambda *_: _connections.dec())


def counted() -> bytes:
    """What was counted since the start, in Prometheus's text format."""
    if SHARED not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library leaves it bare
    return generate_latest(registry)
