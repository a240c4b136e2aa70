"""Invoices and credit notes in one list, and what of it a school takes to its finance package."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, request, send_file, url_for
from werkzeug.wrappers import Response

from invoicing.exports import queries, rules
from invoicing.exports.forms import DocumentsFilter
from invoicing.exports.rules import DOCUMENT_COLUMNS, LINE_COLUMNS, Document, Side, Wanted
from marketplace.core import spreadsheets, web
from marketplace.core.csv_files import csv_file
from marketplace.core.db import db
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.fields import choices
from marketplace.core.listing import page_address
from marketplace.core.paging import page_links
from marketplace.core.readings import reading, record_reading
from marketplace.core.web import page

exports = Blueprint("exports", __name__, url_prefix="/exports")

QUESTIONS = (
    "side",
    "q",
    "school",
    "party",
    "shown",
    *(f"{name}-{part}" for name in ("since", "until") for part in ("day", "month", "year")),
)
CSV = "text/csv"


@exports.get("")
def list_documents() -> Any:
    """The issued invoices and credit notes of the reader's schools, or of those they audit."""
    actor, session = web.actor(), db.session()
    filtering, wanted = asked()
    sums = queries.sums(session, actor, wanted)
    pages = page_links(sums.count, request.args.get("page"), page_address)
    return page(
        "exports/list_documents.html",
        documents=queries.documents(
            session, actor, wanted, newest_first=True, offset=pages.offset, limit=pages.size
        ),
        filtering=filtering,
        sums=sums,
        pages=pages,
        side=wanted.side,
        rules=rules,
        hrefs={name: same_list(f".download_{name}") for name in ("documents", "workbook", "lines")},
        all_hrefs={
            name: url_for(f".download_{name}", side=wanted.side)
            for name in ("documents", "workbook", "lines")
        },
        columns=(("Invoices and credit notes", DOCUMENT_COLUMNS), ("Their lines", LINE_COLUMNS)),
    )


@exports.get("/documents.csv")
@reading
def download_documents() -> Response:
    """The list as it is filtered, as CSV: one row a document."""
    heads, *rows = rules.table(DOCUMENT_COLUMNS, _documents_asked())
    record_download(len(rows), "as CSV")
    return sent(csv_file([str(head) for head in heads], rows), CSV, "invoices and credit notes.csv")


@exports.get("/lines.csv")
@reading
def download_lines() -> Response:
    """The lines of the list as it is filtered, as CSV: one row a line."""
    documents = _documents_asked()
    heads, *rows = rules.table(LINE_COLUMNS, rules.lines_of(documents))
    record_download(len(documents), "with their lines as CSV")
    return sent(csv_file([str(head) for head in heads], rows), CSV, "lines.csv")


@exports.get("/documents.xlsx")
@reading
def download_workbook() -> Response:
    """The list as it is filtered, as an Excel workbook: a sheet of documents and one of their lines."""
    documents = _documents_asked()
    content = _workbook(documents)
    record_download(len(documents), "as an Excel workbook")
    return sent(content, spreadsheets.MEDIA_TYPE, "invoices and credit notes.xlsx")


@exports.get("/documents/<uuid:document_id>.csv")
def download_one(document_id: uuid.UUID) -> Response:
    """The lines of one invoice or credit note, as CSV."""
    document = queries.get_document(db.session(), web.actor(), document_id)
    heads, *rows = rules.table(LINE_COLUMNS, rules.lines_of([document]))
    return sent(csv_file([str(head) for head in heads], rows), CSV, f"{document.number}.csv")


@exports.get("/documents/<uuid:document_id>.xlsx")
def download_one_workbook(document_id: uuid.UUID) -> Response:
    """One invoice or credit note with its lines, as an Excel workbook."""
    document = queries.get_document(db.session(), web.actor(), document_id)
    return sent(_workbook([document]), spreadsheets.MEDIA_TYPE, f"{document.number}.xlsx")


def asked() -> tuple[DocumentsFilter, Wanted]:
    """What the address asks the list for; what makes no sense is named on the form. Raises NotFound."""
    actor, session = web.actor(), db.session()
    if not queries.reads_documents(actor):
        raise NotFound
    told = request.args.get("side")
    side = Side(told) if told in set(Side) else queries.usual_side(session, actor)
    filtering = DocumentsFilter()
    schools = queries.reading_schools(session, actor)
    filtering.school.choices = choices(schools.items())
    filtering.party.choices = choices(queries.parties(session, actor, Wanted(side)))
    filtering.validate()
    right = {field.name: None if field.errors else field.data for field in filtering}
    return filtering, Wanted(
        side=side,
        school_id=right["school"],
        party_id=right["party"],
        shown=right["shown"],
        since=right["since"],
        until=right["until"],
        search=right["q"] or "",
    )


def same_list(endpoint: str, **more: Any) -> str:
    """The address of a download of the list as it is filtered."""
    questions: dict[str, Any] = {name: request.args[name] for name in QUESTIONS if name in request.args}
    return url_for(endpoint, **(questions | more))


def record_download(count: int, how: str) -> None:
    """Put a download of so many documents on record, for the schools whose documents were asked for."""
    actor, session = web.actor(), db.session()
    wanted = asked()[1]
    schools = [wanted.school_id] if wanted.school_id else sorted(queries.reading_schools(session, actor))
    named = "1 invoice or credit note" if count == 1 else f"{count:,} invoices and credit notes"
    record_reading(actor, schools[0], f"{named} {how}", schools)


def sent(content: bytes, media_type: str, name: str) -> Response:
    """A file to keep."""
    return send_file(io.BytesIO(content), media_type, as_attachment=True, download_name=name)


def _documents_asked() -> Sequence[Document]:
    """The documents of the list as it is filtered, the oldest first.

    Raises RuleBroken for a filter that makes no sense: a file with everything would look like an answer.
    """
    filtering, wanted = asked()
    wrong = [message for messages in filtering.errors.values() for message in messages]
    if wrong:
        raise RuleBroken(f"{wrong[0]} Go back and change the filter.")
    rules.check_number(queries.sums(db.session(), web.actor(), wanted).count)
    return queries.documents(db.session(), web.actor(), wanted)


def _workbook(documents: Sequence[Document]) -> bytes:
    sheets = (
        spreadsheets.Sheet("Documents", rules.table(DOCUMENT_COLUMNS, documents), rules.WIDE),
        spreadsheets.Sheet("Lines", rules.table(LINE_COLUMNS, rules.lines_of(documents)), rules.WIDE),
    )
    return spreadsheets.workbook(sheets, "Invoices and credit notes")
