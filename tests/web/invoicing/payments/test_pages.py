"""Recording a payment in the browser."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from invoicing.invoices.rules import InvoiceStatus
from invoicing.payments.models import Payment
from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.core.policy import Actor
from tests import make
from tests.make import School
from tests.web.client import Client

Browse = Callable[[Actor], Client]
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def browse(client_for: Callable[[uuid.UUID | None], Client]) -> Browse:
    return lambda actor: client_for(actor.person_id)


@pytest.fixture
def schools() -> tuple[School, School]:
    """Two schools that can be paid."""
    alder, beech = make.alliance(2).schools
    return make.payable_school(alder), make.payable_school(beech)


def day(name: str, value: date) -> dict[str, str]:
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


def test_a_payment_is_recorded_and_seen_by_both_schools(schools: tuple[School, ...], browse: Browse) -> None:
    alder, beech = schools
    invoice_id = make.issued_invoice(alder, beech)
    client = browse(alder.finance_lead)
    page = client.get(client.get(f"/invoices/{invoice_id}").links()["Record a payment"])
    form = page.form("Record the payment")
    assert form.values["amount"] == "100.00"
    page = client.submit(form.fill(amount="£60.50", reference="Łódź £ <b>"))
    assert "You recorded £60.50 received" in page.words
    for actor in (alder.bursar, beech.finance_lead):
        seen = browse(actor).get(f"/invoices/{invoice_id}")
        assert "Part paid" in seen.words
        assert "reference Łódź £ <b>" in seen.words
        assert "£39.50" in seen.words


def test_a_double_click_records_the_money_once(
    schools: tuple[School, ...], browse: Browse, session: Session
) -> None:
    alder, beech = schools
    invoice_id = make.issued_invoice(alder, beech)
    client = browse(alder.finance_lead)
    form = client.get(f"/invoices/{invoice_id}/payments/record").form("Record the payment")
    for _ in range(2):
        client.submit(form)
    assert make.invoice(invoice_id).status is InvoiceStatus.PAID
    assert session.query(Payment).count() == 1


NEXT_WEEK = clock.today() + timedelta(days=7)
LAST_YEAR = clock.today() - timedelta(days=400)
BAD_PAYMENTS: list[tuple[dict[str, str], str, str]] = [
    ({"amount": ""}, "amount", "Enter the amount that arrived."),
    ({"amount": "0"}, "amount", "£0.01 or more"),
    ({"amount": "-1"}, "amount", "£0.01 or more"),
    ({"amount": "100.01"}, "amount", "£100.00 or less"),
    ({"amount": "ten"}, "amount", "must be a number"),
    ({"amount": "9" * 40}, "amount", "or less"),
    (day("paid_on", NEXT_WEEK), "paid_on-day", "today or earlier"),
    (day("paid_on", LAST_YEAR), "paid_on-day", "when the invoice was issued"),
    ({"paid_on-day": "", "paid_on-month": "2"}, "paid_on-day", "must include a day"),
    ({"reference": "x" * 51}, "reference", "50"),
]


@pytest.mark.parametrize("wrong", BAD_PAYMENTS)
def test_a_payment_that_cannot_be_is_refused_with_everything_kept(
    schools: tuple[School, ...], browse: Browse, wrong: tuple[dict[str, str], str, str]
) -> None:
    changes, field, message = wrong
    alder, beech = schools
    invoice_id = make.issued_invoice(alder, beech)
    client = browse(alder.finance_lead)
    form = client.get(f"/invoices/{invoice_id}/payments/record").form("Record the payment")
    page = client.submit(form.fill(**changes), status=422)
    assert message in page.errors()[field]
    again = page.form("Record the payment").values
    for name, typed in changes.items():
        assert again[name] == typed
    assert make.invoice(invoice_id).paid == Money(0)


def test_what_is_paid_already_leads_back_to_the_invoice(schools: tuple[School, ...], browse: Browse) -> None:
    alder, beech = schools
    invoice_id = make.issued_invoice(alder, beech)
    client = browse(alder.finance_lead)
    open_form = client.get(f"/invoices/{invoice_id}/payments/record").form("Record the payment")
    make.pay(alder, invoice_id, 10_000)
    assert client.get(f"/invoices/{invoice_id}/payments/record").heading.startswith("Invoice ")
    page = client.submit(open_form, status=422)
    assert "paid already" in page.words


def test_only_the_issuers_finance_lead_records(schools: tuple[School, ...], browse: Browse) -> None:
    alder, beech = schools
    path = f"/invoices/{make.issued_invoice(alder, beech)}/payments/record"
    for actor in (alder.bursar, beech.finance_lead):
        browse(actor).get(path, status=403)
        browse(actor).post(path, {"amount": "1"}, status=403)
