"""Budgets and grants, page by page."""

import io
import uuid
from collections.abc import Callable

import pytest

from invoicing.fund.rules import Purpose
from marketplace.alliance.decisions.rules import Subject
from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.core.policy import Actor
from tests import make
from tests.make import budgets as budgeted
from tests.make import fund as making
from tests.make import memberships as deciding
from tests.web.client import Client

Browse = Callable[[Actor], Client]
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def browse(client_for: Callable[[uuid.UUID | None], Client]) -> Browse:
    return lambda actor: client_for(actor.person_id)


@pytest.fixture
def held() -> make.Fund:
    """A fund of three schools that holds £6,000 for training."""
    held = make.partnership_fund(make.alliance(schools=3))
    make.received_round(held)
    return held


def test_a_budget_goes_from_the_coordinator_to_the_board_and_onto_the_pages_of_claims(
    held: make.Fund, browse: Browse
) -> None:
    coordinator = browse(held.alliance.coordinator)
    page = coordinator.get(f"/funds/{held.id}")
    assert "Until the board has set a budget" in page.words
    form = coordinator.get(page.links()["Propose a budget"]).form()
    form.fill(staff_training="-5")
    bad = coordinator.submit(form, status=422)
    assert bad.form().values["staff_training"] == "-5"
    form.fill(staff_training="1,500")
    page = coordinator.submit(form)
    assert "You put the budget to the board" in page.words
    assert "Waiting for the board" in page.words
    budget_id = uuid.UUID(page.path.split("/")[-1])
    deciding.decided(held.alliance, Subject.BUDGET, budget_id)
    page = browse(held.alliance.auditor).get(page.path)
    assert "Set by the board" in page.words
    bursar = browse(held.schools[0].bursar)
    page = bursar.get(f"/funds/{held.id}/claims/make")
    assert "£1,500.00" in page.words
    form = page.form()
    bill = (io.BytesIO(making.PDF), "bill.pdf")
    form.fill(title="Course", purpose="staff_training", amount="1500.01", evidence=bill)
    page = bursar.submit(form, status=422)
    assert "£1,500.00 is left of the year’s budget" in page.words
    claim_id = make.claim(held, held.schools[0], Money(400_00))
    page = browse(held.schools[1].headteacher).get(f"/funds/claims/{claim_id}/approve")
    assert "£1,100.00 of £1,500.00, after this claim" in page.words


def test_a_grant_is_recorded_with_its_letter_and_stands_in_the_statement(
    held: make.Fund, browse: Browse
) -> None:
    coordinator = browse(held.alliance.coordinator)
    form = coordinator.get(f"/funds/{held.id}/grants/record").form()
    today = clock.today()
    form.fill(
        kind="parents",
        giver="Friends of Alder",
        title="Quiz night",
        purpose="staff_training",
        amount="250",
        evidence=(io.BytesIO(making.PDF), "letter.pdf"),
        **{"received_on-day": today.day, "received_on-month": today.month, "received_on-year": today.year},
    )
    page = coordinator.submit(form, status=422)
    assert "parents’ association stays that school’s" in page.words
    form = page.form()
    assert form.values["giver"] == "Friends of Alder"
    form.fill(kind="charity", giver="The Wolds Foundation", evidence=(io.BytesIO(making.PDF), "letter.pdf"))
    page = coordinator.submit(form)
    assert "You recorded the grant of £250.00 from The Wolds Foundation" in page.words
    auditor = browse(held.alliance.auditor)
    assert auditor.download(f"{page.path}/evidence").data == making.PDF
    page = auditor.get(f"/funds/{held.id}/statement")
    assert "Grants, no school’s share" in page.words
    assert "Purposes add up to the fund" in page.words
    assert auditor.download(f"/funds/{held.id}/statement.pdf").data.startswith(b"%PDF")
    stranger = browse(make.alliance(schools=1, name="Elsewhere").coordinator)
    budget_id = budgeted.proposed_budget(held, {Purpose.STAFF_TRAINING: Money(1)})
    for address in (f"/funds/{held.id}/grants/record", f"/funds/budgets/{budget_id}"):
        stranger.get(address, status=404)
