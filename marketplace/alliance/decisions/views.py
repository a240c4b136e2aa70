"""The pages of decisions and confirmations."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from marketplace.alliance.board import queries as seating
from marketplace.alliance.decisions import actions, queries, rules
from marketplace.alliance.decisions.about import about
from marketplace.alliance.decisions.forms import (
    CloseForm,
    ConfirmationForm,
    DecisionsFilter,
    ReasonForm,
    VoteForm,
    own_words,
)
from marketplace.alliance.decisions.models import Confirmation
from marketplace.alliance.decisions.rules import Choice, DecisionStatus, Subject
from marketplace.alliance.queries import names
from marketplace.core import clock, documents, policy, storage, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.fields import choices
from marketplace.core.listing import page_address
from marketplace.core.paging import page_links
from marketplace.core.policy import Act
from marketplace.core.web import NavigationItem, answering, page

decisions = Blueprint("decisions", __name__, url_prefix="/decisions")
NAVIGATION = NavigationItem("Decisions", "decisions.list_open", lambda actor: bool(actor.alliance_ids))
VOTED = {
    Choice.FOR: "You voted for it.",
    Choice.AGAINST: "You voted against it.",
    Choice.ABSTAIN: "You abstained.",
    Choice.CONFLICT: "You declared a conflict of interest. Your school does not vote on this.",
}


@decisions.get("")
def list_open() -> Any:
    """The questions that the reader's boards are deciding."""
    return _list(is_open=True)


@decisions.get("/closed")
def list_closed() -> Any:
    """What the reader's boards have decided."""
    return _list(is_open=False)


def _list(*, is_open: bool) -> Any:
    actor, session = web.actor(), db.session()
    filtering = DecisionsFilter()
    query = queries.decisions(actor, is_open=is_open, text=filtering.q.data or "")
    pages = page_links(queries.count(session, query), request.args.get("page"), page_address)
    rows = list(session.scalars(query.limit(pages.size).offset(pages.offset)))
    return page(
        "decisions/list.html",
        rows=[(row, queries.tally(session, row)) for row in rows],
        filtering=filtering,
        pages=pages,
        is_open=is_open,
        several_alliances=len(actor.alliance_ids) > 1,
    )


@decisions.get("/<uuid:decision_id>")
def show(decision_id: uuid.UUID) -> Any:
    """One decision: the question, what it is about, and every seat's answer."""
    actor, session = web.actor(), db.session()
    decision = queries.get_decision(session, actor, decision_id)
    tally, held = queries.tally(session, decision), seating.held_by(session, actor)
    return page(
        "decisions/show.html",
        decision=decision,
        about=about(session, actor, decision.subject, decision.subject_id),
        tally=tally,
        board=queries.board(session, decision),
        voting_for=queries.schools_to_vote_for(held, decision),
        seats_held=queries.seats_held(held, decision),
        can_close=decision.status is DecisionStatus.OPEN
        and rules.can_close(tally, decision.vote_by, clock.today()),
        history=queries.history(session, decision),
    )


@decisions.route("/<uuid:decision_id>/vote", methods=["GET", "POST"])
def vote(decision_id: uuid.UUID) -> Any:
    """Answer for a school's seat."""
    actor, session = web.actor(), db.session()
    decision = queries.get_decision(session, actor, decision_id)
    policy.require(actor, Act.DECISION_VOTE, *queries.seats(session, decision.alliance_id))
    mine = seating.held_by(session, actor)
    held = queries.seats_held(mine, decision)
    if not held:
        return redirect(url_for(".show", decision_id=decision_id))
    seats = queries.schools_to_vote_for(mine, decision) or held
    own = queries.own_schools(session, actor, decision)
    form = VoteForm(data={"choice": Choice.CONFLICT, "explanation": own_words(own)} if own else None)
    form.school.choices = choices(seats.items())
    if own:
        form.allow_only_conflict()
    if len(seats) == 1:
        del form.school
    if form.validate_on_submit():
        with answering(form):
            school_id = form.school.data if "school" in form else next(iter(seats))
            actions.vote(actor, decision_id, school_id, form.choice.data, form.explanation.data)
            flash(VOTED[form.choice.data], "success")
            return redirect(url_for(".show", decision_id=decision_id))
    session.rollback()
    return page(
        "decisions/vote.html",
        form=form,
        decision=decision,
        seats=seats,
        own=own,
        about=about(session, actor, decision.subject, decision.subject_id),
    )


@decisions.route("/<uuid:decision_id>/close", methods=["GET", "POST"])
def close(decision_id: uuid.UUID) -> Any:
    """Record the board's minute, and close the vote by its outcome."""
    actor, session = web.actor(), db.session()
    decision = queries.get_decision(session, actor, decision_id)
    policy.require(actor, Act.DECISION_CARRY, decision.alliance_id)
    if request.method == "GET" and decision.status is not DecisionStatus.OPEN:
        return redirect(url_for(".show", decision_id=decision_id))
    tally = queries.tally(session, decision)
    form = CloseForm()
    if form.validate_on_submit():
        with answering(form):
            actions.close_decision(actor, decision_id, form.outcome, form.minute.data)
            flash(f"You closed the vote. The question is {form.outcome.label.lower()}.", "success")
            return redirect(url_for(".show", decision_id=decision_id))
    if not form.errors:
        form.seen.data = tally.outcome
    return page(
        "decisions/close.html",
        form=form,
        decision=decision,
        tally=tally,
        board=queries.board(session, decision),
        can_close=rules.can_close(tally, decision.vote_by, clock.today()),
    )


