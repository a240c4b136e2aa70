"""What can be recorded as paid."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from invoicing.invoices.rules import InvoiceStatus
from invoicing.payments import rules
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money

ISSUED, TODAY = date(2026, 11, 1), date(2026, 11, 22)


def check(pence: int = 100, **other: Any) -> None:
    usual: dict[str, Any] = {
        "status": InvoiceStatus.ISSUED,
        "outstanding": Money(100),
        "paid_on": TODAY,
        "issued_on": ISSUED,
        "today": TODAY,
    }
    rules.check_payment(Money(pence), **(usual | other))


def test_what_is_still_owed_can_be_paid_in_whole_or_in_part() -> None:
    check(100)
    check(1)
    check(50, status=InvoiceStatus.PART_PAID)
    check(100, paid_on=ISSUED)


@pytest.mark.parametrize(
    ("pence", "other", "field", "message"),
    [
        (0, {}, "amount", "more than £0.00"),
        (-5, {}, "amount", "more than £0.00"),
        (101, {}, "amount", "£1.00 or less"),
        (100, {"paid_on": date(2026, 11, 23)}, "paid_on", "today or earlier"),
        (100, {"paid_on": date(2026, 10, 31)}, "paid_on", "1 November 2026"),
        (100, {"status": InvoiceStatus.PAID, "outstanding": Money(0)}, "amount", "paid already"),
        (100, {"status": InvoiceStatus.DRAFT}, "amount", "not issued"),
        (100, {"status": InvoiceStatus.DISCARDED}, "amount", "not issued"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(
    pence: int, other: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(RuleBroken, match=message) as refused:
        check(pence, **other)
    assert refused.value.field == field
