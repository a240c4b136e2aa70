"""The program interface of the Partnership Fund: its statements, to read."""

from __future__ import annotations

import uuid
from datetime import date

from pydantic import Field

from invoicing.fund import books, queries, statements
from invoicing.fund.models import Fund
from invoicing.fund.rules import Purpose
from invoicing.fund.statements import Line, Period, Statement
from marketplace.core import clock, web
from marketplace.core.api.operations import Api
from marketplace.core.api.schemas import Asked, Schema
from marketplace.core.api.scopes import Scope
from marketplace.core.db import db
from marketplace.core.errors import NotFound

funds = Api("funds_api", __name__, "Partnership Fund", "/funds")
MOVED = ("paid_in", "granted", "spent", "refunded", "balance")


class FundEntry(Schema):
    """A fund of an alliance."""

    id: uuid.UUID
    name: str
    alliance_id: uuid.UUID
    alliance: str

    @classmethod
    def of(cls, fund: Fund) -> FundEntry:
        """A fund as it is answered."""
        return cls(id=fund.id, name=fund.name, alliance_id=fund.alliance_id, alliance=fund.alliance.name)


class FundList(Schema):
    """The funds that the token's owner may read."""

    items: list[FundEntry]


class StatementLine(Schema):
    """A movement of the fund; all but one of its amounts are 0. The balance is after it."""

    posted_on: date
    reference: str
    title: str
    party: str = Field(description="Who paid in or claimed.")
    purpose: Purpose | None = Field(description="What it may be spent on, or was; null for anything.")
    paid_in_pence: int
    granted_pence: int
    spent_pence: int
    refunded_pence: int
    balance_pence: int

    @classmethod
    def of(cls, line: Line) -> StatementLine:
        """A movement as it is answered."""
        same = ("posted_on", "reference", "title", "party", "purpose")
        return cls(
            **{name: getattr(line, name) for name in same},
            **{f"{name}_pence": getattr(line, name).pence for name in MOVED},
        )


class ShareEntry(Schema):
    """What a school had, and has, of the fund; the alliance stands for grants."""

    holder_id: uuid.UUID
    holder: str
    opening_pence: int
    closing_pence: int


class StatementEntry(Schema):
    """A statement: opening + paid in + grants − spent − refunds = closing. Schools add up to the fund."""

    fund: FundEntry
    school_id: uuid.UUID | None = Field(description="Whose share it is; null for the whole fund.")
    starts_on: date
    ends_on: date
    opening_pence: int
    paid_in_pence: int
    granted_pence: int
    spent_pence: int
    refunded_pence: int
    closing_pence: int
    lines: list[StatementLine]
    shares: list[ShareEntry]


class StatementAsked(Asked):
    """Of which days, and whose."""

    starts_on: date | None = Field(
        default=None, description="The first day; the present academic year’s unless both days are given."
    )
    ends_on: date | None = Field(default=None, description="The last day.")
    school_id: uuid.UUID | None = Field(default=None, description="Only this school’s share.")


@funds.reads("", Scope.FUNDS_READ)
def list_funds() -> FundList:
    """The funds of the alliances of the token’s owner."""
    return FundList(items=[FundEntry.of(one) for one in queries.funds_of(db.session(), web.actor())])


@funds.reads("/<uuid:fund_id>/statement", Scope.FUNDS_READ)
def show_fund_statement(fund_id: uuid.UUID, asked: StatementAsked) -> StatementEntry:
    """The statement of a fund, or of one school’s share of it, for a period."""
    session = db.session()
    fund = queries.get_fund(session, web.actor(), fund_id)
    year = statements.academic_year(clock.today())
    period = Period(asked.starts_on or year.start, asked.ends_on or year.end)
    stated = books.fund_statement(session, fund, period)
    if asked.school_id is not None and (
        asked.school_id not in stated.schools or asked.school_id == fund.alliance_id
    ):
        raise NotFound("This school has no share of the fund.")
    chosen: Statement = stated.schools[asked.school_id] if asked.school_id else stated.whole
    sums = ("opening", "paid_in", "granted", "spent", "refunded", "closing")
    return StatementEntry(
        fund=FundEntry.of(fund),
        school_id=asked.school_id,
        starts_on=period.start,
        ends_on=period.end,
        **{f"{name}_pence": getattr(chosen, name).pence for name in sums},
        lines=[StatementLine.of(line) for line in chosen.lines],
        shares=[
            ShareEntry(
                holder_id=holder_id,
                holder=stated.names[holder_id],
                opening_pence=one.opening.pence,
                closing_pence=one.closing.pence,
            )
            for holder_id, one in stated.schools.items()
        ],
    )
