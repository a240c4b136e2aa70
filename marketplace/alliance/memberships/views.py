"""The pages of belonging: members, applications, conversion, leaving."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from marketplace.alliance.board.queries import seat_of
from marketplace.alliance.decisions import queries as decisions
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.memberships import actions, leaving, queries, rules, shown
from marketplace.alliance.memberships.forms import ApplyForm, LeaveForm, ReasonForm
from marketplace.alliance.memberships.rules import ApplicationStatus
from marketplace.alliance.queries import names
from marketplace.alliance.rules import MEMBERSHIP_LABELS, MembershipKind, MembershipStatus
from marketplace.core import clock, documents, policy, storage, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.fields import choices
from marketplace.core.forms import Form
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.readings import reading, record_reading
from marketplace.core.web import NavigationItem, answering, page

memberships = Blueprint("memberships", __name__, url_prefix="/memberships")
SHORTCUTS = (
    NavigationItem(
        "See how your school belongs, apply to join, or leave",
        "memberships.index",
        lambda actor: bool(actor.organisations(Kind.SCHOOL, *POLICY[Act.MEMBERSHIP_APPLY].roles)),
    ),
)


def _applying_schools(actor: Actor) -> dict[uuid.UUID, str]:
    """The schools for which the actor may apply, by name."""
    found = names(db.session(), actor.organisations(Kind.SCHOOL, *POLICY[Act.MEMBERSHIP_APPLY].roles))
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


@memberships.get("")
def index() -> Any:
    """One's own schools' memberships, the members of one's alliances, and the applications one may read."""
    actor, session = web.actor(), db.session()
    if not (actor.school_ids or actor.alliance_ids):
        raise NotFound
    return page(
        "memberships/index.html",
        own=queries.memberships_of(session, actor.school_ids),
        members=list(session.scalars(queries.members(actor))),
        applications=queries.applications(session, actor),
        labels=MEMBERSHIP_LABELS,
        today=clock.today(),
        may_apply=bool(_applying_schools(actor)),
        several_alliances=len(actor.alliance_ids) > 1,
    )


@memberships.route("/apply", methods=["GET", "POST"])
def apply() -> Any:
    """A school asks to join an alliance."""
    actor, session = web.actor(), db.session()
    schools = _applying_schools(actor)
    if not schools:
        raise Forbidden("Only the headteacher of a school can apply for it to join an alliance.")
    form = ApplyForm(data={"months": rules.ASSOCIATE_MONTHS})
    form.school.choices = choices(schools.items())
    alliances = queries.alliances_to_join(session, set(schools))
    form.alliance.choices = choices(alliances.items())
    if len(schools) == 1:
        del form.school
    if form.validate_on_submit():
        with answering(form):
            school_id = form.school.data if "school" in form else next(iter(schools))
            actions.apply_to_join(
                actor, form.id_to_make, form.alliance.data, school_id, form.wish(), document=form.upload
            )
            flash("You sent the application. The board has been asked to vote on it.", "success")
            return redirect(url_for(".show_application", application_id=form.id_to_make))
    return page("memberships/apply.html", form=form, schools=schools, alliances=alliances)


@memberships.get("/applications/<uuid:application_id>")
def show_application(application_id: uuid.UUID) -> Any:
    """An application, as the board reads it, and what became of it."""
    actor, session = web.actor(), db.session()
    application = queries.get_application(session, actor, application_id)
    decision = next(iter(decisions.decisions_on(session, Subject.ADMISSION, application.id)), None)
    reads_votes = decision is not None and decision.alliance_id in actor.alliance_ids
    return page(
        "memberships/show_application.html",
        application=application,
        facts=shown.application_facts(application),
        decision=decision if reads_votes else None,
        may_withdraw=application.status is ApplicationStatus.SUBMITTED
        and policy.allows(actor, Act.MEMBERSHIP_WITHDRAW, application.school_id),
    )


@memberships.get("/applications/<uuid:application_id>/accounts")
@reading
def download_accounts(application_id: uuid.UUID) -> Response:
    """The accounts that were sent with an application."""
    application = queries.get_application(db.session(), web.actor(), application_id)
    if application.document_sha256 is None:
        raise NotFound("No accounts were sent with this application.")
    name, content = application.document_name, storage.read(application.document_sha256)
    record_reading(
        web.actor(), application_id, "The accounts sent with an application", [application.school_id]
    )
    return send_file(
        io.BytesIO(content), mimetype=documents.media_type(name), as_attachment=True, download_name=name
    )


