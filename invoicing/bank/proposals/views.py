"""Pages on which two people of a school write off or pay back money, and use what is on account."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, request, url_for

from invoicing.bank.proposals import actions, queries, rules
from invoicing.bank.proposals.forms import ApproveForm, ApproveRepaymentForm, ProposalForm, RefuseForm
from invoicing.bank.proposals.rules import ProposalKind, ProposalStatus
from invoicing.invoices import queries as invoices
from invoicing.invoices.rules import UNPAID
from invoicing.payments import actions as payment_actions
from marketplace.alliance.queries import get_school
from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.forms import NewThingForm
from marketplace.core.money import ZERO
from marketplace.core.policy import Act
from marketplace.core.web import answering, page

PROPOSED = "You proposed it. Another person of your school decides: a headteacher or a finance lead."


def list_proposals() -> Any:
    """What the reader's schools keep on account of others, and what was proposed."""
    actor, session = web.actor(), db.session()
    if not queries.reads_proposals(actor):
        raise Forbidden("Finance leads, bursars and headteachers read what is on account at their school.")
    return page(
        "bank/list_proposals.html",
        held=[
            (one, policy.allows(actor, Act.PAYMENT_PROPOSE, one.school_id))
            for one in queries.on_account(session, actor)
        ],
        rows=[(one, queries.in_words(one)) for one in queries.proposals(session, actor)],
        rules=rules,
    )


def propose_write_off(invoice_id: uuid.UUID) -> Any:
    """Propose to give up what is still to be paid of an invoice."""
    actor = web.actor()
    invoice = invoices.get_invoice(db.session(), actor, invoice_id)
    policy.require(actor, Act.PAYMENT_PROPOSE, invoice.issuer_id)
    if request.method == "GET" and invoice.status not in UNPAID:
        return redirect(url_for("invoices.show", invoice_id=invoice_id))
    form = ProposalForm(amount=invoice.outstanding)
    if form.validate_on_submit():
        with answering(form):
            actions.propose_write_off(
                actor,
                form.id_to_make,
                invoice_id,
                amount=form.amount.data,
                reason=form.reason.data or "",
            )
            flash(PROPOSED)
            return redirect(url_for("invoices.show", invoice_id=invoice_id))
    return page("bank/propose_write_off.html", form=form, invoice=invoice)


def propose_repayment(school_id: uuid.UUID, buyer_id: uuid.UUID) -> Any:
    """Propose to pay back what is on account of another school."""
    actor, session = web.actor(), db.session()
    school = get_school(session, actor, school_id)
    policy.require(actor, Act.PAYMENT_PROPOSE, school_id)
    held = queries.held(session, school_id, buyer_id)
    if held <= ZERO:
        raise NotFound
    form = ProposalForm(amount=held)
    if form.validate_on_submit():
        with answering(form):
            actions.propose_repayment(
                actor,
                form.id_to_make,
                school_id,
                buyer_id,
                amount=form.amount.data,
                reason=form.reason.data or "",
            )
            flash(PROPOSED)
            return redirect(url_for(".list_proposals"))
    other = get_school(session, actor, buyer_id)
    return page("bank/propose_repayment.html", form=form, school=school, other=other, held=held)


def decide(proposal_id: uuid.UUID) -> Any:
    """A proposal, and the button with which the second person approves it."""
    actor, session = web.actor(), db.session()
    proposal = queries.get_proposal(session, actor, proposal_id)
    repays = proposal.kind is ProposalKind.REPAYMENT
    form = ApproveRepaymentForm(paid_on=clock.today()) if repays else ApproveForm()
    words = queries.in_words(proposal)
    if form.validate_on_submit():
        with answering(form):
            actions.approve_proposal(actor, proposal_id, form.paid_on.data if repays else None)
            flash(f"You approved it: {words}. It is in both schools’ books.")
            return redirect(url_for(".list_proposals"))
    return page(
        "bank/decide.html",
        form=form,
        proposal=proposal,
        words=words,
        may_decide=proposal.status is ProposalStatus.PROPOSED
        and proposal.proposed_by != actor.person_id
        and policy.allows(actor, Act.PAYMENT_APPROVE, proposal.school_id),
        rules=rules,
    )


def refuse(proposal_id: uuid.UUID) -> Any:
    """Refuse a proposal, with a reason."""
    actor, session = web.actor(), db.session()
    proposal = queries.get_proposal(session, actor, proposal_id)
    policy.require(actor, Act.PAYMENT_REFUSE, proposal.school_id)
    form = RefuseForm()
    if form.validate_on_submit():
        with answering(form):
            actions.refuse_proposal(actor, proposal_id, form.reason.data or "")
            flash("You refused it. Nothing has changed.")
            return redirect(url_for(".list_proposals"))
    return page("bank/refuse.html", form=form, proposal=proposal, words=queries.in_words(proposal))


def use_on_account(invoice_id: uuid.UUID) -> Any:
    """Pay an invoice from what its buyer has on account."""
    actor, session = web.actor(), db.session()
    invoice = invoices.get_invoice(session, actor, invoice_id)
    policy.require(actor, Act.PAYMENT_RECORD, invoice.issuer_id)
    held = queries.held(session, invoice.issuer_id, invoice.buyer_id)
    amount = min(held, invoice.outstanding)
    if request.method == "GET" and (amount <= ZERO or invoice.status not in UNPAID):
        return redirect(url_for("invoices.show", invoice_id=invoice_id))
    form = NewThingForm()
    if form.validate_on_submit():
        with answering(form):
            used = payment_actions.use_on_account(actor, form.id_to_make, invoice_id)
            flash(f"You used {used} from the account for invoice {invoice.number}.")
            return redirect(url_for("invoices.show", invoice_id=invoice_id))
    return page("bank/use_on_account.html", form=form, invoice=invoice, held=held, amount=amount)