@decisions.route("/<uuid:decision_id>/withdraw", methods=["GET", "POST"])
def withdraw(decision_id: uuid.UUID) -> Any:
    """Take a question back from the board."""
    actor = web.actor()
    decision = queries.get_decision(db.session(), actor, decision_id)
    policy.require(actor, Act.DECISION_WITHDRAW, decision.alliance_id)
    if request.method == "GET" and decision.status is not DecisionStatus.OPEN:
        return redirect(url_for(".show", decision_id=decision_id))
    form = ReasonForm()
    if form.validate_on_submit():
        with answering(form):
            actions.withdraw_decision(actor, decision_id, form.reason.data)
            flash("You withdrew the question. The board has been told.", "success")
            return redirect(url_for(".show", decision_id=decision_id))
    return page("decisions/withdraw.html", form=form, decision=decision)


@decisions.get("/confirmations")
def list_confirmations() -> Any:
    """What the governing bodies of the reader's schools have confirmed."""
    actor, session = web.actor(), db.session()
    today = clock.today()
    query = queries.confirmations(actor)
    pages = page_links(queries.count(session, query), request.args.get("page"), page_address)
    rows = [
        (row, about(session, actor, row.subject, row.subject_id), _state(row, today))
        for row in session.scalars(query.limit(pages.size).offset(pages.offset))
    ]
    return page("decisions/confirmations.html", rows=rows, pages=pages)


def _state(row: Confirmation, today: Any) -> tuple[str, str]:
    """Whether a confirmation counts, in words and a colour."""
    if row.withdrawn_at is not None:
        return "Withdrawn", "grey"
    if not rules.is_live(expires_on=row.expires_on, is_withdrawn=False, today=today):
        return "Ended", "red"
    return "Counts", "green"


@decisions.route(
    "/confirmations/record/<subject>/<uuid:subject_id>/<uuid:school_id>", methods=["GET", "POST"]
)
def record_confirmation(subject: str, subject_id: uuid.UUID, school_id: uuid.UUID) -> Any:
    """A governor records what the governing body has confirmed."""
    actor, session = web.actor(), db.session()
    wanted = _subject(subject)
    asked = about(session, actor, wanted, subject_id)
    if asked is None or school_id not in actor.school_ids:
        raise NotFound
    policy.require(actor, Act.CONFIRMATION_RECORD, school_id)
    form = ConfirmationForm()
    if form.validate_on_submit():
        with answering(form):
            actions.record_confirmation(
                actor,
                form.id_to_make,
                wanted,
                subject_id,
                school_id,
                minute_reference=form.minute_reference.data,
                minuted_on=form.minuted_on.data,
                expires_on=form.expires_on.data,
                document=form.upload,
            )
            flash("You recorded the governing body’s confirmation.", "success")
            return redirect(asked.href or url_for(".list_confirmations"))
    school = names(db.session(), [school_id])[school_id]
    return page("decisions/record_confirmation.html", form=form, about=asked, school=school)


def _subject(text: str) -> Subject:
    try:
        return Subject(text)
    except ValueError:
        raise NotFound from None


@decisions.get("/confirmations/<uuid:confirmation_id>/document")
def download_document(confirmation_id: uuid.UUID) -> Response:
    """The signed minute that was kept with a confirmation."""
    confirmation = queries.get_confirmation(db.session(), web.actor(), confirmation_id)
    if confirmation.document_sha256 is None:
        raise NotFound("No document was kept with this confirmation.")
    return send_file(
        io.BytesIO(storage.read(confirmation.document_sha256)),
        mimetype=documents.media_type(confirmation.document_name),
        as_attachment=True,
        download_name=confirmation.document_name,
    )


@decisions.route("/confirmations/<uuid:confirmation_id>/withdraw", methods=["GET", "POST"])
def withdraw_confirmation(confirmation_id: uuid.UUID) -> Any:
    """The governing body takes its confirmation back."""
    actor, session = web.actor(), db.session()
    confirmation = queries.get_confirmation(session, actor, confirmation_id)
    policy.require(actor, Act.CONFIRMATION_WITHDRAW, confirmation.school_id)
    form = ReasonForm()
    if form.validate_on_submit():
        with answering(form):
            actions.withdraw_confirmation(actor, confirmation_id, form.reason.data)
            flash("You withdrew the confirmation. From now on it counts for nothing.", "success")
            return redirect(url_for(".list_confirmations"))
    return page(
        "decisions/withdraw_confirmation.html",
        form=form,
        confirmation=confirmation,
        about=about(session, actor, confirmation.subject, confirmation.subject_id),
    )
