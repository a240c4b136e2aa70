"""Needs: post, check, submit, approve, return, withdraw, and the list of them."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from marketplace.alliance import queries as alliance
from marketplace.contracts import categories
from marketplace.contracts import queries as contracts
from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.fields import choices
from marketplace.core.forms import EditForm, NewThingForm
from marketplace.core.ids import new_id
from marketplace.core.listing import page_address, sorting
from marketplace.core.paging import page_links
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import NavigationItem, answering, page
from marketplace.needs import actions, queries, rules, shown, tasks
from marketplace.needs.forms import (
    CategoryForm,
    NeedsFilter,
    ReasonForm,
    WaiverForm,
)
from marketplace.needs.from_contract import content_from
from marketplace.needs.models import Need
from marketplace.needs.rules import STATUS_COLOURS, STATUS_LABELS, NeedContent, NeedStatus
from marketplace.needs.suggestions.queries import reads_suggestions

needs = Blueprint("needs", __name__, url_prefix="/needs")


def _reads_needs(actor: Actor) -> bool:
    return bool(actor.school_ids or actor.organisations(Kind.ALLIANCE))


def _posts_needs(actor: Actor) -> bool:
    return bool(_schools_to_post_for(actor))


NAVIGATION = (NavigationItem("Needs", "needs.list_needs", _reads_needs),)
SHORTCUTS = (NavigationItem("Post a need", "needs.choose_category", _posts_needs),)


def _schools_to_post_for(actor: Actor) -> frozenset[uuid.UUID]:
    return actor.organisations(Kind.SCHOOL, *POLICY[Act.NEED_POST].roles)


@needs.route("")
def list_needs() -> Any:
    """The needs that the reader may see."""
    actor, session = web.actor(), db.session()
    filtering = NeedsFilter()
    schools = alliance.schools_by_name(session, actor)
    filtering.school.choices = choices(schools.items())
    chosen = sorting(queries.SORTS, "-posted")
    query = queries.search(
        actor,
        text=filtering.q.data or "",
        status=filtering.status.data,
        category_id=filtering.category.data,
        school_id=filtering.school.data,
    )
    pages = page_links(queries.count(session, query), request.args.get("page"), page_address)
    ordered = queries.sorted_by(query, chosen.by, descending=chosen.descending)
    return page(
        "needs/list.html",
        rows=list(session.scalars(ordered.limit(pages.size).offset(pages.offset))),
        filtering=filtering,
        sorting=chosen,
        pages=pages,
        labels=dict(categories.pairs()),
        status_labels=STATUS_LABELS,
        status_colours=STATUS_COLOURS,
        several_schools=len(schools) > 1,
        may_post=_posts_needs(actor),
        may_see_suggestions=reads_suggestions(actor),
    )


@needs.route("/post", methods=["GET", "POST"])
def choose_category() -> Any:
    """The first question of a need: what it is, and for which school. The draft exists from its answer."""
    return _first_question(CategoryForm())


@needs.route("/post/<uuid:school_id>/<category_id>", methods=["GET", "POST"])
def post_need(school_id: uuid.UUID, category_id: str) -> Any:
    """For links that ask for a certain need: begin with the school's contract, or with the first question."""
    if school_id not in web.actor().school_ids or category_id not in categories.CATALOGUE:
        raise NotFound
    policy.require(web.actor(), Act.NEED_POST, school_id)
    rules.check_category(categories.category(category_id), clock.today())
    session = db.session()
    held = contracts.of_a_school(session, web.actor(), school_id, category_id)
    if held and request.method == "GET" and "empty" not in request.args:
        return page(
            "needs/choose_contract.html",
            school=alliance.get_school(session, web.actor(), school_id),
            category=categories.label(category_id),
            category_id=category_id,
            beginnings=[(one, content_from(one, clock.today()), str(new_id())) for one in held],
        )
    return _first_question(CategoryForm(data={"school": school_id, "category": category_id}))


@needs.route("/post/from-contract/<uuid:contract_id>", methods=["POST"])
def post_from_contract(contract_id: uuid.UUID) -> Any:
    """Begin a need with what the register says of the contract that it replaces."""
    form = NewThingForm()
    actions.post_from_contract(web.actor(), form.id_to_make, contract_id)
    flash("You started a need from the contract. Check what was taken over, and answer the rest.", "success")
    return redirect(url_for("needs.edit_need", need_id=form.id_to_make))


def _first_question(form: CategoryForm) -> Any:
    names = _names_to_post_for(web.actor())
    if len(names) == 1:
        del form.school
    else:
        form.school.choices = choices(names.items())
    if form.validate_on_submit():
        school_id = form.school.data if "school" in form else next(iter(names))
        with answering(form):
            category_id = form.category.data
            # the title is the category's name until somebody gives a better one
            content = NeedContent(title=categories.label(category_id))
            actions.post_need(web.actor(), form.id_to_make, school_id, category_id, content)
            return redirect(url_for("needs.edit_need", need_id=form.id_to_make))
    return page("needs/choose_category.html", form=form)


