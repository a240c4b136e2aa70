"""Pages of what was used under an agreement, and of what it charges."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from invoicing.agreements import queries as agreed
from invoicing.agreements.charging import queries as charging
from invoicing.agreements.rules import BY_USE, PERIOD_WORDS, AgreementStatus
from invoicing.agreements.usage import actions, queries
from invoicing.agreements.usage.forms import ConfirmForm, CorrectForm, LogForm, QuestionForm, filled
from invoicing.agreements.usage.models import Usage
from invoicing.agreements.usage.rules import OPEN, UsageStatus, amount
from invoicing.agreements.views import agreements
from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.fields import choices
from marketplace.core.listing import page_address
from marketplace.core.money import Money
from marketplace.core.paging import page_links
from marketplace.core.policy import Act
from marketplace.core.web import answering, day, page, plain_number

__all__ = ["agreements"]


@agreements.get("/<uuid:agreement_id>/usage")
def show_usage(agreement_id: uuid.UUID) -> Any:
    """What was used, what the buyer answered, what was charged and on which invoice."""
    actor, session = web.actor(), db.session()
    agreement = agreed.get_agreement(session, actor, agreement_id)
    used = queries.usages(session, agreement.id)
    lines = charging.waiting(session, agreement, clock.today())
    charged = charging.charges(session, agreement.id)
    of_usage = {charge.usage_id: charge for charge in charged}
    pages = page_links(len(used), request.args.get("page"), page_address)
    unanswered = [one for one in used if one.status in OPEN]
    return page(
        "agreements/usage.html",
        agreement=agreement,
        rows=[
            (one, amount(agreement.price, one.used), of_usage.get(one.id))
            for one in used[pages.offset : pages.offset + pages.size]
        ],
        pages=pages,
        charges=charged,
        waiting=len([one for one in used if one.status is UsageStatus.LOGGED]),
        unanswered=Money.total(amount(agreement.price, one.used) for one in unanswered),
        to_invoice=Money.total(line.net for line in lines),
        invoiced=Money.total(charge.net for charge in charged if charge.bill_id),
        by_use=agreement.price.basis in BY_USE,
        logs=agreement.status in {AgreementStatus.RUNNING, AgreementStatus.ENDED},
        open=OPEN,
        period=PERIOD_WORDS[agreement.schedule],
    )


@agreements.route("/<uuid:agreement_id>/usage/log", methods=["GET", "POST"])
def log_usage(agreement_id: uuid.UUID) -> Any:
    """The seller logs what was used."""
    actor = web.actor()
    agreement = agreed.get_agreement(db.session(), actor, agreement_id)
    policy.require(actor, Act.USAGE_LOG, agreement.seller_id)
    if request.method == "GET" and agreement.price.basis not in BY_USE:
        return _back_to(agreement_id)
    form = LogForm(used_on=clock.today())
    form.ask_for(agreement.price)
    if form.validate_on_submit():
        with answering(form):
            actions.log_usage(actor, form.id_to_make, agreement_id, form.used())
            flash(f"You logged it. {agreement.buyer.name} confirms it before it is charged.", "success")
            return _back_to(agreement_id)
    return page("agreements/log_usage.html", form=form, agreement=agreement)


@agreements.route("/usage/<uuid:usage_id>/correct", methods=["GET", "POST"])
def correct_usage(usage_id: uuid.UUID) -> Any:
    """The seller corrects what it logged."""
    usage = _load_for(Act.USAGE_CORRECT, usage_id)
    agreement = usage.agreement
    if request.method == "GET" and usage.status not in OPEN:
        return _back_to(agreement.id)
    form = CorrectForm(data=filled(usage))
    form.ask_for(agreement.price)
    if form.validate_on_submit():
        with answering(form):
            actions.correct_usage(web.actor(), usage_id, form.version.data, form.used())
            flash(f"You corrected it. {agreement.buyer.name} confirms it before it is charged.", "success")
            return _back_to(agreement.id)
    return page("agreements/correct_usage.html", form=form, agreement=agreement, usage=usage)


@agreements.post("/usage/<uuid:usage_id>/take-back")
def take_back_usage(usage_id: uuid.UUID) -> Any:
    """The seller takes back what was logged by mistake."""
    usage = _load_for(Act.USAGE_TAKE_BACK, usage_id)
    version = request.form.get("version", type=int)
    agreement_id = usage.agreement_id
    actions.take_back_usage(web.actor(), usage_id, version or 0)
    flash("You took it back. It is not charged.", "success")
    return _back_to(agreement_id)


@agreements.route("/<uuid:agreement_id>/usage/confirm", methods=["GET", "POST"])
def confirm_usages(agreement_id: uuid.UUID) -> Any:
    """The buyer confirms what is right, and questions what is not."""
    actor, session = web.actor(), db.session()
    agreement = agreed.get_agreement(session, actor, agreement_id)
    policy.require(actor, Act.USAGE_CONFIRM, agreement.buyer_id)
    waiting = queries.waiting(session, agreement.id)[: actions.MOST_AT_ONCE]
    if request.method == "GET" and not waiting:
        return _back_to(agreement_id)
    form = ConfirmForm(chosen=[(one.id, one.version) for one in waiting])
    form.chosen.choices = choices(
        (f"{one.id}:{one.version}", _summary(one), f"{one.words}, logged by {one.logger.name}")
        for one in waiting
    )
    if form.validate_on_submit():
        with answering(form):
            actions.confirm_usages(actor, agreement_id, form.chosen.data)
            flash("You confirmed it. It will be on the next invoice.", "success")
            return _back_to(agreement_id)
    return page("agreements/confirm_usages.html", form=form, agreement=agreement, waiting=waiting)


def _summary(usage: Usage) -> str:
    """Something used in a line, with what it comes to."""
    price = usage.agreement.price
    said = f"{plain_number(usage.units)} × {price.unit}" if usage.units else str(usage.cost)
    return f"{day(usage.used_on)}: {said}, {amount(price, usage.used)}"


@agreements.route("/usage/<uuid:usage_id>/question", methods=["GET", "POST"])
def question_usage(usage_id: uuid.UUID) -> Any:
    """The buyer says what is wrong."""
    actor = web.actor()
    usage = queries.get_usage(db.session(), actor, usage_id)
    agreement = usage.agreement
    policy.require(actor, Act.USAGE_QUESTION, agreement.buyer_id)
    if request.method == "GET" and usage.status not in OPEN:
        return _back_to(agreement.id)
    form = QuestionForm(data={"version": usage.version, "question": usage.question})
    if form.validate_on_submit():
        with answering(form):
            actions.question_usage(actor, usage_id, form.version.data, form.question.data)
            flash("You questioned it. The school that sells has been told; it is not charged.", "success")
            return _back_to(agreement.id)
    return page(
        "agreements/question_usage.html", form=form, agreement=agreement, summary=_summary(usage), usage=usage
    )


def _load_for(act: Act, usage_id: uuid.UUID) -> Usage:
    """Something used that the reader may do this to, for the school that sells."""
    usage = queries.get_usage(db.session(), web.actor(), usage_id)
    policy.require(web.actor(), act, usage.agreement.seller_id)
    return usage


def _back_to(agreement_id: uuid.UUID) -> Response:
    return redirect(url_for("agreements.show_usage", agreement_id=agreement_id))
