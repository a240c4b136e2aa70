"""Pages on which two people of a school give back what was paid online."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from invoicing.payments.online.queries import get_payment, left_of
from invoicing.payments.online.refunds import actions, queries, rules
from invoicing.payments.online.refunds.forms import ApproveForm, RefundForm, RefuseForm
from invoicing.payments.online.refunds.rules import RefundStatus
from invoicing.payments.online.views import online
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.policy import Act
from marketplace.core.web import answering, page


@online.route("/<uuid:payment_id>/refund", methods=["GET", "POST"])
def propose_refund(payment_id: uuid.UUID) -> Any:
    """Propose to give back an online payment, or some of it."""
    actor = web.actor()
    payment = get_payment(db.session(), actor, payment_id)
    policy.require(actor, Act.PAYMENT_PROPOSE, payment.invoice.issuer_id)
    left, over = left_of(payment)
    form = RefundForm(amount=over or left)
    if form.validate_on_submit():
        with answering(form):
            actions.propose_refund(
                actor, form.id_to_make, payment_id, amount=form.amount.data, reason=form.reason.data or ""
            )
            flash("You proposed it. Another person of your school decides: a headteacher or a finance lead.")
            return redirect(url_for(".show", payment_id=payment_id))
    return page("online/propose_refund.html", form=form, payment=payment, left=left, over=over)


@online.route("/refunds/<uuid:refund_id>", methods=["GET", "POST"])
def decide_refund(refund_id: uuid.UUID) -> Any:
    """A refund, and the button with which the second person approves it."""
    actor = web.actor()
    refund = queries.get_refund(db.session(), actor, refund_id)
    payment_id, issuer_id = refund.payment_id, refund.payment.invoice.issuer_id
    form = ApproveForm()
    if form.validate_on_submit():
        with answering(form):
            actions.approve_refund(actor, refund_id)
            flash("You approved the refund. It counts as soon as Stripe confirms it.")
            return redirect(url_for(".show", payment_id=payment_id))
    return page(
        "online/decide_refund.html",
        form=form,
        refund=refund,
        invoice=refund.payment.invoice,
        may_decide=refund.status is RefundStatus.PROPOSED
        and refund.proposed_by != actor.person_id
        and policy.allows(actor, Act.PAYMENT_APPROVE, issuer_id),
        rules=rules,
    )


@online.route("/refunds/<uuid:refund_id>/refuse", methods=["GET", "POST"])
def refuse_refund(refund_id: uuid.UUID) -> Any:
    """Refuse a refund, with a reason."""
    actor = web.actor()
    refund = queries.get_refund(db.session(), actor, refund_id)
    payment_id = refund.payment_id
    policy.require(actor, Act.PAYMENT_REFUSE, refund.payment.invoice.issuer_id)
    form = RefuseForm()
    if form.validate_on_submit():
        with answering(form):
            actions.refuse_refund(actor, refund_id, form.reason.data or "")
            flash("You refused the refund. Nothing has changed.")
            return redirect(url_for(".show", payment_id=payment_id))
    return page("online/refuse_refund.html", form=form, refund=refund, invoice=refund.payment.invoice)
