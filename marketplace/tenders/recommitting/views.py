"""The page on which a school commits to other volumes of a published tender."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from marketplace.tenders import queries as tender_queries
from marketplace.tenders.amending.queries import get_extension
from marketplace.tenders.amending.rules import ExtensionStatus
from marketplace.tenders.forms import StepForm
from marketplace.tenders.planning.views import tenders
from marketplace.tenders.recommitting import actions, queries
from marketplace.tenders.rules import accepts_quotes

__all__ = ["tenders"]


@tenders.route(
    "/tenders/<uuid:tender_id>/extensions/<uuid:extension_id>/schools/<uuid:school_id>/recommit",
    methods=["GET", "POST"],
)
def recommit_school(tender_id: uuid.UUID, extension_id: uuid.UUID, school_id: uuid.UUID) -> Any:
    """What a proposed change means for one school, and the button that commits it again."""
    session, acting = db.session(), web.actor()
    tender = tender_queries.get_tender_of_alliance(session, acting, tender_id)
    commitment = next((one for one in tender.commitments if one.school_id == school_id), None)
    if commitment is None:
        raise NotFound
    policy.require(acting, Act.COMMITMENT_RENEW, school_id)
    extension = get_extension(session, tender_id, extension_id)
    form = StepForm(data={"version": tender.version})
    if form.validate_on_submit():
        with answering(form):
            actions.recommit_school(acting, tender_id, extension_id, school_id)
            flash(f"You committed {commitment.school.name} to its new volumes, for when the change holds.")
            return redirect(url_for("tenders.show", tender_id=tender_id))
    waits = extension.status is ExtensionStatus.PROPOSED
    return page(
        "tenders/recommit_school.html",
        form=form,
        tender=tender,
        extension=extension,
        school=commitment.school.name,
        own_lines=queries.own_lines(session, extension, school_id) if waits else (),
        committed_at=queries.committed(session, extension).get(school_id),
        concerned=waits and school_id in queries.concerned(session, extension),
        unconfirmed=queries.unconfirmed(session, extension, commitment),
        open=waits and accepts_quotes(tender.status, tender.closes_at, clock.now()),
        may_refuse=policy.allows(acting, Act.TENDER_REFUSE_EXTENSION, school_id),
    )
