"""The statements of the Partnership Fund: on the page, as PDF and as CSV."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, send_file, url_for
from werkzeug.wrappers import Response

from invoicing.fund import books, queries, shares, statements
from invoicing.fund.books import FundStatement
from invoicing.fund.forms import PeriodForm
from invoicing.fund.models import Fund
from invoicing.fund.refunds.queries import get_fund_of_former
from invoicing.fund.refunds.rules import check_belonged
from invoicing.fund.statements import Period, Statement
from invoicing.gateways import pdf
from invoicing.ledger.periods.queries import books_of
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
    "Grants",
    "Spent",
    "Refunded on leaving",
    "Balance",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement as a page or a document shows it: of the whole fund, or of one school's share of it.

    `reads_fund` is false for somebody whose school has left: they read their own share and nothing else.
    `closed_until` is the last day up to which the fund's books are closed, if they ever were.
    """

    fund: Fund
    stated: FundStatement
    school_id: uuid.UUID | None
    reads_fund: bool
    closed_until: date | None

    @property
    def final(self) -> bool:
        """Are the books of all of the period closed, so that nothing of it can change any more?"""
        return self.closed_until is not None and self.stated.period.end <= self.closed_until

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
    def spent_on(self) -> list[tuple[str, Money]]:
        """What was spent, by purpose."""
        return [(purpose.label, spent) for purpose, spent in self.statement.spent_by_purpose.items()]

    @property
    def purposes(self) -> list[tuple[str, Statement]]:
        """The figures of every purpose of the fund; they add up to it."""
        return [
            (purpose.label if purpose else shares.ANY_PURPOSE, one)
            for purpose, one in self.stated.purposes.items()
        ]

    @property
    def schools(self) -> list[tuple[uuid.UUID, str, Statement]]:
        """The figures of every school that this statement is made of, by name."""
        return [
            (school_id, self.stated.names[school_id], one)
            for school_id, one in self.stated.schools.items()
            if self.school_id in (None, school_id)
        ]

    @property
    def holders(self) -> list[tuple[str, Statement]]:
        """The figures of every school by its name, without its id."""
        return [(name, one) for _, name, one in self.schools]

    @property
    def chart(self) -> charts.ChartView:
        """What each school had to spend in the period, and how much of it is left."""
        refunded = self.statement.refunded
        series = [
            "Spent in this period",
            *(["Refunded on leaving"] if refunded else []),
            "Left at the end of it",
        ]
        stacks = [
            charts.Stack(
                name,
                (one.spent.pence, *([one.refunded.pence] if refunded else []), one.closing.pence),
                str(one.closing),
            )
            for _, name, one in self.schools
        ]
        also = f", {refunded} was refunded on leaving" if refunded else ""
        return charts.stacked_bar(
            "shares",
            "Spent and left, by school",
            f"In all {self.statement.spent} was spent{also} and {self.statement.closing} is left.",
            series,
            stacks,
        )

    @property
    def file_name(self) -> str:
        """The name of a downloaded file, without its ending."""
        period = self.stated.period
        return f"{self.fund.name}, {self.whose}, {period.start} to {period.end}"


def show_statement(fund_id: uuid.UUID, school_id: uuid.UUID | None = None) -> Any:
    """A statement for a period; for the present academic year unless the address names two dates."""
    fund, span = _readable(fund_id, school_id)
    period = statements.academic_year(span[1] if span else clock.today())
    form = _period_form(period)
    if request.args and form.validate():
        with answering(form):
            chosen = Period(form.start.data, form.end.data)
            _check_belonged(chosen, span)
            period = chosen
    shown = _shown(fund, school_id, period, reads_fund=span is None)
    offered = statements.offered(period, shown.closed_until, clock.today())
    return page(
        "fund/show_statement.html",
        form=form,
        shown=shown,
        period=period,
        dates=_dates(period),
        offered=[
            (said, url_for(".show_statement", fund_id=fund_id, school_id=school_id, **_dates(one)), one)
            for said, one in offered
        ],
    )


