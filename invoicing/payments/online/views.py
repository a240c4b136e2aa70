"""Pages on which an invoice is paid online, and where the school that is paid sees what came."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from invoicing.gateways import checkout
from invoicing.invoices import queries as invoices
from invoicing.payments.online import actions, queries, rules
from invoicing.payments.online.accounts import queries as accounts
from invoicing.payments.online.accounts import rules as account_rules
from invoicing.payments.online.forms import StartForm
from invoicing.payments.online.models import OnlineMovement, OnlinePayment
from invoicing.payments.online.news import queries as news
from invoicing.payments.online.news import rules as news_rules
from invoicing.payments.online.refunds import queries as refunds
from invoicing.payments.online.refunds import rules as refund_rules
from invoicing.payments.online.rules import MovementKind, OnlineStatus
from marketplace.alliance.queries import names
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden
from marketplace.core.money import ZERO
from marketplace.core.policy import Act
from marketplace.core.web import NavigationItem, answering, page

online = Blueprint("online", __name__, url_prefix="/online-payments")
SHORTCUTS = (NavigationItem("Online payments", "online.list_payments", queries.reads_online),)


@online.route("/pay/<uuid:invoice_id>", methods=["GET", "POST"])
def start(invoice_id: uuid.UUID) -> Any:
    """Set out to pay an invoice online, after a last look at what will be paid."""
    actor, session = web.actor(), db.session()
    invoice = invoices.get_invoice(session, actor, invoice_id)
    policy.require(actor, Act.PAYMENT_START, invoice.buyer_id)
    form = StartForm()
    if form.validate_on_submit():
        with answering(form):
            payment_id = actions.start_payment(actor, form.id_to_make, invoice_id)
            return redirect(url_for(".show", payment_id=payment_id))
    elif live := queries.live_payment(session, invoice.id):
        return redirect(url_for(".show", payment_id=live.id))
    return page(
        "online/start.html",
        form=form,
        invoice=invoices.get_invoice(session, actor, invoice_id),
        offered=checkout.offered() and queries.account_in_use(session, invoice.issuer_id) is not None,
    )


@online.get("/<uuid:payment_id>")
def show(payment_id: uuid.UUID) -> Any:
    """One online payment: how far it is, where to go on, and what moved for it."""
    actor, session = web.actor(), db.session()
    payment = queries.get_payment(session, actor, payment_id)
    invoice = payment.invoice
    left, over = queries.left_of(payment)
    reads_fees = invoice.issuer_id in queries.schools_of(actor) or invoice.buyer_id not in actor.school_ids
    return page(
        "online/show.html",
        payment=payment,
        invoice=invoice,
        left=left,
        over=over,
        moved=[one for one in _in_order(payment) if reads_fees or one.kind is not MovementKind.FEE],
        goes=rules.GOES,
        reads_fees=reads_fees,
        refunds=refunds.of_payment(session, actor, payment_id),
        may_refund=left > ZERO and not refunds.is_under_way(session, payment_id),
        back=request.args.get("back") or "",
        outdated=payment.status is OnlineStatus.OPEN and payment.amount != invoice.asked_for,
        rules=rules,
        refund_rules=refund_rules,
    )


def _in_order(payment: OnlinePayment) -> list[OnlineMovement]:
    """What moved, by day, and on one day first what came and last what Stripe kept."""
    kinds = list(MovementKind)
    return sorted(payment.movements, key=lambda one: (one.moved_on, kinds.index(one.kind)))


@online.post("/<uuid:payment_id>/cancel")
def cancel(payment_id: uuid.UUID) -> Any:
    """Give up an online payment that nobody has made yet."""
    actor = web.actor()
    payment = queries.get_payment(db.session(), actor, payment_id)
    invoice_id = payment.invoice_id
    actions.cancel_payment(actor, payment_id)
    flash("You cancelled the online payment. The invoice is still to be paid.")
    return redirect(url_for("invoices.show", invoice_id=invoice_id))


@online.get("")
def list_payments() -> Any:
    """What the reader's schools were paid online, with fees and payouts, and what was not counted."""
    actor, session = web.actor(), db.session()
    if not queries.reads_online(actor):
        raise Forbidden("Finance leads, bursars and headteachers read what their school was paid online.")
    named = accounts.accounts(session, actor)
    taking = {one.school_id for one in named}
    return page(
        "online/list.html",
        payments=[
            (one, *queries.left_of(one), queries.fees_of(one)) for one in queries.payments(session, actor)
        ],
        payouts=queries.payouts(session, actor),
        news=news.not_counted(session, actor),
        accounts=named,
        without=names(session, accounts.proposing_schools(actor) - taking),
        offered=checkout.offered(),
        rules=rules,
        account_rules=account_rules,
        news_rules=news_rules,
    )
