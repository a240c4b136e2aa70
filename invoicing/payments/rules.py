"""What a payment must be."""

from __future__ import annotations

from datetime import date

from invoicing.invoices.rules import UNPAID, InvoiceStatus
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money


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
