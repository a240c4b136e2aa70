"""Signing in with an account at a provider: its pages, and every way to cheat them.

The provider is a real one on loopback HTTP; see tests/openid.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import time_machine
from flask import Flask
from joserfc.jwk import RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance import actions
from marketplace.alliance.sign_ins.providers import openid as speaking
from marketplace.alliance.sign_ins.providers.models import ProviderLink
from marketplace.alliance.sign_ins.providers.rules import VISIT_LASTS
from marketplace.core import clock, mail
from marketplace.core.events import Event
from marketplace.core.policy import ADMINISTRATOR, Act, Role
from tests import make, openid
from tests.openid import CLIENT, SECRET, Openid
from tests.web.client import Client
from tests.web.page import Page

ANN = "ann@oak.sch.uk"
PASSWORD = "three words remembered"
SIGN_IN, HOME, HERE = "Sign in", "What waits for you", "Security"


@pytest.fixture(scope="module")
def pretend() -> Iterator[Openid]:
    """A provider that runs for all tests of this file."""
    with openid.running() as provider:
        yield provider


@pytest.fixture
def provider(pretend: Openid, app: Flask) -> Iterator[Openid]:
    """It is honest again, Weald is registered with it, and Ann Lee was invited."""
    pretend.be_honest()
    pretend.accounts = {
        "ann": {"sub": "ann-1", "email": ANN, "xms_edov": True, "email_verified": True, "hd": "oak.sch.uk"},
        "eve": {"sub": "eve-1", "email": "eve@elsewhere.example", "xms_edov": True},
    }
    kept = app.extensions["settings"]
    app.extensions["settings"] = replace(kept, **pretend.settings("microsoft", "google"))
    speaking._described.clear()
    school = make.alliance(schools=1).schools[0]
    actions.add_person(ADMINISTRATOR, "Ann Lee", ANN, [(school.id, Role.BURSAR)])
    yield pretend
    app.extensions["settings"] = kept


def go(client: Client, account: str, name: str = "microsoft", target: str = "") -> str:
    """Go to the provider, say who one is there, and be sent back: to this path."""
    leave = client.open(f"/sign-in/with/{name}" + (f"?next={target}" if target else ""))
    assert leave.status_code == 302, leave.text
    answer = requests.get(
        leave.headers["Location"], headers={"X-Account": account}, allow_redirects=False, timeout=5
    )
    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}" == "http://localhost:8000"
    return f"{back.path}?{back.query}"


def come_back(client: Client, path: str) -> Page:
    """Land at Weald again, and press the button there if there is one."""
    page = client.get(path)
    return client.submit(page.form("Go on to Weald"), "Go on to Weald") if "Go on" in page.words else page


def sign_in(app: Flask, account: str = "ann", name: str = "microsoft") -> tuple[Client, Page]:
    client = Client(app)
    return client, come_back(client, go(client, account, name))


def links(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    return [(link.person.email, link.subject) for link in session.scalars(select(ProviderLink))]


def test_an_invited_person_signs_in_and_from_then_on_only_the_account_counts(
    app: Flask, provider: Openid, session: Session
) -> None:
    client = Client(app)
    offer = client.get("/sign-in?next=/people")
    assert offer.links()["Sign in with Microsoft"] == "/sign-in/with/microsoft?next=/people"
    page = come_back(client, go(client, "ann", target="/people"))
    assert page.path == "/people"
    asked = provider.asked[-1]
    assert (asked["scope"], asked["client_id"]) == ("openid email profile", CLIENT)
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert links(session) == [(ANN, "ann-1")]
    told = mail.newest(session, ANN)[0]
    assert told.subject == "You can sign in to Weald with Microsoft now"
    assert "If it was not you" in told.body

    provider.accounts["ann"] |= {"email": "ann@new.example", "xms_edov": False}
    assert sign_in(app)[1].heading == HOME, "whatever address the account has now"
    provider.accounts["another"] = {"sub": "ann-2", "email": ANN, "xms_edov": True}
    assert "connected with another Microsoft account" in sign_in(app, "another")[1].words
    assert links(session) == [(ANN, "ann-1")]
    facts = list(session.scalars(select(Event.facts).where(Event.act == Act.PERSON_SIGN_IN)))
    assert facts == [{"proof": "microsoft", "two_factors": False}] * 2
    provider.claims = {"amr": ["pwd", "mfa"]}
    sign_in(app)
    session.rollback()
    assert session.scalars(select(Event.facts).order_by(Event.position.desc())).first() == {
        "proof": "microsoft",
        "two_factors": True,
    }


def test_who_is_not_invited_or_not_vouched_for_stays_outside_and_reads_why(
    app: Flask, provider: Openid, session: Session
) -> None:
    page = sign_in(app, "eve")[1]
    assert page.heading == SIGN_IN
    assert "Nobody was added to Weald with the address eve@elsewhere.example" in page.words
    provider.accounts["eve"] = {"sub": "eve-1", "email": ANN, "email_verified": True}
    page = sign_in(app, "eve")[1]
    assert "Microsoft does not answer for the e-mail address of this account." in page.words
    page = sign_in(app, "eve", "google")[1]
    assert "Google does not answer for the e-mail address" in page.words, "no organisation of Google's"
    assert links(session) == []


LIES: dict[str, Callable[[Openid], Any]] = {
    "another nonce": lambda lying: lying.claims.update(nonce="of another visit"),
    "no nonce": lambda lying: lying.claims.update(nonce=None),
    "for somebody else": lambda lying: lying.claims.update(aud="another-client"),
    "for us and somebody else": lambda lying: lying.claims.update(aud=[CLIENT, "another-client"]),
    "by another issuer": lambda lying: lying.claims.update(iss="https://evil.example"),
    "expired": lambda lying: lying.claims.update(exp=1_700_000_000),
    "without an end": lambda lying: lying.claims.update(exp=None),
    "of nobody": lambda lying: lying.claims.update(sub=None),
    "unsigned": lambda lying: setattr(lying, "signs_with", "none"),
    "signed with another key": lambda lying: setattr(
        lying, "strange_key", RSAKey.generate_key(2048, {"kid": "one"})
    ),
}


def test_a_token_that_lies_opens_nothing(
    app: Flask, provider: Openid, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    believed = []
    for name, lie in LIES.items():
        provider.claims, provider.signs_with, provider.strange_key = {}, "RS256", None
        lie(provider)
        client, page = sign_in(app)
        assert "Microsoft could not show who you are. Choose Microsoft again." in page.words, name
        if client.get("/people").heading != SIGN_IN:
            believed.append(name)
    assert not believed
    assert links(session) == []
    lines: list[Any] = [record.msg for record in caplog.records if record.name == speaking.__name__]
    assert [line["event"] for line in lines] == ["provider.refused"] * len(LIES)
    assert not [secret for secret in (SECRET, ANN, "ann-1") if secret in caplog.text]


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(
    app: Flask, provider: Openid, session: Session
) -> None:
    provider.forgets_codes = False
    client = Client(app)
    path = go(client, "ann")
    thief = Client(app)
    assert "begun in another window" in come_back(thief, path).words
    assert "begun in another window" in come_back(client, path.replace("state=", "state=x")).words
    form = client.get(path).form("Go on to Weald")
    with client.browser.session_transaction() as cookie:
        before = dict(cookie)
    assert client.submit(form).heading == HOME
    with client.browser.session_transaction() as cookie:
        cookie.clear()
        cookie.update(before)
    page = client.submit(form)
    assert page.heading == SIGN_IN, "though browser and provider both play it again"
    assert "used already" in page.words
    path = go(client, "ann")
    with time_machine.travel(clock.machine_now() + VISIT_LASTS + timedelta(seconds=5), tick=False):
        assert "That took too long" in come_back(client, path).words
    assert len(links(session)) == 1


def test_a_provider_that_refuses_or_is_silent_is_a_sentence(
    app: Flask, provider: Openid, caplog: pytest.LogCaptureFixture
) -> None:
    provider.says_no = "access_denied"
    assert "Microsoft was not allowed to tell us who you are." in sign_in(app)[1].words
    provider.says_no = "server_error"
    assert "Microsoft could not sign you in." in sign_in(app)[1].words
    provider.says_no = ""
    client = Client(app)
    path = go(client, "ann")
    provider.is_down = True
    with caplog.at_level(logging.WARNING):
        assert "does not answer at the moment" in come_back(client, path).words
    speaking._described.clear()
    page = client.get("/sign-in/with/google")
    assert page.heading == SIGN_IN
    assert "Google does not answer at the moment. Try again in some minutes" in page.words


def test_a_provider_that_sends_us_elsewhere_is_not_followed(app: Flask, provider: Openid) -> None:
    client = Client(app)
    path = go(client, "ann")
    with openid.running() as elsewhere:
        elsewhere.accounts, elsewhere.codes, elsewhere.key = provider.accounts, provider.codes, provider.key
        elsewhere.issuer, provider.sends_on_to = provider.address, elsewhere.address
        assert "Microsoft" in come_back(client, path).words
        assert client.get("/people").heading == SIGN_IN
        assert provider.codes, "nobody redeemed the code there"
        speaking._described.clear()
        assert "does not answer" in client.get("/sign-in/with/microsoft").words


def test_a_new_key_of_the_provider_is_looked_up_and_microsofts_issuer_has_a_gap(
    app: Flask, provider: Openid
) -> None:
    assert sign_in(app)[1].heading == HOME
    provider.key = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    with time_machine.travel(clock.machine_now() + timedelta(minutes=2)):
        assert sign_in(app)[1].heading == HOME
    speaking._described.clear()
    provider.issuer = "https://evil.example"
    page = Client(app).get("/sign-in/with/microsoft")
    assert "does not answer" in page.words, "the document of another issuer"


def test_no_visit_leads_out_of_weald(app: Flask, provider: Openid) -> None:  # noqa: ARG001  # it is set up
    client = Client(app)
    assert come_back(client, go(client, "ann", target="//evil.example/people")).path == "/"
    stranger = Client(app)
    assert stranger.open("/sign-in/with/facebook").status_code == 404
    assert "Sign in with" not in "".join(stranger.get("/forgotten-password").words)


def test_one_connects_an_account_removes_it_and_never_locks_oneself_out(
    app: Flask, provider: Openid, session: Session
) -> None:
    client, _ = sign_in(app)
    page = client.get("/security")
    refused = client.submit(page.form("Remove Microsoft"))
    assert "You would have no way in." in refused.words
    provider.accounts["private"] = {"sub": "p-1", "email": "ann.private@elsewhere.example"}
    page = client.get(go(client, "private", "google"))
    assert page.heading == "Connect your Google account"
    assert provider.asked[-1]["prompt"] == "select_account"
    done = client.submit(page.form("Connect Google"), "Connect Google")
    assert done.heading == HERE
    assert "You can sign in with Google from now on." in done.words
    assert "ann.private@elsewhere.example" in done.words
    assert mail.newest(session, ANN)[0].subject == "You can sign in to Weald with Google now"
    assert sign_in(app, "private", "google")[1].heading == HOME

    bea = Client(app, make.alliance(schools=1).schools[0].bursar.person_id)
    page = bea.get(go(bea, "private", "google"))
    stolen = bea.submit(page.form("Connect Google"), "Connect Google")
    assert "Somebody else signs in to Weald with this Google account." in stolen.words
    own = {link.provider.value: link.id for link in session.scalars(select(ProviderLink))}
    bea.post(f"/sign-ins/accounts/{own['google']}/remove", status=404)

    done = client.post(f"/sign-ins/accounts/{own['google']}/remove")
    assert "That account does not open Weald any more." in done.words
    assert mail.newest(session, ANN)[0].subject == "You cannot sign in to Weald with Google any more"
    assert sign_in(app, "private", "google")[1].heading == SIGN_IN
    acts = [act for act in session.scalars(select(Event.act).order_by(Event.position)) if "provider" in act]
    assert acts == ["provider.link", "provider.link", "provider.unlink"]
