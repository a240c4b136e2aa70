"""What a payment to a supplier must be, and who may say that it was made. Plain Python."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money


class Way(StrEnum):
    """Which way the money went."""

    PAID = "paid"
    PAID_BACK = "paid_back"


WAY_LABELS: Mapping[Way, str] = {Way.PAID: "Paid", Way.PAID_BACK: "Paid back by the supplier"}


def check_second_person(recorder: uuid.UUID | None, accepted_by: uuid.UUID | None) -> None:
    """Raise RuleBroken when one person says that an invoice is right and, without the bank, that it was paid.

    Who accepts and who pays are two people; a line of the bank's statement is a witness of its own.
    """
    if recorder == accepted_by:
        raise RuleBroken(
            "You accepted this invoice, so somebody else records its payment. Or import the bank statement "
            "and match the line on which the money went out."
        )


def check_amount(way: Way, amount: Money, outstanding: Money, owed_back: Money) -> None:
    """Raise RuleBroken for more than is to be paid, or to come back."""
    most = outstanding if way is Way.PAID else owed_back
    if amount <= ZERO:
        raise RuleBroken("The amount must be more than £0.00.", "amount")
    if amount > most:
        what = "to be paid" if way is Way.PAID else "to come back"
        raise RuleBroken(f"The amount must be {most} or less: that is what is still {what}.", "amount")


def check_day(paid_on: date, today: date) -> None:
    """Raise RuleBroken for a payment of a day to come."""
    if paid_on > today:
        raise RuleBroken("The date of the payment must be today or earlier.", "paid_on")


def check_reason(reason: str) -> str:
    """Why a payment is undone, without blanks around it. Raises RuleBroken."""
    if not reason.strip():
        raise RuleBroken("Say what was wrong with the payment.", "reason")
    return reason.strip()


@dataclass(frozen=True, slots=True)
class Payable:
    """An invoice of a supplier that is still to be paid."""

    id: uuid.UUID
    number: str
    outstanding: Money
    pay_by: date


def lay(amount: Money, invoices: Collection[Payable]) -> Sequence[tuple[Payable, Money]]:
    """Lay what went out on the invoices chosen for it, the one to be paid first in full before the next.

    One line of a bank's statement may pay several suppliers; what is over was for something else. Raises
    RuleBroken (field `invoices`): without any, and when the money is used up before the last is reached.
    """
    if not invoices:
        raise RuleBroken("Choose the invoice that this money paid.", "invoices")
    parts, left = [], amount
    for invoice in sorted(invoices, key=lambda one: (one.pay_by, one.number, one.id)):
        if left <= ZERO:
            raise RuleBroken(
                f"The money is used up before invoice {invoice.number} is reached. Leave it out.",
                "invoices",
            )
        part = min(left, invoice.outstanding)
        parts.append((invoice, part))
        left -= part
    return parts
