"""Each request as whoever runs Weald sees it: a reference, one line in the log, and its figures.

The reference stands on every line that the request wrote, in the answer's X-Request-ID and on the page that
says that something broke, so that one leads to the others. It is always our own: what a stranger sends is
never written into the log. A line names the route, not the address, in which there may be a token.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, has_request_context, request
from structlog.contextvars import bind_contextvars, clear_contextvars
from werkzeug.wsgi import ClosingIterator

from marketplace.core import logs, metrics
from marketplace.core.actors import ANYONE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logs.of(__name__)
REFERENCE, ROUTE = "weald.reference", "weald.route"
NO_ROUTE = "none"
QUIET = {"static", "health.alive", "health.ready", "metrics.show"}
"""Asked so often that a line for each would hide the others; their figures are kept all the same."""
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def set_up(app: Flask) -> None:
    """Observe an app's requests, from the first byte taken to the last one given."""
    app.before_request(_name_route)
    app.after_request(_name_person)
    app.wsgi_app = Observed(app.wsgi_app)  # type: ignore[method-assign]  # Flask's own way to wrap an app


def reference() -> str:
    """The reference of the present request, to be told to whoever runs Weald; empty outside one."""
    given: str = request.environ.get(REFERENCE, "") if has_request_context() else ""
    return given


class Observed:
    """A WSGI application whose requests are logged and counted."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        own = new_reference()
        environ[REFERENCE] = own
        clear_contextvars()
        bind_contextvars(request_id=own)
        status = ["500"]

        def answer(said: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            status[0] = said[:3]
            return start_response(said, [*headers, ("X-Request-ID", own)], *exc_info)

        def ended() -> None:
            _record(environ, status[0], time.perf_counter() - began)

        try:
            body = self._app(environ, answer)
        except BaseException:
            ended()
            raise
        return ClosingIterator(body, ended)


def new_reference() -> str:
    """A reference that can be read out over the telephone: 4F2A-91C0-7B3D."""
    digits = secrets.token_hex(6).upper()
    return "-".join((digits[:4], digits[4:8], digits[8:]))


def _name_route() -> None:
    request.environ[ROUTE] = request.endpoint or NO_ROUTE


def _name_person(response: Response) -> Response:
    person_id = g.get("actor", ANYONE).person_id
    if person_id:
        bind_contextvars(person_id=str(person_id))
    return response


def _record(environ: WSGIEnvironment, status: str, seconds: float) -> None:
    route = environ.get(ROUTE, NO_ROUTE)
    method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in METHODS else "other"
    metrics.count_request(route, method, status, seconds)
    write = log.debug if route in QUIET else log.info
    write("request", route=route, method=method, status=int(status), milliseconds=round(seconds * 1000))
    clear_contextvars()
