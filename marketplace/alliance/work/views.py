"""The pages of the work that schools share: who has done how much, and who leads what."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from marketplace.alliance.models import Organisation
from marketplace.alliance.queries import member_schools
from marketplace.alliance.work import actions, queries, rules
from marketplace.alliance.work.forms import ActivitiesFilter, ActivityForm, AnswerForm, AskForm, HoursForm
from marketplace.alliance.work.models import LeadRequest
from marketplace.alliance.work.rules import ActivityStatus, Answer, Share
from marketplace.core import clock, policy, web
from marketplace.core.charts import Bar, bar_chart
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.fields import choices
from marketplace.core.forms import EditForm
from marketplace.core.listing import page_address
from marketplace.core.paging import page_links
from marketplace.core.policy import Act
from marketplace.core.web import NavigationItem, answering, page

work = Blueprint("work", __name__, url_prefix="/shared-work")
NAVIGATION = NavigationItem("Work", "work.parity", lambda actor: bool(actor.alliance_ids))
BOTH = ["GET", "POST"]


@work.get("")
def parity() -> Any:
    """How much each school has done for its size, and which should lead next."""
    actor, session = web.actor(), db.session()
    pictures = []
    for alliance_id in sorted(actor.alliance_ids):
        schools = queries.work_of(session, alliance_id)
        shares = rules.parity(schools)
        pictures.append(
            {
                "alliance": session.get_one(Organisation, alliance_id).name,
                "shares": shares,
                "suggestion": rules.next_lead(schools) if schools else None,
                "chart": _chart(alliance_id, shares),
            }
        )
    return page(
        "work/parity.html",
        pictures=pictures,
        rules=rules,
        since=clock.today() - rules.COUNTED_FOR,
        may_add=bool(queries.adding_alliances(session, actor)),
    )


def _chart(alliance_id: uuid.UUID, shares: list[Share]) -> Any:
    """Hours for every hundred pupils, the least first; None while nobody has logged any."""
    if not any(share.work.minutes for share in shares):
        return None
    bars = [
        Bar(
            share.work.name,
            share.work.minutes * rules.PUPILS_COMPARED // max(share.work.pupils, 1),
            f"{rules.tenths(share.work.for_its_size)} hours",
            "Least" if place == 0 else "",
        )
        for place, share in enumerate(shares)
    ]
    return bar_chart(
        f"parity-{alliance_id.hex[:8]}",
        "Hours for every hundred pupils",
        "One bar for each school, the one that has done least for its size first; the table says the same.",
        bars,
    )


@work.get("/activities")
def list_open() -> Any:
    """The activities that go on."""
    return _list(ActivityStatus.OPEN)


@work.get("/activities/done")
def list_done() -> Any:
    """The activities that are done."""
    return _list(ActivityStatus.DONE)


def _list(status: ActivityStatus) -> Any:
    actor, session = web.actor(), db.session()
    filtering = ActivitiesFilter()
    query = queries.activities(actor, status, text=filtering.q.data or "")
    pages = page_links(queries.count(session, query), request.args.get("page"), page_address)
    return page(
        "work/list.html",
        rows=list(session.scalars(query.limit(pages.size).offset(pages.offset))),
        filtering=filtering,
        pages=pages,
        is_open=status is ActivityStatus.OPEN,
        rules=rules,
        may_add=bool(queries.adding_alliances(session, actor)),
        several_alliances=len(actor.alliance_ids) > 1,
    )


@work.route("/activities/add", methods=BOTH)
def add_activity() -> Any:
    """Add something that one school will lead for the others."""
    actor, session = web.actor(), db.session()
    alliances = queries.adding_alliances(session, actor)
    if not alliances:
        raise Forbidden("The coordinator or a headteacher of a member school adds activities.")
    form = ActivityForm()
    form.alliance.choices = choices(alliances.items())
    if len(alliances) == 1:
        del form.alliance
    if form.validate_on_submit():
        with answering(form):
            alliance_id = form.alliance.data if "alliance" in form else next(iter(alliances))
            actions.add_activity(actor, form.id_to_make, alliance_id, form.kind.data, form.title.data)
            flash(f"You added “{form.title.data}”. Now ask a school to lead it.", "success")
            return redirect(url_for(".show_activity", activity_id=form.id_to_make))
    return page("work/add_activity.html", form=form)


@work.get("/activities/<uuid:activity_id>")
def show_activity(activity_id: uuid.UUID) -> Any:
    """One activity: who leads, who was asked, and the hours it took."""
    actor, session = web.actor(), db.session()
    activity = queries.get_activity(session, actor, activity_id)
    return page(
        "work/show_activity.html",
        activity=activity,
        rules=rules,
        suggestion=queries.suggestion_for(session, activity),
        hours=queries.stage_hours(session, activity.id),
        entries=queries.entries(session, activity.id),
        may_log=bool(queries.logging_schools(session, actor, activity.alliance_id)),
        to_answer=[one for one in activity.requests if _may_answer(one)],
        own_id=actor.person_id,
        form=EditForm(obj=activity),
    )


def _may_answer(asked: LeadRequest) -> bool:
    return asked.answer is Answer.ASKED and policy.allows(web.actor(), Act.LEAD_ACCEPT, asked.school_id)


@work.route("/activities/<uuid:activity_id>/ask", methods=BOTH)
def ask_to_lead(activity_id: uuid.UUID) -> Any:
    """Ask a school to lead an activity."""
    actor, session = web.actor(), db.session()
    activity = queries.get_activity(session, actor, activity_id)
    policy.require(actor, Act.LEAD_ASK, activity.alliance_id)
    suggestion = queries.suggestion_for(session, activity)
    form = AskForm(obj=activity)
    answers = {one.school_id: rules.ANSWER_LABELS[one.answer] for one in activity.requests}
    form.school.choices = choices(
        (school.id, school.name, answers.get(school.id, ""))
        for school in member_schools(session, activity.alliance_id)
    )
    if form.validate_on_submit():
        with answering(form):
            actions.ask_to_lead(actor, activity_id, form.version.data, form.school.data)
            flash("You asked the school. Its headteacher and bursar have been told.", "success")
            return redirect(url_for(".show_activity", activity_id=activity_id))
    if request.method == "GET" and suggestion:
        form.school.data = suggestion.school_id
    return page("work/ask_to_lead.html", form=form, activity=activity, suggestion=suggestion)


@work.route("/activities/<uuid:activity_id>/schools/<uuid:school_id>/answer", methods=BOTH)
def answer_request(activity_id: uuid.UUID, school_id: uuid.UUID) -> Any:
    """Say whether a school leads."""
    actor, session = web.actor(), db.session()
    activity = queries.get_activity(session, actor, activity_id)
    asked = next((one for one in activity.requests if one.school_id == school_id), None)
    if asked is None or school_id not in actor.school_ids:
        raise NotFound
    policy.require(actor, Act.LEAD_ACCEPT, school_id)
    form = AnswerForm()
    if form.validate_on_submit():
        with answering(form):
            if form.answer.data is Answer.ACCEPTED:
                actions.accept_lead(actor, activity_id, school_id)
                flash(f"{asked.school.name} leads: {activity.title}.", "success")
            else:
                actions.decline_lead(actor, activity_id, school_id, form.reason.data)
                flash(f"{asked.school.name} does not lead. The coordinator has been told why.", "success")
            return redirect(url_for(".show_activity", activity_id=activity_id))
    return page("work/answer_request.html", form=form, activity=activity, asked=asked)


@work.route("/activities/<uuid:activity_id>/hours/log", methods=BOTH)
def log_hours(activity_id: uuid.UUID) -> Any:
    """Log hours that the reader spent."""
    actor, session = web.actor(), db.session()
    activity = queries.get_activity(session, actor, activity_id)
    schools = queries.logging_schools(session, actor, activity.alliance_id)
    if not schools:
        raise Forbidden("People of member schools log hours.")
    form = HoursForm()
    form.school.choices = choices(schools.items())
    if len(schools) == 1:
        del form.school
    if request.method == "GET":
        form.worked_on.data = clock.today()
    if form.validate_on_submit():
        with answering(form):
            actions.log_hours(
                actor,
                form.id_to_make,
                activity_id,
                form.school.data if "school" in form else next(iter(schools)),
                stage=form.stage.data,
                spent=form.spent.data,
                worked_on=form.worked_on.data,
                note=form.note.data,
            )
            flash(f"You logged {web.plain_number(form.spent.data)} hours.", "success")
            return redirect(url_for(".show_activity", activity_id=activity_id))
    return page("work/log_hours.html", form=form, activity=activity)


@work.post("/hours/<uuid:entry_id>/take-back")
def take_back_hours(entry_id: uuid.UUID) -> Any:
    """Take back hours that the reader logged by mistake."""
    activity_id = actions.take_back_hours(web.actor(), entry_id)
    flash("You took the hours back. They count no more.", "success")
    return redirect(url_for(".show_activity", activity_id=activity_id))


@work.post("/activities/<uuid:activity_id>/finish")
def finish_activity(activity_id: uuid.UUID) -> Any:
    """Say that an activity is done."""
    actions.finish_activity(web.actor(), activity_id, _version())
    flash("The activity is done. Nobody can log hours for it any more.", "success")
    return redirect(url_for(".show_activity", activity_id=activity_id))


@work.post("/activities/<uuid:activity_id>/resume")
def resume_activity(activity_id: uuid.UUID) -> Any:
    """Take an activity up again."""
    actions.resume_activity(web.actor(), activity_id, _version())
    flash("The activity goes on.", "success")
    return redirect(url_for(".show_activity", activity_id=activity_id))


def _version() -> int:
    """The version that the reader saw; one that is none is taken for an old one."""
    return EditForm().version.data or 0
