"""Agreements on their pages: drafted by the seller, safeguarded, signed by both heads."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from marketplace.core import clock
from marketplace.core.months import months_later
from marketplace.core.policy import Actor
from tests import make
from tests.make import agreements as making
from tests.web.client import Client

Browse = Callable[[Actor], Client]
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def browse(client_for: Callable[[uuid.UUID | None], Client]) -> Browse:
    return lambda actor: client_for(actor.person_id)


def day_of(name: str, months: int) -> dict[str, str]:
    """A date so many months from today, as its three inputs take it."""
    day = months_later(clock.today(), months)
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def test_a_seller_drafts_records_the_check_and_both_heads_sign(browse: Browse) -> None:
    seller, buyer = make.alliance(schools=2).schools
    bursar = browse(seller.bursar)
    form = bursar.get("/agreements/draft").form("Save the draft")
    typed = {
        "buyer_id": str(buyer.id),
        "service": "staff_days",
        "title": "Music <teacher>",
        "work": "Tuesdays, Years 3 to 6",
        "supply": "teaching",
        "regulated": "yes",
        "basis": "per_unit",
        "rate": "£240",
        "unit": "",
        "schedule": "monthly",
        "notice_months": "3",
        **day_of("starts_on", 0),
        **day_of("ends_on", 12),
    }
    refused = bursar.submit(form.fill(**typed), status=422)
    assert "Say what the rate is for" in str(refused.errors())
    again = refused.form("Save the draft")
    shown = bursar.submit(again.fill(unit="day"))
    assert shown.heading == "Music <teacher>"
    assert "record the safeguarding check" in shown.words
    agreement_path = shown.path
    early = bursar.get(f"{agreement_path}/propose").form("Propose it to both heads")
    assert "Record the safeguarding check" in bursar.submit(early, status=422).words
    check = bursar.get(f"{agreement_path}/checks/record").form("Record the check")
    number = check.fill(
        worker="Music teacher 001234567890", level="enhanced_children", **day_of("checked_on", -5)
    )
    refused = bursar.submit(number, status=422)
    assert "never the certificate" in str(refused.errors())
    bursar.submit(refused.form("Record the check").fill(worker="Music teacher"))
    bursar.submit(bursar.get(f"{agreement_path}/propose").form("Propose it to both heads"))
    for school, words in ((seller, "when the head of the other school"), (buyer, "the agreement runs")):
        head = browse(school.headteacher)
        assert agreement_path in str(head.get("/").links())
        page = head.get(f"{agreement_path}/agree")
        assert f"You sign for {school.name} only" in page.words
        assert words in head.submit(page.form(f"Sign for {school.name}")).words
    listed = browse(buyer.governor).get("/agreements")
    assert "£240.00 a day" in listed.words
    assert "Runs" in listed.words


def test_a_buyer_enters_its_order_number_and_heads_answer_a_longer_term(browse: Browse) -> None:
    seller, buyer = make.alliance(schools=2).schools
    agreement_id = making.running(seller, buyer)
    bursar = browse(buyer.bursar)
    form = bursar.get(f"/agreements/{agreement_id}/order").form("Save the order number")
    assert "PO-77" in bursar.submit(form.fill(purchase_order="PO-77")).words
    head = browse(seller.headteacher)
    form = head.get(f"/agreements/{agreement_id}/extend").form("Sign, and ask the other head")
    head.submit(form.fill(months="2"))
    other = browse(buyer.headteacher)
    (answer,) = [href for href in other.get("/").links().values() if href.endswith("/answer")]
    form = other.get(answer).form("Save the answer")
    assert "Both heads have signed" in other.submit(form.fill(answer="agree")).words
    form = other.get(f"/agreements/{agreement_id}/notice").form("Give notice")
    assert "gave notice on" in other.submit(form.fill(reason="We appoint our own.")).words


def test_a_buyer_asks_for_an_offer_and_what_it_confirms_becomes_a_draft_invoice(browse: Browse) -> None:
    seller, buyer = make.alliance(schools=2).schools
    for school in (seller, buyer):
        make.payable_school(school)
    making.offer(seller, title="Minibus <16 seats>")
    bursar, other = browse(seller.bursar), browse(buyer.bursar)
    (ask,) = [href for href in other.get("/agreements/offers").links().values() if href.endswith("/ask")]
    form = other.get(ask).form("Ask the school to draft an agreement")
    begun = other.submit(form.fill(**day_of("starts_on", 0), **day_of("ends_on", 6), words="Fridays"))
    assert "You asked" in begun.words
    assert "Not answered yet" in bursar.get(begun.path).words
    agreement_id = making.running(seller, buyer)
    path = f"/agreements/{agreement_id}/usage"
    form = bursar.get(f"{path}/log").form("Log it for the buyer to confirm")
    refused = bursar.submit(form.fill(units="1.25", words=""), status=422)
    assert "Say what was used" in str(refused.errors())
    for words in ("Year 4 & choir", "Year 9"):
        form = bursar.get(f"{path}/log").form("Log it for the buyer to confirm")
        bursar.submit(form.fill(units="1.25", words=words))
    assert f"{path}/confirm" in other.get("/").links().values()
    confirm = other.get(f"{path}/confirm")
    wrong = next(href for text, href in confirm.links().items() if "Year 9" in text)
    form = other.get(wrong).form("Ask the school that sells")
    asked = other.submit(form.fill(question="We have no Year 9."))
    assert "We have no Year 9" in asked.words
    change = next(href for href in asked.links().values() if href.endswith("/question"))
    assert other.get(change).form("It is right after all: confirm it").action == f"{path}/confirm"
    confirmed = other.submit(other.get(f"{path}/confirm").form("Confirm what is ticked"))
    assert "£300.00" in confirmed.words
    drafting = bursar.get(f"/agreements/{agreement_id}/charges/invoice").form("Draft the invoice")
    draft = bursar.submit(drafting)
    assert "Year 4 & choir" in draft.words
    assert "What was used and charged by the agreement" in draft.words
    correct = next(href for href in bursar.get(path).links().values() if href.endswith("/correct"))
    taken = bursar.submit(bursar.get(correct).form("Take it back: it was logged by mistake"))
    assert "Year 9" not in taken.words
