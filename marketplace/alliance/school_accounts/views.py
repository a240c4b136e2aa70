"""The pages of a school's bank account: what holds, what waits, and what became of every change."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from marketplace.alliance import queries as alliance_queries
from marketplace.alliance.school_accounts import actions, queries
from marketplace.alliance.school_accounts.forms import StopForm
from marketplace.alliance.school_accounts.rules import OPEN
from marketplace.alliance.views import alliance
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.forms import EditForm
from marketplace.core.policy import Act, Kind
from marketplace.core.web import answering, page

__all__ = ["alliance"]


@alliance.route("/schools/<uuid:school_id>/account")
def show_account(school_id: uuid.UUID) -> Any:
    """A school's bank account, for its own people and the office of its alliance."""
    actor, session = web.actor(), db.session()
    school = alliance_queries.get_school(session, actor, school_id)
    joined = {one.alliance_id for one in alliance_queries.memberships(session, actor, [school.id])}
    if school_id not in actor.school_ids and not actor.organisations(Kind.ALLIANCE) & joined:
        raise NotFound
    history = queries.history(session, actor, school_id)
    change = next((one for one in history if one.status in OPEN), None)
    return page(
        "schools/account.html",
        school=school,
        change=change,
        approve=EditForm(data={"version": change.version}) if change else None,
        you=actor.person_id,
        history=history,
    )


@alliance.post("/schools/<uuid:school_id>/account/approve")
def approve_account(school_id: uuid.UUID) -> Any:
    """Approve the account that a colleague proposed."""
    form = EditForm()
    actions.approve_account(web.actor(), school_id, form.version.data or 0)
    flash("You approved the new account. It holds in 24 hours unless somebody stops it.", "success")
    return redirect(url_for("alliance.show_account", school_id=school_id))


@alliance.route("/schools/<uuid:school_id>/account/stop", methods=["GET", "POST"])
def stop_account(school_id: uuid.UUID) -> Any:
    """Stop a change, with a reason."""
    actor, session = web.actor(), db.session()
    school = alliance_queries.get_school(session, actor, school_id)
    change = queries.get_open(session, actor, school_id)
    policy.require(actor, Act.SCHOOL_STOP_ACCOUNT, school_id)
    form = StopForm(data={"version": change.version})
    if form.validate_on_submit():
        with answering(form):
            actions.stop_account(actor, school_id, form.version.data or 0, form.reason.data or "")
            flash("You stopped the change. The account stays as it is.", "success")
            return redirect(url_for("alliance.show_account", school_id=school_id))
    return page("schools/stop_account.html", form=form, school=school, change=change)
