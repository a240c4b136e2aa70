"""A headteacher adds a passkey, signs in with it alone, and proves herself with it before a role is given."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from marketplace.alliance.models import Person
from marketplace.alliance.sign_ins.models import SignIn
from marketplace.alliance.sign_ins.rules import PROOF_LASTS
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.policy import Role
from tests import make
from tests.browser.conftest import PHONE
from tests.browser.journeys.conftest import Invite
from tests.browser.journeys.traveller import Traveller
from tests.browser.live import Live

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("built")]
PASSWORD = "three hills and a river"
PHONE_WITH_A_FINGER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def give_device(page: Page) -> None:
    """Let the browser have a device that keeps passkeys, and an owner who always puts a finger on it."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE_WITH_A_FINGER})


def touch(somebody: Traveller, button: str) -> None:
    """Press a button that asks the device, which answers before the next page comes."""
    with somebody.page.expect_navigation():
        somebody.page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
    somebody.look()


def test_a_passkey_opens_the_door_and_proves_who_is_there(invite: Invite, live: Live) -> None:
    school = make.alliance(schools=1).schools[0]
    person = make.person(school.id, Role.HEADTEACHER, name="Kay Board", password=PASSWORD)
    email = db.session().get_one(Person, person.person_id).email
    head, here = invite(size=PHONE), live.url.replace("127.0.0.1", "localhost")
    give_device(head.page)

    head.go(f"{here}/sign-in")
    head.fill({"E-mail address": email, "Password": PASSWORD})
    head.press("Sign in")
    head.go(f"{here}/security", "Add a passkey")
    head.answer("Name of the passkey", "My phone")
    touch(head, "Add the passkey")
    head.sees("You added the passkey My phone.")
    head.press("Make 10 recovery codes")
    expect(head.page.locator("main code")).to_have_count(10)
    head.follow("I have kept them")
    head.sees("10 left")

    head.page.get_by_role("button", name="Sign out", exact=True).click()
    head.page.goto(f"{here}/sign-in?next=/people")
    touch(head, "Sign in with a passkey")
    expect(head.page.get_by_role("heading", level=1)).to_have_text("People")

    head.follow(f"Add a colleague to {school.name}")
    head.fill(
        {"Full name": "Bea Day", "E-mail address": f"bea-{person.person_id}@example.org", "Governor": "yes"}
    )
    with transaction() as session:
        old = clock.machine_now() - PROOF_LASTS - timedelta(minutes=1)
        session.execute(update(SignIn).where(SignIn.person_id == person.person_id).values(proven_at=old))
    head.press(f"Add to {school.name}")
    head.sees("You want to: add a colleague.")
    touch(head, "Use a passkey")
    head.sees("You added Bea Day")
