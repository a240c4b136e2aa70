"""What journeys of several people may ask for: a browser of its own for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import BrowserContext, Page, ViewportSize

from marketplace.core.policy import Actor
from tests import make
from tests.browser.conftest import DESKTOP, watched
from tests.browser.journeys.traveller import Traveller
from tests.browser.live import Live

Invite = Callable[..., Traveller]


@pytest.fixture
def built(live: Live) -> Iterator[Flask]:
    """The application of the running Weald, for builders."""
    with live.app.app_context():
        yield live.app


@pytest.fixture
def invite(
    new_context: Callable[..., BrowserContext],
    accessible: Callable[[Page], None],
    live: Live,
) -> Iterator[Invite]:
    """Give somebody a browser: a person who is signed in already, or a stranger."""
    troubles: list[str] = []

    def sit_down(person: Actor | None = None, size: ViewportSize = DESKTOP, **options: Any) -> Traveller:
        context = new_context(**options)
        if person is not None:
            context.add_cookies([{"name": "session", "value": cookie_of(live.app, person), "url": live.url}])
        page = context.new_page()
        page.set_viewport_size(size)
        watched(page, troubles)
        return Traveller(page, accessible)

    yield sit_down
    assert not troubles, "\n".join(troubles)


def cookie_of(app: Flask, person: Actor) -> str:
    """The session of somebody who has signed in; the sign-in page has journeys of its own."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer
    with app.app_context():
        signed = serializer.dumps(make.signed_in(person))
    return signed if isinstance(signed, str) else signed.decode()
