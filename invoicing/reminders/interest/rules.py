"""Statutory interest on late payment. Plain Python.

Late Payment of Commercial Debts (Interest) Act 1998: simple interest from the day after payment was due
(section 4(2)) at Bank Rate of the last reference date plus 8 % (SI 2002/1675 article 4), and a fixed sum once
for each debt (section 5A). The figures are dated data in `reminders/reference/`. Interest is compensation for
late payment and no part of the price: outside the scope of VAT.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from invoicing.reminders.rules import rows
from marketplace.core.errors import RuleBroken
from marketplace.core.money import BASIS_POINTS, ZERO, Money

DAYS_A_YEAR = 365
JUNE, DECEMBER = (6, 30), (12, 31)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """A yearly rate in basis points, and what it is made of."""

    reference_date: date
    bank_rate: int
    added: int

    @property
    def basis_points(self) -> int:
        """The rate of interest."""
        return self.bank_rate + self.added


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both included, on which the same amount was overdue."""

    first: date
    last: date
    owed: Money

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Interest:
    """What may be charged for an invoice: interest for its spans, and the fixed sum where it is due."""

    rate: Rate
    spans: tuple[Span, ...]
    amount: Money
    fixed_sum: Money

    @property
    def total(self) -> Money:
        """All of it."""
        return self.amount + self.fixed_sum

    @property
    def words(self) -> str:
        """The rate, and what it is made of."""
        rate = self.rate
        day = f"{rate.reference_date.day} {rate.reference_date:%B %Y}"
        return (
            f"{_percent(rate.basis_points)} a year: Bank Rate of {day}, {_percent(rate.bank_rate)}, and "
            f"{_percent(rate.added)} (SI 2002/1675, article 4)"
        )


def _percent(basis_points: int) -> str:
    return f"{(Decimal(basis_points) / 100).normalize():f} %"


def reference_date(starts_on: date) -> date:
    """The last 30 June or 31 December before interest starts to run (SI 2002/1675 article 4)."""
    in_first_half = (starts_on.month, starts_on.day) <= JUNE
    return date(starts_on.year - 1, *DECEMBER) if in_first_half else date(starts_on.year, *JUNE)


def rate_from(starts_on: date) -> Rate:
    """The rate of interest that starts on a day; it holds until the debt is paid. RuleBroken if unknown."""
    wanted = reference_date(starts_on)
    known = {row["reference_date"]: int(row["basis_points"]) for row in rows("bank_rate.csv")}
    if str(wanted) not in known:
        raise RuleBroken(
            f"Weald does not know the Bank of England’s rate of {wanted.day} {wanted:%B %Y}, on which this "
            "interest depends. Ask whoever runs Weald to add it, or charge no interest on this invoice."
        )
    added = max(
        (row for row in rows("statutory_rate.csv") if row["from"] <= str(starts_on)),
        key=lambda row: row["from"],
    )
    return Rate(wanted, known[str(wanted)], int(added["basis_points_added"]))


def fixed_sum(debt: Money, on: date) -> Money:
    """The fixed sum for a debt (section 5A(2))."""
    held = [
        (row["from"], int(row["debt_from_pence"]), int(row["sum_pence"]))
        for row in rows("fixed_sums.csv")
        if row["from"] <= str(on) and int(row["debt_from_pence"]) <= debt.pence
    ]
    return Money(max(held)[2])


def spans(moved: Iterable[tuple[date, Money]], first: date, last: date) -> list[Span]:
    """What was overdue on each day between two, both included.

    `moved` is what was added to the debt (positive) and paid or credited of it, by day. What is paid on a day
    was still owed on it: the days late are those from the due date to the payment.
    """
    by_day: dict[date, Money] = {}
    for day, amount in moved:
        by_day[day] = by_day.get(day, ZERO) + amount
    changes = sorted(day + ONE_DAY for day in by_day if first <= day < last)
    found = []
    for begins, ends in zip([first, *changes], [*(day - ONE_DAY for day in changes), last], strict=True):
        owed = Money.total(amount for day, amount in by_day.items() if day < begins)
        if owed > ZERO:
            found.append(Span(begins, ends, owed))
    return found


def interest_of(found: Sequence[Span], rate: Rate) -> Money:
    """Simple interest for some spans, half up to the penny once."""
    exact = sum(
        (
            Fraction(span.owed.pence * span.days * rate.basis_points, BASIS_POINTS * DAYS_A_YEAR)
            for span in found
        ),
        Fraction(0),
    )
    return Money(int(exact + Fraction(1, 2)))


def work_out(
    moved: Sequence[tuple[date, Money]], *, due_on: date, charged_until: date | None, today: date
) -> Interest:
    """What may be charged today for an invoice that was due on a day and has been charged until another.

    Raises RuleBroken when nothing may, or the rate is not known.
    """
    starts_on = due_on + ONE_DAY
    first = charged_until + ONE_DAY if charged_until else starts_on
    late = spans(moved, first, today) if first <= today else []
    if not late:
        raise RuleBroken("Nothing of this invoice was overdue on a day that has not been charged yet.")
    rate = rate_from(starts_on)
    once = ZERO if charged_until else fixed_sum(late[0].owed, starts_on)
    return Interest(rate, tuple(late), interest_of(late, rate), once)


def law_in_words(on: date) -> str:
    """What the law gives for a debt that becomes late on a day, as a page says it."""
    added = max(
        (row for row in rows("statutory_rate.csv") if row["from"] <= str(on)), key=lambda row: row["from"]
    )
    held = [row for row in rows("fixed_sums.csv") if row["from"] <= str(on)]
    *smaller, largest = sorted({int(row["sum_pence"]) // 100 for row in held})
    rate = _percent(int(added["basis_points_added"]))
    sums = f"{', '.join(f'£{one}' for one in smaller)} or £{largest}"
    return (
        f"simple interest at {rate} a year above Bank Rate from the day after the due date, and once a fixed "
        f"sum of {sums} by the size of the debt (Late Payment of Commercial Debts (Interest) Act 1998, "
        "sections 4 and 5A; SI 2002/1675)"
    )


def check_charging(*, charges: bool, disputed: Money) -> None:
    """Raise RuleBroken unless the school charges interest, and nothing of the invoice is disputed."""
    if not charges:
        raise RuleBroken(
            "Your school does not charge interest. Its finance lead can switch it on under Reminders."
        )
    if disputed:
        raise RuleBroken("This invoice is disputed. Let the dispute be settled before you charge interest.")
