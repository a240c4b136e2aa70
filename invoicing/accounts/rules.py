"""How old a debt is, and the arithmetic of a statement of account. Plain Python."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from invoicing.ledger.rules import AccountKind
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money


class Band(StrEnum):
    """How long after its due date a debt is still not paid."""

    NOT_DUE = "not_due"
    TO_30 = "to_30"
    TO_60 = "to_60"
    TO_90 = "to_90"
    OVER_90 = "over_90"


BAND_LABELS: Mapping[Band, str] = {
    Band.NOT_DUE: "Not due",
    Band.TO_30: "1 to 30 days",
    Band.TO_60: "31 to 60 days",
    Band.TO_90: "61 to 90 days",
    Band.OVER_90: "Over 90 days",
}
LAST_DAYS: Sequence[tuple[Band, int]] = (
    (Band.NOT_DUE, 0),
    (Band.TO_30, 30),
    (Band.TO_60, 60),
    (Band.TO_90, 90),
)


class Side(StrEnum):
    """Whom a list of ages is of."""

    DEBTORS = "debtors"
    CREDITORS = "creditors"


SIDE_LABELS: Mapping[Side, str] = {
    Side.DEBTORS: "Owed to the school",
    Side.CREDITORS: "Owed by the school",
}


class What(StrEnum):
    """What a movement between a school and another, or a supplier, is."""

    INVOICE_TO = "invoice_to"
    CREDIT_TO = "credit_to"
    INVOICE_FROM = "invoice_from"
    CREDIT_FROM = "credit_from"
    PAID_IN = "paid_in"
    PAID_OUT = "paid_out"
    SETTLED = "settled"
    WRITTEN_OFF = "written_off"
    TAKEN_OUT = "taken_out"


WHAT_LABELS: Mapping[What, str] = {
    What.INVOICE_TO: "Invoices issued",
    What.CREDIT_TO: "Credit notes issued",
    What.INVOICE_FROM: "Invoices received",
    What.CREDIT_FROM: "Credit notes received",
    What.PAID_IN: "Payments received",
    What.PAID_OUT: "Payments made",
    What.SETTLED: "Settled between schools",
    What.WRITTEN_OFF: "Written off",
    What.TAKEN_OUT: "Disputed, so taken out",
}
TRADED = frozenset({AccountKind.INCOME, AccountKind.EXPENSE, AccountKind.VAT_OUTPUT, AccountKind.VAT_INPUT})
GIVEN_UP = {AccountKind.RECEIVABLE: AccountKind.EXPENSE, AccountKind.PAYABLE: AccountKind.INCOME}
"""Against which account the two schools write off what is not paid; an invoice uses the other one."""


@dataclass(frozen=True, slots=True)
class Period:
    """Two dates, both included. Raises RuleBroken (field `end`) when they are the wrong way round."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise RuleBroken("The last day must not be before the first.", "end")