def download_statement_pdf(fund_id: uuid.UUID, school_id: uuid.UUID | None = None) -> Response:
    """The statement as a document."""
    shown = _shown_for_address(fund_id, school_id)
    return _download(_as_pdf(shown), "application/pdf", f"{shown.file_name}.pdf")


def download_statement_csv(fund_id: uuid.UUID, school_id: uuid.UUID | None = None) -> Response:
    """The statement as a list that a spreadsheet opens: every movement of every share."""
    shown = _shown_for_address(fund_id, school_id)
    return _download(csv_file(CSV_HEADING, _rows(shown)), "text/csv", f"{shown.file_name}.csv")


def statement_files(fund: Fund, period: Period) -> dict[str, bytes]:
    """The statement of a whole fund as the files that are packed for its examiner."""
    shown = _shown(fund, None, period, reads_fund=True)
    return {"statement.pdf": _as_pdf(shown), "statement.csv": csv_file(CSV_HEADING, _rows(shown))}


def _as_pdf(shown: Shown) -> bytes:
    return pdf.render(
        "print/fund_statement.html",
        shown=shown,
        issuer=shown.fund.alliance.name,
        reference=f"{shown.fund.name}, {shown.whose}",
        made_at=clock.now(),
    )


def _readable(fund_id: uuid.UUID, school_id: uuid.UUID | None) -> tuple[Fund, tuple[date, date] | None]:
    """A fund whose statement may be read; for somebody whose school has left, the days of their own share."""
    session, actor = db.session(), web.actor()
    try:
        return queries.get_fund(session, actor, fund_id), None
    except NotFound:
        fund, first, last = get_fund_of_former(session, actor, fund_id, school_id)
    moved = [one.posted_on for one in books.read_books(session, fund).movements if one.holder_id == school_id]
    return fund, (first, max([last, *moved]))


def _check_belonged(period: Period, span: tuple[date, date] | None) -> None:
    if span:
        check_belonged(period.start, period.end, *span)


def _shown(fund: Fund, school_id: uuid.UUID | None, period: Period, *, reads_fund: bool) -> Shown:
    stated = books.fund_statement(db.session(), fund, period, None if reads_fund else school_id)
    if school_id is not None and (school_id not in stated.schools or school_id == fund.alliance_id):
        raise NotFound
    books_kept = books_of(db.session(), fund.alliance_id)
    closed_until = books_kept.closed_until if books_kept else None
    return Shown(fund, stated, school_id, reads_fund, closed_until)


def _shown_for_address(fund_id: uuid.UUID, school_id: uuid.UUID | None) -> Shown:
    """The statement that a download's address names. Raises NotFound and RuleBroken."""
    fund, span = _readable(fund_id, school_id)
    period = _period(span[1] if span else clock.today())
    _check_belonged(period, span)
    return _shown(fund, school_id, period, reads_fund=span is None)


def _rows(shown: Shown) -> Iterator[Sequence[Cell]]:
    period = shown.stated.period
    for _, name, one in shown.schools:
        yield name, period.start, "", "Opening balance", "", "", None, None, None, None, one.opening
        for line in one.lines:
            yield (
                name,
                line.posted_on,
                line.reference,
                line.title,
                line.party,
                line.purpose.label if line.purpose else "",
                line.paid_in or None,
                line.granted or None,
                line.spent or None,
                line.refunded or None,
                line.balance,
            )
        sums = (one.paid_in, one.granted, one.spent, one.refunded, one.closing)
        yield name, period.end, "", "Closing balance", "", "", *sums


def _period_form(year: Period) -> PeriodForm:
    return PeriodForm(start=year.start, end=year.end)


def _period(day: date) -> Period:
    """The two dates of the address; the academic year of a day when it names none. Raises RuleBroken."""
    form = _period_form(statements.academic_year(day))
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
