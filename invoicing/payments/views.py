"""The page that records a payment."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, url_for

from invoicing.invoices import queries as invoices
from invoicing.invoices.rules import UNPAID
from invoicing.ledger import queries as ledger
from invoicing.payments import actions
from invoicing.payments.forms import PaymentForm
from invoicing.payments.rules import money_held
from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.policy import Act
from marketplace.core.web import answering, page

payments = Blueprint("payments", __name__, url_prefix="/invoices/<uuid:invoice_id>/payments")


@payments.route("/record", methods=["GET", "POST"])
def record_payment(invoice_id: uuid.UUID) -> Any:
    """Record money that came in for an invoice."""
    actor = web.actor()
    invoice = invoices.get_invoice(db.session(), actor, invoice_id)
    policy.require(actor, Act.PAYMENT_RECORD, invoice.issuer_id)
    form = PaymentForm(paid_on=clock.today(), amount=invoice.outstanding)
    if not form.is_submitted() and invoice.status not in UNPAID:
        return redirect(url_for("invoices.show", invoice_id=invoice_id))
    if form.validate_on_submit():
        with answering(form):
            actions.record_payment(
                actor,
                form.id_to_make,
                invoice_id,
                paid_on=form.paid_on.data,
                amount=form.amount.data,
                reference=form.reference.data or "",
            )
            flash(f"You recorded {form.amount.data} received for invoice {invoice.number}.")
            return redirect(url_for("invoices.show", invoice_id=invoice_id))
    held = money_held(invoice.issuer_id, invoice.buyer_id).receiver
    return page(
        "payments/record_payment.html", form=form, invoice=invoice, held=-ledger.balance(db.session(), held)
    )
