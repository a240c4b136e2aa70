"""Pages on which a published tender is changed, and its deadline moved by two people of two schools."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, request, url_for

from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.fields import choices
from marketplace.core.policy import Act
from marketplace.core.web import answering, moment, page
from marketplace.tenders import queries as tender_queries
from marketplace.tenders.amending import actions, changing, lines, queries, rules
from marketplace.tenders.amending.forms import AmendmentForm, ApproveExtensionForm, ExtensionForm, LinesForm
from marketplace.tenders.amending.models import Extension
from marketplace.tenders.amending.rules import ExtensionStatus
from marketplace.tenders.forms import ReasonForm
from marketplace.tenders.models import Tender
from marketplace.tenders.planning.views import tenders
from marketplace.tenders.recommitting import queries as recommitments
from marketplace.tenders.rules import accepts_quotes
from marketplace.tenders.uk_notices import issuing

__all__ = ["tenders"]
AGREED = "You approved the change. It holds when its notice stands on Find a Tender; the coordinator is told."
PREPARED = (
    "You prepared the change. Publish its notice on Find a Tender and enter the reference; then it holds, "
    "and schools and suppliers are told."
)
CHANGED = "You changed the tender. Schools and suppliers are told, and its page shows what changed."


@tenders.route("/tenders/<uuid:tender_id>/extend", methods=["GET", "POST"])
def propose_extension(tender_id: uuid.UUID) -> Any:
    """Propose a later deadline for everybody."""
    session, acting = db.session(), web.actor()
    tender = tender_queries.get_tender_of_alliance(session, acting, tender_id)
    policy.require(acting, Act.TENDER_EXTEND, tender.alliance_id)
    form = ExtensionForm(data={"version": tender.version})
    if form.validate_on_submit():
        with answering(form):
            actions.propose_extension(
                acting,
                tender_id,
                form.version.data,
                form.id_to_make,
                closes_at=form.closes_at.data,
                reason=form.reason.data,
                doubt_reason=form.doubt_reason.data,
            )
            flash("You proposed a later deadline. We have asked headteachers to approve it.")
            return redirect(url_for("tenders.show", tender_id=tender_id))
    return page(
        "tenders/propose_extension.html",
        form=form,
        tender=tender,
        history=queries.extensions(session, tender_id),
    )


@tenders.route("/tenders/<uuid:tender_id>/extend/lines", methods=["GET", "POST"])
def propose_lines(tender_id: uuid.UUID) -> Any:
    """Propose other price lines or volumes, with a later deadline to price them."""
    session, acting = db.session(), web.actor()
    tender = tender_queries.get_tender_of_alliance(session, acting, tender_id)
    policy.require(acting, Act.TENDER_EXTEND, tender.alliance_id)
    lots, schools = tender_queries.schedule(session, tender_id), tender_queries.buyers(session, tender_id)
    form = LinesForm.of_schedule(tender.version, lots, schools)
    if form.validate_on_submit():
        with answering(form):
            actions.propose_extension(
                acting,
                tender_id,
                form.version.data,
                form.id_to_make,
                closes_at=form.closes_at.data,
                reason=form.reason.data,
                doubt_reason=form.doubt_reason.data,
                lines=form.wanted(),
            )
            flash("You proposed the change. We have asked headteachers to approve it.")
            return redirect(url_for("tenders.show", tender_id=tender_id))
    return page("tenders/propose_lines.html", form=form, tender=tender)


@tenders.route("/tenders/<uuid:tender_id>/extensions/<uuid:extension_id>", methods=["GET", "POST"])
def approve_extension(tender_id: uuid.UUID, extension_id: uuid.UUID) -> Any:
    """A proposed deadline, and the button that makes it everybody's."""
    session, acting = db.session(), web.actor()
    tender = tender_queries.get_tender_of_alliance(session, acting, tender_id)
    extension = queries.get_extension(session, tender_id, extension_id)
    form = ApproveExtensionForm()
    free = queries.schools_to_approve_for(session, acting, extension)
    form.school.choices = choices(free.items())
    if len(free) < 2:  # noqa: PLR2004  # nothing to choose
        del form.school
    if form.validate_on_submit():
        with answering(form):
            chosen = form.school.data if "school" in form else None
            actions.approve_extension(acting, tender_id, extension_id, chosen)
            flash(
                AGREED
                if extension.status is ExtensionStatus.AGREED
                else f"You moved the deadline to {moment(extension.closes_at)}. Everybody is told."
            )
            return redirect(url_for("tenders.show", tender_id=tender_id))
    waits = extension.status is ExtensionStatus.PROPOSED
    lapsed = waits and not accepts_quotes(tender.status, tender.closes_at, clock.now())
    waiting_for = recommitments.missing(session, extension) if waits else {}
    return page(
        "tenders/approve_extension.html",
        form=form,
        tender=tender,
        extension=extension,
        changes=_changes_of_lines(tender, extension),
        must_wait=issuing.change_must_wait(session, tender),
        may_approve=waits
        and not lapsed
        and not waiting_for
        and queries.may_approve(session, acting, extension),
        may_refuse=extension.status in rules.WAITING_STATUSES
        and policy.allows(acting, Act.TENDER_REFUSE_EXTENSION, *queries.who_may_refuse(session, extension)),
        waiting_for=list(waiting_for.values()),
        committed=_who_committed(extension),
        lapsed=lapsed,
    )


