"""The pages of what stands ready by month, and the ZIP of each."""

from __future__ import annotations

from typing import Any

from flask import Response

from invoicing.exports import queries
from invoicing.exports.months import queries as month_queries
from invoicing.exports.months import rules
from invoicing.exports.rules import Wanted
from invoicing.exports.views import asked, exports, record_download, same_list
from marketplace.core import storage, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.readings import reading
from marketplace.core.web import page

__all__ = ["exports"]


@exports.get("/months")
def list_months() -> Any:
    """The months with documents, each with its ZIP."""
    wanted = _whose()
    months = month_queries.months(db.session(), web.actor(), wanted)
    return page(
        "exports/list_months.html",
        months=months,
        side=wanted.side,
        schools=queries.reading_schools(db.session(), web.actor()),
        school_id=wanted.school_id,
        hrefs={month.name: same_list(".download_month", month=month.name) for month in months},
    )


@exports.get("/months/<month>.zip")
@reading
def download_month(month: str) -> Response:
    """All documents of a month: PDFs, e-invoices by themselves, index and hashes."""
    first = rules.first_day(month)
    if first is None:
        raise NotFound
    whose = _whose()
    wanted = Wanted(whose.side, whose.school_id, since=first, until=rules.last_day(first))
    documents = queries.documents(db.session(), web.actor(), wanted)
    rules.check_documents(documents, first, wanted.side)
    record_download(len(documents), f"of {month} with their files")
    packed, read = month_queries.pack_of(db.session(), documents), storage.reader()
    db.session.remove()  # a download may take minutes, and nothing is asked of the database meanwhile
    return Response(
        rules.pieces(packed, read),
        mimetype="application/zip",
        headers={
            "Content-Length": str(packed.size),
            "Content-Disposition": f'attachment; filename="{month} {wanted.side}.zip"',
        },
    )


def _whose() -> Wanted:
    """Whose documents, and of which side, the address asks for."""
    wanted = asked()[1]
    return Wanted(wanted.side, wanted.school_id)
