"""Writing, checking, issuing and reading a credit note in the browser."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from invoicing.invoices.credit_notes.models import CreditNote
from invoicing.invoices.rules import VatCategory
from tests import make
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]
pytestmark = pytest.mark.usefixtures("app")


def test_a_finance_lead_writes_checks_and_issues_a_credit_note(
    client_for: ClientFor, session: Session
) -> None:
    made = make.alliance(3)
    alder, beech, cedar = made.schools
    make.payable_school(alder, vat_number=make.VAT_NUMBERS[0])
    make.payable_school(beech)
    invoice_id = make.issued_invoice(
        alder,
        beech,
        make.line("185", "4", "Technician", unit="days", category=VatCategory.STANDARD),
        make.line("10", category=VatCategory.STANDARD),
    )
    make.credit(alder, invoice_id, {2: 10_00})
    client = client_for(alder.finance_lead.person_id)
    page = client.get(client.get(f"/invoices/{invoice_id}").links()["Write a credit note"])
    assert "Nothing is left to credit" in page.words
    form = page.form("Check the credit note")
    for amount, reason, field, message in (
        ("740.01", "Ill", "amount_1", "must be £740.00 or less"),
        ("", "Ill", "", "Enter how much to credit on at least one line."),
        ("370", "", "reason", "Enter why you credit this."),
    ):
        wrong = client.submit(form.fill(amount_1=amount, reason=reason), "Check the credit note", status=422)
        assert message in (wrong.errors()[field] if field else wrong.words)
        assert wrong.form("Check the credit note").values["amount_1"] == amount
    page = client.submit(form.fill(amount_1="370", reason="Ill & <b>away</b>"), "Check the credit note")
    for said in ("2 days", "£370.00", "£74.00", "£444.00", "Ill & <b>away</b>"):
        assert said in page.words
    changed = client.submit(page.form("Issue the credit note"), "Change something")
    assert changed.form("Check the credit note").values["amount_1"] == "370"
    swapped = page.form("Issue the credit note").fill(amount_1="371")
    assert client.submit(swapped, "Issue the credit note").heading == "Check the credit note"
    right = page.form("Issue the credit note").fill(amount_1="370")
    for _ in range(2):
        shown = client.submit(right, "Issue the credit note")
    assert session.scalar(select(func.count(CreditNote.id))) == 2
    note = session.scalars(select(CreditNote).order_by(CreditNote.number.desc())).first()
    assert note
    assert shown.heading == f"Credit note {note.number}"
    answer = client_for(beech.finance_lead.person_id).download(f"/credit-notes/{note.id}/pdf")
    assert f"{note.number}.pdf" in answer.headers["Content-Disposition"]
    paper = " ".join(PdfReader(io.BytesIO(answer.data)).pages[0].extract_text().split())
    for cited in (note.number, "£444.00", "£74.00", make.invoice(invoice_id).number):
        assert cited
        assert cited in shown.words
        assert cited in paper
    bought = client_for(beech.finance_lead.person_id).get(f"/invoices/{invoice_id}")
    assert note.number in bought.links()
    assert "£456.00 credited" in bought.words
    assert "Write a credit note" not in bought.links()
    assert note.number in client_for(made.auditor.person_id).get("/credit-notes").links()
    assert "No credit notes yet" in client_for(cedar.finance_lead.person_id).get("/credit-notes").words
    client_for(cedar.finance_lead.person_id).get(f"/credit-notes/{note.id}", status=404)
    client_for(alder.bursar.person_id).get(f"/invoices/{invoice_id}/credit-notes/issue", status=403)
