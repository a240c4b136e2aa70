"""Which school may send the invoices of contributions."""

from __future__ import annotations

from invoicing.invoices.rules import InvoiceStatus
from marketplace.core.errors import RuleBroken

WAITING = frozenset({InvoiceStatus.DRAFT, InvoiceStatus.ISSUED, InvoiceStatus.PART_PAID})
"""While an invoice of a contribution is one of these, the money comes in by it."""


def check_host(*, belongs: bool) -> None:
    """Raise RuleBroken for a school that cannot send invoices of contributions: one that is no member."""
    if not belongs:
        raise RuleBroken("Choose a school that is a member.", "school")


def check_by_hand(status: InvoiceStatus | None, school: str) -> None:
    """Raise RuleBroken for a contribution recorded by hand while its invoice waits to be paid."""
    if status in WAITING:
        raise RuleBroken(
            f"The contribution of {school} has an invoice. Record its payment there: the contribution is "
            "received by itself when the invoice is paid. To record it here, discard or credit the invoice."
        )
