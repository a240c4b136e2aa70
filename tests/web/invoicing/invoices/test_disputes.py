"""Disputing a received invoice, and what becomes of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.invoices.disputes import actions
from invoicing.invoices.disputes.models import InvoiceDispute
from invoicing.invoices.rules import InvoiceStatus
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.money import ZERO, Money
from tests import make
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]
pytestmark = pytest.mark.usefixtures("app")


def test_a_buyer_disputes_a_part_is_not_reminded_of_it_and_settles(
    client_for: ClientFor, session: Session
) -> None:
    beech, cedar, dale = map(make.payable_school, make.alliance(3).schools)
    invoice_id = make.issued_invoice(beech, cedar)
    client = client_for(cedar.bursar.person_id)
    pay = f"Pay invoice {make.invoice(invoice_id).number} from {beech.name}"
    form = client.get(client.get(f"/invoices/{invoice_id}").links()["Dispute the invoice"]).form(
        "Dispute the invoice"
    )
    for reason, accepted, field, message in (
        ("", "0", "reason", "Enter why"),
        ("Late", "", "undisputed", "0 if it is nothing"),
        ("Late", "100", "undisputed", "less than £100.00"),
    ):
        wrong = client.submit(form.fill(reason=reason, undisputed=accepted), status=422)
        assert message in wrong.errors()[field]
        assert wrong.form("Dispute the invoice").values["undisputed"] == accepted
    for _ in range(2):
        page = client.submit(form.fill(reason="One trip & no driver", undisputed="60"))
    assert "£40.00 of it disputed" in page.words
    assert "One trip & no driver" in page.words
    assert "£60.00 to pay" in client.get("/").words
    assert "Disputed" in client.get("/invoices?direction=received&shown=disputed").words
    seller = client_for(beech.finance_lead.person_id)
    assert "One trip & no driver" in seller.get(f"/invoices/{invoice_id}").words
    make.pay(beech, invoice_id, 60_00)
    assert pay not in client.get("/").links()
    client_for(dale.bursar.person_id).get(f"/invoices/{invoice_id}/dispute", status=404)
    seller.get(f"/invoices/{invoice_id}/dispute", status=403)
    form = client.get(client.get(f"/invoices/{invoice_id}").links()["The dispute is settled"]).form()
    assert "Enter how it was settled." in client.submit(form.fill(settlement=""), status=422).words
    page = client.submit(form.fill(settlement="There was a driver"))
    assert "There was a driver" in page.words
    assert pay in client.get("/").links()
    assert make.invoice(invoice_id).disputed == ZERO
    told = [
        letter.body
        for letter in session.scalars(
            select(Message).where(Message.subject.contains("to " + cedar.name)).order_by(Message.id)
        )
    ]
    assert ["There was a driver" in body for body in told] == [False, True]
    assert "disputes £40.00" in told[0]


def test_a_dispute_ends_with_the_credit_or_the_payment_that_leaves_nothing_of_it(session: Session) -> None:
    beech, cedar = map(make.payable_school, make.alliance(2).schools)
    credited, paid = make.issued_invoice(beech, cedar), make.issued_invoice(beech, cedar)
    for invoice_id in (credited, paid):
        actions.dispute_invoice(cedar.bursar, new_id(), invoice_id, undisputed=Money(70_00), reason="Late")
    make.credit(beech, credited, {1: 20_00})
    assert make.invoice(credited).disputed == Money(10_00)
    assert make.invoice(credited).asked_for == Money(70_00)
    make.credit(beech, credited, {1: 10_00})
    make.pay(beech, paid, 100_00)
    assert make.invoice(paid).status is InvoiceStatus.PAID
    assert make.invoice(paid).disputed == make.invoice(credited).disputed == ZERO
    ended = {dispute.invoice_id: dispute.settlement for dispute in session.scalars(select(InvoiceDispute))}
    assert ended == {credited: "It was credited.", paid: "It was paid."}
    actions.dispute_invoice(cedar.bursar, new_id(), credited, undisputed=ZERO, reason="Again")
    with pytest.raises(Forbidden):
        actions.settle_dispute(beech.finance_lead, credited, "We say so")
    known = session.scalars(select(InvoiceDispute.id).where(InvoiceDispute.reason == "Again")).one()
    with pytest.raises(NotFound):
        actions.dispute_invoice(cedar.bursar, known, paid, undisputed=ZERO, reason="Other")
