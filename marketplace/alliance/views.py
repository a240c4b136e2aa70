"""Passwords, colleagues, and the schools of the alliance."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from marketplace.alliance import actions, queries
from marketplace.alliance.forms import (
    AddPersonForm,
    EditSchoolForm,
    ForgottenPasswordForm,
    PeopleFilter,
    SchoolsFilter,
    SetPasswordForm,
)
from marketplace.alliance.links import hash_of_token
from marketplace.alliance.rules import MEMBERSHIP_LABELS, ROLE_LABELS, ROLES_OF_KIND, SchoolDetails
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.fields import choices
from marketplace.core.listing import page_address, sorting
from marketplace.core.paging import page_links
from marketplace.core.policy import Act, Actor, Kind, Seat
from marketplace.core.web import NavigationItem, answering, page, public

people = Blueprint("people", __name__)
alliance = Blueprint("alliance", __name__)


def _has_a_seat(actor: Actor) -> bool:
    return bool(actor.seats)


def _reads_schools(actor: Actor) -> bool:
    return bool(actor.alliance_ids or actor.school_ids)


NAVIGATION = (
    NavigationItem("Schools", "alliance.schools", _reads_schools),
    NavigationItem("People", "people.colleagues", _has_a_seat),
)


@people.route("/forgotten-password", methods=["GET", "POST"])
@public
def forgotten_password() -> Any:
    """Ask for a link to choose a password; the answer is the same whether or not we know the address."""
    form = ForgottenPasswordForm()
    if form.validate_on_submit():
        actions.ask_for_link(form.email.data)
        return page("people/link_sent.html", email=form.email.data)
    return page("people/forgotten_password.html", form=form)


@people.route("/set-password/<token>", methods=["GET", "POST"])
@public
def set_password(token: str) -> Any:
    """Choose a password by a link from an e-mail."""
    person = queries.live_link(db.session(), hash_of_token(token)).person
    form = SetPasswordForm()
    if form.validate_on_submit():
        with answering(form):
            actions.set_password(token, form.password.data)
            flash("You have chosen your password. Sign in with it now.", "success")
            return redirect(url_for("people.sign_in"))
    return page("people/set_password.html", form=form, email=person.email)


@people.route("/people")
def colleagues() -> Any:
    """The people of the organisations that the reader sits in."""
    actor, session = web.actor(), db.session()
    organisations = queries.names(session, {seat.organisation_id for seat in actor.seats})
    filtering = PeopleFilter()
    found = queries.colleagues(session, organisations, filtering.q.data or "")
    pages = page_links(len(found), request.args.get("page"), page_address)
    rows = found[pages.offset : pages.offset + pages.size]
    return page(
        "people/colleagues.html",
        rows=rows,
        filtering=filtering,
        pages=pages,
        organisations=organisations,
        role_labels=ROLE_LABELS,
        invites=any(policy.allows(actor, Act.INVITATION_SEND, one) for one in organisations),
    )


@people.route("/people/<uuid:organisation_id>/add", methods=["GET", "POST"])
def add_person(organisation_id: uuid.UUID) -> Any:
    """Add a colleague to one of the reader's own organisations."""
    seat = _seat(web.actor(), organisation_id)
    policy.require(web.actor(), Act.PERSON_ADD, organisation_id)
    name = queries.names(db.session(), [organisation_id])[organisation_id]
    form = AddPersonForm()
    form.roles.choices = choices((role, ROLE_LABELS[role]) for role in ROLES_OF_KIND[seat.kind])
    if form.validate_on_submit():
        with answering(form):
            seats = [(organisation_id, role) for role in form.roles.data]
            actions.add_person(web.actor(), form.name.data, form.email.data, seats, person_id=form.id_to_make)
            flash(f"You added {form.name.data} to {name}. We have sent them an e-mail.", "success")
            return redirect(url_for("people.colleagues"))
    return page("people/add_person.html", form=form, organisation=name)


def _seat(actor: Actor, organisation_id: uuid.UUID) -> Seat:
    """A seat of the actor in the organisation. Raises NotFound when they have none there."""
    for seat in actor.seats:
        if seat.organisation_id == organisation_id:
            return seat
    raise NotFound


@alliance.route("/schools")
def schools() -> Any:
    """The member schools of the reader's alliances."""
    actor, session = web.actor(), db.session()
    filtering = SchoolsFilter()
    filtering.phase.choices = choices((phase, phase) for phase in queries.phases(session, actor))
    chosen = sorting(queries.SCHOOL_SORTS, "name")
    query = queries.search_schools(actor, text=filtering.q.data or "", phase=filtering.phase.data)
    pages = page_links(queries.count(session, query), request.args.get("page"), page_address)
    ordered = queries.schools_sorted_by(query, chosen.by, descending=chosen.descending)
    rows = list(session.scalars(ordered.limit(pages.size).offset(pages.offset)))
    kinds = {one.school_id: one.kind for one in queries.memberships(session, actor, [row.id for row in rows])}
    return page(
        "schools/schools.html",
        rows=rows,
        kinds=kinds,
        labels=MEMBERSHIP_LABELS,
        filtering=filtering,
        sorting=chosen,
        pages=pages,
    )


@alliance.route("/schools/<uuid:school_id>")
def show_school(school_id: uuid.UUID) -> Any:
    """One school: what the register says, what it says itself, and who works there.

    Its bank account is for its own people, and for the coordinator and auditor of its alliance.
    """
    actor, session = web.actor(), db.session()
    school = queries.get_school(session, actor, school_id)
    joined = queries.memberships(session, actor, [school.id])
    names = queries.names(session, [one.alliance_id for one in joined])
    return page(
        "schools/show_school.html",
        school=school,
        memberships=[(one, names[one.alliance_id], MEMBERSHIP_LABELS[one.kind]) for one in joined],
        people=queries.colleagues(session, [school.id]),
        role_labels=ROLE_LABELS,
        sees_account=school.id in actor.school_ids or actor.organisations(Kind.ALLIANCE) & names.keys(),
    )


@alliance.route("/schools/<uuid:school_id>/edit", methods=["GET", "POST"])
def edit_school(school_id: uuid.UUID) -> Any:
    """Change what a school says about itself."""
    school = queries.get_school(db.session(), web.actor(), school_id)
    policy.require(web.actor(), Act.SCHOOL_EDIT, school.id)
    form = EditSchoolForm(obj=school)
    if form.validate_on_submit():
        with answering(form):
            details = SchoolDetails(
                address=form.address.data,
                vat_number=form.vat_number.data,
                finance_email=form.finance_email.data,
                account_name=form.account_name.data,
                sort_code=form.sort_code.data,
                account_number=form.account_number.data,
                company_details=form.company_details.data,
            )
            if actions.edit_school(web.actor(), school_id, form.version.data, details):
                flash("You proposed another bank account. It waits for a second person and a day.", "success")
                return redirect(url_for("alliance.show_account", school_id=school_id))
            flash("You changed the school’s details.", "success")
            return redirect(url_for("alliance.show_school", school_id=school_id))
    return page("schools/edit_school.html", form=form, school=school)
