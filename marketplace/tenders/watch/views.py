"""The page that watches the threshold of a tender."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from marketplace.needs.thresholds import REGIME_LABELS
from marketplace.tenders import queries
from marketplace.tenders.amending.views import tenders
from marketplace.tenders.rules import BEFORE_PUBLICATION
from marketplace.tenders.watch import actions, rules
from marketplace.tenders.watch.forms import ApartForm
from marketplace.tenders.watch.queries import watch

__all__ = ["tenders"]


@tenders.route("/tenders/<uuid:tender_id>/threshold", methods=["GET", "POST"])
def keep_apart(tender_id: uuid.UUID) -> Any:
    """What the tender is worth, with which others it counts, and what the law asks of it."""
    session, acting = db.session(), web.actor()
    tender = queries.get_tender_of_alliance(session, acting, tender_id)
    form = ApartForm(data={"version": tender.version, "reason": tender.kept_apart_reason})
    if form.validate_on_submit():
        with answering(form):
            actions.keep_apart(acting, tender_id, form.version.data, form.reason.data)
            flash("You saved how this tender is valued.")
            return redirect(url_for("tenders.keep_apart", tender_id=tender_id))
    seen = watch(session, tender)
    return page(
        "tenders/threshold.html",
        form=form,
        tender=tender,
        watch=seen,
        regime=REGIME_LABELS[seen.regime],
        alone=REGIME_LABELS[seen.alone],
        duties=rules.duties(seen.regime, clock.today()),
        may_edit=tender.status in BEFORE_PUBLICATION
        and policy.allows(acting, Act.TENDER_EDIT, tender.alliance_id),
    )
