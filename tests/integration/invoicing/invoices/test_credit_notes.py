"""Crediting invoices: the number, the books of both schools, the document, the letter."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from invoicing.invoices.credit_notes import actions
from invoicing.invoices.credit_notes.models import CreditNote
from invoicing.invoices.rules import InvoiceStatus, VatCategory
from invoicing.ledger import queries as ledger
from invoicing.ledger.models import Account, Transfer
from invoicing.ledger.rules import AccountKind, AccountName
from marketplace.core import clock, storage
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.events import Event
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.money import ZERO, Money
from tests import make
from tests.make import School

STANDARD, EXEMPT = VatCategory.STANDARD, VatCategory.EXEMPT


@pytest.fixture
def schools(app: Flask) -> tuple[School, ...]:  # noqa: ARG001  # it needs the database
    """Three payable schools of an alliance; the first is registered for VAT."""
    made = make.alliance(3).schools
    for place, school in enumerate(made):
        make.payable_school(school, vat_number="" if place else make.VAT_NUMBERS[0])
    return made


def test_a_credit_note_mirrors_lines_cites_the_invoice_and_tells_the_buyer(
    schools: tuple[School, ...], session: Session
) -> None:
    alder, beech, _ = schools
    invoice_id = make.issued_invoice(
        alder,
        beech,
        make.line("185.00", "4", "Network technician", unit="days", category=STANDARD),
        make.line("60.00", "1", "Teaching", category=EXEMPT, exemption_reason="Education, Group 6"),
        purchase_order="PO-7",
    )
    note = make.credit_note(make.credit(alder, invoice_id, {1: 370_00, 2: 60_00}, "Ill for two days"))
    invoice, today = make.invoice(invoice_id), clock.today()
    assert note.number == f"{alder.urn}-{today.year}-C0001"
    assert (note.net, note.vat, note.total) == (Money(430_00), Money(74_00), Money(504_00))
    assert (invoice.credited, invoice.outstanding, invoice.status) == (
        Money(504_00),
        Money(444_00),
        InvoiceStatus.ISSUED,
    )
    words = " ".join(
        PdfReader(io.BytesIO(storage.read(note.document_sha256))).pages[0].extract_text().split()
    )
    for said in (
        "Credit note",
        note.number,
        invoice.number,
        alder.name,
        make.VAT_NUMBERS[0],
        beech.name,
        "PO-7",
        "Ill for two days",
        "Network technician",
        "2 days",
        "£370.00",
        "Education, Group 6",
        "£74.00",
        "£504.00",
    ):
        assert said
        assert said in words
    (told,) = session.scalars(select(Message).where(Message.subject.startswith("Credit note")))
    assert told.recipient.startswith("finance-")
    assert [file.sha256 for file in told.files] == [note.document_sha256, note.xml_sha256]
    for said in (note.number, invoice.number, "£504.00", "£444.00", f"/credit-notes/{note.id}"):
        assert said
        assert said in told.body
    recorded = session.scalars(select(Event).where(Event.act == "credit_note.issue")).one()
    assert recorded.organisation_id == alder.id


def test_an_invoice_credited_in_full_leaves_nothing_in_the_books_and_its_credits_stay(
    schools: tuple[School, ...], session: Session
) -> None:
    alder, beech, _ = schools
    invoice_id = make.issued_invoice(alder, beech, make.line("100", category=STANDARD))
    for pence in (33_33, 66_67):
        make.credit(alder, invoice_id, {1: pence})
    accounts = session.scalars(select(Account)).all()
    assert len(accounts) == 6
    for account in accounts:
        name = AccountName(account.holder_id, account.kind, account.counterparty_id, account.purpose)
        assert ledger.balance(session, name) == ZERO
    assert not ledger.incomplete_entries(session)
    invoice = make.invoice(invoice_id)
    assert (invoice.status, invoice.outstanding, invoice.owed_back) == (InvoiceStatus.CREDITED, ZERO, ZERO)
    with pytest.raises(RuleBroken, match="nothing is left to credit"):
        make.credit(alder, invoice_id, {1: 1})
    with pytest.raises(RuleBroken, match="credited in full"):
        make.pay(alder, invoice_id, 1)
    for change in ("UPDATE credit_note SET total = total", "DELETE FROM credit_note_line"):
        with pytest.raises(DBAPIError, match="permanent"), transaction() as acting:
            acting.execute(text(change))


def test_what_was_paid_and_then_credited_is_owed_back(schools: tuple[School, ...], session: Session) -> None:
    _, beech, cedar = schools
    invoice_id = make.issued_invoice(beech, cedar)
    make.pay(beech, invoice_id, 80_00)
    make.credit(beech, invoice_id, {1: 50_00})
    paid = make.invoice(invoice_id)
    assert (paid.status, paid.outstanding, paid.owed_back) == (InvoiceStatus.PAID, ZERO, Money(30_00))
    owed = ledger.balance(session, AccountName(beech.id, AccountKind.RECEIVABLE, cedar.id))
    assert owed == Money(-30_00)


def test_a_credit_note_is_issued_once_and_only_by_the_finance_lead_of_the_issuer(
    schools: tuple[School, ...], session: Session
) -> None:
    _, beech, cedar = schools
    invoice_id, other_id = make.issued_invoice(beech, cedar), make.issued_invoice(beech, cedar)
    note_id, asked = new_id(), {"amounts": {1: Money(10_00)}, "reason": "Too much"}
    for _ in range(2):
        actions.issue_credit_note(beech.finance_lead, note_id, invoice_id, **asked)  # type: ignore[arg-type]
    assert session.scalar(select(func.count(CreditNote.id))) == 1
    for actor, wanted, refusal in (
        (beech.finance_lead, other_id, NotFound),
        (beech.bursar, invoice_id, Forbidden),
        (cedar.finance_lead, invoice_id, Forbidden),
        (schools[0].finance_lead, invoice_id, NotFound),
    ):
        with pytest.raises(refusal):
            actions.issue_credit_note(actor, note_id, wanted, **asked)  # type: ignore[arg-type]
    with pytest.raises(RuleBroken, match="not been issued"):
        make.credit(beech, make.draft_invoice(beech, cedar), {1: 1})


def test_credits_at_the_same_moment_take_no_more_than_the_line_and_leave_no_gap(
    app: Flask, schools: tuple[School, ...], session: Session
) -> None:
    _, beech, cedar = schools
    invoice_id = make.issued_invoice(beech, cedar)

    def credit(_: int) -> None:
        with app.app_context(), suppress(RuleBroken):
            make.credit(beech, invoice_id, {1: 30_00})

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(credit, range(8)))
    session.rollback()
    numbers = sorted(session.scalars(select(CreditNote.number)))
    assert numbers == [f"{beech.urn}-{clock.today().year}-C{serial:04d}" for serial in (1, 2, 3)]
    assert make.invoice(invoice_id).credited == Money(90_00)
    assert session.scalar(select(func.count(Transfer.id))) == 2 + 3 * 2