@dataclass(frozen=True, slots=True)
class Movement:
    """A transfer on the account with another: positive when the other owes more.

    `own` is the kind of the account, `held` whether it is for money on account; `against` the other kind.
    `taken_out`: it turns round what was entered before, because a supplier's document is disputed.
    """

    posted_on: date
    entry_id: uuid.UUID
    source_id: uuid.UUID
    description: str
    own: AccountKind
    held: bool
    against: AccountKind
    amount: Money
    taken_out: bool = False

    @property
    def what(self) -> What:
        """What it is, by the two accounts that it moves between."""
        if self.taken_out:
            return What.TAKEN_OUT
        if self.against is AccountKind.CLEARING:
            return What.SETTLED
        if self.against in TRADED:
            return self._traded
        to_us = self.amount < ZERO if self.held else self.own is AccountKind.RECEIVABLE
        return What.PAID_IN if to_us else What.PAID_OUT

    @property
    def _traded(self) -> What:
        """An invoice adds to what its kind of account holds; a credit note and a write-off take away."""
        issued = self.own is AccountKind.RECEIVABLE
        if issued == (self.amount > ZERO):
            return What.INVOICE_TO if issued else What.INVOICE_FROM
        if self.against is GIVEN_UP[self.own]:
            return What.WRITTEN_OFF
        return What.CREDIT_TO if issued else What.CREDIT_FROM


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement; `balance` is what the other owes after it."""

    posted_on: date
    source_id: uuid.UUID
    description: str
    what: What
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """The account with another over a period: opening + movements = closing. Positive: the other owes."""

    period: Period
    opening: Money
    lines: tuple[Line, ...]
    closing: Money

    @property
    def sums(self) -> list[tuple[What, Money]]:
        """What each kind of movement came to, for those that there were."""
        there = {line.what for line in self.lines}
        return [
            (what, Money.total(line.amount for line in self.lines if line.what is what))
            for what in What
            if what in there
        ]


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What is still to be paid of one invoice on a day; negative when its issuer owes some of it back.

    `endpoint` is of the page that shows it.
    """

    invoice_id: uuid.UUID
    number: str
    other_id: uuid.UUID
    issued_on: date
    due_on: date
    amount: Money
    disputed: Money
    endpoint: str = "invoices.show"


@dataclass(frozen=True, slots=True)
class Aged:
    """What one other owes, or is owed, by age. `held` lowers it: on account, or to be paid back."""

    other_id: uuid.UUID
    bands: Mapping[Band, Money]
    held: Money
    disputed: Money

    @property
    def total(self) -> Money:
        """What is to be paid in the end."""
        return Money.total(self.bands.values()) + self.held


def band(due_on: date, day: date) -> Band:
    """The band of something that was due on one day, seen on another."""
    late = (day - due_on).days
    return next((one for one, last in LAST_DAYS if late <= last), Band.OVER_90)


def statement(movements: Iterable[Movement], period: Period) -> Statement:
    """The statement of movements that are in the order they were posted: one line an entry and kind."""
    opening, grouped = ZERO, dict[tuple[uuid.UUID, What], list[Movement]]()
    for one in movements:
        if one.posted_on < period.start:
            opening += one.amount
        elif one.posted_on <= period.end:
            grouped.setdefault((one.entry_id, one.what), []).append(one)
    lines, balance = [], opening
    for (_, kind), parts in grouped.items():
        amount = Money.total(part.amount for part in parts)
        balance += amount
        first = parts[0]
        lines.append(Line(first.posted_on, first.source_id, first.description, kind, amount, balance))
    stated = Statement(period, opening, tuple(lines), balance)
    assert stated.opening + Money.total(total for _, total in stated.sums) == stated.closing
    return stated


def aged(items: Iterable[OpenItem], held: Mapping[uuid.UUID, Money], day: date) -> list[Aged]:
    """By school what is open, by age on a day. What is to be paid back of an invoice counts as held."""
    bands: dict[uuid.UUID, dict[Band, Money]] = {}
    kept = dict(held)
    disputed: dict[uuid.UUID, Money] = {}
    for item in items:
        mine = bands.setdefault(item.other_id, dict.fromkeys(Band, ZERO))
        disputed[item.other_id] = disputed.get(item.other_id, ZERO) + item.disputed
        if item.amount < ZERO:
            kept[item.other_id] = kept.get(item.other_id, ZERO) + item.amount
        else:
            mine[band(item.due_on, day)] += item.amount
    return [
        Aged(
            other,
            bands.get(other, dict.fromkeys(Band, ZERO)),
            kept.get(other, ZERO),
            disputed.get(other, ZERO),
        )
        for other in sorted(bands.keys() | {one for one, amount in kept.items() if amount})
    ]


def sum_of(rows: Sequence[Aged]) -> Aged:
    """All rows of a list together."""
    return Aged(
        uuid.UUID(int=0),
        {one: Money.total(row.bands[one] for row in rows) for one in Band},
        Money.total(row.held for row in rows),
        Money.total(row.disputed for row in rows),
    )
