"""The page of the schedule for form VAT126, and the schedule to take away."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from invoicing.exports import queries as documents
from invoicing.exports.rules import table
from invoicing.exports.vat126 import queries, rules
from invoicing.exports.vat126.forms import ClaimFilter
from invoicing.exports.vat126.rules import LEFT_HEADS, SCHEDULE_COLUMNS, Period, Schedule
from invoicing.exports.views import CSV, exports, sent
from invoicing.gateways import pdf
from marketplace.alliance.models import School
from marketplace.core import clock, spreadsheets, web
from marketplace.core.csv_files import csv_file
from marketplace.core.db import db
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.months import months_later
from marketplace.core.web import page

__all__ = ["exports"]
WIDE = frozenset({"Supplier", "Addressed to", "What was supplied", "What", "Why it is not in the schedule"})


@exports.get("/vat126")
def show_schedule() -> Any:
    """What a school may claim back for some months, and what it may not, with the reason."""
    filtering, school, period = _asked()
    schedule = None
    if period and not school.vat_number:
        schedule = queries.schedule_of(db.session(), web.actor(), school, period)
    return page(
        "exports/show_schedule.html",
        filtering=filtering,
        school=school,
        period=period,
        schedule=schedule,
        warnings=rules.warnings(schedule, clock.today()) if schedule else [],
        academy=rules.is_academy(school.type),
        figures=rules.figures(),
        taxed=rules.taxed,
        description=rules.description,
        hrefs={kind: _file_href(kind, school, period) for kind in ("csv", "xlsx", "pdf")} if period else {},
    )


@exports.get("/vat126.csv")
def download_schedule_csv() -> Response:
    """The schedule as CSV."""
    school, schedule = _schedule_asked()
    heads, *rows = table(SCHEDULE_COLUMNS, schedule.claimed)
    return sent(csv_file([str(head) for head in heads], rows), CSV, f"{_name(school, schedule)}.csv")


@exports.get("/vat126.xlsx")
def download_schedule_xlsx() -> Response:
    """The schedule as an Excel workbook, with a sheet of what is left out."""
    school, schedule = _schedule_asked()
    sheets = (
        spreadsheets.Sheet("Schedule", table(SCHEDULE_COLUMNS, schedule.claimed), WIDE),
        spreadsheets.Sheet("Not in the schedule", [LEFT_HEADS, *rules.left_rows(schedule.left)], WIDE),
    )
    name = _name(school, schedule)
    return sent(
        spreadsheets.workbook(sheets, f"{school.name}: {name}"), spreadsheets.MEDIA_TYPE, f"{name}.xlsx"
    )


@exports.get("/vat126.pdf")
def download_schedule_pdf() -> Response:
    """The schedule as a document."""
    school, schedule = _schedule_asked()
    name = _name(school, schedule)
    content = pdf.render(
        "print/vat126.html",
        schedule=schedule,
        school=school,
        taxed=rules.taxed,
        description=rules.description,
        issuer=school.name,
        reference=name,
        made_at=clock.now(),
    )
    return sent(content, "application/pdf", f"{name}.pdf")


def _asked() -> tuple[ClaimFilter, School, Period | None]:
    """What the address asks for: the month before this one unless it says otherwise.

    No period where it makes no sense: the form says why. Raises NotFound.
    """
    actor, session = web.actor(), db.session()
    if not documents.reads_documents(actor):
        raise NotFound
    filtering = ClaimFilter()
    filtering.offer(documents.reading_schools(session, actor).items(), clock.today())
    last = months_later(clock.today().replace(day=1), -1)
    for name in ("since", "until"):
        if name not in request.args:
            filtering[name].data = last
    filtering.validate()
    school = queries.get_school(session, actor, None if filtering.school.errors else filtering.school.data)
    filtering.school.data = school.id
    if filtering.since.errors or filtering.until.errors:
        return filtering, school, None
    try:
        return filtering, school, rules.month_period(filtering.since.data, filtering.until.data)
    except RuleBroken as refusal:
        filtering.until.errors = [*filtering.until.errors, refusal.message]
        return filtering, school, None


def _schedule_asked() -> tuple[School, Schedule]:
    """The schedule to take away. Raises RuleBroken where there is none."""
    filtering, school, period = _asked()
    if school.vat_number:
        raise RuleBroken(
            f"{school.name} is registered for VAT: it deducts VAT in its VAT Return, "
            "and makes no claim on VAT126."
        )
    if period is None:
        (message, *_), *_ = filtering.errors.values()
        raise RuleBroken(f"{message} Go back and choose other months.")
    schedule = queries.schedule_of(db.session(), web.actor(), school, period)
    if not schedule.claimed:
        raise RuleBroken("No valid VAT invoice came in during these months, so there is nothing to claim.")
    return school, schedule


def _file_href(kind: str, school: School, period: Period) -> str:
    return url_for(
        f".download_schedule_{kind}",
        school=school.id,
        since=f"{period.start:%Y-%m}",
        until=f"{period.end:%Y-%m}",
    )


def _name(school: School, schedule: Schedule) -> str:
    start, end = schedule.period.start, schedule.period.end
    return f"VAT126 {school.urn} {_month(start)} to {_month(end)}"


def _month(day: date) -> str:
    return f"{day:%Y-%m}"
