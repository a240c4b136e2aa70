"""Pages on which a coordinator writes requirements down and schools say how much they need them."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from marketplace.tenders import queries as tender_queries
from marketplace.tenders.drafting.views import own_draft
from marketplace.tenders.specification import actions, queries
from marketplace.tenders.specification.forms import MarksForm, RequirementForm
from marketplace.tenders.specification.rules import OPEN_TO_MARKS
from marketplace.tenders.views import tenders

__all__ = ["tenders"]


@tenders.route("/tenders/<uuid:tender_id>/edit/requirements", methods=["GET", "POST"])
def edit_requirements(tender_id: uuid.UUID) -> Any:
    """What the schools ask for, and one more."""
    tender = own_draft(tender_id)
    form = RequirementForm(data={"version": tender.version}).offer(tender.lots)
    if form.validate_on_submit():
        with answering(form):
            actions.add_requirement(
                web.actor(),
                tender_id,
                form.version.data,
                form.id_to_make,
                text=form.text.data or "",
                lot_id=form.lot.data,
            )
            flash("You added a requirement. Each school says whether it must have it.")
            return _back(tender_id)
    return page(
        "tenders/edit_requirements.html",
        form=form,
        tender=tender,
        requirements=queries.merged(db.session(), tender_id),
    )


@tenders.route("/tenders/<uuid:tender_id>/edit/requirements/<uuid:requirement_id>", methods=["GET", "POST"])
def edit_requirement(tender_id: uuid.UUID, requirement_id: uuid.UUID) -> Any:
    """Change or remove a requirement."""
    tender, session = own_draft(tender_id), db.session()
    requirement = queries.get_requirement(session, tender, requirement_id)
    form = RequirementForm(
        data={"version": tender.version, "text": requirement.text, "lot": requirement.lot_id}
    ).offer(tender.lots)
    if form.validate_on_submit():
        with answering(form):
            _change(form, tender_id, requirement_id)
            return _back(tender_id)
    return page(
        "tenders/edit_requirement.html",
        form=form,
        tender=tender,
        must=queries.says_must(db.session(), requirement),
    )


def _change(form: RequirementForm, tender_id: uuid.UUID, requirement_id: uuid.UUID) -> None:
    """What the button says: save the words, or remove the requirement."""
    if request.form.get("remove"):
        actions.remove_requirement(web.actor(), tender_id, form.version.data, requirement_id)
        flash("You removed a requirement.")
        return
    actions.edit_requirement(
        web.actor(),
        tender_id,
        form.version.data,
        requirement_id,
        text=form.text.data or "",
        lot_id=form.lot.data,
    )
    flash("You changed a requirement.")


@tenders.route("/tenders/<uuid:tender_id>/schools/<uuid:school_id>/requirements", methods=["GET", "POST"])
def mark_requirements(tender_id: uuid.UUID, school_id: uuid.UUID) -> Any:
    """What one school must have, should have and does not need."""
    session, acting = db.session(), web.actor()
    tender = tender_queries.get_tender_of_alliance(session, acting, tender_id)
    commitment = next((one for one in tender.commitments if one.school_id == school_id), None)
    if commitment is None:
        raise NotFound
    policy.require(acting, Act.REQUIREMENT_MARK, school_id)
    show = url_for("tenders.show", tender_id=tender_id)
    if request.method == "GET" and tender.status not in OPEN_TO_MARKS:
        return redirect(show)
    rows = queries.requirements(session, tender_id)
    form = MarksForm.of(rows, queries.marks_of(rows, school_id), commitment.version)
    if form.validate_on_submit():
        with answering(form):
            actions.mark_requirements(
                acting,
                tender_id,
                school_id,
                form.version.data,
                form.marks(),
                reason=form.reason.data or "",
            )
            flash(f"You saved what {commitment.school.name} must have, should have and does not need.")
            return redirect(show)
    return page("tenders/mark_requirements.html", form=form, tender=tender, commitment=commitment, rows=rows)


def _back(tender_id: uuid.UUID) -> Response:
    return redirect(url_for("tenders.edit_requirements", tender_id=tender_id))
