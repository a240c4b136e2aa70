"""Pages of signing, extending and ending agreements."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from invoicing.agreements import queries, shown
from invoicing.agreements import rules as terms
from invoicing.agreements.models import Agreement
from invoicing.agreements.rules import BINDING, AgreementStatus
from invoicing.agreements.signing import actions, rules
from invoicing.agreements.signing import queries as signing
from invoicing.agreements.signing.forms import (
    AgreeForm,
    AnswerForm,
    ExtensionForm,
    NoticeForm,
    ReturnForm,
)
from invoicing.agreements.views import agreements, school_to_sign_for
from marketplace.alliance import queries as alliance
from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.forms import EditForm
from marketplace.core.policy import Act
from marketplace.core.web import answering, page

__all__ = ["agreements"]


@agreements.route("/<uuid:agreement_id>/propose", methods=["GET", "POST"])
def propose(agreement_id: uuid.UUID) -> Any:
    """Put a draft to both heads, after a last look."""
    actor = web.actor()
    agreement = queries.get_agreement(db.session(), actor, agreement_id)
    policy.require(actor, Act.AGREEMENT_PROPOSE, agreement.seller_id)
    if request.method == "GET" and agreement.status is not AgreementStatus.DRAFT:
        return _back_to(agreement)
    form = EditForm(version=agreement.version)
    if form.validate_on_submit():
        with answering(form):
            actions.propose_agreement(actor, agreement_id, form.version.data)
            flash("You proposed it. The heads of both schools have been asked to sign.", "success")
            return _back_to(agreement)
    return page("agreements/propose.html", form=form, agreement=agreement, facts=shown.facts(agreement))


@agreements.route("/<uuid:agreement_id>/agree", methods=["GET", "POST"])
def agree(agreement_id: uuid.UUID) -> Any:
    """A head signs for their own school."""
    actor, session = web.actor(), db.session()
    agreement = queries.get_agreement(session, actor, agreement_id)
    own = queries.signing_schools(actor, agreement)
    policy.require(actor, Act.AGREEMENT_AGREE, *own)
    school_id = school_to_sign_for(actor, agreement)
    if request.method == "GET" and school_id is None:
        return _back_to(agreement)
    form = AgreeForm(proposal=agreement.proposals)
    if form.validate_on_submit():
        with answering(form):
            actions.agree_agreement(actor, agreement_id, school_id or own[0], form.proposal.data or 0)
            flash(_signed(agreement_id), "success")
            return _back_to(agreement)
    school_id = school_id or own[0]
    return page(
        "agreements/agree.html",
        form=form,
        agreement=agreement,
        facts=shown.facts(agreement),
        school=alliance.names(session, [school_id])[school_id],
        rules=terms,
    )


def _signed(agreement_id: uuid.UUID) -> str:
    """What a signature has brought about, in words."""
    agreement = queries.get_agreement(db.session(), web.actor(), agreement_id)
    if agreement.status is AgreementStatus.PROPOSED:
        return "You signed. It is agreed when the head of the other school has signed too."
    if agreement.status is AgreementStatus.RUNNING:
        return "You signed. Both heads have, and the agreement runs."
    return f"You signed. Both heads have; the agreement begins on {web.day(agreement.starts_on)}."


@agreements.route("/<uuid:agreement_id>/return", methods=["GET", "POST"])
def return_agreement(agreement_id: uuid.UUID) -> Any:
    """A head gives the proposal back, with what should be different."""
    actor = web.actor()
    agreement = queries.get_agreement(db.session(), actor, agreement_id)
    policy.require(actor, Act.AGREEMENT_RETURN, agreement.seller_id, agreement.buyer_id)
    if request.method == "GET" and agreement.status is not AgreementStatus.PROPOSED:
        return _back_to(agreement)
    form = ReturnForm()
    if form.validate_on_submit():
        with answering(form):
            actions.return_agreement(actor, agreement_id, form.reason.data)
            flash("You returned it. The school that sells has been told.", "success")
            return _back_to(agreement)
    return page("agreements/return_agreement.html", form=form, agreement=agreement)


@agreements.route("/<uuid:agreement_id>/notice", methods=["GET", "POST"])
def give_notice(agreement_id: uuid.UUID) -> Any:
    """A head ends the agreement early, with the agreed notice."""
    actor, session = web.actor(), db.session()
    agreement = queries.get_agreement(session, actor, agreement_id)
    own = queries.signing_schools(actor, agreement)
    policy.require(actor, Act.AGREEMENT_GIVE_NOTICE, *own)
    if request.method == "GET" and (agreement.status not in BINDING or agreement.notice_last_day):
        return _back_to(agreement)
    earliest = rules.earliest_end(clock.today(), agreement.starts_on, agreement.notice_months)
    form = NoticeForm(last_day=earliest)
    if form.validate_on_submit():
        with answering(form):
            actions.give_notice(actor, agreement_id, own[0], form.last_day.data, form.reason.data)
            flash("You gave notice. Both schools have been told.", "success")
            return _back_to(agreement)
    return page("agreements/give_notice.html", form=form, agreement=agreement, earliest=earliest)


@agreements.route("/<uuid:agreement_id>/extend", methods=["GET", "POST"])
def propose_extension(agreement_id: uuid.UUID) -> Any:
    """A head signs a longer term, for the other head to sign too."""
    actor, session = web.actor(), db.session()
    agreement = queries.get_agreement(session, actor, agreement_id)
    own = queries.signing_schools(actor, agreement)
    policy.require(actor, Act.EXTENSION_PROPOSE, *own)
    if request.method == "GET" and agreement.status not in BINDING:
        return _back_to(agreement)
    form = ExtensionForm()
    if form.validate_on_submit():
        with answering(form):
            actions.propose_extension(actor, form.id_to_make, agreement_id, own[0], int(form.months.data))
            flash("You signed the longer term. The head of the other school has been asked.", "success")
            return _back_to(agreement)
    left = agreement.extension_months - signing.months_extended(session, agreement.id)
    return page("agreements/propose_extension.html", form=form, agreement=agreement, left=left)


@agreements.route("/extensions/<uuid:extension_id>/answer", methods=["GET", "POST"])
def answer_extension(extension_id: uuid.UUID) -> Any:
    """The other head signs the longer term, or leaves the last day as it is."""
    actor = web.actor()
    extension = signing.get_extension(db.session(), actor, extension_id)
    agreement = extension.agreement
    policy.require(actor, Act.EXTENSION_REFUSE, agreement.seller_id, agreement.buyer_id)
    if request.method == "GET" and extension.answered_by:
        return _back_to(agreement)
    form = AnswerForm()
    if form.validate_on_submit():
        with answering(form):
            if form.answer.data == "agree":
                actions.agree_extension(actor, extension_id)
                flash(f"Both heads have signed: it runs until {web.day(extension.ends_on)}.", "success")
            else:
                actions.refuse_extension(actor, extension_id)
                flash("The last day stays. Both schools have been told.", "success")
            return _back_to(agreement)
    return page("agreements/answer_extension.html", form=form, agreement=agreement, extension=extension)


def _back_to(agreement: Agreement) -> Response:
    return redirect(url_for("agreements.show", agreement_id=agreement.id))
