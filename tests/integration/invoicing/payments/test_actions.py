"""Payments: counted once, never more than is owed, and the same in both schools' books."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from invoicing.invoices.rules import InvoiceStatus
from invoicing.ledger import queries as ledger
from invoicing.ledger.rules import AccountKind, AccountName
from invoicing.payments import actions
from invoicing.payments.models import Payment
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from tests import make
from tests.make import School


@pytest.fixture
def schools(app: Flask) -> tuple[School, School, School]:  # noqa: ARG001  # it needs the database
    """Three schools that can be paid."""
    alder, beech, cedar = make.alliance(3).schools
    return make.payable_school(alder), make.payable_school(beech), make.payable_school(cedar)


def test_an_invoice_is_part_paid_and_then_paid(schools: tuple[School, ...]) -> None:
    alder, beech, _ = schools
    invoice_id = make.issued_invoice(alder, beech)
    make.pay(alder, invoice_id, 4_000)
    part = make.invoice(invoice_id)
    assert (part.status, part.paid, part.outstanding) == (InvoiceStatus.PART_PAID, Money(4_000), Money(6_000))
    make.pay(alder, invoice_id, 1_000)
    make.pay(alder, invoice_id, 5_000)
    paid = make.invoice(invoice_id)
    assert (paid.status, paid.outstanding) == (InvoiceStatus.PAID, Money(0))


def test_a_double_click_records_the_money_once(schools: tuple[School, ...], session: Session) -> None:
    alder, beech, _ = schools
    invoice_id, payment_id = make.issued_invoice(alder, beech), new_id()
    for _ in range(2):
        actions.record_payment(
            alder.finance_lead,
            payment_id,
            invoice_id,
            paid_on=clock.today(),
            amount=Money(6_000),
            reference="",
        )
    assert make.invoice(invoice_id).paid == Money(6_000)
    assert session.query(Payment).count() == 1


def test_clicks_at_the_same_moment_record_the_money_once(app: Flask, schools: tuple[School, ...]) -> None:
    alder, beech, _ = schools
    invoice_id, payment_id = make.issued_invoice(alder, beech), new_id()

    def click(_: int) -> None:
        with app.app_context():
            actions.record_payment(
                alder.finance_lead,
                payment_id,
                invoice_id,
                paid_on=clock.today(),
                amount=Money(6_000),
                reference="x",
            )

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(click, range(8)))
    assert make.invoice(invoice_id).paid == Money(6_000)


def test_two_people_cannot_together_record_more_than_is_owed(app: Flask, schools: tuple[School, ...]) -> None:
    alder, beech, _ = schools
    invoice_id = make.issued_invoice(alder, beech)

    def record(_: int) -> None:
        with app.app_context(), suppress(RuleBroken):
            make.pay(alder, invoice_id, 3_000)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(record, range(6)))
    assert make.invoice(invoice_id).paid == Money(9_000)


def test_more_than_is_owed_is_refused_and_says_how_much_is(schools: tuple[School, ...]) -> None:
    alder, beech, _ = schools
    invoice_id = make.issued_invoice(alder, beech)
    make.pay(alder, invoice_id, 9_999)
    with pytest.raises(RuleBroken, match=r"£0\.01 or less"):
        make.pay(alder, invoice_id, 2)
    assert make.invoice(invoice_id).outstanding == Money(1)


def test_money_does_not_come_for_a_draft_or_before_the_invoice(schools: tuple[School, ...]) -> None:
    alder, beech, _ = schools
    with pytest.raises(RuleBroken, match="not issued"):
        make.pay(alder, make.draft_invoice(alder, beech), 1)
    invoice_id = make.issued_invoice(alder, beech)
    for days in (-1, 1):
        with pytest.raises(RuleBroken) as refused:
            make.pay(alder, invoice_id, 1, clock.today() + timedelta(days=days))
        assert refused.value.field == "paid_on"


def test_only_the_finance_lead_of_the_issuer_records(schools: tuple[School, ...]) -> None:
    alder, beech, cedar = schools
    invoice_id = make.issued_invoice(alder, beech)
    for actor, refusal in (
        (alder.bursar, Forbidden),
        (beech.finance_lead, Forbidden),
        (cedar.finance_lead, NotFound),
    ):
        with pytest.raises(refusal):
            actions.record_payment(
                actor, new_id(), invoice_id, paid_on=clock.today(), amount=Money(1), reference=""
            )


def test_the_id_of_a_payment_for_another_invoice_is_refused(schools: tuple[School, ...]) -> None:
    alder, beech, _ = schools
    first, second = make.issued_invoice(alder, beech), make.issued_invoice(alder, beech)
    payment_id = make.pay(alder, first, 100)
    with pytest.raises(NotFound):
        actions.record_payment(
            alder.finance_lead,
            payment_id,
            second,
            paid_on=clock.today(),
            amount=Money(100),
            reference="",
        )


def test_what_is_owed_in_the_books_is_what_the_invoices_say(
    schools: tuple[School, ...], session: Session
) -> None:
    seed = random.randrange(10**9)
    chance = random.Random(seed)
    alder, beech, cedar = schools
    made = [
        make.issued_invoice(alder, buyer, make.line(f"{chance.randrange(1, 99_999) / 100:.2f}"))
        for buyer in (beech, cedar, beech)
    ]
    for _ in range(12):
        invoice = make.invoice(chance.choice(made))
        if invoice.outstanding:
            make.pay(alder, invoice.id, chance.randint(1, invoice.outstanding.pence))
    session.rollback()
    invoices = [make.invoice(invoice_id) for invoice_id in made]
    for buyer in (beech, cedar):
        owed = Money.total(one.outstanding for one in invoices if one.buyer_id == buyer.id)
        receivable = AccountName(alder.id, AccountKind.RECEIVABLE, buyer.id)
        payable = AccountName(buyer.id, AccountKind.PAYABLE, alder.id)
        assert ledger.balance(session, receivable) == owed, f"seed {seed}"
        assert ledger.balance(session, payable) == -owed, f"seed {seed}"
    received = Money.total(payment.amount for payment in session.query(Payment))
    assert ledger.balance(session, AccountName(alder.id, AccountKind.BANK)) == received, f"seed {seed}"
    assert not ledger.incomplete_entries(session)


def test_the_database_refuses_more_paid_than_owed(schools: tuple[School, ...]) -> None:
    alder, beech, _ = schools
    assert make.invoice(make.issued_invoice(alder, beech)).paid == Money(0)
    with pytest.raises(IntegrityError), transaction() as acting:
        acting.execute(text("UPDATE invoice SET paid = total + 1"))
