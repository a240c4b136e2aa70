"""Pages on which two people of a school say which Stripe account takes its online payments."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from invoicing.gateways import checkout
from invoicing.payments.online.accounts import actions, queries, rules
from invoicing.payments.online.accounts.forms import AccountForm, DecideForm
from invoicing.payments.online.views import online
from marketplace.alliance.queries import get_school
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.policy import Act
from marketplace.core.web import answering, page


@online.route("/accounts/of/<uuid:school_id>", methods=["GET", "POST"])
def propose_account(school_id: uuid.UUID) -> Any:
    """Name the account that is to take a school's online payments."""
    actor = web.actor()
    school = get_school(db.session(), actor, school_id)
    policy.require(actor, Act.STRIPE_ACCOUNT_PROPOSE, school_id)
    if not checkout.offered():
        raise NotFound
    form = AccountForm()
    if form.validate_on_submit():
        with answering(form):
            actions.propose_account(actor, form.id_to_make, school_id, form.account.data or "")
            flash(
                "You proposed the account. Another person of your school decides before anybody pays there."
            )
            return redirect(url_for(".list_payments"))
    return page("online/propose_account.html", form=form, school=school)


@online.route("/accounts/<uuid:account_id>", methods=["GET", "POST"])
def decide_account(account_id: uuid.UUID) -> Any:
    """An account, and the button with which the second person agrees to it."""
    actor = web.actor()
    named = queries.get_account(db.session(), actor, account_id)
    form = DecideForm()
    if form.validate_on_submit():
        with answering(form):
            actions.approve_account(actor, account_id)
            flash("You agreed. Invoices of your school can be paid online from now on.")
            return redirect(url_for(".list_payments"))
    return page(
        "online/decide_account.html",
        form=form,
        named=named,
        may_decide=named.status is rules.AccountStatus.PROPOSED
        and named.proposed_by != actor.person_id
        and policy.allows(actor, Act.STRIPE_ACCOUNT_APPROVE, named.school_id),
        may_close=named.status is rules.AccountStatus.IN_USE
        and policy.allows(actor, Act.STRIPE_ACCOUNT_CLOSE, named.school_id),
        rules=rules,
    )


@online.post("/accounts/<uuid:account_id>/refuse")
def refuse_account(account_id: uuid.UUID) -> Any:
    """Refuse an account that was proposed."""
    actions.refuse_account(web.actor(), account_id)
    flash("You refused the account. Nothing has changed.")
    return redirect(url_for(".list_payments"))


@online.post("/accounts/<uuid:account_id>/close")
def close_account(account_id: uuid.UUID) -> Any:
    """Stop online payments to a school."""
    actions.close_account(web.actor(), account_id)
    flash("Your school takes no more online payments. Invoices are paid by bank transfer.")
    return redirect(url_for(".list_payments"))
