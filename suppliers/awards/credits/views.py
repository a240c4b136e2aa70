"""Pages of service credits."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from suppliers.awards.credits import actions, queries
from suppliers.awards.credits.forms import AnswerForm, ClaimForm, RuleForm, SettleForm, WithdrawForm
from suppliers.awards.performance.queries import get_contract
from suppliers.awards.views import awards


@awards.route("/contracts/<uuid:contract_id>/credits")
def list_credits(contract_id: uuid.UUID) -> Any:
    """The rules of a contract for service credits, and the claims by them."""
    session, actor = db.session(), web.actor()
    contract = get_contract(session, actor, contract_id)
    supplier = contract.supplier_id or uuid.UUID(int=0)
    return page(
        "awards/credits.html",
        contract=contract,
        rules=[queries.view_rule(one) for one in queries.rules_of(session, contract_id)],
        claims=[queries.view(one) for one in queries.claims_of(session, contract_id)],
        may_rule=policy.allows(actor, Act.CREDIT_RULE, contract.school_id),
        may_claim=policy.allows(actor, Act.CREDIT_CLAIM, contract.school_id),
        may_answer=policy.allows(actor, Act.CREDIT_ANSWER, supplier),
        may_settle=policy.allows(actor, Act.CREDIT_SETTLE, contract.school_id),
    )


@awards.route("/contracts/<uuid:contract_id>/credits/rule", methods=["GET", "POST"])
def record_credit_rule(contract_id: uuid.UUID) -> Any:
    """Record a rule of a contract."""
    session, actor = db.session(), web.actor()
    contract = get_contract(session, actor, contract_id)
    policy.require(actor, Act.CREDIT_RULE, contract.school_id)
    form = RuleForm()
    if form.validate_on_submit():
        with answering(form):
            actions.record_credit_rule(actor, form.id_to_make, contract_id, form.terms())
            flash("You recorded the rule.", "success")
            return redirect(url_for("awards.list_credits", contract_id=contract_id))
    return page("awards/record_credit_rule.html", form=form, contract=contract)


@awards.route("/credit-rules/<uuid:rule_id>/claim", methods=["GET", "POST"])
def claim_credit(rule_id: uuid.UUID) -> Any:
    """Claim a service credit by a rule."""
    session, actor = db.session(), web.actor()
    rule = queries.get_rule(session, actor, rule_id)
    contract_id = rule.contract_id
    policy.require(actor, Act.CREDIT_CLAIM, rule.contract.school_id)
    form = ClaimForm()
    if form.validate_on_submit():
        with answering(form):
            actions.claim_credit(
                actor,
                form.id_to_make,
                rule_id,
                occurred_on=form.occurred_on.data or clock.today(),
                occurrences=int(form.occurrences.data or 0),
                evidence=form.evidence.data or "",
            )
            flash("You claimed the service credit. The supplier answers.", "success")
            return redirect(url_for("awards.list_credits", contract_id=contract_id))
    return page("awards/claim_credit.html", form=form, rule=rule, contract=rule.contract)


@awards.route("/credits/<uuid:claim_id>/answer", methods=["GET", "POST"])
def answer_credit(claim_id: uuid.UUID) -> Any:
    """Accept or dispute a claim, for the supplier."""
    session, actor = db.session(), web.actor()
    claim = queries.get_claim(session, actor, claim_id)
    contract = claim.rule.contract
    contract_id = contract.id
    policy.require(actor, Act.CREDIT_ANSWER, contract.supplier_id or uuid.UUID(int=0))
    form = AnswerForm(version=claim.version)
    if form.validate_on_submit():
        with answering(form):
            actions.answer_credit(
                actor, claim_id, form.version.data or 0, form.answer.data, form.reply.data or ""
            )
            flash("You answered the claim.", "success")
            return redirect(url_for("awards.list_credits", contract_id=contract_id))
    return page("awards/answer_credit.html", form=form, claim=queries.view(claim), contract=contract)


@awards.route("/credits/<uuid:claim_id>/settle", methods=["GET", "POST"])
def settle_credit(claim_id: uuid.UUID) -> Any:
    """Note on which document a credit was deducted, for the finance lead."""
    session, actor = db.session(), web.actor()
    claim = queries.get_claim(session, actor, claim_id)
    contract = claim.rule.contract
    contract_id = contract.id
    policy.require(actor, Act.CREDIT_SETTLE, contract.school_id)
    form = SettleForm(version=claim.version)
    if form.validate_on_submit():
        with answering(form):
            actions.settle_credit(actor, claim_id, form.version.data or 0, form.reference.data or "")
            flash("You noted the deduction.", "success")
            return redirect(url_for("awards.list_credits", contract_id=contract_id))
    return page("awards/settle_credit.html", form=form, claim=queries.view(claim), contract=contract)


@awards.route("/credits/<uuid:claim_id>/withdraw", methods=["GET", "POST"])
def withdraw_credit(claim_id: uuid.UUID) -> Any:
    """Withdraw a claim, after asking once more."""
    session, actor = db.session(), web.actor()
    claim = queries.get_claim(session, actor, claim_id)
    contract = claim.rule.contract
    contract_id = contract.id
    policy.require(actor, Act.CREDIT_WITHDRAW, contract.school_id)
    form = WithdrawForm(version=claim.version)
    if form.validate_on_submit():
        with answering(form):
            actions.withdraw_credit(actor, claim_id, form.version.data or 0)
            flash("You withdrew the claim.", "success")
            return redirect(url_for("awards.list_credits", contract_id=contract_id))
    return page("awards/withdraw_credit.html", form=form, claim=queries.view(claim), contract=contract)
