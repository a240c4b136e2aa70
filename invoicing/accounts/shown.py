"""Ages and statements as pages and files show them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from invoicing.accounts import queries, rules
from invoicing.accounts.rules import BAND_LABELS, WHAT_LABELS, Aged, Band, OpenItem, Period, Side, Statement
from marketplace.core import charts, clock
from marketplace.core.csv_files import Cell, csv_file
from marketplace.core.money import ZERO, Money

AGED_HEADING = (
    "School or supplier",
    "Invoice",
    "Issued",
    "Due",
    "Days late",
    *BAND_LABELS.values(),
    "On account",
    "Disputed",
)
STATEMENT_HEADING = ("Date", "What", "Document", "Owes more", "Owes less", "Balance")


@dataclass(frozen=True, slots=True)
class AgedList:
    """Everybody who owes a school, or whom it owes, by age on a day."""

    side: Side
    day: date
    rows: Sequence[Aged]
    total: Aged
    items: Sequence[OpenItem]
    names: Mapping[uuid.UUID, str]
    differing: Sequence[str]


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """The account of a school with another over a period, and what is open at its end."""

    school: str
    other: str
    other_id: uuid.UUID
    statement: Statement
    open_items: Sequence[tuple[OpenItem, Money]]
    on_account: Money

    @property
    def period(self) -> Period:
        """The period."""
        return self.statement.period

    @property
    def unfinished(self) -> bool:
        """Has the period not ended, so that more may be added to it?"""
        return self.period.end >= clock.today()

    @property
    def sums(self) -> list[tuple[str, Money]]:
        """What each kind of movement came to."""
        return [(WHAT_LABELS[what], total) for what, total in self.statement.sums]

    @property
    def of_no_invoice(self) -> Money:
        """What of the closing balance is neither an open invoice nor on account: nothing, as we post."""
        counted = Money.total(amount for _, amount in self.open_items) + self.on_account
        return self.statement.closing - counted

    @property
    def closing_words(self) -> str:
        """Who owes whom at the end."""
        return balance_words(self.statement.closing, self.school, self.other)

    @property
    def file_name(self) -> str:
        """The name of a downloaded file, without its ending."""
        return f"Statement of {self.school} with {self.other}, {self.period.start} to {self.period.end}"


def aged_list(session: Session, school_id: uuid.UUID, side: Side, day: date) -> AgedList:
    """Ages on a day, by name of the other."""
    items = queries.open_items(session, school_id, side, day)
    names = queries.others(session, school_id)
    rows = rules.aged(items, queries.held(session, school_id, side, day), day)
    present = day >= clock.today()
    return AgedList(
        side,
        day,
        sorted(rows, key=lambda row: names[row.other_id]),
        rules.sum_of(rows),
        items,
        names,
        queries.differing(session, school_id, side, items) if present else (),
    )


def aged_csv(aged: AgedList) -> bytes:
    """The list as CSV: a line for each open invoice, its amount in the column of its age."""
    return csv_file(AGED_HEADING, _aged_rows(aged))


def _aged_rows(aged: AgedList) -> Iterator[Sequence[Cell]]:
    nothing: list[Cell] = [None] * len(Band)
    for item in aged.items:
        late = max(0, (aged.day - item.due_on).days)
        owed_back = item.amount < ZERO
        mine = None if owed_back else rules.band(item.due_on, aged.day)
        amounts: list[Cell] = [item.amount if one is mine else None for one in Band]
        back = item.amount if owed_back else None
        name = aged.names[item.other_id]
        yield name, item.number, item.issued_on, item.due_on, late, *amounts, back, item.disputed or None
    for row in aged.rows:
        kept = row.held - Money.total(
            item.amount for item in aged.items if item.other_id == row.other_id and item.amount < ZERO
        )
        if kept:
            yield aged.names[row.other_id], "On account", None, None, None, *nothing, kept, None
    total = aged.total
    yield "Together", "", None, None, None, *(total.bands[one] for one in Band), total.held, total.disputed


def ages_chart(lists: Sequence[AgedList]) -> charts.ChartView:
    """What is owed to a school and by it, by age."""
    stacks = [
        charts.Stack(
            rules.SIDE_LABELS[one.side],
            [max(0, one.total.bands[band].pence) for band in Band],
            str(Money.total(one.total.bands.values())),
        )
        for one in lists
    ]
    said = "; ".join(f"{rules.SIDE_LABELS[one.side].lower()} {one.total.total}" for one in lists)
    return charts.stacked_bar("ages", "By age", f"In all {said}.", list(BAND_LABELS.values()), stacks)


def account(
    session: Session, school: tuple[uuid.UUID, str], other: tuple[uuid.UUID, str], period: Period
) -> ShownStatement:
    """The statement of a school with another, both as id and name, and what is open at its end."""
    (school_id, school_name), (other_id, other_name) = school, other
    stated = rules.statement(queries.movements(session, school_id, other_id, period.end), period)
    found, kept = [], ZERO
    for side in Side:
        sign = queries.SIGNS[side]
        items = queries.open_items(session, school_id, side, period.end, other_id)
        found += [(item, item.amount * sign) for item in items]
        kept += queries.held(session, school_id, side, period.end, other_id).get(other_id, ZERO) * sign
    return ShownStatement(school_name, other_name, other_id, stated, found, kept)


def statement_csv(shown: ShownStatement) -> bytes:
    """The statement as CSV."""
    return csv_file(STATEMENT_HEADING, _statement_rows(shown))


def _statement_rows(shown: ShownStatement) -> Iterator[Sequence[Cell]]:
    stated = shown.statement
    yield stated.period.start, "Opening balance", "", None, None, stated.opening
    for line in stated.lines:
        more, less = (line.amount, None) if line.amount > ZERO else (None, -line.amount)
        yield line.posted_on, WHAT_LABELS[line.what], line.description, more, less, line.balance
    yield stated.period.end, "Closing balance", "", None, None, stated.closing


def balance_words(balance: Money, school: str, other: str) -> str:
    """Who owes whom: "Beech owes Alder £20.00"."""
    if not balance:
        return "Neither owes the other anything"
    return f"{other} owes {school} {balance}" if balance > ZERO else f"{school} owes {other} {-balance}"
