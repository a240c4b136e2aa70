"""Pages and files of accounts: ages of what a school is owed and owes, statements with another."""

from __future__ import annotations

import io
import uuid
from datetime import date
from typing import Any

from flask import Blueprint, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from invoicing.accounts import queries, rules, shown
from invoicing.accounts.forms import DayForm, PeriodForm
from invoicing.accounts.rules import Period, Side
from invoicing.accounts.shown import ShownStatement
from marketplace.alliance.models import School
from marketplace.core import clock, printing, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.months import months_later
from marketplace.core.readings import reading, record_reading
from marketplace.core.web import NavigationItem, answering, page

accounts = Blueprint("accounts", __name__, url_prefix="/accounts")
SHORTCUTS = (NavigationItem("What is owed, by age", "accounts.index", queries.reads_accounts),)
USUAL_MONTHS = 3


@accounts.get("")
def index() -> Any:
    """The accounts of the reader's only school, or a choice of schools."""
    actor = web.actor()
    if not queries.reads_accounts(actor):
        raise Forbidden("Finance leads, bursars and headteachers read what their school is owed and owes.")
    schools = queries.schools(db.session(), actor)
    if len(schools) == 1:
        return redirect(url_for(".ages", school_id=schools[0].id))
    return page("accounts/index.html", schools=schools)


@accounts.get("/<uuid:school_id>")
def ages(school_id: uuid.UUID) -> Any:
    """What is owed to a school and by it on a day, by age."""
    session = db.session()
    school = queries.get_school(session, web.actor(), school_id)
    form = DayForm(day=clock.today())
    day = form.day.data if not request.args or form.validate() else clock.today()
    lists = [shown.aged_list(session, school_id, side, day) for side in Side]
    return page(
        "accounts/ages.html",
        form=form,
        school=school,
        day=day,
        asked=_dates(day=day),
        lists=lists,
        chart=shown.ages_chart(lists),
        others=queries.others(session, school_id),
        rules=rules,
    )


@accounts.get("/<uuid:school_id>/debtors.csv")
@reading
def download_debtors(school_id: uuid.UUID) -> Response:
    """What is owed to a school as CSV, a line for each open invoice."""
    return _ages_as_csv(school_id, Side.DEBTORS)


@accounts.get("/<uuid:school_id>/creditors.csv")
@reading
def download_creditors(school_id: uuid.UUID) -> Response:
    """What a school owes as CSV, a line for each open invoice."""
    return _ages_as_csv(school_id, Side.CREDITORS)


def _ages_as_csv(school_id: uuid.UUID, side: Side) -> Response:
    session = db.session()
    school = queries.get_school(session, web.actor(), school_id)
    form = DayForm(day=clock.today())
    if request.args and not form.validate():
        raise RuleBroken("Enter a real day.")
    listed = shown.aged_list(session, school_id, side, form.day.data)
    name = f"{rules.SIDE_LABELS[listed.side]}, {school.name}, {listed.day}.csv"
    content = shown.aged_csv(listed)
    record_reading(web.actor(), school_id, f"{rules.SIDE_LABELS[listed.side]} as CSV", [school_id])
    return _download(content, "text/csv", name)


@accounts.get("/<uuid:school_id>/with/<uuid:other_id>")
def show_statement(school_id: uuid.UUID, other_id: uuid.UUID) -> Any:
    """The statement of account with another, for the last three months unless the address names two dates."""
    school = queries.get_school(db.session(), web.actor(), school_id)
    period = _usual_period()
    form = PeriodForm(start=period.start, end=period.end)
    if request.args and form.validate():
        with answering(form):
            period = Period(form.start.data, form.end.data)
    stated = _stated(school, other_id, period)
    return page(
        "accounts/show_statement.html",
        form=form,
        school=school,
        shown=stated,
        asked=_dates(start=period.start, end=period.end),
        rules=rules,
    )


@accounts.get("/<uuid:school_id>/with/<uuid:other_id>/statement.pdf")
def download_pdf(school_id: uuid.UUID, other_id: uuid.UUID) -> Response:
    """The statement as a document to send to the other."""
    school = queries.get_school(db.session(), web.actor(), school_id)
    stated = _stated(school, other_id, _period_asked())
    content = printing.draw(
        "print/statement_of_account.html",
        shown=stated,
        school=school,
        rules=rules,
        issuer=school.name,
        reference=f"Statement of account with {stated.other}",
        made_at=clock.now(),
    )
    return _download(content, "application/pdf", f"{stated.file_name}.pdf")


@accounts.get("/<uuid:school_id>/with/<uuid:other_id>/statement.csv")
def download_csv(school_id: uuid.UUID, other_id: uuid.UUID) -> Response:
    """The statement as a list that a spreadsheet opens."""
    school = queries.get_school(db.session(), web.actor(), school_id)
    stated = _stated(school, other_id, _period_asked())
    return _download(shown.statement_csv(stated), "text/csv", f"{stated.file_name}.csv")


def _stated(school: School, other_id: uuid.UUID, period: Period) -> ShownStatement:
    """The statement. Raises NotFound for somebody with whom the school has no account."""
    if other_id == school.id:
        raise NotFound
    other = queries.get_other(db.session(), school.id, other_id)
    return shown.account(db.session(), (school.id, school.name), (other_id, other.name), period)


def _usual_period() -> Period:
    today = clock.today()
    return Period(months_later(today.replace(day=1), -USUAL_MONTHS), today)


def _period_asked() -> Period:
    """The two dates of the address, or the usual ones. Raises RuleBroken for what are none."""
    usual = _usual_period()
    form = PeriodForm(start=usual.start, end=usual.end)
    if request.args and not form.validate():
        raise RuleBroken("Enter two real days.")
    return Period(form.start.data, form.end.data)


def _dates(**days: date) -> dict[str, Any]:
    """Days as an address carries them."""
    return {
        f"{name}-{part}": getattr(day, part)
        for name, day in days.items()
        for part in ("day", "month", "year")
    }


def _download(content: bytes, kind: str, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)