def _who_committed(extension: Extension) -> list[str]:
    """The schools that committed to the volumes of a proposal, by name, with the moment."""
    session = db.session()
    buyers = tender_queries.buyers(session, extension.tender_id)
    answered = recommitments.committed(session, extension)
    return [f"{name} on {moment(answered[key])}" for key, name in buyers.items() if key in answered]


def _changes_of_lines(tender: Tender, extension: Extension) -> tuple[queries.ShownChange, ...]:
    """What a later deadline that waits changes of the price schedule."""
    if not extension.lines or extension.status not in rules.WAITING_STATUSES:
        return ()
    session = db.session()
    lots, schools = tender_queries.schedule(session, tender.id), tender_queries.buyers(session, tender.id)
    return queries.differences(lines.changes(lots, lines.read(extension.lines), schools))


@tenders.route("/tenders/<uuid:tender_id>/extensions/<uuid:extension_id>/refuse", methods=["GET", "POST"])
def refuse_extension(tender_id: uuid.UUID, extension_id: uuid.UUID) -> Any:
    """Refuse or withdraw a proposed deadline, with a reason."""
    session, acting = db.session(), web.actor()
    tender = tender_queries.get_tender_of_alliance(session, acting, tender_id)
    extension = queries.get_extension(session, tender_id, extension_id)
    policy.require(acting, Act.TENDER_REFUSE_EXTENSION, *queries.who_may_refuse(session, extension))
    form = ReasonForm(data={"version": tender.version})
    if form.validate_on_submit():
        with answering(form):
            actions.refuse_extension(acting, tender_id, extension_id, form.reason.data or "")
            flash(f"The deadline stays {moment(extension.closed_before_at)}.")
            return redirect(url_for("tenders.show", tender_id=tender_id))
    return page("tenders/refuse_extension.html", form=form, tender=tender, extension=extension)


@tenders.route("/tenders/<uuid:tender_id>/amend", methods=["GET", "POST"])
def amend_tender(tender_id: uuid.UUID) -> Any:
    """Change the words and documents of a published tender, until its deadline."""
    session, acting = db.session(), web.actor()
    tender = tender_queries.get_tender_of_alliance(session, acting, tender_id)
    policy.require(acting, Act.TENDER_AMEND, tender.alliance_id)
    waiting = queries.waiting_for_find_a_tender(session, tender_id)
    if waiting is not None and waiting.amendment is not None and not request.form:
        changes = changing.planned(tender, changing.read(waiting.amendment.wanted))
        return page(
            "tenders/waiting_change.html",
            tender=tender,
            waiting=waiting.amendment,
            changes=queries.differences(changes),
        )
    form = AmendmentForm.of_tender(tender)
    must_wait = issuing.change_must_wait(session, tender)
    if form.validate_on_submit():
        with answering(form):
            actions.amend_tender(
                acting,
                tender_id,
                form.version.data,
                form.id_to_make,
                reason=form.reason.data,
                wanted=form.wanted(),
            )
            flash(PREPARED if must_wait else CHANGED)
            return redirect(url_for("tenders.show", tender_id=tender_id))
    return page("tenders/amend_tender.html", form=form, tender=tender, must_wait=must_wait)


@tenders.route("/tenders/<uuid:tender_id>/amend/<uuid:amendment_id>/withdraw", methods=["POST"])
def withdraw_amendment(tender_id: uuid.UUID, amendment_id: uuid.UUID) -> Any:
    """Take back a change that waits for Find a Tender."""
    actions.withdraw_amendment(web.actor(), tender_id, amendment_id)
    flash("You took the change back. The tender stays as it is.")
    return redirect(url_for("tenders.show", tender_id=tender_id))
