"""Pages on which combinations of lots are worked out, and one is recommended."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, make_response, redirect, url_for

from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from marketplace.tenders.interests.queries import latest_assessment, review_points
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from suppliers.awards.combining import actions, jobs, queries, rules, shown
from suppliers.awards.combining.forms import CombineForm, recommend_lots_form
from suppliers.awards.combining.problem import Problem
from suppliers.awards.views import awards
from suppliers.evaluation import queries as evaluation
from suppliers.evaluation.low_prices import queries as low_prices

LOOK_AGAIN_AFTER = "5"
"""Seconds until the page of something that is being worked out asks again by itself."""


@awards.route("/tenders/<uuid:tender_id>/award/combinations", methods=["GET", "POST"])
def show_combinations(tender_id: uuid.UUID) -> Any:
    """What could be awarded, side by side; the coordinator has it worked out."""
    session, actor = db.session(), web.actor()
    tender, problem = _apart(tender_id)
    may_ask = policy.allows(actor, Act.AWARD_COMBINE, tender.alliance_id)
    form = CombineForm()
    if form.validate_on_submit():
        with answering(form):
            actions.ask_for_combinations(actor, tender_id, form.id_to_make, form.seconds.data)
            if problem.size <= rules.AT_ONCE:
                jobs.work_out(form.id_to_make)
            return redirect(url_for("awards.show_combinations", tender_id=tender_id))
    run = queries.latest_run(session, tender_id)
    worked = queries.worked_on(session, tender_id, problem)
    waits = run is not None and run.finished_at is None
    shown_page = make_response(
        page(
            "awards/combinations.html",
            form=form,
            tender=tender,
            view=shown.view(problem, worked) if worked else None,
            waits=waits,
            out_of_date=bool(run and run.finished_at and worked is None),
            may_ask=may_ask and tender.status is TenderStatus.PRICES_OPENED,
            may_recommend=policy.allows(actor, Act.AWARD_RECOMMEND, tender.alliance_id)
            and tender.status is TenderStatus.PRICES_OPENED
            and worked is not None,
        )
    )
    if waits:
        shown_page.headers["Refresh"] = LOOK_AGAIN_AFTER
    return shown_page


@awards.route("/tenders/<uuid:tender_id>/award/recommend-lots", methods=["GET", "POST"])
def recommend_lots(tender_id: uuid.UUID) -> Any:
    """Recommend a quote for each lot."""
    session, actor = db.session(), web.actor()
    tender, problem = _apart(tender_id)
    if not policy.allows(actor, Act.AWARD_RECOMMEND, tender.alliance_id):
        raise Forbidden(f"Your role does not allow you to decide this about {tender.title}.")
    worked = queries.worked_on(session, tender_id, problem)
    if worked is None and tender.status is TenderStatus.PRICES_OPENED:
        flash("Work out the combinations first; then you can recommend.", "note")
        return redirect(url_for("awards.show_combinations", tender_id=tender_id))
    best = worked.best.winners if worked else {}
    form = recommend_lots_form(problem.results.lots, best, tender.version)
    if form.validate_on_submit():
        with answering(form):
            actions.recommend_lots(actor, tender_id, form.version.data or 0, form.wanted())
            flash("You recommended the award. Two people of two schools decide now.", "success")
            return redirect(url_for("awards.show_award", tender_id=tender_id))
    return page(
        "awards/recommend_lots.html",
        form=form,
        tender=tender,
        held_up=low_prices.held_up(session, tender_id, problem.offers(best)),
        view=shown.view(problem, worked) if worked else None,
        assessment=latest_assessment(session, tender_id),
        review=review_points(session, tender),
    )


def _apart(tender_id: uuid.UUID) -> tuple[Tender, Problem]:
    """A tender that the reader may compare and whose lots are won on their own. Raises NotFound."""
    session = db.session()
    tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(web.actor()))
    problem = queries.problem_of(session, tender)
    if problem is None:
        raise NotFound
    return tender, problem
