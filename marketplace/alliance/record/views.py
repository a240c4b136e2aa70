"""Pages of the record: what was done with an organisation's data, as a list and as files."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from marketplace.alliance.models import Organisation
from marketplace.alliance.policy_views import SUBJECTS
from marketplace.alliance.record import queries, rules, things
from marketplace.alliance.record.forms import RecordFilter
from marketplace.alliance.record.queries import Entry, Wanted
from marketplace.core import spreadsheets, web
from marketplace.core.clock import LONDON
from marketplace.core.csv_files import Cell, csv_file
from marketplace.core.db import db
from marketplace.core.errors import Forbidden
from marketplace.core.fields import choices
from marketplace.core.listing import address, page_address
from marketplace.core.paging import page_links
from marketplace.core.readings import reading, record_reading
from marketplace.core.spreadsheets import Sheet
from marketplace.core.web import NavigationItem, page

record = Blueprint("record", __name__, url_prefix="/record")
SHORTCUTS = (NavigationItem("See what was done with our data", "record.index", queries.reads_a_record),)
COLUMNS = ("Entry", "When", "Who", "What was done", "Details", "About", "Code of the entry")
WIDE = ("When", "Who", "What was done", "Details", "About")


@record.get("")
def index() -> Any:
    """The organisations whose record the reader may read; the record itself when there is only one."""
    actor, session = web.actor(), db.session()
    if not queries.reads_a_record(actor):
        raise Forbidden(
            "Headteachers, bursars, finance leads and governors read their school’s record, supplier "
            "administrators their supplier’s, and coordinators and auditors their alliance’s."
        )
    found = queries.organisations(session, actor)
    if len(found) == 1:
        return redirect(url_for(".show", organisation_id=found[0].id))
    return page("record/index.html", organisations=found)


@record.get("/<uuid:organisation_id>")
def show(organisation_id: uuid.UUID) -> Any:
    """What was done with an organisation's data, newest first, as it is filtered."""
    actor, session = web.actor(), db.session()
    organisation = queries.get_organisation(session, actor, organisation_id)
    filtering, wanted = _asked(organisation)
    query = queries.entries(organisation_id, wanted)
    found = queries.count(session, query)
    pages = page_links(found, request.args.get("page"), page_address)
    rows = session.scalars(query.limit(pages.size).offset(pages.offset)).all()
    about = things.find(session, actor, [wanted.about_id]) if wanted.about_id else {}
    return page(
        "record/show.html",
        organisation=organisation,
        entries=list(queries.told_to(session, actor, rows)),
        filtering=filtering,
        pages=pages,
        about=next(iter(about.values()), None),
        is_about=wanted.about_id is not None,
        address=address,
        exports=[
            {"text": f"Download as {name} ({found:,} {'entry' if found == 1 else 'entries'})", "href": href}
            for name, href in (
                ("an Excel workbook", _same(".download_workbook", organisation_id)),
                ("CSV", _same(".download_csv", organisation_id)),
            )
        ],
        is_too_long=found > rules.MOST_EXPORTED,
        most=rules.MOST_EXPORTED,
    )


def _asked(organisation: Organisation) -> tuple[RecordFilter, Wanted]:
    """What the address asks the record for; what makes no sense is named on the form."""
    filtering = RecordFilter()
    filtering.person.choices = choices(queries.people(db.session(), organisation.id).items())
    right = filtering.validate()
    try:
        about = uuid.UUID(filtering.about.data or "")
    except ValueError:
        about = None
    return filtering, Wanted(
        text=filtering.q.data or "",
        person_id=filtering.person.data,
        subjects=SUBJECTS.get(filtering.kind.data or "", ()),
        since=filtering.since.data if right else None,
        until=filtering.until.data if right else None,
        about_id=about,
    )


def _same(endpoint: str, organisation_id: uuid.UUID) -> str:
    """The address of a file of the list as it is filtered."""
    path = url_for(endpoint, organisation_id=organisation_id)
    asked = address(page=None).partition("?")[2]
    return f"{path}?{asked}" if asked else path


@record.get("/<uuid:organisation_id>.csv")
@reading
def download_csv(organisation_id: uuid.UUID) -> Response:
    """The record as it is filtered, as CSV. That it was downloaded is recorded."""
    organisation, rows = _rows(organisation_id)
    return _sent(organisation, csv_file(COLUMNS, rows), "text/csv", "csv", len(rows))


@record.get("/<uuid:organisation_id>.xlsx")
@reading
def download_workbook(organisation_id: uuid.UUID) -> Response:
    """The record as it is filtered, as an Excel workbook. That it was downloaded is recorded."""
    organisation, rows = _rows(organisation_id)
    sheet = Sheet("Record", [COLUMNS, *rows], WIDE)
    content = spreadsheets.workbook([sheet], f"What was done with the data of {organisation.name}")
    return _sent(organisation, content, spreadsheets.MEDIA_TYPE, "xlsx", len(rows))


def _rows(organisation_id: uuid.UUID) -> tuple[Organisation, Sequence[Sequence[Cell]]]:
    actor, session = web.actor(), db.session()
    organisation = queries.get_organisation(session, actor, organisation_id)
    query = queries.entries(organisation_id, _asked(organisation)[1])
    rules.check_export(queries.count(session, query))
    events = session.scalars(query).all()
    return organisation, [_row(entry) for entry in queries.told_to(session, actor, events)]


def _row(entry: Entry) -> Sequence[Cell]:
    about = entry.thing.name if entry.thing else ""
    return entry.position, _moment(entry.at), entry.who, entry.what, entry.details, about, entry.hash


def _moment(at: datetime) -> str:
    """A moment in England, to the second, in an order that sorts."""
    return f"{at.astimezone(LONDON):%Y-%m-%d %H:%M:%S %Z}"


def _sent(organisation: Organisation, content: bytes, media_type: str, ending: str, rows: int) -> Response:
    name = f"record of {organisation.name}.{ending}"
    what = f"The record of what was done, {rows:,} {'entry' if rows == 1 else 'entries'}"
    record_reading(web.actor(), organisation.id, what, [organisation.id])
    return send_file(io.BytesIO(content), media_type, as_attachment=True, download_name=name)
