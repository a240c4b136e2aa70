"""A school's term dates: shown to its alliance, changed by its bursar or headteacher."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, flash, redirect, url_for

from marketplace.alliance.models import School
from marketplace.alliance.queries import get_school
from marketplace.alliance.term_dates import actions, calendars, files, queries, rules
from marketplace.alliance.term_dates.forms import CalendarForm, CopyForm, TermDatesForm
from marketplace.alliance.term_dates.queries import Offered, YearView
from marketplace.alliance.views import alliance
from marketplace.core import clock, policy, web
from marketplace.core.csv_files import csv_file
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
        years=[_shown(school, begins) for begins in _years()],
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
        reading=None,
    )


def _shown(school: School, begins: int) -> tuple[YearView, Offered | None]:
    """A year, and while the school has saved nothing what another of its local authority entered."""
    session, actor = db.session(), web.actor()
    year = queries.year_of(session, school.id, begins)
    may = policy.allows(actor, Act.SCHOOL_SET_TERMS, school.id)
    return year, None if year.version or not may else queries.offered(session, actor, school, begins)


@alliance.route("/schools/<uuid:school_id>/term-dates/<int:begins>/import", methods=["GET", "POST"])
def import_term_dates(school_id: uuid.UUID, begins: int) -> Any:
    """Fill in a year's dates from a calendar file, to check and save; with what became of each line."""
    session = db.session()
    school = get_school(session, web.actor(), school_id)
    policy.require(web.actor(), Act.SCHOOL_SET_TERMS, school.id)
    if begins not in _years():
        raise NotFound
    year = queries.year_of(session, school.id, begins)
    upload = CalendarForm()
    if upload.validate_on_submit():
        with answering(upload):
            chosen = upload.calendar.data
            found = files.entries(chosen.filename or "", chosen.stream.read())
            return page(
                "schools/set_term_dates.html",
                form=TermDatesForm.reading(calendars.read(found, begins), year.version),
                school=school,
                year=year,
                name=rules.year_in_words(begins),
                reading=calendars.read(found, begins),
            )
    return page(
        "schools/import_term_dates.html",
        form=upload,
        school=school,
        year=year,
        name=rules.year_in_words(begins),
    )


@alliance.route("/schools/<uuid:school_id>/term-dates/<int:begins>.csv")
def download_term_dates(school_id: uuid.UUID, begins: int) -> Response:
    """A year's dates as a CSV file, to keep or to change and import."""
    session = db.session()
    school = get_school(session, web.actor(), school_id)
    if begins not in _years():
        raise NotFound
    terms = {term.half: term for term in queries.year_of(session, school.id, begins).terms}
    rows = [
        (label, terms[half].first_day, terms[half].last_day) if half in terms else (label, None, None)
        for half, label in rules.HALF_LABELS.items()
    ]
    return Response(
        csv_file(("Half", "First school day", "Last school day"), rows),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename=term-dates-{begins}.csv"},
    )


@alliance.route("/schools/<uuid:school_id>/term-dates/<int:begins>/copy", methods=["POST"])
def copy_term_dates(school_id: uuid.UUID, begins: int) -> Any:
    """Take over what another school of the local authority entered."""
    form = CopyForm()
    if begins not in _years() or form.school_id is None:
        raise NotFound
    actions.copy_term_dates(web.actor(), school_id, begins, form.version.data, form.school_id)
    flash(f"You copied the term dates of {rules.year_in_words(begins)}. Change them where yours differ.")
    return redirect(url_for("alliance.term_dates", school_id=school_id))


def _years() -> range:
    this = rules.school_year_of(clock.today())
    return range(this, this + YEARS_SHOWN)
