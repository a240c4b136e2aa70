"""What a payment must be."""

from __future__ import annotations

import uuid
from datetime import date
from typing import NamedTuple

from invoicing.invoices.rules import UNPAID, InvoiceStatus
from invoicing.ledger.rules import AccountKind, AccountName
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money

ON_ACCOUNT = "on account"
"""For what purpose a school owes another money that it holds for it: to pay invoices to come."""


class Sides(NamedTuple):
    """The accounts of both schools between which money moves."""

    receiver: AccountName
    payer: AccountName


def banks(receiver: uuid.UUID, payer: uuid.UUID) -> Sides:
    """Both schools' bank accounts."""
    return Sides(AccountName(receiver, AccountKind.BANK), AccountName(payer, AccountKind.BANK))


def money_held(receiver: uuid.UUID, payer: uuid.UUID) -> Sides:
    """What a school that was paid too much, or too early, owes to the one that paid."""
    return Sides(
        AccountName(receiver, AccountKind.PAYABLE, payer, ON_ACCOUNT),
        AccountName(payer, AccountKind.RECEIVABLE, receiver, ON_ACCOUNT),
    )


def check_payment(
    amount: Money, *, status: InvoiceStatus, outstanding: Money, paid_on: date, issued_on: date, today: date
) -> None:
    """Raise RuleBroken unless this can have been paid on that day for an invoice with so much outstanding."""
    if status not in UNPAID:
        why = {InvoiceStatus.PAID: "paid already", InvoiceStatus.CREDITED: "credited in full"}
        raise RuleBroken(
            f"This invoice is not waiting for money: it is {why.get(status, 'not issued')}.", "amount"
        )
    if amount.pence <= 0:
        raise RuleBroken("The amount must be more than £0.00.", "amount")
    if amount > outstanding:
        raise RuleBroken(
            f"The amount must be {outstanding} or less: that is what is still to be paid. "
            "If more came in, record that much and return the rest.",
            "amount",
        )
    if paid_on > today:
        raise RuleBroken("The date of the payment must be today or earlier.", "paid_on")
    if paid_on < issued_on:
        raise RuleBroken(
            f"The date of the payment must be {issued_on.day} {issued_on:%B %Y}, "
            "when the invoice was issued, or later.",
            "paid_on",
        )
