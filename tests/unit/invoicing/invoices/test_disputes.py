"""What can be disputed of an invoice, and what is left of a dispute when money comes or goes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.invoices.disputes import rules
from invoicing.invoices.rules import InvoiceStatus
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money

RIGHT: dict[str, Any] = {
    "status": InvoiceStatus.ISSUED,
    "outstanding": Money(100_00),
    "disputed": ZERO,
    "undisputed": Money(40_00),
    "reason": "Two days were not worked",
}


def test_a_part_of_what_is_to_be_paid_can_be_disputed() -> None:
    rules.check_dispute(**RIGHT)
    rules.check_dispute(**{**RIGHT, "undisputed": ZERO, "status": InvoiceStatus.PART_PAID})


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"undisputed": Money(100_00)}, "undisputed", "less than £100.00"),
        ({"undisputed": Money(-1)}, "undisputed", "£0.00 or more"),
        ({"reason": " "}, "reason", "Enter why"),
        ({"disputed": Money(1)}, None, "disputed already"),
        ({"status": InvoiceStatus.PAID}, None, "nothing to dispute"),
        ({"status": InvoiceStatus.DRAFT}, None, "nothing to dispute"),
    ],
)
def test_what_makes_no_dispute_is_refused(changes: dict[str, Any], field: str | None, message: str) -> None:
    with pytest.raises(RuleBroken, match=message) as refused:
        rules.check_dispute(**{**RIGHT, **changes})
    assert refused.value.field == field


def test_a_settlement_is_of_something_and_says_how() -> None:
    rules.check_settlement(Money(1), "We found the timesheet")
    with pytest.raises(RuleBroken, match="not disputed any more"):
        rules.check_settlement(ZERO, "Twice")
    with pytest.raises(RuleBroken, match="how it was settled"):
        rules.check_settlement(Money(1), "")


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_credit_takes_the_disputed_part_first_and_nothing_is_disputed_that_is_not_owed(
    disputed: int, outstanding: int, credited: int
) -> None:
    left = rules.left_in_dispute(Money(disputed), outstanding=Money(outstanding), credited=Money(credited))
    assert ZERO <= left <= Money(outstanding)
    assert left <= Money(max(0, disputed - credited))
