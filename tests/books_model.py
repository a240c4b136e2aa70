"""What everybody owes and holds, in plain Python: what the real books are compared with.

It knows no database and shares no code with Weald. Amounts are whole pence; schools are numbered.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

A_DAY = timedelta(days=1)


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return (day.replace(day=28) + 4 * A_DAY).replace(day=1) - A_DAY


@dataclass
class Bill:
    """An invoice or a draft of one; `net` before VAT at `rate` per cent."""

    issuer: int
    buyer: int
    net: int
    rate: int
    supplied_on: date
    issued_on: date | None = None
    number: str = ""
    paid: int = 0
    net_credited: int = 0
    disputed: int = 0

    def with_vat(self, net: int) -> int:
        """So much and the VAT on it, half up at the penny."""
        return net + (net * self.rate * 2 + 100) // 200

    @property
    def total(self) -> int:
        return self.with_vat(self.net)

    @property
    def credited(self) -> int:
        return self.with_vat(self.net_credited)

    @property
    def outstanding(self) -> int:
        return max(0, self.total - self.credited - self.paid)

    @property
    def status(self) -> str:
        if self.issued_on is None:
            return "draft"
        if self.credited == self.total:
            return "credited"
        if not self.paid:
            return "issued"
        return "part_paid" if self.outstanding else "paid"

    @property
    def waits(self) -> bool:
        """Does it wait for money?"""
        return self.status in {"issued", "part_paid"}


@dataclass
class Bought:
    """A supplier's invoice, and a credit note for it that may be accepted: what is `owed` by the books."""

    school: int
    total: int
    note: int
    issued_on: date
    accepted: bool = False
    disputed: bool = False
    credited: int = 0
    paid: int = 0

    def dispute(self) -> None:
        """It is out of the books."""
        self.accepted, self.disputed = False, True

    @property
    def owed(self) -> int:
        return self.total - self.credited - self.paid if self.accepted else 0

    @property
    def outstanding(self) -> int:
        return max(0, self.owed)


@dataclass
class Books:
    """Everybody's books. `held` is by who keeps money on account and whose it is; `cleared` by settlement."""

    urns: tuple[str, ...]
    bills: dict[str, Bill] = field(default_factory=dict)
    bank: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    held: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    cleared: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    numbers: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    first_on: dict[int, date] = field(default_factory=dict)
    closed: dict[int, date] = field(default_factory=dict)
    bought: Bought | None = None

    def accept(self, bought: Bought) -> None:
        """A supplier's invoice is owed from its own day on, or the first after it that is open."""
        if bought.accepted:
            return
        bought.accepted, bought.disputed = True, False
        self._posted(self.open_day(bought.issued_on, bought.school), bought.school)

    def pay_supplier(self, bought: Bought, amount: int) -> None:
        """Money went from the bank to a supplier."""
        bought.paid += amount
        self.bank[bought.school] -= amount

    def is_open(self, day: date, *schools: int) -> bool:
        """Can something be posted on a day to the books of all of these?"""
        return all(day > self.closed.get(school, date.min) for school in schools)

    def open_day(self, day: date, *schools: int) -> date:
        """The day, or the first one after it on which all of these are open."""
        return max([day, *(self.closed[school] + A_DAY for school in schools if school in self.closed)])

    def _posted(self, day: date, *schools: int) -> None:
        for school in schools:
            self.first_on[school] = min(day.replace(day=1), self.first_on.get(school, day))

    def issue(self, bill: Bill, today: date) -> None:
        """Give a draft the next number of its school's year."""
        self.numbers[bill.issuer, today.year] += 1
        serial = self.numbers[bill.issuer, today.year]
        bill.number, bill.issued_on = f"{self.urns[bill.issuer]}-{today.year}-{serial:04d}", today
        self._posted(today, bill.issuer, bill.buyer)

    def may_pay(self, bill: Bill, amount: int, day: date, today: date) -> bool:
        """Can so much have been paid on a day?"""
        return (
            bill.waits
            and 0 < amount <= bill.outstanding
            and bill.issued_on is not None
            and bill.issued_on <= day <= today
            and self.is_open(day, bill.issuer, bill.buyer)
        )

    def settle(self, bill: Bill, amount: int, day: date) -> None:
        """Less of a bill is outstanding, and never more of it disputed than is outstanding."""
        bill.paid += amount
        bill.disputed = min(bill.disputed, bill.outstanding)
        self._posted(day, bill.issuer, bill.buyer)

    def pay(self, bill: Bill, amount: int, day: date) -> None:
        """Money went from bank to bank."""
        self.settle(bill, amount, day)
        self.bank[bill.issuer] += amount
        self.bank[bill.buyer] -= amount

    def use_held(self, bill: Bill, amount: int, day: date) -> None:
        """What was on account pays a bill."""
        self.settle(bill, amount, day)
        self.held[bill.issuer, bill.buyer] -= amount

    def credit(self, bill: Bill, net: int, today: date) -> None:
        """So much of a bill is taken back, what is disputed first."""
        before = bill.credited
        bill.net_credited += net
        bill.disputed = max(0, min(bill.disputed - (bill.credited - before), bill.outstanding))
        self._posted(today, bill.issuer, bill.buyer)

    def keep(self, holder: int, payer: int, amount: int, day: date) -> None:
        """Money that came in for no bill is kept on account."""
        self.held[holder, payer] += amount
        self.bank[holder] += amount
        self.bank[payer] -= amount
        self._posted(day, holder, payer)

    def closes_next(self, school: int) -> date | None:
        """The last day of the month that a school closes next."""
        if school in self.closed:
            return month_end(self.closed[school] + A_DAY)
        return month_end(self.first_on[school]) if school in self.first_on else None

    def reopen(self, school: int, from_on: date) -> None:
        """A school's months from a day on are open again."""
        before = from_on - A_DAY
        if self.first_on[school] <= before:
            self.closed[school] = before
        else:
            del self.closed[school]

    def due(self) -> dict[str, int]:
        """What can be netted of each bill."""
        return {
            key: bill.outstanding - bill.disputed
            for key, bill in self.bills.items()
            if bill.waits and bill.outstanding > bill.disputed
        }

    def figures(self, debts: dict[str, int]) -> dict[int, int]:
        """What each school gets or pays for these debts."""
        sums: dict[int, int] = defaultdict(int)
        for key, amount in debts.items():
            sums[self.bills[key].issuer] += amount
            sums[self.bills[key].buyer] -= amount
        return {school: figure for school, figure in sums.items() if figure}

    def balances(self) -> dict[tuple[int, str, int | None], int]:
        """Debits less credits of the accounts that two schools have with one another, and of banks."""
        found: dict[tuple[int, str, int | None], int] = defaultdict(int)
        for bill in self.bills.values():
            if bill.issued_on is not None:
                left = bill.total - bill.credited - bill.paid
                found[bill.issuer, "receivable:", bill.buyer] += left
                found[bill.buyer, "payable:", bill.issuer] -= left
        if self.bought:
            found[self.bought.school, "payable:supplier", None] -= self.bought.owed
        for (holder, payer), amount in self.held.items():
            found[holder, "payable:on account", payer] -= amount
            found[payer, "receivable:on account", holder] += amount
        for school, amount in self.bank.items():
            found[school, "bank:", None] += amount
        for (school, reference), amount in self.cleared.items():
            found[school, f"clearing:{reference}", None] += amount
        return {account: amount for account, amount in found.items() if amount}
