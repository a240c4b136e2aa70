"""Drafting, checking, issuing and reading an invoice in the browser."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import InvoiceStatus, VatCategory
from marketplace.alliance.actions import add_person
from marketplace.core import clock
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import ADMINISTRATOR, Actor, Role
from tests import make
from tests.make import Alliance
from tests.web.client import Client
from tests.web.page import Form

Browse = Callable[[Actor], Client]
pytestmark = pytest.mark.usefixtures("app")
TYPED = "Café £5 – “Łódź” & <b>bold</b> 😀"


@pytest.fixture
def browse(client_for: Callable[[uuid.UUID | None], Client]) -> Browse:
    return lambda actor: client_for(actor.person_id)


@pytest.fixture
def alliance() -> Alliance:
    """Three schools that can be paid; the first is registered for VAT."""
    made = make.alliance(3)
    for place, school in enumerate(made.schools):
        make.payable_school(school, vat_number="" if place else make.VAT_NUMBERS[0])
    return made


def filled(form: Form, buyer: uuid.UUID, **changes: object) -> Form:
    """The form of a draft with one right line."""
    form.fill(buyer_id=str(buyer))
    form.fill(**{"lines-0-description": TYPED, "lines-0-quantity": "2.5", "lines-0-unit_price": "£1,040.10"})
    return form.fill(**changes)


# ------------------------------------------------------------------ drafting


def test_a_bursar_drafts_an_invoice_with_any_letters(
    alliance: Alliance, browse: Browse, session: Session
) -> None:
    alder, beech, _ = alliance.schools
    client = browse(alder.bursar)
    form = filled(
        client.get("/invoices/draft").form("Save the draft"), beech.id, note=TYPED, purchase_order=TYPED
    )
    page = client.submit(form, "Save the draft")
    assert page.heading == f"Draft invoice to {beech.name}"
    assert TYPED in page.words
    invoice = session.scalars(select(Invoice)).one()
    assert (invoice.net, invoice.vat) == (Money(260_025), Money(52_005))
    assert "Your school’s finance lead checks and issues it" in page.words


def test_a_double_click_on_save_makes_one_draft(alliance: Alliance, browse: Browse, session: Session) -> None:
    alder, beech, _ = alliance.schools
    client = browse(alder.bursar)
    form = filled(client.get("/invoices/draft").form("Save the draft"), beech.id)
    for _ in range(2):
        client.submit(form, "Save the draft")
    assert session.query(Invoice).count() == 1


BAD_DRAFTS: list[tuple[dict[str, object], str, str]] = [
    ({"buyer_id": ""}, "buyer_id", "Choose the school to invoice."),
    ({"supplied_on-month": "13"}, "supplied_on-day", "real date"),
    (
        {"supplied_on-day": "", "supplied_on-month": "", "supplied_on-year": ""},
        "supplied_on-day",
        "Enter the date",
    ),
    ({"supplied_on-year": "2010"}, "supplied_on-day", "4 January 2011 or later"),
    ({"payment_days": "91"}, "payment_days", "90 or less"),
    ({"payment_days": "-1"}, "payment_days", "0 or more"),
    ({"payment_days": "1.5"}, "payment_days", "whole number"),
    ({"lines-0-quantity": "-3"}, "lines-0-quantity", "or more"),
    ({"lines-0-quantity": "0"}, "lines-0-quantity", "or more"),
    ({"lines-0-quantity": "many"}, "lines-0-quantity", "must be a number"),
    ({"lines-0-quantity": ""}, "lines-0-quantity", "Enter the quantity."),
    ({"lines-0-unit_price": "-0.01"}, "lines-0-unit_price", "£0.00 or more"),
    ({"lines-0-unit_price": "99999999999"}, "lines-0-unit_price", "or less"),
    ({"lines-0-unit_price": "1.23456"}, "lines-0-unit_price", "4 decimal places"),
    ({"lines-0-unit_price": "1.234,50"}, "lines-0-unit_price", "must be a number"),
    ({"lines-0-unit_price": ""}, "lines-0-unit_price", "Enter the price of one."),
    ({"lines-0-description": ""}, "lines-0-description", "Enter what the line is for."),
    ({"lines-0-description": "x" * 301}, "lines-0-description", "300"),
    ({"lines-0-unit_price": "0"}, "lines", "more than £0.00"),
    ({"lines-0-unit_price": "1000000", "lines-0-quantity": "1000000"}, "lines", "or less"),
    ({"lines-0-category": "E"}, "exemption_reason", "Enter why the exempt lines"),
    ({"lines-0-category": "O"}, "conditions", "only when all eight conditions hold"),
    ({"note": "x" * 1001}, "note", "1000"),
    ({"purchase_order": "a\x00b"}, "purchase_order", "control characters"),
]


@pytest.mark.parametrize("wrong", BAD_DRAFTS)
def test_a_draft_that_cannot_be_is_refused_with_everything_kept(
    alliance: Alliance, browse: Browse, session: Session, wrong: tuple[dict[str, object], str, str]
) -> None:
    changes, field, message = wrong
    alder, beech, _ = alliance.schools
    client = browse(alder.bursar)
    form = filled(client.get("/invoices/draft").form("Save the draft"), beech.id)
    page = client.submit(form.fill(**changes), "Save the draft", status=422)
    assert message in page.errors()[field]
    again = page.form("Save the draft").values
    for name, typed in {**dict(form.values), **changes}.items():
        if name not in {"csrf_token", "lines-0-category", "purchase_order"}:
            assert again[name] == typed, name
    assert session.query(Invoice).count() == 0


def test_a_school_of_another_alliance_is_no_choice(alliance: Alliance, browse: Browse) -> None:
    alder = alliance.schools[0]
    stranger = make.alliance(1, name="Other Alliance").schools[0]
    client = browse(alder.bursar)
    form = filled(client.get("/invoices/draft").form("Save the draft"), stranger.id)
    page = client.submit(form, "Save the draft", status=422)
    assert "options on the list" in page.errors()["buyer_id"]


def test_more_lines_are_added_without_losing_what_was_typed(alliance: Alliance, browse: Browse) -> None:
    alder, beech, _ = alliance.schools
    client = browse(alder.bursar)
    form = filled(client.get("/invoices/draft").form("Save the draft"), beech.id)
    page = client.submit(form, "Add more lines")
    again = page.form("Save the draft")
    assert not page.errors()
    assert again.values["lines-0-description"] == TYPED
    assert "lines-3-description" in again.names
    page = client.submit(
        again.fill(**{"lines-3-description": "Last", "lines-3-quantity": "1", "lines-3-unit_price": "0.01"}),
        "Save the draft",
    )
    assert "Last" in page.words


def test_somebody_of_two_schools_is_asked_which(alliance: Alliance, browse: Browse) -> None:
    alder, beech, _ = alliance.schools
    seats = [(alder.id, Role.BURSAR), (beech.id, Role.BURSAR)]
    both = make.actor(add_person(ADMINISTRATOR, "Both", "both@example.org", seats))
    for path in ("/invoices/draft", "/shared-costs/record"):
        page = browse(both).get(path)
        assert page.heading == "Which school is this for?"
        assert beech.name in browse(both).get(page.links()[beech.name]).words


def test_those_who_may_not_draft_are_told_so(alliance: Alliance, browse: Browse) -> None:
    alder, beech, _ = alliance.schools
    for actor in (alder.governor, alliance.auditor, alliance.coordinator):
        browse(actor).get("/invoices/draft", status=403)
    browse(alder.bursar).get(f"/invoices/draft?school={beech.id}", status=403)
    for nonsense in ("x", str(new_id())):
        browse(alder.bursar).get(f"/invoices/draft?school={nonsense}", status=404)


def test_two_tabs_on_one_draft_do_not_overwrite_each_other(alliance: Alliance, browse: Browse) -> None:
    alder, beech, _ = alliance.schools
    draft_id = make.draft_invoice(alder, beech, make.line("10", category=VatCategory.STANDARD))
    client = browse(alder.bursar)
    first = client.get(f"/invoices/{draft_id}/edit").form("Save the draft")
    second = client.get(f"/invoices/{draft_id}/edit").form("Save the draft")
    client.submit(first.fill(note="First"), "Save the draft")
    page = client.submit(second.fill(note="Second"), "Save the draft", status=409)
    assert "Someone changed this while you were working on it" in page.words
    assert page.form("Save the draft").values["note"] == "Second"
    assert make.invoice(draft_id).note == "First"
    client.submit(page.form("Save the draft"), "Save the draft")
    assert make.invoice(draft_id).note == "Second"


def test_a_draft_is_discarded_after_a_last_look(alliance: Alliance, browse: Browse) -> None:
    _, beech, cedar = alliance.schools
    draft_id = make.draft_invoice(beech, cedar)
    client = browse(beech.bursar)
    page = client.get(client.get(f"/invoices/{draft_id}").links()["Discard the draft"])
    assert "cannot be brought back" in page.words
    for _ in range(2):
        client.submit(page.form("Discard the draft"))
    assert make.invoice(draft_id).status is InvoiceStatus.DISCARDED
    assert "Discard the draft" not in client.get(f"/invoices/{draft_id}/discard").links()


# ------------------------------------------------------------------ issuing


def test_a_finance_lead_checks_ticks_and_issues(alliance: Alliance, browse: Browse) -> None:
    alder, beech, cedar = alliance.schools
    first = make.draft_invoice(alder, beech, make.line(category=VatCategory.STANDARD))
    second = make.draft_invoice(alder, cedar, make.line(category=VatCategory.STANDARD))
    client = browse(alder.finance_lead)
    home = client.get("/")
    page = client.get(home.links()["Issue 2 draft invoices"])
    form = page.form("Issue the ticked invoices")
    chosen = [value for value in form.values.getlist("chosen") if value.startswith(str(second))]
    page = client.submit(form.fill(chosen=chosen))
    assert f"sent it to {cedar.name}" in page.words
    assert make.invoice(first).status is InvoiceStatus.DRAFT
    assert page.heading == f"VAT invoice {make.invoice(second).number}"


def test_a_double_click_on_issue_issues_once(alliance: Alliance, browse: Browse) -> None:
    _, beech, cedar = alliance.schools
    drafts = [make.draft_invoice(beech, cedar) for _ in range(2)]
    client = browse(beech.finance_lead)
    form = client.get("/invoices/issue").form("Issue the ticked invoices")
    for _ in range(2):
        assert "You issued 2 invoices" in client.submit(form).words
    year = clock.today().year
    assert {make.invoice(draft).number for draft in drafts} == {
        f"{beech.urn}-{year}-0001",
        f"{beech.urn}-{year}-0002",
    }


def test_nothing_ticked_is_nothing_issued(alliance: Alliance, browse: Browse) -> None:
    _, beech, cedar = alliance.schools
    make.draft_invoice(beech, cedar)
    client = browse(beech.finance_lead)
    form = client.get("/invoices/issue").form("Issue the invoice")
    page = client.submit(form.fill(chosen=[]), status=422)
    assert "Choose at least one invoice." in page.words


@pytest.mark.parametrize("chosen", ["nonsense", "00000000-0000-0000-0000-000000000000:x", ":", "1:1"])
def test_a_made_up_choice_is_refused_in_words(alliance: Alliance, browse: Browse, chosen: str) -> None:
    _, beech, cedar = alliance.schools
    make.draft_invoice(beech, cedar)
    page = browse(beech.finance_lead).post("/invoices/issue", {"chosen": chosen}, status=422)
    assert page.errors()


def test_the_draft_of_another_school_cannot_be_issued_by_its_id(alliance: Alliance, browse: Browse) -> None:
    alder, beech, cedar = alliance.schools
    theirs = make.draft_invoice(alder, cedar, make.line(category=VatCategory.STANDARD))
    make.draft_invoice(beech, cedar)
    browse(beech.finance_lead).post("/invoices/issue", {"chosen": f"{theirs}:1"}, status=404)
    assert make.invoice(theirs).status is InvoiceStatus.DRAFT


def test_a_draft_that_changed_meanwhile_must_be_checked_again(alliance: Alliance, browse: Browse) -> None:
    _, beech, cedar = alliance.schools
    draft_id = make.draft_invoice(beech, cedar)
    client = browse(beech.finance_lead)
    stale = client.get("/invoices/issue").form("Issue the invoice")
    edit = client.get(f"/invoices/{draft_id}/edit").form("Save the draft")
    client.submit(edit.fill(note="Changed"), "Save the draft")
    page = client.submit(stale, status=409)
    assert "Someone changed this" in page.words
    assert make.invoice(draft_id).status is InvoiceStatus.DRAFT
    client.submit(client.get("/invoices/issue").form("Issue the invoice"))
    assert make.invoice(draft_id).status is InvoiceStatus.ISSUED


def test_a_school_without_a_bank_account_is_told_what_to_do(browse: Browse) -> None:
    alder, beech = make.alliance(2).schools
    make.draft_invoice(alder, beech)
    client = browse(alder.finance_lead)
    page = client.submit(client.get("/invoices/issue").form("Issue the invoice"), status=422)
    assert "Your school has no address yet" in page.words


def test_a_bursar_cannot_issue_and_finds_no_button(alliance: Alliance, browse: Browse) -> None:
    _, beech, cedar = alliance.schools
    draft_id = make.draft_invoice(beech, cedar)
    client = browse(beech.bursar)
    client.get("/invoices/issue", status=403)
    assert "Check and issue" not in client.get(f"/invoices/{draft_id}").links()


# ------------------------------------------------------------------ reading


def test_an_issued_invoice_shows_what_its_paper_says(alliance: Alliance, browse: Browse) -> None:
    alder, beech, _ = alliance.schools
    invoice_id = make.issued_invoice(
        alder, beech, make.line("33.33", "3", TYPED, unit="days", category=VatCategory.STANDARD)
    )
    invoice = make.invoice(invoice_id)
    page = browse(beech.finance_lead).get(f"/invoices/{invoice_id}")
    for part in (invoice.number, TYPED, "3 days", "£33.33", "20%", str(invoice.net), str(invoice.vat)):
        assert part
        assert part in page.words
    assert "Sort code: 30-94-31" in page.words
    assert "Entries in the books" in page.words
    assert "VAT to reclaim" in page.words
    assert "VAT charged" not in page.words


def test_the_pdf_comes_as_an_attachment_named_by_its_number(alliance: Alliance, browse: Browse) -> None:
    _, beech, cedar = alliance.schools
    invoice = make.invoice(make.issued_invoice(beech, cedar))
    answer = browse(cedar.finance_lead).download(f"/invoices/{invoice.id}/pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={invoice.number}.pdf"
    assert invoice.number
    assert invoice.number in PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()


def test_the_invoice_of_others_is_not_found(alliance: Alliance, browse: Browse) -> None:
    alder, beech, cedar = alliance.schools
    issued = make.issued_invoice(alder, beech, make.line(category=VatCategory.STANDARD))
    draft = make.draft_invoice(alder, beech, make.line(category=VatCategory.STANDARD))
    for actor, invoice_id in (
        (cedar.finance_lead, issued),
        (alliance.coordinator, issued),
        (make.alliance(1, name="Other").auditor, issued),
        (beech.finance_lead, draft),
    ):
        for path in ("", "/pdf", "/edit", "/discard", "/payments/record"):
            browse(actor).get(f"/invoices/{invoice_id}{path}", status=404)
    browse(alder.finance_lead).get(f"/invoices/{draft}/pdf", status=404)


def test_the_buyer_reads_and_changes_nothing(alliance: Alliance, browse: Browse) -> None:
    _, beech, cedar = alliance.schools
    invoice_id = make.issued_invoice(beech, cedar)
    client = browse(cedar.finance_lead)
    links = client.get(f"/invoices/{invoice_id}").links()
    assert "Download as PDF" in links
    assert not {"Record a payment", "Change the draft", "Discard the draft"} & set(links)
    for path in ("/edit", "/discard", "/payments/record"):
        client.get(f"/invoices/{invoice_id}{path}", status=403)


def test_an_issued_invoice_leads_from_its_old_edit_page_to_itself(alliance: Alliance, browse: Browse) -> None:
    _, beech, cedar = alliance.schools
    draft_id = make.draft_invoice(beech, cedar)
    client = browse(beech.finance_lead)
    open_form = client.get(f"/invoices/{draft_id}/edit").form("Save the draft")
    make.issue(beech, draft_id)
    page = client.submit(open_form.fill(note="Too late"), "Save the draft", status=422)
    assert "can no longer be changed" in page.words
    assert client.get(f"/invoices/{draft_id}/edit").heading.startswith("Invoice ")
    assert make.invoice(draft_id).note == ""


def test_a_post_when_nothing_is_left_to_issue_says_so(alliance: Alliance, browse: Browse) -> None:
    page = browse(alliance.schools[1].finance_lead).post("/invoices/issue", {}, status=422)
    assert "No drafts to issue" in page.words


@pytest.mark.parametrize("path", ["/invoices/draft", "/shared-costs/record"])
def test_a_school_without_partners_gets_no_crash_from_an_empty_post(browse: Browse, path: str) -> None:
    alone = make.alliance(1).schools[0]
    browse(alone.finance_lead).post(path, {}, status=422)
