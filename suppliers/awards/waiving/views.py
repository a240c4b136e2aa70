"""The page on which a school accepts that it pays more than alone."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from marketplace.tenders.lots.queries import division_of
from suppliers.awards.queries import live_awards
from suppliers.awards.views import awards
from suppliers.awards.waiving import actions, queries
from suppliers.awards.waiving.forms import WaiveForm
from suppliers.evaluation import queries as evaluation

__all__ = ["awards"]


@awards.route("/tenders/<uuid:tender_id>/award/schools/<uuid:school_id>/waive", methods=["GET", "POST"])
def waive_worse_price(tender_id: uuid.UUID, school_id: uuid.UUID) -> Any:
    """Accept for a school that it pays more than alone."""
    session, actor = db.session(), web.actor()
    tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor))
    held = queries.standings(session, live_awards(session, tender_id))
    own = next((one for one in held if one.school_id == school_id and one.is_worse_off), None)
    if own is None:
        raise NotFound
    if not policy.allows(actor, Act.AWARD_WAIVE, school_id):
        raise Forbidden(f"Your role does not allow you to decide this for {own.school.name}.")
    form = WaiveForm()
    if form.validate_on_submit():
        with answering(form):
            actions.waive_worse_price(actor, tender_id, school_id, form.reason.data or "")
            flash(f"You accepted the price for {own.school.name}.", "success")
            return redirect(url_for("awards.show_award", tender_id=tender_id))
    return page(
        "awards/waive.html",
        form=form,
        tender=tender,
        standing=own,
        apart=division_of(session, tender_id).apart,
    )
