"""The pages of agreements between schools: the list, one agreement, drafting, checks, reviews."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from invoicing.agreements import actions, law, queries, rules, shown
from invoicing.agreements.forms import (
    CheckForm,
    EditAgreementForm,
    NewAgreementForm,
    OrderForm,
    ReviewForm,
    TermsForm,
    filled,
)
from invoicing.agreements.models import Agreement
from invoicing.agreements.rules import AgreementStatus
from invoicing.agreements.signing import queries as signing
from invoicing.invoices.queries import possible_buyers
from marketplace.alliance import queries as alliance
from marketplace.alliance.models import School
from marketplace.alliance.rules import MEMBERSHIP_LABELS
from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.forms import EditForm
from marketplace.core.policy import Act, Actor, Kind, Role
from marketplace.core.web import NavigationItem, answering, page

agreements = Blueprint("agreements", __name__, url_prefix="/agreements")

LISTS = {"sell": ("We sell", True), "buy": ("We buy", False)}


def reads_agreements(actor: Actor) -> bool:
    """Is there a list of agreements for this person?"""
    return bool(actor.school_ids or actor.organisations(Kind.ALLIANCE, Role.AUDITOR))


SHORTCUTS = (NavigationItem("Agreements between schools", "agreements.index", reads_agreements),)


@agreements.get("")
def index() -> Any:
    """The agreements in which the reader's schools sell or buy, or that they audit."""
    actor, session = web.actor(), db.session()
    if not reads_agreements(actor):
        raise NotFound
    shown_list = request.args.get("list", "") if actor.school_ids else ""
    if shown_list not in LISTS and actor.school_ids:
        shown_list = "sell" if queries.agreements(session, actor, selling=True) else "buy"
    selling = LISTS[shown_list][1] if shown_list in LISTS else None
    return page(
        "agreements/index.html",
        rows=queries.agreements(session, actor, selling=selling),
        lists=[
            {"text": text, "href": url_for(".index", list=key), "current": key == shown_list}
            for key, (text, _) in LISTS.items()
        ]
        if actor.school_ids
        else [],
        selling=selling,
        drafting=bool(queries.drafting_schools(actor)),
    )


@agreements.route("/draft", methods=["GET", "POST"])
def draft_agreement() -> Any:
    """Draft what a school sells to another."""
    actor, session = web.actor(), db.session()
    seller = _seller(actor)
    if seller is None:
        named = alliance.names(session, queries.drafting_schools(actor))
        return page("agreements/choose_school.html", schools=named, endpoint="agreements.draft_agreement")
    form = NewAgreementForm()
    _offer(form, seller.id)
    if form.validate_on_submit():
        with answering(form):
            actions.draft_agreement(actor, form.id_to_make, seller.id, form.buyer_id.data, form.terms())
            flash("You saved the draft. Look at it, then propose it to both heads.", "success")
            return redirect(url_for(".show", agreement_id=form.id_to_make))
    return page("agreements/draft_agreement.html", form=form, seller=seller)


def _seller(actor: Actor) -> School | None:
    """The school that sells: the one asked for, else the actor's only one; None when they must choose."""
    drafting = queries.drafting_schools(actor)
    policy.require(actor, Act.AGREEMENT_DRAFT, *drafting)
    asked = request.args.get("school")
    if asked is None:
        return db.session().get_one(School, next(iter(drafting))) if len(drafting) == 1 else None
    try:
        school = alliance.get_school(db.session(), actor, uuid.UUID(asked))
    except ValueError:
        raise NotFound from None
    policy.require(actor, Act.AGREEMENT_DRAFT, school.id)
    return school


def _offer(form: TermsForm, seller_id: uuid.UUID, buyer: School | None = None) -> None:
    """Set what a draft's form offers to choose from. A buyer that has left the alliance stays on offer."""
    session = db.session()
    buyers = {school.id: school.name for school in possible_buyers(session, seller_id)}
    if buyer is not None:
        buyers.setdefault(buyer.id, buyer.name)
    memberships = {
        one.id: f"{MEMBERSHIP_LABELS[one.kind]} of {one.school.name}"
        for one in queries.memberships_to_name(session, seller_id)
    }
    form.offer(buyers, memberships)


@agreements.get("/<uuid:agreement_id>")
def show(agreement_id: uuid.UUID) -> Any:
    """One agreement: its terms, how far it is, its checks, reviews and extensions, and what comes next."""
    actor, session = web.actor(), db.session()
    agreement = queries.get_agreement(session, actor, agreement_id)
    extensions = signing.extensions(session, agreement.id)
    return page(
        "agreements/show.html",
        agreement=agreement,
        facts=shown.facts(agreement),
        steps=shown.steps(agreement),
        rules=rules,
        cited=law.enough_for_regulated_activity(clock.today())[1],
        heads=queries.signing_schools(actor, agreement),
        to_sign=school_to_sign_for(actor, agreement),
        extensions=extensions,
        months_left=agreement.extension_months - signing.months_extended(session, agreement.id),
        notice_by=alliance.names(session, [agreement.notice_by_id]) if agreement.notice_by_id else {},
    )


