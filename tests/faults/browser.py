"""A browser that asks over HTTP, with a real session, and knows an answer from a broken connection."""

import html
import http.client
import re
import secrets
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import update

from marketplace.alliance.sign_ins.models import SignIn
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.policy import Actor
from tests import make
from tests.faults.nursery import HOST

PATIENCE = 40.0
PROOF_FOR_A_TEST = timedelta(hours=3)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BROKEN = 0

Fields = Mapping[str, str] | Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status (0 for a broken connection), where it leads, the page, and how long it took."""

    status: int
    location: str = ""
    text: str = ""
    seconds: float = 0.0

    @property
    def broke(self) -> bool:
        """Did the connection break, so that nobody knows what was done?"""
        return self.status == BROKEN

    def hidden(self, name: str) -> str:
        """The value of a hidden field on the page; blank when there is none."""
        for tag in re.findall(r"<input[^>]*>", self.text):
            if f'name="{name}"' in tag and (value := re.search(r'value="([^"]*)"', tag)):
                return html.unescape(value[1])
        return ""


@dataclass(frozen=True, slots=True)
class Browser:
    """Somebody's browser. `token` is what the forms of its session carry."""

    port: int
    cookie: str = ""
    token: str = ""

    def get(self, path: str) -> Answer:
        """Ask for a page; redirects are not followed."""
        return self.ask("GET", path)

    def post(self, path: str, fields: Fields) -> Answer:
        """Send a form."""
        pairs = [*(fields.items() if isinstance(fields, Mapping) else fields), ("csrf_token", self.token)]
        return self.ask("POST", path, urlencode(pairs).encode(), FORM)

    def upload(self, path: str, fields: Mapping[str, str], field: str, name: str, content: bytes) -> Answer:
        """Send a form with a file."""
        boundary = secrets.token_hex(16)
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in {**fields, "csrf_token": self.token}.items()
        ]
        about = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
        body = b"".join([*parts, about.encode(), content, f"\r\n--{boundary}--\r\n".encode()])
        return self.ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask once, on a connection of its own."""
        began = time.monotonic()
        sent = dict(headers or {})
        if self.cookie:
            sent["Cookie"] = self.cookie
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, sent)
            came = connection.getresponse()
            text = came.read().decode("utf-8", "replace")
            return Answer(came.status, came.getheader("Location") or "", text, time.monotonic() - began)
        except (OSError, http.client.HTTPException):
            return Answer(BROKEN, seconds=time.monotonic() - began)
        finally:
            connection.close()


def session_of(app: Flask, person: Actor) -> tuple[str, str]:
    """A cookie of somebody who has signed in, and the token that their forms carry."""
    client = app.test_client()
    raw = secrets.token_hex(32)
    with client.session_transaction() as session:
        session.update(make.signed_in(person))
        session["csrf_token"] = raw
    with transaction() as session:
        # Some tests last longer than the proof that somebody is who they are
        later = clock.machine_now() + PROOF_FOR_A_TEST
        session.execute(update(SignIn).where(SignIn.person_id == person.person_id).values(proven_at=later))
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie
    token = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(raw)
    return f"{name}={cookie.value}", str(token)


def new_id() -> str:
    """An id as a form makes it."""
    return str(uuid.uuid4())


def dated(name: str, day: Any) -> dict[str, str]:
    """The three fields of a date."""
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}
