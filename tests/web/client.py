"""A person with a browser that reads strictly: every HTML answer is parsed and checked."""

import contextvars
import hashlib
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request, has_app_context
from flask.globals import _cv_app
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Engine, event
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from marketplace.alliance import queries
from marketplace.alliance.sign_ins.views import SEEN, SignedIn, logins
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.readings import is_recorded
from tests.web.page import Form, Page

MOST_REDIRECTS = 5
READS_ONLY = {"GET", "HEAD"}
WHO_ASKS = "weald.tests.person"
"""What no request from outside can set."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
SHOWN = {
    "application/json",
    "application/atom+xml",
    "application/problem+json",
    "text/calendar",
    "text/plain",
}
"""What a browser may show that is no page: it is written by Weald, for programs."""
WRITING = ("INSERT", "UPDATE", "DELETE")
TOKEN_IN_USE = ("UPDATE api_token SET used_at", "INSERT INTO event (", "UPDATE chain_head SET")
"""What the first request of a day with a token writes, whatever it asks for."""
RECORDING = ("INSERT INTO event ", "INSERT INTO event_concern ", "UPDATE chain_head ")
"""What a download that records its own reading may write; no other page may write anything."""


class Client:
    """One browser session, signed in or not. Each request runs in a context of its own, as on a server.

    `statements` are the SQL statements of the last request; a GET that writes fails its test.
    """

    def __init__(self, app: Flask, person_id: uuid.UUID | None = None) -> None:
        self.app = app
        self.statements: list[str] = []
        self.browser = app.test_client()
        if person_id is not None:
            self.sign_in_as(person_id)

    def sign_in_as(self, person_id: uuid.UUID) -> None:
        """Be this person without typing a password and without a row; signing in has tests of its own."""
        logins.request_loader(whom_the_test_says)
        self.browser.environ_base[WHO_ASKS] = str(person_id)
        with self.browser.session_transaction() as cookie:
            cookie[SEEN] = int(clock.machine_now().timestamp())

    def carry(self, token: str) -> None:
        """Send a token for programs from now on; pages take no notice of it."""
        self.browser.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"

    def get(self, path: str, *, status: int = 200) -> Page:
        """The page at a path, after redirects; AssertionError when it ends with another status."""
        return self._page(self._follow(self.open(path)), status)

    def post(self, path: str, data: Mapping[str, Any] | None = None, *, status: int = 200) -> Page:
        """The page that follows from posting these fields, with a valid CSRF token added."""
        sent: MultiDict[str, Any] = MultiDict(data or {})
        sent.setdefault("csrf_token", self.csrf_token())
        return self._page(self._follow(self.open(path, method="POST", data=sent), sent), status)

    def submit(self, form: Form, button: str | None = None, *, status: int = 200) -> Page:
        """The page that follows from pressing a button of a form, as the form stands."""
        sent = form.data(button)
        if form.method == "get":
            return self._page(self._follow(self.open(form.action, query_string=sent)), status)
        return self._page(self._follow(self.open(form.action, method="POST", data=sent), sent), status)

    def download(self, path: str, *, status: int = 200) -> TestResponse:
        """The answer itself, for what is not a page: a file, a redirect."""
        response = self.open(path)
        assert response.status_code == status, f"{path} answered {response.status}"
        return response

    def open(self, path: str, *, method: str = "GET", **request: Any) -> TestResponse:
        """Send one request as it is; no redirect is followed."""
        if has_app_context():
            db.session.rollback()

        def send() -> TestResponse:
            _cv_app.set(None)  # type: ignore[arg-type]  # as in a server's thread: no context yet
            return self.browser.open(path, method=method, **request)

        with self.app.app_context():
            engine = db.engine
        with listening(engine) as self.statements:
            response: TestResponse = contextvars.copy_context().run(send)
        if method in READS_ONLY:
            allowed = RECORDING if self._is_recorded(path) else ()
            if any(one.startswith(TOKEN_IN_USE[0]) for one in self.statements):
                allowed = (*allowed, *TOKEN_IN_USE)
            heard = [one for one in self.statements if not one.startswith(allowed)]
            written = [one for one in heard if one.startswith(WRITING)]
            assert not written, f"{method} {path} wrote: {written[0]}"
        check_headers(path, response)
        return response

    def _is_recorded(self, path: str) -> bool:
        try:
            endpoint, _ = self.app.url_map.bind("localhost").match(urlsplit(path).path)
        except HTTPException:
            return False
        return is_recorded(self.app, endpoint)

    def csrf_token(self) -> str:
        """A token as the forms of this session carry it."""
        with self.browser.session_transaction() as cookie:
            raw = cookie.setdefault("csrf_token", hashlib.sha256(os.urandom(64)).hexdigest())
        return str(URLSafeTimedSerializer(self.app.secret_key or "", salt="wtf-csrf-token").dumps(raw))

    def _follow(self, response: TestResponse, sent: MultiDict[str, Any] | None = None) -> TestResponse:
        """What follows from redirects. One that says so has what was sent sent again."""
        for _ in range(MOST_REDIRECTS):
            if not 300 <= response.status_code < 400:
                return response
            target = urlsplit(response.headers["Location"])
            assert not target.netloc or target.netloc == "localhost", f"a redirect leads to {target.netloc}"
            path = target.path + (f"?{target.query}" if target.query else "")
            again: dict[str, Any] = {"method": "POST", "data": sent} if response.status_code == 307 else {}
            response = self.open(path, **again)
        raise AssertionError("The redirects never end.")

    def _page(self, response: TestResponse, status: int) -> Page:
        asked = response.request
        path = asked.path + (f"?{asked.query_string.decode()}" if asked.query_string else "")
        assert response.mimetype == "text/html", f"{path} is {response.mimetype}, not a page"
        page = Page(path, response.status_code, response.text)
        assert response.status_code == status, f"{path} answered {response.status}:\n{page.words[:2000]}"
        return page


def check_headers(path: str, answer: TestResponse) -> None:
    """Every answer of every test has the headers that keep a browser from harm; AssertionError when not.

    What is no page may do nothing should a browser show it, and a file is one to save, never to show.
    """
    for name, wanted in HEADERS.items():
        assert answer.headers.get(name) == wanted, f"{path}: {name} is {answer.headers.get(name)}"
    policy = answer.headers.get("Content-Security-Policy", "")
    assert "frame-ancestors 'none'" in policy, f"{path} can be framed"
    assert "unsafe" not in policy, f"{path} may run what it did not bring"
    if answer.mimetype == "text/html":
        assert "script-src 'self' 'nonce-" in policy, f"{path} runs scripts without a nonce"
        assert "report-uri /browser-reports" in policy, f"{path} has nothing reported"
        return
    assert policy == "default-src 'none'; frame-ancestors 'none'; sandbox", f"{path} may do something"
    shown = answer.mimetype in SHOWN or path.startswith("/static/")
    if answer.status_code == HTTPStatus.OK and not shown:
        kept = answer.headers.get("Content-Disposition", "")
        assert kept.startswith("attachment"), f"{path} ({answer.mimetype}) is shown, not saved: {kept}"


def whom_the_test_says(request: Request) -> SignedIn | None:
    """Who asks, by the word of the test."""
    person_id = request.environ.get(WHO_ASKS)
    actor = queries.actor_for(db.session(), uuid.UUID(person_id)) if person_id else None
    return SignedIn("", actor) if actor else None


@contextmanager
def listening(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements that an engine executes meanwhile."""
    heard: list[str] = []

    def hear(_: object, __: object, statement: str, *___: object) -> None:
        heard.append(statement.lstrip())

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)
