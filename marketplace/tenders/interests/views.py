"""Pages of the conflicts assessment."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from marketplace.needs.thresholds import Regime
from marketplace.tenders import queries as tender_queries
from marketplace.tenders.interests import actions, queries, rules
from marketplace.tenders.interests.forms import NO, YES, AssessmentForm, DeclarationForm
from marketplace.tenders.watch.views import tenders

__all__ = ["tenders"]


@tenders.route("/tenders/<uuid:tender_id>/interests", methods=["GET", "POST"])
def show_interests(tender_id: uuid.UUID) -> Any:
    """Who is behind the tender and what they declared; the coordinator records the assessment here."""
    session, acting = db.session(), web.actor()
    tender = tender_queries.get_tender_of_alliance(session, acting, tender_id)
    form = AssessmentForm()
    if form.validate_on_submit():
        with answering(form):
            actions.assess_interests(acting, tender_id, form.id_to_make, form.text.data)
            flash("You recorded the conflicts assessment.")
            return redirect(url_for("tenders.show_interests", tender_id=tender_id))
    people = queries.concerned(session, tender)
    return page(
        "tenders/interests.html",
        form=form,
        tender=tender,
        people=people,
        points=queries.open_points(session, tender),
        assessments=queries.assessments(session, tender_id),
        reads_all=queries.reads_all(acting, tender),
        named=any(one.person_id == acting.person_id for one in people),
        may_assess=policy.allows(acting, Act.INTEREST_ASSESS, tender.alliance_id),
        waits=rules.undeclared(people),
        bound=tender_queries.value_and_regime(session, tender)[1] is not Regime.BELOW,
        sections=rules.SECTIONS,
    )


@tenders.route("/tenders/<uuid:tender_id>/interests/declare", methods=["GET", "POST"])
def declare_interest(tender_id: uuid.UUID) -> Any:
    """Declare one's own interests."""
    session, acting = db.session(), web.actor()
    tender = tender_queries.get_tender_of_alliance(session, acting, tender_id)
    rules.check_concerned(acting.person_id, queries.concerned(session, tender))
    said = queries.own_interest(session, tender_id, acting.person_id)
    given = (
        {
            "answer": YES if said.has_interest else NO,
            "interest": said.interest,
            "mitigation": said.mitigation,
        }
        if said
        else {}
    )
    form = DeclarationForm(data=given)
    if form.validate_on_submit():
        with answering(form):
            actions.declare_interest(
                acting,
                tender_id,
                has_interest=form.answer.data == YES,
                interest=form.interest.data,
                mitigation=form.mitigation.data,
            )
            flash("You declared your interests for this tender.")
            return redirect(url_for("tenders.show", tender_id=tender_id))
    return page("tenders/declare_interest.html", form=form, tender=tender, sections=rules.SECTIONS)
