"""Pages of reviews: of one contract, of one supplier, a new one, and the reply to one."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from suppliers.awards.performance import actions, queries, rules
from suppliers.awards.performance.forms import ReplyForm, review_form
from suppliers.awards.performance.rules import Measure
from suppliers.awards.views import awards
from suppliers.profiles.models import Supplier


@awards.route("/contracts/<uuid:contract_id>/reviews")
def list_reviews(contract_id: uuid.UUID) -> Any:
    """How the supplier of a contract did, for both of its parties."""
    session, actor = db.session(), web.actor()
    contract = queries.get_contract(session, actor, contract_id)
    return page(
        "awards/reviews.html",
        contract=contract,
        supplier=None,
        reviews=queries.views(queries.reviews_of(session, contract_id)),
        may_record=policy.allows(actor, Act.REVIEW_RECORD, contract.school_id),
        may_reply=bool(contract.supplier_id)
        and policy.allows(actor, Act.REVIEW_REPLY, contract.supplier_id or uuid.UUID(int=0)),
    )


@awards.route("/suppliers/<uuid:supplier_id>/reviews")
def list_supplier_reviews(supplier_id: uuid.UUID) -> Any:
    """How a supplier does for the member schools."""
    session, actor = db.session(), web.actor()
    found = queries.of_supplier(session, actor, supplier_id)
    return page(
        "awards/reviews.html",
        contract=None,
        supplier=session.get_one(Supplier, supplier_id),
        reviews=queries.views(found),
        may_record=False,
        may_reply=policy.allows(actor, Act.REVIEW_REPLY, supplier_id),
    )


@awards.route("/contracts/<uuid:contract_id>/reviews/record", methods=["GET", "POST"])
def record_review(contract_id: uuid.UUID) -> Any:
    """Record how the supplier did."""
    session, actor = db.session(), web.actor()
    contract = queries.get_contract(session, actor, contract_id)
    policy.require(actor, Act.REVIEW_RECORD, contract.school_id)
    form = review_form()
    if form.validate_on_submit():
        with answering(form):
            actions.record_review(actor, form.id_to_make, contract_id, form.reviewed())
            flash("You recorded the review. The supplier can reply to it.", "success")
            return redirect(url_for("awards.list_reviews", contract_id=contract_id))
    return page(
        "awards/record_review.html",
        form=form,
        contract=contract,
        measures=list(Measure),
        days=rules.DAYS_TO_REPLY,
    )


@awards.route("/reviews/<uuid:review_id>/reply", methods=["GET", "POST"])
def reply_to_review(review_id: uuid.UUID) -> Any:
    """Reply to a review, for the supplier."""
    session, actor = db.session(), web.actor()
    review = queries.get_review(session, actor, review_id)
    contract_id = review.contract_id
    policy.require(actor, Act.REVIEW_REPLY, review.contract.supplier_id or uuid.UUID(int=0))
    form = ReplyForm()
    if form.validate_on_submit():
        with answering(form):
            actions.reply_to_review(actor, review_id, form.reply.data or "")
            flash("You replied. Member schools read your reply beside the review.", "success")
            return redirect(url_for("awards.list_reviews", contract_id=contract_id))
    return page(
        "awards/reply_to_review.html", form=form, review=queries.view(review), contract_id=contract_id
    )
