"""The draft of an invoice asks what VAT needs to know of staff and of disbursements."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from invoicing.invoices import vat_law
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import VatCategory
from marketplace.core import clock, storage
from marketplace.core.db import db
from tests import make
from tests.web.client import Client

pytestmark = pytest.mark.usefixtures("app")


def test_a_draft_charges_staff_by_the_rule_and_a_disbursement_only_with_all_eight_conditions(
    client_for: Callable[[uuid.UUID | None], Client],
) -> None:
    alder, beech = make.alliance(2).schools
    make.payable_school(alder, vat_number=make.VAT_NUMBERS[0])
    make.payable_school(beech)
    client = client_for(alder.finance_lead.person_id)
    form = client.get("/invoices/draft").form("Save the draft").fill(buyer_id=str(beech.id))
    for place, treatment in enumerate(("teaching", "other_staff")):
        form.fill(
            **{
                f"lines-{place}-description": f"Cover by {treatment}",
                f"lines-{place}-quantity": "1",
                f"lines-{place}-unit_price": "100",
                f"lines-{place}-category": treatment,
            }
        )
    page = client.submit(form, "Save the draft")
    staff = db.session().scalars(select(Invoice)).one()
    assert [line.category for line in staff.lines] == [VatCategory.EXEMPT, VatCategory.STANDARD]
    assert "Schedule 9, Group 6" in staff.lines[0].exemption_reason
    again = client.get(f"/invoices/{staff.id}/edit").form("Save the draft")
    assert again.values["lines-0-category"] == "teaching"
    assert not again.values["exemption_reason"]

    line = {"lines-0-description": "Fee of the exam board", "lines-0-quantity": "1"}
    form = client.get("/invoices/draft").form("Save the draft").fill(buyer_id=str(beech.id), **line)
    form.fill(**{"lines-0-unit_price": "45", "lines-0-category": "O"})
    ticked = list(vat_law.disbursement(clock.today()).conditions)
    page = client.submit(form.fill(conditions=ticked[:-1]), "Save the draft", status=422)
    assert "Not ticked: It comes on top of what we ourselves provide" in page.words
    form = page.form("Save the draft")
    assert form.values.getlist("conditions") == ticked[:-1]
    client.submit(form.fill(conditions=ticked), "Save the draft")
    (paid,) = (one for one in db.session().scalars(select(Invoice)) if one.id != staff.id)
    assert (paid.vat.pence, sorted(paid.conditions)) == (0, sorted(ticked))
    make.issue(alder, paid.id)
    issued = make.invoice(paid.id)
    assert issued.document_sha256
    assert issued.xml_sha256
    words = PdfReader(io.BytesIO(storage.read(issued.document_sha256))).pages[0].extract_text()
    assert make.VAT_NUMBERS[0] not in words
    assert b"<cbc:CompanyID>GB980780684" not in storage.read(issued.xml_sha256)
