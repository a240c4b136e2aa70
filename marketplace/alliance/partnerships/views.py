"""The pages of trust partnerships."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from marketplace.alliance.decisions import queries as decisions
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.partnerships import actions, queries, shown
from marketplace.alliance.partnerships.forms import ProposeForm, ReviewForm
from marketplace.alliance.partnerships.models import Partnership
from marketplace.alliance.queries import names
from marketplace.alliance.rules import MembershipStatus
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.policy import POLICY, Act, Kind
from marketplace.core.web import answering, page

partnerships = Blueprint("partnerships", __name__, url_prefix="/partnerships")


@partnerships.get("")
def index() -> Any:
    """The trust partnerships that the reader may see."""
    actor, session = web.actor(), db.session()
    if not (actor.school_ids or actor.alliance_ids):
        raise NotFound
    proposing = actor.organisations(Kind.ALLIANCE, *POLICY[Act.PARTNERSHIP_PROPOSE].roles)
    rows = queries.partnerships(session, actor)
    return page(
        "partnerships/index.html",
        rows=[(row, _state(row)) for row in rows],
        proposing=sorted(names(session, proposing).items(), key=lambda pair: pair[1]),
    )


def _state(row: Partnership) -> tuple[str, str]:
    """How a partnership stands, in words and a colour."""
    if row.membership is None:
        return row.status.label, row.status.colour
    if row.membership.status is MembershipStatus.LEFT:
        return "Ended", "grey"
    return "Runs", "green"


@partnerships.route("/propose/<uuid:alliance_id>", methods=["GET", "POST"])
def propose(alliance_id: uuid.UUID) -> Any:
    """A coordinator proposes a partnership to a school."""
    actor = web.actor()
    if alliance_id not in actor.alliance_ids:
        raise NotFound
    policy.require(actor, Act.PARTNERSHIP_PROPOSE, alliance_id)
    form = ProposeForm()
    if form.validate_on_submit():
        with answering(form):
            actions.propose_partnership(actor, form.id_to_make, alliance_id, form.urn.data, form.terms())
            flash(
                "You proposed the partnership. The board votes, and the governing body confirms.", "success"
            )
            return redirect(url_for(".show", partnership_id=form.id_to_make))
    return page(
        "partnerships/propose.html", form=form, alliance_name=names(db.session(), [alliance_id])[alliance_id]
    )


@partnerships.get("/<uuid:partnership_id>")
def show(partnership_id: uuid.UUID) -> Any:
    """One partnership: its terms, how far it is agreed, and its reviews."""
    actor, session = web.actor(), db.session()
    partnership = queries.get_partnership(session, actor, partnership_id)
    asked = decisions.decisions_on(session, Subject.PARTNERSHIP, partnership.id)
    runs = partnership.membership is not None and partnership.membership.status is MembershipStatus.ACTIVE
    return page(
        "partnerships/show.html",
        partnership=partnership,
        state=_state(partnership),
        facts=shown.facts(session, partnership),
        decision=asked[0] if asked and partnership.alliance_id in actor.alliance_ids else None,
        board=asked[0].status.label if asked else "",
        confirming=shown.asks_governors(session, partnership)
        and policy.allows(actor, Act.CONFIRMATION_RECORD, partnership.school_id),
        may_review=runs and policy.allows(actor, Act.PARTNERSHIP_REVIEW, partnership.alliance_id),
    )


@partnerships.route("/reviews/<uuid:review_id>/record", methods=["GET", "POST"])
def record_review(review_id: uuid.UUID) -> Any:
    """The coordinator records what a review found."""
    actor = web.actor()
    review = queries.get_review(db.session(), actor, review_id)
    partnership = review.partnership
    policy.require(actor, Act.PARTNERSHIP_REVIEW, partnership.alliance_id)
    if request.method == "GET" and review.held_on is not None:
        return redirect(url_for(".show", partnership_id=partnership.id))
    form = ReviewForm()
    if form.validate_on_submit():
        with answering(form):
            actions.record_review(actor, review_id, form.held_on.data, form.notes.data)
            flash("You recorded the review. The partner has been told.", "success")
            return redirect(url_for(".show", partnership_id=partnership.id))
    return page("partnerships/record_review.html", form=form, review=review, partnership=partnership)
