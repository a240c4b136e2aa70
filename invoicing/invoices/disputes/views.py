"""The pages of disputes: raising one, and saying that it is settled."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from invoicing.invoices import queries as invoices
from invoicing.invoices.disputes import actions, queries
from invoicing.invoices.disputes.forms import DisputeForm, SettleForm
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import UNPAID
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.policy import Act
from marketplace.core.web import answering, page

disputes = Blueprint("disputes", __name__, url_prefix="/invoices/<uuid:invoice_id>/dispute")


@disputes.route("", methods=["GET", "POST"])
def dispute_invoice(invoice_id: uuid.UUID) -> Any:
    """Dispute a received invoice, in whole or but for a part."""
    invoice = _received(Act.INVOICE_DISPUTE, invoice_id)
    if request.method == "GET" and (invoice.status not in UNPAID or invoice.disputed):
        return redirect(url_for("invoices.show", invoice_id=invoice_id))
    form = DisputeForm()
    if form.validate_on_submit():
        with answering(form):
            actions.dispute_invoice(
                web.actor(),
                form.id_to_make,
                invoice_id,
                undisputed=form.undisputed.data,
                reason=form.reason.data,
            )
            flash(f"You disputed the invoice, and {invoice.issuer_name} was told.")
            return redirect(url_for("invoices.show", invoice_id=invoice_id))
    return page("disputes/dispute_invoice.html", form=form, invoice=invoice)


@disputes.route("/settle", methods=["GET", "POST"])
def settle_dispute(invoice_id: uuid.UUID) -> Any:
    """Say that the dispute of a received invoice is settled."""
    invoice = _received(Act.INVOICE_SETTLE, invoice_id)
    if request.method == "GET" and not invoice.disputed:
        return redirect(url_for("invoices.show", invoice_id=invoice_id))
    form = SettleForm()
    if form.validate_on_submit():
        with answering(form):
            actions.settle_dispute(web.actor(), invoice_id, form.settlement.data)
            flash(f"You said that the dispute is settled, and {invoice.issuer_name} was told.")
            return redirect(url_for("invoices.show", invoice_id=invoice_id))
    dispute = queries.open_dispute(db.session(), invoice_id)
    return page("disputes/settle_dispute.html", form=form, invoice=invoice, dispute=dispute)


def _received(act: Act, invoice_id: uuid.UUID) -> Invoice:
    """An invoice that the reader may do this to, for its buyer."""
    invoice = invoices.get_invoice(db.session(), web.actor(), invoice_id)
    policy.require(web.actor(), act, invoice.buyer_id)
    return invoice
