"""A bursar who was invited signs in with the account of the school, and never chooses a password."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from marketplace.alliance import actions
from marketplace.core import mail
from marketplace.core.db import db
from marketplace.core.policy import ADMINISTRATOR, Role
from tests import make
from tests.browser.journeys.traveller import Traveller
from tests.openid import Openid

pytestmark = pytest.mark.browser
DAN = "dan@damson.sch.uk"


@pytest.mark.usefixtures("built")
def test_an_invited_bursar_comes_in_with_the_schools_account(
    page: Page, at_microsoft: Openid, accessible: Callable[[Page], None]
) -> None:
    school = make.alliance(schools=1).schools[0]
    actions.add_person(ADMINISTRATOR, "Dan Deed", DAN, [(school.id, Role.BURSAR)])
    at_microsoft.accounts = {
        "dan": {"sub": "dan-1", "email": DAN, "xms_edov": True, "amr": ["pwd", "mfa"]},
        "eve": {"sub": "eve-1", "email": "eve@elsewhere.example", "xms_edov": True},
    }
    dan = Traveller(page, accessible)
    dan.go("/people", "Sign in with Microsoft")
    page.get_by_label("Account").fill("eve")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("region", name="Please note")).to_contain_text("Nobody was added to Weald with")
    dan.follow("Sign in with Microsoft")
    page.get_by_label("Account").fill("dan")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="What waits for you")).to_be_visible()

    dan.go("/security")
    expect(page.get_by_role("main")).to_contain_text(DAN)
    dan.press("Remove Microsoft")
    expect(page.get_by_role("region", name="Please note")).to_contain_text("You would have no way in.")
    letters = [letter.subject for letter in mail.newest(db.session(), DAN)]
    assert "You can sign in to Weald with Microsoft now" in letters
