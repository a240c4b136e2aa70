"""The Security page, the second step of signing in, and that who must have a factor sets one up first."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from datetime import timedelta
from typing import Any

import pyotp
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.alliance import actions
from marketplace.alliance.queries import actor_for
from marketplace.alliance.sign_ins.passkeys.challenges import CHALLENGE
from marketplace.core import clock, mail
from marketplace.core.db import db
from marketplace.core.policy import ADMINISTRATOR, Role
from tests import make
from tests.make.passkeys import Device
from tests.web.client import Client
from tests.web.page import Page

EMAIL = "ann@example.org"
PASSWORD = "three words remembered"
HALF_A_MINUTE = timedelta(seconds=30)


def add_ann(*roles: Role) -> None:
    school = make.alliance(schools=1).schools[0]
    seats = [(school.id, role) for role in roles]
    actions.add_person(ADMINISTRATOR, "Ann Lee", EMAIL, seats, password=PASSWORD)


def sign_in(client: Client, target: str = "") -> Page:
    path = f"/sign-in?next={target}" if target else "/sign-in"
    return client.submit(client.get(path).form("Sign in").fill(email=EMAIL, password=PASSWORD), "Sign in")


def test_who_is_given_a_role_that_asks_for_a_factor_sets_one_up_before_going_on(app: Flask) -> None:
    """Also where they are signed in already: nobody does with a password alone what asks for more."""
    school = make.alliance(schools=1).schools[0]
    client = Client(app)
    password: str | None = PASSWORD
    for role, heading in ((Role.BURSAR, "Needs"), (Role.GOVERNOR, "Needs"), (Role.FINANCE_LEAD, "Security")):
        actions.add_person(ADMINISTRATOR, "Ann Lee", EMAIL, [(school.id, role)], password=password)
        if password:
            sign_in(client)
            password = None
        assert client.get("/needs").heading == heading, role


def test_who_is_named_to_open_quotes_sets_up_a_factor_before_going_on(app: Flask) -> None:
    alliance = make.alliance(schools=2)
    ann = actions.add_person(
        ADMINISTRATOR, "Ann Lee", EMAIL, [(alliance.schools[0].id, Role.BURSAR)], password=PASSWORD
    )
    client = Client(app)
    sign_in(client)
    assert client.get("/needs").heading == "Needs"
    named = actor_for(db.session(), ann)
    assert named
    make.joining_tender(alliance, more_openers=[named])
    assert client.get("/needs").heading == "Security"


def code_on(page: Page) -> pyotp.TOTP:
    return pyotp.TOTP(page.texts("code")[0].replace(" ", ""))


def test_a_finance_lead_sets_up_an_app_before_anything_else_and_signs_in_with_it(app: Flask) -> None:
    add_ann(Role.FINANCE_LEAD)
    client = Client(app)
    moment = clock.machine_now()
    with time_machine.travel(moment, tick=False):
        page = sign_in(client)
        assert page.heading == "Security"
        assert "Set one up now, then you can go on." in page.words
        for path in ("/", "/invoices", "/people"):
            assert client.get(path).heading == "Security", f"{path} is closed"
        page = client.get(page.select("a[href='/security/authenticator']")[0].get("href", ""))
        wrong = client.submit(page.form().fill(code="000000"), status=422)
        assert "does not fit" in wrong.errors()["code"]
        app_of_ann = code_on(page)
        assert code_on(wrong).secret == app_of_ann.secret, "the picture stays the same"
        forged = client.submit(wrong.form().fill(code=app_of_ann.at(moment), sealed="forged"), status=422)
        assert code_on(forged).secret != app_of_ann.secret
        page = client.submit(wrong.form().fill(code=app_of_ann.at(moment)))
        assert page.heading == "Recovery codes", "which come after a first factor"
        making = page.form()
        page = client.submit(making)
        codes = page.texts("main code")
        assert len(codes) == 10
        assert "shown once" in client.submit(making, status=422).words, "a page loaded again makes no others"
        page = client.get("/security")
        assert "Authenticator app Set up on" in page.words
        assert "Recovery codes 10 left" in page.words
        assert client.get("/people").heading == "People"
        refused = client.submit(client.get("/security/authenticator/remove").form(), status=422)
        assert "asks for a second factor" in refused.words
        client.post("/sign-out")
    with time_machine.travel(moment + HALF_A_MINUTE, tick=False):
        page = sign_in(client, "/people")
        assert page.heading == "Your second factor"
        assert client.get("/people").heading == "Sign in", "not in yet"
        page = client.submit(page.form("Sign in").fill(code="123"), status=422)
        assert "has been used" in page.errors()["code"]
        typed = app_of_ann.at(clock.machine_now())
        assert client.submit(page.form("Sign in").fill(code=typed)).heading == "People"
        other = Client(app)
        page = sign_in(other)
        assert (
            "has been used"
            in other.submit(page.form("Sign in").fill(code=typed), status=422).errors()["code"]
        )
        assert other.submit(page.form("Sign in").fill(code=codes[3])).heading == "What waits for you"
    with time_machine.travel(moment + timedelta(minutes=12), tick=False):
        late = Client(app)
        page = sign_in(late)
    with time_machine.travel(moment + timedelta(minutes=23), tick=False):
        assert late.submit(page.form("Sign in").fill(code=codes[4])).heading == "Sign in", "too long ago"


def test_the_address_and_the_password_are_changed_on_pages(app: Flask, session: Session) -> None:
    add_ann(Role.BURSAR)
    client, mailbox = Client(app), Client(app)
    sign_in(client)
    form = client.get("/security/e-mail").form()
    assert "right form" in client.submit(form.fill(email="no address"), status=422).errors()["email"]
    assert "We have sent a link to new@example.org" in client.submit(form.fill(email="new@example.org")).words

    def path(to: str, kind: str) -> str:
        session.rollback()
        found = re.search(rf"(/e-mail/{kind}/\S+)", mail.newest(session, to)[0].body)
        assert found
        return found[1]

    undo = path(EMAIL, "undo")
    assert "has been asked for and not been made" in mailbox.get(undo).words
    confirming = mailbox.get(path("new@example.org", "confirm"))
    assert mailbox.submit(confirming.form()).heading == "Sign in", "whoever has the mailbox is not signed in"
    assert "E-mail address new@example.org" in client.get("/security").words
    form = client.get("/security/password").form()
    form.fill(present=PASSWORD, password="qwertyqwerty", again="qwertyqwerty")
    assert "criminals" in client.submit(form, status=422).errors()["password"]
    new = "four words well remembered"
    assert (
        "You changed your password"
        in client.submit(form.fill(present=PASSWORD, password=new, again=new)).words
    )
    done = mailbox.submit(mailbox.get(undo).form())
    assert "You took the change back" in done.words
    assert client.get("/security").heading == "Sign in"
    mailbox.get(undo, status=404)


def test_a_passkey_is_added_named_and_signs_in_alone(app: Flask) -> None:
    add_ann(Role.BURSAR)
    client, device = Client(app), Device()
    sign_in(client)
    page = client.get("/security")
    assert "second factor:" not in page.words, "a bursar may have one and need not"
    form = client.get("/security/passkeys/add").form()
    options = challenge_for(client, "/security/passkeys/challenge")
    assert options["authenticatorSelection"]["userVerification"] == "required"
    made = device.make(challenge_of(client))
    refused = client.submit(form.fill(name=" ", credential=made), status=422)
    assert refused.errors() == {"name": "Enter a name for it."}
    page = client.submit(refused.form().fill(name="My phone", credential=made))
    assert page.heading == "Recovery codes"
    page = client.get("/security")
    assert page.texts("tbody th, tbody td")[0] == "My phone"
    again = client.submit(
        client.get("/security/passkeys/add").form().fill(name="Twice", credential=made), status=422
    )
    assert "took longer than five minutes" in again.words, "its challenge is gone"
    renamed = client.get(page.links()["My phone"])
    page = client.submit(renamed.form().fill(name="Office computer"))
    assert "called Office computer now" in page.words
    client.post("/sign-out")

    form = client.get("/sign-in?next=/people").form("Sign in with a passkey")
    assert not challenge_for(client, "/sign-in/passkey/challenge")["allowCredentials"], "whoever it is"
    answer = device.prove(challenge_of(client))
    assert client.submit(form.fill(credential=answer)).heading == "People", "and no password"
    client.post("/sign-out")
    form = client.get("/sign-in").form("Sign in with a passkey").fill(credential=answer)
    assert "took longer" in client.submit(form, status=422).words
    form = sign_in(client, "/people").form("Use a passkey")
    challenge_for(client, "/sign-in/passkey/challenge")
    form.fill(credential=device.prove(challenge_of(client)))
    assert client.submit(form).heading == "People", "after a password it is the second factor"


def challenge_for(client: Client, path: str) -> dict[str, Any]:
    answer = client.open(path, method="POST", data={"csrf_token": client.csrf_token()})
    assert answer.status_code == 200
    return dict(answer.get_json())


def challenge_of(client: Client) -> bytes:
    with client.browser.session_transaction() as cookie:
        return urlsafe_b64decode(cookie[CHALLENGE][0])


def test_what_matters_asks_for_a_new_proof_and_then_goes_on_with_what_was_typed(app: Flask) -> None:
    add_ann(Role.HEADTEACHER)
    client, other = Client(app), Client(app)
    sign_in(client)
    path = client.get("/people").select("main a[href$='/add']")[0].get("href", "")
    with client.browser.session_transaction() as cookie:
        stolen = cookie["_user_id"]
    form = client.get(path).form().fill(name="Bea Day", email="bea@example.org", roles=["governor", "bursar"])
    later = clock.machine_now() + timedelta(minutes=16)
    with time_machine.travel(later, tick=False):
        assert client.get("/schools").heading == "Schools", "what matters less goes on"
        page = client.submit(form, status=403)
        assert page.heading == "Show that it is you"
        assert "You want to: add a colleague." in page.words
        page = client.submit(page.form("Go on").fill(proof_password="wrong"), status=422)
        assert page.errors() == {"proof_password": "That is not your password."}
        page = client.submit(page.form("Go on").fill(proof_password=PASSWORD))
        assert page.heading == "People"
        assert "You added Bea Day" in page.words
        assert "Bursar, Governor" in page.words, "each of several values was kept"
        assert client.get("/security/passkeys/add").heading == "Add a passkey", "not asked again so soon"
        with other.browser.session_transaction() as cookie:
            cookie["_user_id"], cookie["seen"] = stolen, int(later.timestamp())
        assert other.get("/people").heading == "Sign in", "the secret from before is worth nothing"
    with time_machine.travel(later + timedelta(minutes=16), tick=False):
        page = client.get("/security/recovery-codes", status=403)
        assert "You want to: make one’s own recovery codes anew." in page.words
        page = client.submit(
            page.form("Go on").fill(proof_password=PASSWORD, proof_next="https://example.org/")
        )
        assert page.heading == "What waits for you", "no form leads elsewhere"
