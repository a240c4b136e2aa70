"""The pages of refunds on leaving."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from invoicing.fund.forms import ApproveForm, PayForm
from invoicing.fund.refunds import actions, queries, rules
from invoicing.fund.refunds.forms import WithdrawForm
from invoicing.fund.refunds.models import Refund
from invoicing.fund.refunds.rules import OPEN, Approval, RefundStatus
from marketplace.alliance import queries as alliance
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.fields import choices
from marketplace.core.policy import POLICY, Act, Kind
from marketplace.core.web import answering, page

refunds = Blueprint("refunds", __name__, url_prefix="/funds/refunds")


@refunds.get("/<uuid:refund_id>")
def show(refund_id: uuid.UUID) -> Any:
    """A refund: to whom, how much, who approved, and what the school still owes."""
    session, acting = db.session(), web.actor()
    refund = queries.get_refund(session, acting, refund_id)
    return page(
        "refunds/show.html",
        refund=refund,
        steps=_steps(refund),
        owed=queries.owed(session, refund.fund, refund.school_id),
        approving=queries.approving_schools(session, acting, [refund])[refund.id],
        belongs=refund.status in OPEN and queries.belongs(session, refund.fund, refund.school_id),
        reads_fund=queries.reads_fund(session, acting, refund.fund_id),
    )


def _steps(refund: Refund) -> list[dict[str, str]]:
    """How far a refund is, for a timeline."""
    steps = [{"label": "The school left", "state": "done", "when": web.day(refund.left_on)}]
    for place in range(rules.APPROVALS_NEEDED):
        step = {"label": ("First approval", "Second approval")[place], "state": "upcoming"}
        if place < len(refund.approvals):
            one = refund.approvals[place]
            note = f"{one.person.name}, {one.school.name}"
            step |= {"state": "done", "when": web.day(one.approved_at), "note": note}
        steps.append(step)
    if refund.status is RefundStatus.WITHDRAWN:
        return [
            *(step for step in steps if step["state"] == "done"),
            {"label": "Withdrawn", "state": "stopped"},
        ]
    steps.append({"label": "Paid back", "state": "upcoming"})
    if refund.paid_on:
        steps[-1] |= {"state": "done", "when": web.day(refund.paid_on)}
    else:
        next(step for step in steps if step["state"] == "upcoming")["state"] = "current"
    return steps


@refunds.route("/<uuid:refund_id>/approve", methods=["GET", "POST"])
def approve_refund(refund_id: uuid.UUID) -> Any:
    """Somebody of another school approves a refund."""
    session, acting = db.session(), web.actor()
    refund = queries.get_refund(session, acting, refund_id)
    theirs = acting.organisations(Kind.SCHOOL, *POLICY[Act.REFUND_APPROVE].roles)
    policy.require(acting, Act.REFUND_APPROVE, *theirs)
    rules.check_approver(refund.school_id, (), Approval(None, uuid.UUID(int=0)), acting.school_ids)
    if request.method == "GET" and refund.status is not RefundStatus.SUBMITTED:
        return redirect(url_for(".show", refund_id=refund_id))
    schools = queries.approving_schools(session, acting, [refund])[refund_id] or sorted(theirs)
    names = alliance.names(session, schools)
    form = ApproveForm()
    form.school.choices = choices((school_id, names[school_id]) for school_id in schools)
    if len(schools) == 1:
        del form.school
    if form.validate_on_submit():
        with answering(form):
            school_id = form.school.data if "school" in form else schools[0]
            actions.approve_refund(acting, form.id_to_make, refund_id, school_id)
            flash(f"You approved refund {refund.reference}.", "success")
            return redirect(url_for(".show", refund_id=refund_id))
    owed = queries.owed(session, refund.fund, refund.school_id)
    return page("refunds/approve_refund.html", form=form, refund=refund, names=names, owed=owed)


@refunds.route("/<uuid:refund_id>/pay", methods=["GET", "POST"])
def pay_refund(refund_id: uuid.UUID) -> Any:
    """The coordinator records that an approved refund was paid."""
    session, acting = db.session(), web.actor()
    refund = queries.get_refund(session, acting, refund_id)
    policy.require(acting, Act.REFUND_PAY, refund.fund.alliance_id)
    if request.method == "GET" and refund.status is not RefundStatus.APPROVED:
        return redirect(url_for(".show", refund_id=refund_id))
    form = PayForm()
    if form.validate_on_submit():
        with answering(form):
            actions.pay_refund(acting, form.id_to_make, refund_id, form.paid_on.data)
            flash(f"You recorded the refund of {refund.amount} to {refund.school.name}.", "success")
            return redirect(url_for(".show", refund_id=refund_id))
    owed = queries.owed(session, refund.fund, refund.school_id)
    return page("refunds/pay_refund.html", form=form, refund=refund, owed=owed)


@refunds.route("/<uuid:refund_id>/withdraw", methods=["GET", "POST"])
def withdraw_refund(refund_id: uuid.UUID) -> Any:
    """The coordinator leaves a share in the fund, because the school has joined again."""
    session, acting = db.session(), web.actor()
    refund = queries.get_refund(session, acting, refund_id)
    policy.require(acting, Act.REFUND_WITHDRAW, refund.fund.alliance_id)
    if request.method == "GET" and refund.status not in OPEN:
        return redirect(url_for(".show", refund_id=refund_id))
    form = WithdrawForm()
    if form.validate_on_submit():
        with answering(form):
            actions.withdraw_refund(acting, refund_id, form.reason.data)
            flash(f"You withdrew the refund. {refund.amount} stays in the school’s share.", "success")
            return redirect(url_for(".show", refund_id=refund_id))
    return page("refunds/withdraw_refund.html", form=form, refund=refund)
