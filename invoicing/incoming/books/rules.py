"""What a supplier's document changes in the books of the school that it is made out to. Plain Python.

A school owes a supplier what its accepted invoices come to, less credit notes and payments. All of it stands
in the school's own books: a supplier keeps no books in Weald.
"""

from __future__ import annotations

import csv
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from invoicing.ledger.rules import AccountKind, AccountName, Leg
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money
from marketplace.core.working_days import in_words

FILE = Path(__file__).parent.with_name("reference") / "payment_days.csv"
SUPPLIER = "supplier "
"""How the purpose of an account begins that counts what a school owes one supplier."""


def payable(school_id: uuid.UUID, creditor_id: uuid.UUID) -> AccountName:
    """What a school owes one supplier."""
    return AccountName(school_id, AccountKind.PAYABLE, None, f"{SUPPLIER}{creditor_id.hex}")


def spending(school_id: uuid.UUID, category: str) -> AccountName:
    """What a school spends under contracts of a category; "" for what is under none."""
    return AccountName(school_id, AccountKind.EXPENSE, None, category)


@dataclass(frozen=True, slots=True)
class Charge:
    """What an invoice charges, or a credit note takes back, in pence. `vat` has an amount for each rate.

    `paid` is what the document says was paid before, `rounding` what its amount due was rounded by.
    """

    net: Money
    vat: tuple[Money, ...]
    paid: Money
    rounding: Money

    @property
    def due(self) -> Money:
        """By how much the school owes more, or after a credit note less."""
        return self.net + Money.total(self.vat) + self.rounding - self.paid


def legs_of(charge: Charge, owed: AccountName, spent: AccountName, *, credit: bool) -> list[Leg]:
    """The legs of a document: spending, a leg for the VAT of each rate, and what was paid before.

    VAT that a school is charged counts as VAT to reclaim, as on invoices between schools. A credit note
    turns all round.
    """
    school = owed.holder_id
    vat, bank = AccountName(school, AccountKind.VAT_INPUT), AccountName(school, AccountKind.BANK)
    moves = (
        (spent, owed, charge.net + charge.rounding),
        *((vat, owed, amount) for amount in charge.vat),
        (owed, bank, charge.paid),
    )
    legs = [_leg(debit, credited, amount) for debit, credited, amount in moves if amount]
    return [leg.reversed() for leg in legs] if credit else legs


def _leg(debit: AccountName, credited: AccountName, amount: Money) -> Leg:
    """A leg of an amount that may be negative, such as a deduction at a rate of its own."""
    leg = Leg(debit, credited, Money(abs(amount.pence)))
    return leg if amount > ZERO else leg.reversed()


@lru_cache(maxsize=1)
def days_to_pay() -> int:
    """Within how many days a public authority pays."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return next(int(row["days"]) for row in csv.DictReader(file) if row["what"] == "public_authority")


def pay_by(due_on: date | None, received_on: date, supplied_on: date | None) -> date:
    """The last day on which an invoice is paid in time: the agreed one, or the law's where that is earlier.

    The law's period begins with the later of the days on which the supplier delivered and the school knew
    the amount. Late Payment of Commercial Debts (Interest) Act 1998, section 4.
    """
    last = max(received_on, supplied_on or received_on) + timedelta(days=days_to_pay() - 1)
    return min(due_on, last) if due_on else last


def check_day(posted_on: date, issued_on: date, today: date) -> None:
    """Raise RuleBroken unless a document of one day can stand in the books on another."""
    if issued_on > today:
        raise RuleBroken(
            f"It is dated {in_words(issued_on)}, which has not come yet. Accept it on that day or later.",
            "posted_on",
        )
    if not issued_on <= posted_on <= today:
        raise RuleBroken(
            f"The day in the books must be {in_words(issued_on)}, the date of the document, or later, and "
            "not after today.",
            "posted_on",
        )


def check_owed(due: Money) -> None:
    """Raise RuleBroken for an invoice of which more was paid before than it comes to."""
    if due < ZERO:
        raise RuleBroken(
            f"By this invoice the supplier owes your school {-due}: more was paid before than it comes to. "
            "Reject it, and ask for a credit note."
        )


def check_credit(credited: Money, left: Money, number: str) -> None:
    """Raise RuleBroken when a credit note takes back more than is left of its invoice."""
    if credited > left:
        raise RuleBroken(
            f"The credit note takes back {credited}, and only {left} of invoice {number} is left to take "
            "back. Choose the right invoice, or reject the note and ask the supplier about it.",
            "credits",
        )


def check_can_be_disputed(paid: Money, credited: Money) -> None:
    """Raise RuleBroken once money or a credit note has followed an invoice."""
    if paid or credited:
        raise RuleBroken(
            f"{paid} of it has been paid and {credited} credited, so it stays in the books. Ask the supplier "
            "for a credit note; if a payment was recorded by mistake, undo that first."
        )
