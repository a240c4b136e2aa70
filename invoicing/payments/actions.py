"""Recording money received for an invoice."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.invoices import queries as invoices
from invoicing.invoices.actions import settle
from invoicing.invoices.models import Invoice
from invoicing.ledger.actions import post
from invoicing.ledger.queries import balance
from invoicing.ledger.rules import AccountKind, AccountName, Leg
from invoicing.payments import rules
from invoicing.payments.models import Payment
from marketplace.alliance.models import School
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.money import Money
from marketplace.core.policy import Act, Actor


def record_payment(
    actor: Actor,
    payment_id: uuid.UUID,
    invoice_id: uuid.UUID,
    *,
    paid_on: date,
    amount: Money,
    reference: str,
) -> None:
    """Record what the issuer received for an invoice: in both schools' books, once. Raises RuleBroken."""
    with transaction() as session:
        invoice = invoices.get_invoice(session, actor, invoice_id, lock=True)
        policy.require(actor, Act.PAYMENT_RECORD, invoice.issuer_id)
        known = session.get(Payment, payment_id)
        if known is not None:
            if known.invoice_id != invoice.id:
                raise NotFound
            return
        receive(session, actor, invoice, payment_id, paid_on=paid_on, amount=amount, reference=reference)


def use_on_account(actor: Actor, payment_id: uuid.UUID, invoice_id: uuid.UUID) -> Money:
    """Pay an invoice from what the buyer has on account, as far as it goes; returns how much.

    Sent twice, it is used once. Raises RuleBroken when nothing is on account.
    """
    with transaction() as session:
        invoice = invoices.get_invoice(session, actor, invoice_id, lock=True)
        policy.require(actor, Act.PAYMENT_RECORD, invoice.issuer_id)
        known = session.get(Payment, payment_id)
        if known is not None:
            if known.invoice_id != invoice_id:
                raise NotFound
            return known.amount
        lock_money_of(session, invoice.issuer_id)
        held = -balance(session, rules.money_held(invoice.issuer_id, invoice.buyer_id).receiver)
        amount = min(invoice.outstanding, held)
        if amount.pence <= 0:
            raise RuleBroken("Nothing is on account of this school, or nothing is still to be paid.")
        receive(
            session,
            actor,
            invoice,
            payment_id,
            paid_on=clock.today(),
            amount=amount,
            reference="from what was on account",
            held=True,
        )
        return amount


def lock_money_of(session: Session, school_id: uuid.UUID) -> None:
    """Let what a school keeps on account be used by one at a time, until the action ends. A shared step."""
    session.scalars(
        select(School.id).where(School.id == school_id).with_for_update(of=School, key_share=True)
    ).one()


def receive(
    session: Session,
    actor: Actor,
    invoice: Invoice,
    payment_id: uuid.UUID,
    *,
    paid_on: date,
    amount: Money,
    reference: str,
    held: bool = False,
    through: rules.Sides | None = None,
) -> Payment:
    """Count money towards an invoice that the caller has locked, and post it. A shared step.

    It comes from the bank, `held` from what the buyer paid on account before, or `through` two other
    accounts. Raises RuleBroken when the money cannot be for this invoice.
    """
    rules.check_payment(
        amount,
        status=invoice.status,
        outstanding=invoice.outstanding,
        paid_on=paid_on,
        issued_on=invoice.issued_on or paid_on,
        today=clock.today(),
    )
    payment = Payment(
        id=payment_id,
        invoice_id=invoice.id,
        paid_on=paid_on,
        amount=amount,
        reference=reference,
        entry_id=payment_id,
        recorded_by=actor.person_id,
        recorded_at=clock.now(),
    )
    settle(session, invoice, amount)
    usual = rules.money_held if held else rules.banks
    _post(session, invoice, payment, through or usual(invoice.issuer_id, invoice.buyer_id))
    session.add(payment)
    session.flush()
    events.record(
        session,
        actor,
        Act.PAYMENT_RECORD,
        invoice.id,
        organisation_id=invoice.issuer_id,
        also=[invoice.buyer_id],
        number=invoice.number,
        payment_id=payment_id,
    )
    return payment


def _post(session: Session, invoice: Invoice, payment: Payment, source: rules.Sides) -> None:
    """The entry of a payment in both schools' books."""
    issuer, buyer = invoice.issuer_id, invoice.buyer_id
    named = f", reference {payment.reference}" if payment.reference else ""
    received = Leg(source.receiver, AccountName(issuer, AccountKind.RECEIVABLE, buyer), payment.amount)
    paid = Leg(AccountName(buyer, AccountKind.PAYABLE, issuer), source.payer, payment.amount)
    post(
        session,
        payment.entry_id,
        posted_on=payment.paid_on,
        description=f"Payment of invoice {invoice.number}{named}",
        source_id=invoice.id,
        legs=[received, paid],
    )
