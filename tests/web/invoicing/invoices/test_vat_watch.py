"""A school that is not registered for VAT sees how near the limit it is."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from tests import make
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]
pytestmark = pytest.mark.usefixtures("app")


def test_a_finance_lead_is_told_before_the_limit_and_credits_count(client_for: ClientFor) -> None:
    alder, beech = make.alliance(2).schools
    make.payable_school(alder, vat_number=make.VAT_NUMBERS[0])
    make.payable_school(beech)
    invoice_id = make.issued_invoice(beech, alder, make.line("90000.01"))
    client = client_for(beech.finance_lead.person_id)
    task = f"See whether {beech.name} must register for VAT"
    page = client.get(client.get("/").links()[task])
    for said in ("£90,000.01", "£90,000.00", "SI 2024/307", "Ask your accountant now"):
        assert said in page.words
    make.credit(beech, invoice_id, {1: 1})
    page = client.get("/invoices/vat-registration")
    assert "Ask your accountant now" not in page.words
    assert "near the limit" in page.words
    make.credit(beech, invoice_id, {1: 20_000_00})
    assert task not in client.get("/").links()
    assert (
        "Nothing to watch" in client_for(alder.finance_lead.person_id).get("/invoices/vat-registration").words
    )
