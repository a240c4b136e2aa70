"""The pages of payments to suppliers: record one, match one from the bank statement, undo a mistake."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from invoicing.bank import queries as bank
from invoicing.bank.rules import LineStatus
from invoicing.incoming import queries as incoming
from invoicing.incoming.models import SupplierInvoice
from invoicing.incoming.payments import actions, queries, rules
from invoicing.incoming.payments.forms import MatchForm, PaymentForm, UndoForm
from invoicing.incoming.payments.rules import Way
from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.fields import choices
from marketplace.core.policy import Act
from marketplace.core.web import answering, page


def record_payment(invoice_id: uuid.UUID) -> Any:
    """Record what was paid of an invoice, or what of it the supplier paid back."""
    actor = web.actor()
    invoice = incoming.get_invoice(db.session(), actor, invoice_id)
    policy.require(actor, Act.SUPPLIER_PAYMENT_RECORD, invoice.school_id)
    way = Way.PAID_BACK if invoice.owed_back else Way.PAID
    form = PaymentForm(paid_on=clock.today(), amount=invoice.owed_back or invoice.outstanding)
    if not form.is_submitted() and not invoice.open:
        return redirect(url_for("incoming.show", invoice_id=invoice_id))
    if way is Way.PAID_BACK:
        form.paid_on.label.text, form.amount.label.text = "When did it come back?", "How much came back?"
    if form.validate_on_submit():
        with answering(form):
            actions.record_payment(
                actor,
                form.id_to_make,
                invoice_id,
                way=way,
                paid_on=form.paid_on.data,
                amount=form.amount.data,
                reference=form.reference.data or "",
            )
            said = "paid of" if way is Way.PAID else "come back of"
            flash(f"You recorded {form.amount.data} {said} invoice {invoice.number}.")
            return redirect(url_for("incoming.show", invoice_id=invoice_id))
    return page("incoming/payments/record_payment.html", form=form, invoice=invoice, way=way)


def match_line(line_id: uuid.UUID) -> Any:
    """Which suppliers' invoices money that went out paid, with reasons for the likely ones."""
    actor, session = web.actor(), db.session()
    line = bank.get_line(session, actor, line_id)
    policy.require(actor, Act.SUPPLIER_PAYMENT_MATCH, line.school_id)
    if line.status is not LineStatus.OUTGOING:
        raise NotFound
    invoices = {one.id: one for one in queries.payable_invoices(session, line.school_id)}
    suggested = queries.suggestions(line, invoices.values())
    reasons = {one.invoice.id: " ".join(one.reasons) for one in suggested}
    left = queries.left_of(line, queries.standing_of_line(session, line.id))
    form = MatchForm(left=str(left.pence))
    ordered = [*reasons, *(one for one in invoices if one not in reasons)]
    form.invoices.choices = choices(
        (one, _words(invoices[one]), reasons.get(one) or f"To be paid by {_day(invoices[one])}")
        for one in ordered
    )
    if form.validate_on_submit():
        with answering(form):
            laid = actions.match_line(actor, line_id, form.invoices.data or (), form.amount_left())
            flash(f"You recorded {laid} as paid to suppliers.")
            return redirect(url_for("bank.show_line", line_id=line_id))
    return page("incoming/payments/match_line.html", form=form, line=line, left=left, invoices=invoices)


def _words(invoice: SupplierInvoice) -> str:
    return f"{invoice.number}, {invoice.supplier_name}: {invoice.outstanding} to pay"


def _day(invoice: SupplierInvoice) -> str:
    return web.day(invoice.pay_by or invoice.issued_on)


def undo_payment(payment_id: uuid.UUID) -> Any:
    """Say that a payment was recorded by mistake."""
    actor = web.actor()
    payment = queries.get_payment(db.session(), actor, payment_id)
    policy.require(actor, Act.SUPPLIER_PAYMENT_UNDO, payment.invoice.school_id)
    shown = url_for("incoming.show", invoice_id=payment.invoice_id)
    form = UndoForm()
    if not form.is_submitted() and payment.undone_by is not None:
        return redirect(shown)
    if form.validate_on_submit():
        with answering(form):
            actions.undo_payment(actor, payment_id, form.reason.data)
            flash(f"You undid the payment of {payment.amount}. The invoice is to be paid again.")
            return redirect(shown)
    return page("incoming/payments/undo_payment.html", form=form, payment=payment, rules=rules)
