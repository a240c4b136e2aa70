"""A school's term dates: shown to its alliance, changed by its bursar or headteacher."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from marketplace.alliance.queries import get_school
from marketplace.alliance.term_dates import actions, queries, rules
from marketplace.alliance.term_dates.forms import TermDatesForm
from marketplace.alliance.views import alliance
from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.policy import Act
from marketplace.core.web import answering, page

__all__ = ["alliance"]
YEARS_SHOWN = 3


@alliance.route("/schools/<uuid:school_id>/term-dates")
def term_dates(school_id: uuid.UUID) -> Any:
    """The terms of this school year and the next two, and where each comes from."""
    session = db.session()
    school = get_school(session, web.actor(), school_id)
    return page(
        "schools/term_dates.html",
        school=school,
        years=[queries.year_of(session, school.id, begins) for begins in _years()],
        half_labels=rules.HALF_LABELS,
        origin_labels=rules.ORIGIN_LABELS,
        in_words=rules.year_in_words,
    )


@alliance.route("/schools/<uuid:school_id>/term-dates/<int:begins>/set", methods=["GET", "POST"])
def set_term_dates(school_id: uuid.UUID, begins: int) -> Any:
    """Check a year's dates and save them."""
    session = db.session()
    school = get_school(session, web.actor(), school_id)
    policy.require(web.actor(), Act.SCHOOL_SET_TERMS, school.id)
    if begins not in _years():
        raise NotFound
    year = queries.year_of(session, school.id, begins)
    form = TermDatesForm.showing(year.terms, year.version)
    if form.validate_on_submit():
        with answering(form):
            actions.set_term_dates(web.actor(), school_id, begins, form.version.data, form.terms())
            flash(f"You saved the term dates of {rules.year_in_words(begins)}.", "success")
            return redirect(url_for("alliance.term_dates", school_id=school_id))
    return page(
        "schools/set_term_dates.html",
        form=form,
        school=school,
        year=year,
        name=rules.year_in_words(begins),
    )


def _years() -> range:
    this = rules.school_year_of(clock.today())
    return range(this, this + YEARS_SHOWN)