def school_to_sign_for(actor: Actor, agreement: Agreement) -> uuid.UUID | None:
    """The school for which this head can sign now: the first of their own for which nobody has."""
    if agreement.status is not AgreementStatus.PROPOSED:
        return None
    signed = agreement.signatures.by_school
    if actor.person_id in signed.values():
        return None
    return next((one for one in queries.signing_schools(actor, agreement) if one not in signed), None)


@agreements.route("/<uuid:agreement_id>/edit", methods=["GET", "POST"])
def edit_agreement(agreement_id: uuid.UUID) -> Any:
    """Change a draft."""
    agreement = _load_for(Act.AGREEMENT_EDIT, agreement_id)
    if request.method == "GET" and agreement.status is not AgreementStatus.DRAFT:
        return _back_to(agreement)
    form = EditAgreementForm(data=filled(agreement))
    _offer(form, agreement.seller_id, agreement.buyer)
    if form.validate_on_submit():
        with answering(form):
            actions.edit_agreement(
                web.actor(), agreement_id, form.version.data, form.buyer_id.data, form.terms()
            )
            flash("You changed the draft.", "success")
            return _back_to(agreement)
    return page("agreements/edit_agreement.html", form=form, agreement=agreement, seller=agreement.seller)


@agreements.route("/<uuid:agreement_id>/discard", methods=["GET", "POST"])
def discard_agreement(agreement_id: uuid.UUID) -> Any:
    """Put a draft aside for good, after a last look."""
    agreement = _load_for(Act.AGREEMENT_DISCARD, agreement_id)
    if request.method == "GET" and agreement.status is not AgreementStatus.DRAFT:
        return _back_to(agreement)
    form = EditForm(version=agreement.version)
    if form.validate_on_submit():
        with answering(form):
            actions.discard_agreement(web.actor(), agreement_id, form.version.data)
            flash(f"You discarded {agreement.reference}.", "success")
            return redirect(url_for(".index"))
    return page("agreements/discard_agreement.html", form=form, agreement=agreement)


@agreements.route("/<uuid:agreement_id>/checks/record", methods=["GET", "POST"])
def record_check(agreement_id: uuid.UUID) -> Any:
    """Record that somebody who works there was checked: level and date."""
    agreement = _load_for(Act.CHECK_RECORD, agreement_id)
    form = CheckForm()
    if form.validate_on_submit():
        with answering(form):
            actions.record_check(web.actor(), form.id_to_make, agreement_id, form.checked())
            flash("You recorded the check.", "success")
            return _back_to(agreement)
    return page(
        "agreements/record_check.html",
        form=form,
        agreement=agreement,
        cited=law.enough_for_regulated_activity(clock.today())[1],
    )


@agreements.post("/checks/<uuid:check_id>/remove")
def remove_check(check_id: uuid.UUID) -> Any:
    """Take away the check of somebody who works there no more."""
    agreement_id = queries.get_check(db.session(), web.actor(), check_id).agreement_id
    actions.remove_check(web.actor(), check_id)
    flash("You took the check away.", "success")
    return redirect(url_for(".show", agreement_id=agreement_id))


@agreements.route("/<uuid:agreement_id>/order", methods=["GET", "POST"])
def set_order(agreement_id: uuid.UUID) -> Any:
    """The buyer enters its order number."""
    actor = web.actor()
    agreement = queries.get_agreement(db.session(), actor, agreement_id)
    policy.require(actor, Act.AGREEMENT_ORDER, agreement.buyer_id)
    form = OrderForm(data={"purchase_order": agreement.purchase_order, "version": agreement.version})
    if form.validate_on_submit():
        with answering(form):
            actions.set_order(actor, agreement_id, form.version.data, form.purchase_order.data or "")
            flash("You saved the order number.", "success")
            return _back_to(agreement)
    return page("agreements/set_order.html", form=form, agreement=agreement)


@agreements.route("/reviews/<uuid:review_id>/record", methods=["GET", "POST"])
def record_review(review_id: uuid.UUID) -> Any:
    """Either school records what a review found."""
    actor = web.actor()
    review = queries.get_review(db.session(), actor, review_id)
    agreement = review.agreement
    policy.require(actor, Act.AGREEMENT_REVIEW, agreement.seller_id, agreement.buyer_id)
    if request.method == "GET" and review.held_on is not None:
        return _back_to(agreement)
    form = ReviewForm()
    if form.validate_on_submit():
        with answering(form):
            actions.record_review(actor, review_id, form.held_on.data, form.notes.data)
            flash("You recorded the review. Both schools have been told.", "success")
            return _back_to(agreement)
    return page("agreements/record_review.html", form=form, review=review, agreement=agreement)


def _load_for(act: Act, agreement_id: uuid.UUID) -> Agreement:
    """An agreement that the reader may do this to, for the school that sells."""
    agreement = queries.get_agreement(db.session(), web.actor(), agreement_id)
    policy.require(web.actor(), act, agreement.seller_id)
    return agreement


def _back_to(agreement: Agreement) -> Response:
    return redirect(url_for(".show", agreement_id=agreement.id))
