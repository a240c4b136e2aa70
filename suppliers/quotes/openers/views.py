"""Pages about the openers of a tender: who is ready, and two people who take one off."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.fields import choices
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from marketplace.tenders import queries as tenders
from marketplace.tenders.rules import Seat
from suppliers.quotes.keys import queries as key_queries
from suppliers.quotes.keys import rules as key_rules
from suppliers.quotes.keys.rules import allowed_pairs, ready
from suppliers.quotes.keys.views import keys
from suppliers.quotes.openers import actions, queries, rules
from suppliers.quotes.openers.forms import AgreeForm, KeepForm, TakeOffForm
from suppliers.quotes.openers.rules import RemovalStatus

__all__ = ["keys"]


@keys.route("/tenders/<uuid:tender_id>/openers")
def openers(tender_id: uuid.UUID) -> Any:
    """Who is named to open a tender, who is ready, and what the others must do."""
    session, acting = db.session(), web.actor()
    tender = tenders.get_tender_of_alliance(session, acting, tender_id)
    named, moment = key_queries.named(session, tender), clock.now()
    there = {one.person_id for one in named}
    removals = queries.removals(session, tender_id)
    sealed = tender.status in key_rules.STILL_SEALED
    return page(
        "openers/openers.html",
        tender=tender,
        named=[(one, one.readiness(moment)) for one in named],
        gone=[seat for seat in tenders.named(tender, Seat.OPENER) if seat.person_id not in there],
        pairs=list(allowed_pairs(ready(named, moment))),
        you=acting.person_id,
        removals=removals,
        waiting={one.person_id for one in removals if one.status is RemovalStatus.PROPOSED},
        may_take_off=sealed and policy.allows(acting, Act.OPENER_TAKE_OFF, tender.alliance_id),
        key_rules=key_rules,
        rules=rules,
    )


@keys.route("/tenders/<uuid:tender_id>/openers/<uuid:person_id>/take-off", methods=["GET", "POST"])
def take_off(tender_id: uuid.UUID, person_id: uuid.UUID) -> Any:
    """Propose to take an opener off."""
    session, acting = db.session(), web.actor()
    tender = tenders.get_tender_of_alliance(session, acting, tender_id)
    policy.require(acting, Act.OPENER_TAKE_OFF, tender.alliance_id)
    seat = next((one for one in tenders.named(tender, Seat.OPENER) if one.person_id == person_id), None)
    if seat is None:
        raise NotFound
    form = TakeOffForm()
    if form.validate_on_submit():
        with answering(form):
            actions.propose_removal(acting, tender_id, form.id_to_make, person_id, form.reason.data or "")
            flash(f"You proposed to take {seat.person.name} off. We have asked headteachers to decide.")
            return redirect(url_for("keys.openers", tender_id=tender_id))
    return page("openers/take_off.html", form=form, tender=tender, seat=seat)


@keys.route("/tenders/<uuid:tender_id>/openers/removals/<uuid:removal_id>", methods=["GET", "POST"])
def show_removal(tender_id: uuid.UUID, removal_id: uuid.UUID) -> Any:
    """What was proposed about an opener, and the button that takes them off."""
    session, acting = db.session(), web.actor()
    tender = tenders.get_tender_of_alliance(session, acting, tender_id)
    removal = queries.get_removal(session, tender_id, removal_id)
    form = AgreeForm()
    free = queries.schools_to_agree_for(session, acting, removal)
    form.school.choices = choices(free.items())
    if len(free) < 2:  # noqa: PLR2004  # nothing to choose
        del form.school
    if form.validate_on_submit():
        with answering(form):
            chosen = form.school.data if "school" in form else None
            actions.agree_to_removal(acting, tender_id, removal_id, chosen)
            flash(f"You took {removal.person.name} off. Everybody concerned is told.", "success")
            return redirect(url_for("keys.openers", tender_id=tender_id))
    waits = removal.status is RemovalStatus.PROPOSED
    approving = tenders.approving_schools(session, tender)
    return page(
        "openers/removal.html",
        form=form,
        tender=tender,
        removal=removal,
        rules=rules,
        may_agree=waits and bool(free),
        may_keep=waits and policy.allows(acting, Act.OPENER_KEEP, tender.alliance_id, *approving),
    )


@keys.route("/tenders/<uuid:tender_id>/openers/removals/<uuid:removal_id>/keep", methods=["GET", "POST"])
def keep_opener(tender_id: uuid.UUID, removal_id: uuid.UUID) -> Any:
    """Leave the opener named, with a reason."""
    session, acting = db.session(), web.actor()
    tender = tenders.get_tender_of_alliance(session, acting, tender_id)
    removal = queries.get_removal(session, tender_id, removal_id)
    approving = tenders.approving_schools(session, tender)
    policy.require(acting, Act.OPENER_KEEP, tender.alliance_id, *approving)
    form = KeepForm()
    if form.validate_on_submit():
        with answering(form):
            actions.keep_opener(acting, tender_id, removal_id, form.reason.data or "")
            flash(f"{removal.person.name} stays an opener.")
            return redirect(url_for("keys.openers", tender_id=tender_id))
    return page("openers/keep.html", form=form, tender=tender, removal=removal)
