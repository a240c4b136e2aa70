"""The arithmetic of statements: opening, what was paid in, what was spent, closing. Plain Python."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from invoicing.fund.rules import Purpose
from invoicing.fund.shares import MovementKind, ShareMovement
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money

FIRST_MONTH = 9


@dataclass(frozen=True, slots=True)
class Period:
    """Two dates, both included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise RuleBroken("The last day must not be before the first.", "end")


@dataclass(frozen=True, slots=True)
class Line:
    """One movement as a statement lists it; all but one of the amounts are zero. `balance` is after it.

    `source_id` is the round of a contribution, the grant, the claim, or the refund of a school that left.
    """

    posted_on: date
    source_id: uuid.UUID
    reference: str
    title: str
    party: str
    purpose: Purpose | None
    paid_in: Money
    granted: Money
    spent: Money
    refunded: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """One school's share, or the whole fund, over a period.

    Opening + paid in + grants − spent − refunds on leaving = closing.
    """

    opening: Money
    lines: tuple[Line, ...]
    closing: Money

    @property
    def paid_in(self) -> Money:
        """Contributions received in the period."""
        return Money.total(line.paid_in for line in self.lines)

    @property
    def granted(self) -> Money:
        """Grants received in the period."""
        return Money.total(line.granted for line in self.lines)

    @property
    def spent(self) -> Money:
        """What claims paid in the period cost."""
        return Money.total(line.spent for line in self.lines)

    @property
    def refunded(self) -> Money:
        """What was paid back in the period to schools that left."""
        return Money.total(line.refunded for line in self.lines)

    @property
    def spent_by_purpose(self) -> dict[Purpose, Money]:
        """The spending of the period by purpose, for the purposes on which anything was spent."""
        sums = {
            purpose: Money.total(line.spent for line in self.lines if line.purpose is purpose)
            for purpose in Purpose
        }
        return {purpose: spent for purpose, spent in sums.items() if spent}


def academic_year(day: date) -> Period:
    """The academies' financial year that a day falls in: 1 September to 31 August."""
    first = day.year if day.month >= FIRST_MONTH else day.year - 1
    return Period(date(first, FIRST_MONTH, 1), date(first + 1, FIRST_MONTH, 1) - timedelta(days=1))


def year_before(period: Period) -> Period:
    """The academic year that ended before a period began, or was running then."""
    return academic_year(period.start - timedelta(days=1))


def offered(period: Period, closed_until: date | None, today: date) -> list[tuple[str, Period]]:
    """Periods that readers ask for, in words: the year before, the year to 31 March, the last closed month.

    31 August is the year end of academies, 31 March that of maintained schools.
    """
    march = date(today.year if today > date(today.year, 3, 31) else today.year - 1, 3, 31)
    to_march = Period(date(march.year - 1, 4, 1), march)
    found = [("The academic year before", year_before(period)), ("The last year to 31 March", to_march)]
    if closed_until:
        found.append(("The last month closed", Period(closed_until.replace(day=1), closed_until)))
    return [(said, one) for said, one in found if one != period]


def statement(movements: Sequence[ShareMovement], period: Period) -> Statement:
    """The statement of all these movements, which are in the order they were posted.

    The movements of one entry make one line. Those after the period are left out.
    """
    opening = Money.total(one.amount for one in movements if one.posted_on < period.start)
    entries: dict[uuid.UUID, list[ShareMovement]] = {}
    for one in movements:
        if period.start <= one.posted_on <= period.end:
            entries.setdefault(one.entry_id, []).append(one)
    lines = []
    balance = opening
    for parts in entries.values():
        amount = Money.total(part.amount for part in parts)
        balance += amount
        first = parts[0]
        lines.append(
            Line(
                first.posted_on,
                first.source_id,
                first.reference,
                first.title,
                first.party,
                first.purpose,
                paid_in=amount if first.kind is MovementKind.CONTRIBUTION else ZERO,
                granted=amount if first.kind is MovementKind.GRANT else ZERO,
                spent=-amount if first.kind is MovementKind.CLAIM else ZERO,
                refunded=-amount if first.kind is MovementKind.REFUND else ZERO,
                balance=balance,
            )
        )
    stated = Statement(opening, tuple(lines), balance)
    came_in = stated.paid_in + stated.granted
    assert stated.opening + came_in - stated.spent - stated.refunded == stated.closing
    return stated


def by_school(movements: Sequence[ShareMovement], period: Period) -> dict[uuid.UUID, Statement]:
    """A statement for every school that ever had a movement; and for the alliance, of its grants."""
    holders = dict.fromkeys(one.holder_id for one in movements)
    return {
        holder_id: statement([one for one in movements if one.holder_id == holder_id], period)
        for holder_id in holders
    }


def by_purpose(movements: Sequence[ShareMovement], period: Period) -> dict[Purpose | None, Statement]:
    """A statement for every purpose that money was ever kept apart for, in the order purposes are listed."""
    present = {one.held_for for one in movements}
    return {
        purpose: statement([one for one in movements if one.held_for is purpose], period)
        for purpose in (*Purpose, None)
        if purpose in present
    }


def check_purposes(whole: Statement, parts: Mapping[Purpose | None, Statement]) -> None:
    """Assert that purposes add up to the fund, and that none was overspent."""
    statements = parts.values()
    for figure in ("opening", "paid_in", "granted", "spent", "refunded", "closing"):
        assert Money.total(getattr(one, figure) for one in statements) == getattr(whole, figure)
    assert all(one.opening >= ZERO and one.closing >= ZERO for one in statements)


def check_agreement(
    whole: Statement, parts: Mapping[uuid.UUID, Statement], bank_opening: Money, bank_closing: Money
) -> None:
    """Assert what a treasurer would check: schools add up to the fund, and the fund to its bank account."""
    statements = parts.values()
    assert Money.total(one.opening for one in statements) == whole.opening == bank_opening
    assert Money.total(one.paid_in for one in statements) == whole.paid_in
    assert Money.total(one.granted for one in statements) == whole.granted
    assert Money.total(one.spent for one in statements) == whole.spent
    assert Money.total(one.refunded for one in statements) == whole.refunded
    assert Money.total(one.closing for one in statements) == whole.closing == bank_closing
    assert all(one.opening >= ZERO and one.closing >= ZERO for one in statements)
