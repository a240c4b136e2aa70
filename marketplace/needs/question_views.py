"""The questions of a need, one page after the other, and the page that checks all answers."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, request, url_for

from marketplace.contracts import categories
from marketplace.contracts.frameworks import approved_frameworks
from marketplace.core import clock, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.forms import EditForm, NewThingForm
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from marketplace.needs import actions, queries, questions, rules, shown
from marketplace.needs.forms import question_form, shown_in_form
from marketplace.needs.models import Need
from marketplace.needs.questions import QuestionPage
from marketplace.needs.rules import NeedStatus
from marketplace.needs.views import need_to, needs

__all__ = ["needs"]
CHECK = "check"
COST = "cost"


@needs.route("/<uuid:need_id>/edit")
def edit_need(need_id: uuid.UUID) -> Any:
    """Go on with a draft: at its first question, or the first without an answer, or with all answers."""
    need = need_to(need_id, Act.NEED_EDIT)
    rules.check_draft(need.status)
    asked = shown.pages(need)
    missing = _gap(need, asked)
    if missing is None:
        return redirect(url_for("needs.submit_need", need_id=need_id))
    start = asked[0] if need.version == 1 else questions.page_of(asked, missing.field)
    return redirect(url_for("needs.answer_question", need_id=need_id, slug=start.slug))


@needs.route("/<uuid:need_id>/questions/<slug>", methods=["GET", "POST"])
def answer_question(need_id: uuid.UUID, slug: str) -> Any:
    """One page of questions. It is stored by going on, or put aside for later with its gaps."""
    need = need_to(need_id, Act.NEED_EDIT)
    rules.check_draft(need.status)
    asked = shown.pages(need)
    places = {one.slug: place for place, one in enumerate(asked)}
    if slug not in places:
        raise NotFound
    asking = asked[places[slug]]
    before = queries.content_of(need)
    category = categories.category(need.category)
    registered = shown.registered_spend(db.session(), need) if asking.slug == COST else None
    known = shown_in_form(before) | ({"current_annual_spend": registered} if registered else {})
    form = question_form(category, asking)(data={"version": need.version, **known})
    later = request.form.get("save") == "later"
    if later:
        form.allow_gaps()
    if pressed := request.form.get("rows"):
        form.press(pressed)
    elif form.validate_on_submit():
        with answering(form):
            actions.edit_need(web.actor(), need_id, form.version.data, form.onto(before))
            return redirect(_after(need, asked, places[slug], later=later))
    return page(
        "needs/answer_question.html",
        form=form,
        need=need,
        asking=asking,
        place=places[slug] + 1,
        places=len(asked),
        back=_before(need, asked, places[slug]),
        frameworks=approved_frameworks(need.category, clock.today()) if asking.slug == "frameworks" else [],
        comparison=shown.comparison(need, clock.today()) if asking.slug == COST else None,
        registered=registered,
    )


def _checking() -> bool:
    """Did the reader come from the page that checks all answers?"""
    return request.args.get("then") == CHECK


def _after(need: Need, asked: list[QuestionPage], place: int, *, later: bool) -> str:
    """Where an answered page leads: the next, all answers, or the draft that was put aside."""
    if later:
        flash("You saved the draft. Nobody outside your school sees it until it is submitted.", "success")
        return url_for("needs.show", need_id=need.id)
    if _checking() or place + 1 == len(asked):
        return url_for("needs.submit_need", need_id=need.id)
    return url_for("needs.answer_question", need_id=need.id, slug=asked[place + 1].slug)


def _before(need: Need, asked: list[QuestionPage], place: int) -> str:
    """Where "Back" leads."""
    if _checking():
        return url_for("needs.submit_need", need_id=need.id)
    if place == 0:
        return url_for("needs.show", need_id=need.id)
    return url_for("needs.answer_question", need_id=need.id, slug=asked[place - 1].slug)


@needs.route("/<uuid:need_id>/submit", methods=["GET", "POST"])
def submit_need(need_id: uuid.UUID) -> Any:
    """Check the answers, and ask for approval."""
    need = need_to(need_id, Act.NEED_SUBMIT)
    form = EditForm(version=need.version)
    if form.validate_on_submit():
        with answering(form):
            actions.submit_need(web.actor(), need_id, form.version.data)
            flash(f"You submitted the need {need.reference} for approval.", "success")
            return redirect(url_for("needs.show", need_id=need_id))
    elif need.status is not NeedStatus.DRAFT:
        return redirect(url_for("needs.show", need_id=need_id))
    asked = shown.pages(need)
    missing = _gap(need, asked)
    return page(
        "needs/submit_need.html",
        form=form,
        need=need,
        gap=missing.message if missing else "",
        gap_page=questions.page_of(asked, missing.field).slug if missing else "",
        facts=shown.facts(need),
        answers=shown.answers(need),
        standing=shown.standing_now(db.session(), need),
    )


def _gap(need: Need, asked: list[QuestionPage]) -> RuleBroken | None:
    """What has to be answered first before a need can be submitted, in the order of its pages."""
    today = clock.today()
    category, content = categories.category(need.category), queries.content_of(need)
    try:
        rules.check_content(category, content, today)
    except RuleBroken as wrong:
        return wrong
    frameworks = bool(approved_frameworks(need.category, today))
    found = rules.gaps(category, content, frameworks=frameworks)
    return min(found, key=lambda gap: asked.index(questions.page_of(asked, gap.field)), default=None)


@needs.route("/<uuid:need_id>/copy", methods=["GET", "POST"])
def copy_need(need_id: uuid.UUID) -> Any:
    """Start a new draft from an earlier need of the school, its dates moved on."""
    need = need_to(need_id, Act.NEED_POST)
    form: Any = NewThingForm()
    if form.validate_on_submit():
        with answering(form):
            actions.copy_need(web.actor(), form.id_to_make, need_id)
            flash(f"You started a new draft from {need.reference}. Check each answer.", "success")
            return redirect(url_for("needs.submit_need", need_id=form.id_to_make))
    moved = rules.moved_on(queries.content_of(need), clock.today())
    return page("needs/copy_need.html", form=form, need=need, moved=moved)
