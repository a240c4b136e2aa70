"""Pages of drafting invoices from what an agreement charges."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, request, url_for

from invoicing.agreements import queries as agreed
from invoicing.agreements import shown
from invoicing.agreements.charging import actions, queries
from invoicing.agreements.charging.models import AgreementBill
from invoicing.agreements.views import agreements
from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.forms import NewThingForm
from marketplace.core.money import Money
from marketplace.core.policy import Act
from marketplace.core.web import answering, page

__all__ = ["agreements"]


@agreements.route("/<uuid:agreement_id>/charges/invoice", methods=["GET", "POST"])
def invoice_charges(agreement_id: uuid.UUID) -> Any:
    """Draft an invoice of what waits to be charged, after a look at it."""
    actor, session = web.actor(), db.session()
    agreement = agreed.get_agreement(session, actor, agreement_id)
    policy.require(actor, Act.CHARGE_INVOICE, agreement.seller_id)
    lines = queries.waiting(session, agreement, clock.today())
    if request.method == "GET" and not lines:
        return redirect(url_for(".show_usage", agreement_id=agreement_id))
    form = NewThingForm()
    if form.validate_on_submit():
        with answering(form):
            actions.invoice_charges(actor, form.id_to_make, agreement_id)
            bill = db.session().get_one(AgreementBill, form.id_to_make)
            flash("You drafted the invoice. Your finance lead checks and issues it.", "success")
            return redirect(url_for("invoices.show", invoice_id=bill.invoice_id))
    return page(
        "agreements/invoice_charges.html",
        form=form,
        agreement=agreement,
        lines=lines,
        total=Money.total(line.net for line in lines),
        vat=shown.vat_of(agreement),
    )


@agreements.get("/bills/<uuid:bill_id>")
def show_bill(bill_id: uuid.UUID) -> Any:
    """From an invoice to the agreement that it charges."""
    bill = db.session().get(AgreementBill, bill_id)
    if bill is None:
        raise NotFound
    agreement = agreed.get_agreement(db.session(), web.actor(), bill.agreement_id)
    return redirect(url_for(".show_usage", agreement_id=agreement.id))
