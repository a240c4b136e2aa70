"""What can be disputed of an invoice, and what is left to ask for meanwhile."""

from __future__ import annotations

from invoicing.invoices.rules import UNPAID, InvoiceStatus
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money


def check_dispute(
    *, status: InvoiceStatus, outstanding: Money, disputed: Money, undisputed: Money, reason: str
) -> None:
    """Raise RuleBroken unless an invoice with so much outstanding can be disputed but for a part."""
    if disputed:
        raise RuleBroken(
            "This invoice is disputed already. Say that it is settled before you dispute it again."
        )
    if status not in UNPAID:
        raise RuleBroken("This invoice is not waiting for money, so there is nothing to dispute.")
    if undisputed < ZERO:
        raise RuleBroken("The part you accept must be £0.00 or more.", "undisputed")
    if undisputed >= outstanding:
        raise RuleBroken(
            f"The part you accept must be less than {outstanding}, which is what is still to be paid.",
            "undisputed",
        )
    if not reason.strip():
        raise RuleBroken("Enter why you dispute the invoice.", "reason")


def check_settlement(disputed: Money, settlement: str) -> None:
    """Raise RuleBroken unless there is something to settle and it is said how."""
    if not disputed:
        raise RuleBroken("This invoice is not disputed any more.")
    if not settlement.strip():
        raise RuleBroken("Enter how it was settled.", "settlement")


def left_in_dispute(disputed: Money, *, outstanding: Money, credited: Money = ZERO) -> Money:
    """What is still disputed when so much of the invoice was credited, or when less of it is outstanding.

    A credit note takes the disputed part back first: that is what it is mostly issued for.
    """
    return max(ZERO, min(disputed - credited, outstanding))
