"""A school's delegation ladder: see it, set it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, url_for

from marketplace.alliance.delegation import actions, queries, rules
from marketplace.alliance.delegation.forms import LadderForm
from marketplace.alliance.models import Person
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.policy import Act
from marketplace.core.web import answering, page

delegation = Blueprint("delegation", __name__, url_prefix="/schools/<uuid:school_id>/delegation")


@delegation.route("")
def show_ladder(school_id: uuid.UUID) -> Any:
    """Who approves what in a school, for its own people, and the ladders that held before."""
    session = db.session()
    school = queries.own_school(session, web.actor(), school_id)
    ladder = queries.ladder_of(session, school_id)
    before = queries.ladders_before(session, school_id)
    return page(
        "delegation/show_ladder.html",
        school=school,
        ladder=ladder,
        set_by=session.get_one(Person, ladder.set_by).name if ladder else "",
        bands=_in_words(queries.bands_of(ladder)) if ladder else [],
        before=[(one, _in_words(queries.bands_of(one))) for one in before],
    )


def _in_words(bands: tuple[rules.Band, ...]) -> list[tuple[str, str, int]]:
    """Each band as people read it: its values, who approves, the least number of quotes."""
    return [
        (values, rules.APPROVER_LABELS[band.approver], band.least_quotes)
        for values, band in zip(rules.ranges(bands), bands, strict=True)
    ]


@delegation.route("/set", methods=["GET", "POST"])
def set_ladder(school_id: uuid.UUID) -> Any:
    """Set the bands that the governing body decided; they start from the present ones, or an example."""
    actor, session = web.actor(), db.session()
    school = queries.own_school(session, actor, school_id)
    policy.require(actor, Act.DELEGATION_SET, school_id)
    ladder = queries.ladder_of(session, school_id)
    form = LadderForm.with_bands(
        queries.bands_of(ladder) if ladder else rules.example(), seen=ladder.number if ladder else 0
    )
    if form.validate_on_submit():
        with answering(form):
            actions.set_ladder(actor, form.id_to_make, school_id, form.seen.data or 0, form.content())
            flash("You set the delegation ladder. It holds from now on.", "success")
            return redirect(url_for("delegation.show_ladder", school_id=school_id))
    return page("delegation/set_ladder.html", form=form, school=school, is_first=ladder is None)
