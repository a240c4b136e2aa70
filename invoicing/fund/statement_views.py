"""The statements of the Partnership Fund: on the page, as PDF and as CSV."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, send_file, url_for
from werkzeug.wrappers import Response

from invoicing.fund import books, queries, statements
from invoicing.fund.books import FundStatement
from invoicing.fund.forms import PeriodForm
from invoicing.fund.models import Fund
from invoicing.fund.statements import Period, Statement
from invoicing.gateways import pdf
from marketplace.core import charts, clock, web
from marketplace.core.csv_files import Cell, csv_file
from marketplace.core.db import db
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.money import Money
from marketplace.core.web import answering, page

CSV_HEADING = (
    "Share of",
    "Date",
    "Reference",
    "Movement",
    "Paid in or claimed by",
    "Purpose",
    "Paid in",
    "Spent",
    "Balance",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement as a page or a document shows it: of the whole fund, or of one school's share of it."""

    fund: Fund
    stated: FundStatement
    school_id: uuid.UUID | None

    @property
    def statement(self) -> Statement:
        """The figures: the fund's or the school's."""
        return self.stated.schools[self.school_id] if self.school_id else self.stated.whole

    @property
    def whose(self) -> str:
        """Whose statement it is."""
        return self.stated.names[self.school_id] if self.school_id else "All schools"

    @property
    def unfinished(self) -> bool:
        """Is this the statement of a period that has not ended, so that more may be added to it?"""
        return self.stated.period.end >= clock.today()

    @property
    def purposes(self) -> list[tuple[str, Money]]:
        """What was spent, by purpose."""
        return [(purpose.label, spent) for purpose, spent in self.statement.spent_by_purpose.items()]

    @property
    def schools(self) -> list[tuple[uuid.UUID, str, Statement]]:
        """The figures of every school that this statement is made of, by name."""
        return [
            (school_id, self.stated.names[school_id], one)
            for school_id, one in self.stated.schools.items()
            if self.school_id in (None, school_id)
        ]

    @property
    def chart(self) -> charts.ChartView:
        """What each school had to spend in the period, and how much of it is left."""
        stacks = [
            charts.Stack(name, (one.spent.pence, one.closing.pence), str(one.closing))
            for _, name, one in self.schools
        ]
        return charts.stacked_bar(
            "shares",
            "Spent and left, by school",
            f"In all {self.statement.spent} was spent and {self.statement.closing} is left.",
            ("Spent in this period", "Left at the end of it"),
            stacks,
        )

    @property
    def file_name(self) -> str:
        """The name of a downloaded file, without its ending."""
        period = self.stated.period
        return f"{self.fund.name}, {self.whose}, {period.start} to {period.end}"


def show_statement(fund_id: uuid.UUID, school_id: uuid.UUID | None = None) -> Any:
    """A statement for a period; for the present academic year unless the address names two dates."""
    form = _period_form()
    period = statements.academic_year(clock.today())
    if request.args and form.validate():
        with answering(form):
            period = Period(form.start.data, form.end.data)
    shown = _shown(fund_id, school_id, period)
    before = statements.year_before(period)
    return page(
        "fund/show_statement.html",
        form=form,
        shown=shown,
        period=period,
        dates=_dates(period),
        before=before,
        before_href=url_for(".show_statement", fund_id=fund_id, school_id=school_id, **_dates(before)),
    )


def download_statement_pdf(fund_id: uuid.UUID, school_id: uuid.UUID | None = None) -> Response:
    """The statement as a document."""
    shown = _shown(fund_id, school_id, _period())
    content = pdf.render(
        "print/fund_statement.html",
        shown=shown,
        issuer=shown.fund.alliance.name,
        reference=f"{shown.fund.name}, {shown.whose}",
        made_at=clock.now(),
    )
    return _download(content, "application/pdf", f"{shown.file_name}.pdf")


def download_statement_csv(fund_id: uuid.UUID, school_id: uuid.UUID | None = None) -> Response:
    """The statement as a list that a spreadsheet opens: every movement of every share."""
    shown = _shown(fund_id, school_id, _period())
    return _download(csv_file(CSV_HEADING, _rows(shown)), "text/csv", f"{shown.file_name}.csv")


def _shown(fund_id: uuid.UUID, school_id: uuid.UUID | None, period: Period) -> Shown:
    session = db.session()
    fund = queries.get_fund(session, web.actor(), fund_id)
    stated = books.fund_statement(session, fund, period)
    if school_id is not None and school_id not in stated.schools:
        raise NotFound
    return Shown(fund, stated, school_id)


def _rows(shown: Shown) -> Iterator[Sequence[Cell]]:
    period = shown.stated.period
    for _, name, one in shown.schools:
        yield name, period.start, "", "Opening balance", "", "", None, None, one.opening
        for line in one.lines:
            yield (
                name,
                line.posted_on,
                line.reference,
                line.title,
                line.party,
                line.purpose.label,
                line.paid_in or None,
                line.spent or None,
                line.balance,
            )
        yield name, period.end, "", "Closing balance", "", "", one.paid_in, one.spent, one.closing


def _period_form() -> PeriodForm:
    year = statements.academic_year(clock.today())
    return PeriodForm(start=year.start, end=year.end)


def _period() -> Period:
    """The two dates of the address; the present academic year when it names none. Raises RuleBroken."""
    form = _period_form()
    if request.args and not form.validate():
        first = next(iter(form.errors.values()))
        raise RuleBroken(str(first[0]))
    return Period(form.start.data, form.end.data)


def _dates(period: Period) -> dict[str, Any]:
    """The period as an address carries it."""
    return {
        f"{name}-{part}": getattr(day, part)
        for name, day in (("start", period.start), ("end", period.end))
        for part in ("day", "month", "year")
    }


def _download(content: bytes, kind: str, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)