@memberships.route("/applications/<uuid:application_id>/withdraw", methods=["GET", "POST"])
def withdraw_application(application_id: uuid.UUID) -> Any:
    """A school takes its application back."""
    actor = web.actor()
    application = queries.get_application(db.session(), actor, application_id)
    policy.require(actor, Act.MEMBERSHIP_WITHDRAW, application.school_id)
    if request.method == "GET" and application.status is not ApplicationStatus.SUBMITTED:
        return redirect(url_for(".show_application", application_id=application_id))
    form = ReasonForm()
    if form.validate_on_submit():
        with answering(form):
            actions.withdraw_application(actor, application_id, form.reason.data)
            flash("You withdrew the application. The board has been told.", "success")
            return redirect(url_for(".show_application", application_id=application_id))
    return page("memberships/withdraw_application.html", form=form, application=application)


@memberships.get("/<uuid:membership_id>")
def show(membership_id: uuid.UUID) -> Any:
    """One membership: how a school belongs, until when, and what can be done about it."""
    actor, session = web.actor(), db.session()
    membership = queries.get_membership(session, actor, membership_id)
    asked = decisions.decisions_on(session, Subject.CONVERSION, membership.id)
    runs, reads_end = membership.status is MembershipStatus.ACTIVE, _reads_departure(actor, membership)
    return page(
        "memberships/show.html",
        membership=membership,
        label=MEMBERSHIP_LABELS[membership.kind],
        seat=seat_of(session, membership.id),
        runs=runs,
        is_near=runs and rules.is_near_its_end(membership.ends_on, clock.today()),
        conversion=asked[0] if asked else None,
        governing_body=shown.governing_body(session, membership) if asked else "",
        confirming=shown.asks_governors(session, membership)
        and policy.allows(actor, Act.CONFIRMATION_RECORD, membership.school_id),
        may_ask=runs
        and membership.kind is MembershipKind.ASSOCIATE
        and shown.may_ask_again(asked)
        and policy.allows(actor, Act.MEMBERSHIP_ASK, membership.school_id, membership.alliance_id),
        may_leave=runs and policy.allows(actor, Act.MEMBERSHIP_LEAVE, membership.school_id),
        departure=queries.departure_of(session, membership) if reads_end else None,
        afterwards=leaving.afterwards(session, actor, membership) if reads_end and not runs else [],
        reads_decisions=membership.alliance_id in actor.alliance_ids,
    )


def _reads_departure(actor: Actor, membership: Any) -> bool:
    """What ran between a school and the alliance is for the two of them."""
    return membership.school_id in actor.school_ids or membership.alliance_id in actor.organisations(
        Kind.ALLIANCE
    )


@memberships.route("/<uuid:membership_id>/convert", methods=["GET", "POST"])
def ask_for_conversion(membership_id: uuid.UUID) -> Any:
    """Ask the board and the governing body to make an associate a full member."""
    actor = web.actor()
    membership = queries.get_membership(db.session(), actor, membership_id)
    policy.require(actor, Act.MEMBERSHIP_ASK, membership.school_id, membership.alliance_id)
    form = Form()
    if form.validate_on_submit():
        with answering(form):
            actions.ask_for_conversion(actor, membership_id)
            flash("You asked the board to vote and the governing body to confirm.", "success")
            return redirect(url_for(".show", membership_id=membership_id))
    return page("memberships/ask_for_conversion.html", form=form, membership=membership)


@memberships.route("/<uuid:membership_id>/leave", methods=["GET", "POST"])
def leave(membership_id: uuid.UUID) -> Any:
    """A school leaves: what runs on is listed first, and the fund's settlement computed."""
    actor, session = web.actor(), db.session()
    membership = queries.get_membership(session, actor, membership_id)
    policy.require(actor, Act.MEMBERSHIP_LEAVE, membership.school_id)
    if request.method == "GET" and membership.status is MembershipStatus.LEFT:
        return redirect(url_for(".show", membership_id=membership_id))
    form = LeaveForm()
    if form.validate_on_submit():
        with answering(form):
            actions.leave_alliance(actor, membership_id, form.reason.data, form.seen.data)
            flash(
                "Your school has left the alliance. The board and the coordinator have been told.", "success"
            )
            return redirect(url_for(".show", membership_id=membership_id))
    session.rollback()
    found = leaving.consequences(session, membership.school_id, membership.alliance_id)
    form.seen.data = rules.fingerprint(leaving.as_text(found))
    return page("memberships/leave.html", form=form, membership=membership, consequences=found)