def _names_to_post_for(actor: Actor) -> dict[uuid.UUID, str]:
    """The schools that the actor may post a need for, by name. Raises Forbidden when there is none."""
    names = alliance.names(db.session(), _schools_to_post_for(actor))
    if not names:
        raise Forbidden("Only a bursar or a headteacher can post a need of a school.")
    return dict(sorted(names.items(), key=lambda pair: pair[1]))


def need_to(need_id: uuid.UUID, act: Act) -> Need:
    """A need that the reader may do this to. Raises NotFound, Forbidden."""
    need = queries.get_need(db.session(), web.actor(), need_id)
    policy.require(web.actor(), act, need.school_id)
    return need


@needs.route("/<uuid:need_id>")
def show(need_id: uuid.UUID) -> Any:
    """One need, where it is, and what was done to it."""
    session = db.session()
    need = queries.get_need(session, web.actor(), need_id)
    return page(
        "needs/show.html",
        need=need,
        facts=shown.facts(need),
        answers=shown.answers(need),
        standing=shown.standing_now(db.session(), need),
        steps=shown.steps(need),
        history=queries.history(session, need.id),
        status_label=STATUS_LABELS[need.status],
        status_colour=STATUS_COLOURS[need.status],
        is_draft=need.status is NeedStatus.DRAFT,
        may_approve=need.status is NeedStatus.SUBMITTED and queries.may_decide(session, web.actor(), need),
        may_waive=_may_waive(need),
        confirm_at=tasks.confirmation_address(need) if queries.waits_for_governors(session, need) else "",
        can_end=NeedStatus.WITHDRAWN in rules.MOVES[need.status],
    )


def _may_waive(need: Need) -> bool:
    """Is there a number of quotes that the reader may lower?"""
    try:
        rules.check_underway(need.status)
    except RuleBroken:
        return False
    return bool(need.least_quotes) and queries.may_decide(db.session(), web.actor(), need)


@needs.route("/<uuid:need_id>/approve", methods=["GET", "POST"])
def approve_need(need_id: uuid.UUID) -> Any:
    """Read a submitted need and approve it."""
    need = need_to(need_id, Act.NEED_APPROVE)
    form = EditForm(version=need.version)
    if form.validate_on_submit():
        with answering(form):
            actions.approve_need(web.actor(), need_id, form.version.data)
            flash(f"You approved the need {need.reference}.", "success")
            return redirect(url_for("needs.show", need_id=need_id))
    elif need.status is not NeedStatus.SUBMITTED:
        return redirect(url_for("needs.show", need_id=need_id))
    else:
        queries.check_approval(db.session(), web.actor(), need)
    return page(
        "needs/approve_need.html",
        form=form,
        need=need,
        facts=shown.facts(need),
        answers=shown.answers(need),
        standing=shown.standing_now(db.session(), need),
        may_waive=_may_waive(need),
        waits_for_governors=queries.waits_for_governors(db.session(), need),
    )


@needs.route("/<uuid:need_id>/return", methods=["GET", "POST"])
def return_need(need_id: uuid.UUID) -> Any:
    """Give a submitted need back to its author."""
    need = need_to(need_id, Act.NEED_RETURN)
    form = ReasonForm(version=need.version)
    if form.validate_on_submit():
        with answering(form):
            actions.return_need(web.actor(), need_id, form.version.data, form.reason.data)
            flash(f"You returned the need {need.reference} to its author.", "success")
            return redirect(url_for("needs.show", need_id=need_id))
    return page("needs/return_need.html", form=form, need=need)


@needs.route("/<uuid:need_id>/waive", methods=["GET", "POST"])
def waive_quotes(need_id: uuid.UUID) -> Any:
    """Allow fewer quotes than the school's ladder asks for."""
    need = need_to(need_id, Act.NEED_WAIVE)
    queries.check_approval(db.session(), web.actor(), need)
    form = WaiverForm()
    if form.validate_on_submit():
        with answering(form):
            actions.waive_quotes(
                web.actor(), form.id_to_make, need_id, int(form.quotes.data), form.reason.data
            )
            flash(f"You allowed fewer quotes for the need {need.reference}.", "success")
            return redirect(url_for("needs.show", need_id=need_id))
    return page("needs/waive_quotes.html", form=form, need=need)


@needs.route("/<uuid:need_id>/withdraw", methods=["GET", "POST"])
def withdraw_need(need_id: uuid.UUID) -> Any:
    """End a need that is in no tender."""
    need = need_to(need_id, Act.NEED_WITHDRAW)
    form = ReasonForm(version=need.version)
    if form.validate_on_submit():
        with answering(form):
            actions.withdraw_need(web.actor(), need_id, form.version.data, form.reason.data)
            flash(f"You withdrew the need {need.reference}.", "success")
            return redirect(url_for("needs.show", need_id=need_id))
    return page("needs/withdraw_need.html", form=form, need=need)
