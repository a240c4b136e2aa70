"""The page and the download of the examiner's pack."""

from __future__ import annotations

import uuid
from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, Flask, Response, current_app

from invoicing.fund.examination import queries, rules
from invoicing.fund.examination.rules import PackedFile
from invoicing.fund.statement_views import statement_files
from invoicing.fund.statements import Period
from marketplace.core import clock, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.readings import reading, record_reading
from marketplace.core.web import page

examination = Blueprint("examination", __name__, url_prefix="/funds")
README = """{fund}: pack for the independent examiner, {start} to {end}

statement.pdf, statement.csv   what the fund held, received and spent, by school and by purpose
ledger.csv                     every transfer of every entry of the fund, in the books of all whom it touches
contributions.csv              what schools were asked for, and where their governing bodies minuted it
claims.csv                     what was claimed, who approved it, when it was paid
grants.csv, refunds.csv        what came from outside, and what was paid back to schools that left
budgets.csv, decisions.csv     what the board allowed, with every vote
claims/, grants/, minutes/     the documents that the lists name
{hashes}                 the SHA-256 of every file; "sha256sum --check {hashes}" verifies them all

Made on {made} from the ledger, in which every movement is a permanent entry.
"""


@examination.get("/<uuid:fund_id>/examination")
def index(fund_id: uuid.UUID) -> Any:
    """The years of which the pack can be taken away."""
    fund = queries.get_fund(db.session(), web.actor(), fund_id)
    return page("examination/index.html", fund=fund, years=queries.years_of(fund), today=clock.today())


@examination.get("/<uuid:fund_id>/examination/<int:year>.zip")
@reading
def download_pack(fund_id: uuid.UUID, year: int) -> Response:
    """Everything about a year, as one archive that is sent while it is packed."""
    session = db.session()
    fund = queries.get_fund(session, web.actor(), fund_id)
    period = _year(queries.years_of(fund), year)
    told = f"Everything for the examination of {fund.name}, the year from {web.day(period.start)}"
    record_reading(web.actor(), fund_id, told, [fund.alliance_id])
    fund = queries.get_fund(session, web.actor(), fund_id)
    said = README.format(
        fund=fund.name,
        start=web.day(period.start),
        end=web.day(period.end),
        hashes=rules.HASH_LIST,
        made=web.day(clock.today()),
    )
    made = [
        PackedFile("README.txt", said.encode),
        *(PackedFile(path, content.__bytes__) for path, content in statement_files(fund, period).items()),
        *queries.files_of(session, fund, period),
    ]
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # Flask's way
    files = [PackedFile(one.path, partial(_read_within, app, one)) for one in made]
    name = f"{fund.name}, {period.start} to {period.end}.zip"
    packed = rules.archive(files, min(period.end, clock.today()))
    answer = Response(packed, mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _read_within(app: Flask, file: PackedFile) -> bytes:
    """A file's content, read after the request has been answered and its context has gone."""
    with app.app_context():
        return file.read()


def _year(years: list[Period], begins: int) -> Period:
    """The year that an address names. Raises NotFound for one in which there was no fund."""
    for year in years:
        if year.start == date(begins, year.start.month, 1):
            return year
    raise NotFound
