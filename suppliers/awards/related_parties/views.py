"""The page on which a related party is recorded."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.fields import choices
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from suppliers.awards import queries as award_queries
from suppliers.awards.related_parties import actions, queries, rules
from suppliers.awards.related_parties.forms import RelatedPartyForm
from suppliers.awards.views import awards
from suppliers.evaluation import queries as evaluation


@awards.route("/tenders/<uuid:tender_id>/award/related-party", methods=["GET", "POST"])
def declare_related_party(tender_id: uuid.UUID) -> Any:
    """Record that a winner is related to a school that buys."""
    session, actor = db.session(), web.actor()
    tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor))
    policy.require(actor, Act.RELATED_PARTY_DECLARE, tender.alliance_id)
    found = award_queries.live_awards(session, tender_id)
    form = RelatedPartyForm()
    form.pair.choices = choices(
        (one.key, f"{one.school} and {one.supplier}: {one.part} with VAT")
        for one in (queries.pairs(session, tender, found) if found else ())
    )
    if form.validate_on_submit():
        with answering(form):
            actions.declare_related_party(actor, form.id_to_make, tender_id, form.pair.data, form.reported())
            flash("You recorded the related party.", "success")
            return redirect(url_for("awards.show_award", tender_id=tender_id))
    return page(
        "awards/declare_related_party.html",
        form=form,
        tender=tender,
        above=rules.approval_above(clock.today()),
    )
