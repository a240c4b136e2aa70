"""The same pages for people who use the keyboard alone, and for browsers that run no script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from marketplace.alliance.models import Person
from marketplace.core.db import db
from marketplace.core.policy import Role
from tests import make
from tests.browser.journeys.conftest import Invite

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("built")]
PASSWORD = "three hills and a river"
MOST_TABS = 60


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the focus is on something with these words; it must be seen to be there."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and words in (focused.inner_text() or focused.get_attribute("value") or ""):
            outline = focused.evaluate(
                "element => { const style = getComputedStyle(element);"
                " return style.outlineStyle !== 'none' || style.boxShadow !== 'none'; }"
            )
            assert outline, f"the focus on {words!r} cannot be seen"
            return
    raise AssertionError(f"the keyboard never reaches {words!r} on {page.url}")


def test_a_headteacher_signs_in_and_approves_a_need_with_the_keyboard_alone(page: Page) -> None:
    school = make.alliance(schools=1).schools[0]
    make.submitted_need(school, title="Meals approved by keyboard")
    head = make.person(school.id, Role.HEADTEACHER, name="Kay Board", password=PASSWORD)
    email = db.session().get_one(Person, head.person_id).email

    page.goto("/sign-in")
    page.get_by_label("E-mail address").focus()
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What waits for you")
    tab_to(page, "Approve the need")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Approve the need")
    tab_to(page, "Approve the need")
    page.keyboard.press("Space")
    expect(page.get_by_role("main")).to_contain_text("You approved the need")


def test_a_need_is_posted_and_a_quote_is_sent_without_any_script(invite: Invite) -> None:
    alliance = make.alliance(schools=2)
    bursar = invite(alliance.schools[0].bursar, java_script_enabled=False)
    bursar.page.goto("/needs/post")
    bursar.answer("What does the school need?", "Cleaning")
    bursar.page.get_by_role("button", name="Continue").click()
    bursar.answer("Title", "Cleaning without any script")
    bursar.page.get_by_role("button", name="Save and finish later").click()
    bursar.sees("You saved the draft.")

    tender = make.published_tender(alliance, title="Meals without any script", criteria=make.PRICE_ONLY)
    supplier = invite(make.supplier().admin, java_script_enabled=False)
    supplier.page.goto(f"/tenders/{tender.id}/quote")
    supplier.page.get_by_label("Price for one").fill("2.48")
    supplier.page.get_by_role("button", name="Save and check before submitting").click()
    for declaration in supplier.page.get_by_role("checkbox").all():
        declaration.check()
    supplier.page.get_by_role("button", name="Submit your quote of £148,800.00").click()
    supplier.sees("Receipt")
