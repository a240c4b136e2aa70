"""The browser's side of signing in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from marketplace.alliance import actions
from marketplace.alliance.sign_ins.rules import IDLE
from marketplace.core import clock
from marketplace.core.policy import ADMINISTRATOR, Role
from tests import make
from tests.web.client import Client

EMAIL = "ann@example.org"
PASSWORD = "three words remembered"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
)


@pytest.fixture
def browser(app: Flask) -> Callable[[str], Client]:
    """Ann Lee signs in, with a browser of her own."""
    school = make.alliance(schools=1).schools[0]
    actions.add_person(ADMINISTRATOR, "Ann Lee", EMAIL, [(school.id, Role.BURSAR)], password=PASSWORD)

    def signed_in(user_agent: str) -> Client:
        client = Client(app)
        client.browser.environ_base["HTTP_USER_AGENT"] = user_agent
        form = client.get("/sign-in").form("Sign in").fill(email=EMAIL, password=PASSWORD)
        assert client.submit(form, "Sign in").heading == "What waits for you"
        return client

    return signed_in


def test_a_browser_that_lay_unused_is_signed_out_and_told_why(browser: Callable[[str], Client]) -> None:
    client = browser(FIREFOX)
    began = clock.machine_now()
    for minutes in (20, 45):
        with time_machine.travel(began + timedelta(minutes=minutes), tick=False):
            assert client.get("/people").heading == "People", "it is used"
    with time_machine.travel(began + timedelta(minutes=46) + IDLE, tick=False):
        page = client.get("/people")
        assert page.heading == "Sign in"
        assert "nothing was done here for half an hour" in page.words


def test_one_sees_where_one_is_signed_in_and_ends_it(browser: Callable[[str], Client]) -> None:
    here, phone = browser(FIREFOX), browser(SAFARI)
    page = here.get(here.get("/people").links()["How and where you are signed in"])
    assert "Firefox on Windows" in page.words
    assert "Safari on an iPhone" in page.words
    assert page.words.count("This browser") == 1
    done = here.submit(page.form("Sign out there"), "Sign out there")
    assert "You are signed out there." in done.words
    assert phone.get("/people").heading == "Sign in"
    tablet = browser(SAFARI)
    here.submit(here.get("/security").form("Sign out everywhere but here"), "Sign out everywhere but here")
    assert tablet.get("/people").heading == "Sign in"
    assert "Sign out everywhere" not in here.get("/security").words


def test_abuse_23_signing_in_begins_a_session_of_its_own(
    browser: Callable[[str], Client], app: Flask
) -> None:
    planted = Client(app)
    planted.get("/sign-in")
    with planted.browser.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        token = cookie["csrf_token"]
    form = planted.get("/sign-in").form("Sign in").fill(email=EMAIL, password=PASSWORD)
    browser(FIREFOX)
    planted.submit(form, "Sign in")
    with planted.browser.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie.get("csrf_token") != token
        secret = cookie["_user_id"]
    planted.post("/sign-out")
    with planted.browser.session_transaction() as cookie:
        cookie["_user_id"], cookie["seen"] = secret, int(clock.machine_now().timestamp())
    assert planted.get("/people").heading == "Sign in", "a cookie kept from before is worth nothing"
