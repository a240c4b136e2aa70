"""Pages on which a published tender is changed, and its deadline moved by two people of two schools."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.fields import choices
from marketplace.core.policy import Act
from marketplace.core.web import answering, moment, page
from marketplace.tenders import queries as tender_queries
from marketplace.tenders.amending import actions, queries
from marketplace.tenders.amending.forms import AmendmentForm, ApproveExtensionForm, ExtensionForm
from marketplace.tenders.amending.rules import ExtensionStatus
from marketplace.tenders.forms import ReasonForm
from marketplace.tenders.planning.views import tenders

__all__ = ["tenders"]


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
            flash(f"You moved the deadline to {moment(extension.closes_at)}. Everybody is told.")
            return redirect(url_for("tenders.show", tender_id=tender_id))
    waits = extension.status is ExtensionStatus.PROPOSED
    approving = tender_queries.approving_schools(session, tender)
    return page(
        "tenders/approve_extension.html",
        form=form,
        tender=tender,
        extension=extension,
        may_approve=waits and queries.may_approve(session, acting, extension),
        may_refuse=waits
        and policy.allows(acting, Act.TENDER_REFUSE_EXTENSION, tender.alliance_id, *approving),
    )


@tenders.route("/tenders/<uuid:tender_id>/extensions/<uuid:extension_id>/refuse", methods=["GET", "POST"])
def refuse_extension(tender_id: uuid.UUID, extension_id: uuid.UUID) -> Any:
    """Refuse or withdraw a proposed deadline, with a reason."""
    session, acting = db.session(), web.actor()
    tender = tender_queries.get_tender_of_alliance(session, acting, tender_id)
    extension = queries.get_extension(session, tender_id, extension_id)
    approving = tender_queries.approving_schools(session, tender)
    policy.require(acting, Act.TENDER_REFUSE_EXTENSION, tender.alliance_id, *approving)
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
    form = AmendmentForm.of_tender(tender)
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
            flash("You changed the tender. Schools and suppliers are told, and its page shows what changed.")
            return redirect(url_for("tenders.show", tender_id=tender_id))
    return page("tenders/amend_tender.html", form=form, tender=tender)
