"""How near a school is to having to register for VAT."""

from __future__ import annotations

from datetime import date

import pytest

from invoicing.invoices.vat_watch import rules
from invoicing.invoices.vat_watch.rules import Supplied, months
from marketplace.core.money import ZERO, Money

TODAY = date(2026, 11, 27)
LIMIT = Money(90_000_00)


def test_the_limit_is_that_of_the_law_on_the_day() -> None:
    assert rules.limit_on(TODAY).amount == LIMIT
    assert "SI 2024/307" in rules.limit_on(TODAY).source
    assert rules.limit_on(date(2024, 3, 31)).amount == LIMIT


def test_twelve_months_roll_and_what_is_older_no_longer_counts() -> None:
    supplies = [
        Supplied(date(2025, 11, 30), Money(50_000_00)),
        Supplied(date(2025, 12, 1), Money(40_000_00)),
        Supplied(date(2026, 11, 1), Money(50_000_01)),
    ]
    this, *_, a_year_ago = months(supplies, TODAY)
    assert (this.first_day, this.amount, this.twelve_months, this.above) == (
        date(2026, 11, 1),
        Money(50_000_01),
        Money(90_000_01),
        True,
    )
    assert (a_year_ago.first_day, a_year_ago.twelve_months) == (date(2025, 12, 1), Money(90_000_00))
    assert not a_year_ago.above


@pytest.mark.parametrize(("pence", "near"), [(71_999_99, False), (72_000_00, True), (90_000_00, True)])
def test_a_school_is_told_from_four_fifths_of_the_limit(pence: int, near: bool) -> None:  # noqa: FBT001
    assert rules.is_near(Money(pence), LIMIT) is near


def test_a_school_that_invoiced_nothing_has_twelve_empty_months() -> None:
    assert [month.twelve_months for month in months([], TODAY)] == [ZERO] * 12
