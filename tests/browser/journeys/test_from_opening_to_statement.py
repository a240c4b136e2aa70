"""A closed tender is opened by two, scored, compared and awarded; its fee is invoiced; the fund states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader

from marketplace.core import clock
from marketplace.core.money import Money
from tests import make
from tests.browser.journeys.conftest import Invite
from tests.browser.journeys.traveller import Traveller
from tests.make import Supplier, Tender

pytestmark = pytest.mark.browser
TITLE = "Meals that waited to be opened"
PRICES = {"Larkfield Kitchens": "2.60", "Kestrel School Food": "2.45"}
SCORES = {"Larkfield Kitchens": 5, "Kestrel School Food": 3}


@dataclass(frozen=True, slots=True)
class Closed:
    """A tender past its deadline, and those who quoted, the winner first."""

    tender: Tender
    suppliers: tuple[Supplier, ...]


@pytest.fixture
def closed(built: Flask) -> Closed:  # noqa: ARG001  # builders need its context
    """A tender that lived in the weeks before today, until its deadline; and a fund with money in it."""
    alliance = make.alliance(schools=2)
    for school, vat_number in zip(alliance.schools, make.VAT_NUMBERS, strict=False):
        make.payable_school(school, vat_number=vat_number)
    with clock.travelling(clock.now() - timedelta(days=60)):
        tender = make.published_tender(
            alliance, title=TITLE, recovery_fee=Money(1_000_00), closes_at=make.working_moment(25)
        )
        suppliers = tuple(make.supplier(name) for name in PRICES)
        for supplier in suppliers:
            make.submitted_quote(tender, supplier, PRICES[supplier.name])
    make.close_tender(tender)
    make.received_round(make.partnership_fund(alliance))
    return Closed(tender, suppliers)


@pytest.mark.long
def test_from_opening_to_the_statement(closed: Closed, invite: Invite, tmp_path: Path) -> None:
    tender = closed.tender
    first, second = (invite(opener) for opener in tender.openers)
    coordinator = invite(tender.alliance.coordinator)
    evaluators = [invite(one) for one in tender.evaluators]

    open_envelope(first, second)
    for evaluator in evaluators:
        score(evaluator)
    agree(coordinator)
    open_envelope(second, first)
    award(coordinator, [invite(school.headteacher) for school in tender.schools], tmp_path)
    for supplier, words in zip(closed.suppliers, ("successful", "not successful"), strict=True):
        see_result(invite(supplier.admin), words)
    invoice(evaluators[0], tmp_path)
    state(coordinator, tmp_path)


def open_envelope(starting: Traveller, completing: Traveller) -> None:
    starting.go("/", f"Open the quotes for {TITLE}")
    starting.answer("Your opening passphrase", make.PASSPHRASE)
    starting.press("Start the opening")
    completing.go("/", f"Open the quotes for {TITLE}")
    completing.answer("Your opening passphrase", make.PASSPHRASE)
    completing.press("Complete the opening")
    completing.sees("You opened the quotes.")


def score(evaluator: Traveller) -> None:
    evaluator.go("/", f"Declare conflicts of interest: {TITLE}")
    for supplier in SCORES:
        evaluator.answer(f"Do you have a conflict of interest with {supplier}?", "No")
    evaluator.press("Declare")
    evaluator.go("/", f"Score 4 answers: {TITLE}")
    for supplier, points in SCORES.items():
        evaluator.follow(supplier)
        for question in ("Menus", "Staff"):
            evaluator.answer(f"Your score for “{question}”", str(points))
            evaluator.answer(f"Your reason for “{question}”", "A menu that pupils helped to plan.")
        evaluator.press("Save my scores")


def agree(coordinator: Traveller) -> None:
    coordinator.go("/", f"Agree the scores: {TITLE}")
    for supplier, points in SCORES.items():
        for place in range(2):
            row = coordinator.page.get_by_role("row").filter(has_text=supplier)
            row.get_by_role("cell").nth(place).get_by_role("link").first.click()
            coordinator.look()
            coordinator.answer("Agreed score", str(points))
            coordinator.answer("Reason", "Planned with pupils, and tasted first.")
            coordinator.press("Record the agreed score")
    coordinator.follow("Lock the scores")
    coordinator.press("Lock the scores")


def award(coordinator: Traveller, headteachers: list[Traveller], folder: Path) -> None:
    coordinator.go("/tenders", TITLE, "Compare the quotes")
    coordinator.sees("Lowest")
    assert coordinator.save("Download as Excel", folder).stat().st_size
    coordinator.follow("Recommend an award")
    coordinator.answer("Reasons", "It has most marks, and its price was checked.")
    coordinator.press("Recommend to the schools")
    for headteacher in headteachers:
        headteacher.go("/", f"Approve the award or send it back: {TITLE}", "Approve the award")
        headteacher.press("Approve the award")
        headteacher.sees("You approved the award.")
    tell_bidders(coordinator)
    coordinator.go("/", f"Confirm the award: {TITLE}")
    coordinator.answer("Is a winner a related party of a school that buys?", "No")
    coordinator.press("Confirm the award")
    coordinator.sees("You confirmed the award.")
    headteachers[0].go("/contracts")
    headteachers[0].sees("Larkfield Kitchens")


def tell_bidders(coordinator: Traveller) -> None:
    """Every bidder gets its letter, once the coordinator has read all of them."""
    coordinator.go("/", f"Read the letters to the bidders and send them: {TITLE}")
    coordinator.press(f"I have read all {len(PRICES)} drafts")
    coordinator.press(f"Send all {len(PRICES)} letters now")
    coordinator.sees("You sent every bidder its result")


def see_result(supplier: Traveller, words: str) -> None:
    supplier.go("/quotes")
    supplier.page.get_by_role("link", name="Q-").first.click()
    supplier.look()
    supplier.follow("See your result")
    supplier.sees(words)


def invoice(finance_lead: Traveller, folder: Path) -> None:
    finance_lead.go("/invoices")
    finance_lead.follow("Check and issue drafts")
    finance_lead.press("Issue the invoice")
    finance_lead.sees("You issued invoice")
    paper = finance_lead.save("Download as PDF", folder)
    assert "VAT invoice" in PdfReader(paper).pages[0].extract_text()


def state(coordinator: Traveller, folder: Path) -> None:
    coordinator.go("/funds")
    coordinator.follow("Partnership Fund", "Statement of the fund")
    coordinator.sees("Schools’ shares add up to the fund")
    paper = coordinator.save("Download as PDF", folder)
    assert "Closing balance" in PdfReader(paper).pages[0].extract_text()
