from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from marketplace.contracts import rules
from marketplace.contracts.rules import ContractContent
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money

RIGHT = ContractContent(
    category="cleaning",
    title="Cleaning",
    supplier_name="Bright Ltd",
    annual_value=Money(31_250_00),
    starts_on=date(2024, 9, 1),
    ends_on=date(2027, 8, 31),
    notice_days=90,
)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category": "yachts"}, "category"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"supplier_name": ""}, "supplier_name"),
        ({"annual_value": Money(-1)}, "annual_value"),
        ({"annual_value": Money(100_000_000_01)}, "annual_value"),
        ({"starts_on": date(1989, 12, 31)}, "starts_on"),
        ({"ends_on": date(2024, 8, 31)}, "ends_on"),
        ({"ends_on": date(2060, 8, 31)}, "ends_on"),
        ({"notice_days": -1}, "notice_days"),
        ({"notice_days": 731}, "notice_days"),
    ],
)
def test_what_no_contract_can_say_is_refused_at_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        rules.check_content(replace(RIGHT, **changes))
    assert refusal.value.field == field


def test_a_contract_may_last_one_day_and_cost_nothing() -> None:
    rules.check_content(replace(RIGHT, ends_on=RIGHT.starts_on, annual_value=Money(0), notice_days=0))


def test_ninety_days_notice_ends_ninety_days_before_the_last_day() -> None:
    assert rules.last_notice_on(date(2027, 8, 31), 90) == date(2027, 6, 2)
    assert rules.last_notice_on(date(2027, 8, 31), 0) == date(2027, 8, 31)


@pytest.mark.parametrize(
    ("days", "words"), [(-3, "passed"), (0, "today"), (1, "tomorrow"), (1200, "in 1,200 days")]
)
def test_how_far_away_a_date_is_in_words(days: int, words: str) -> None:
    today = date(2026, 11, 22)
    assert rules.days_until(today + timedelta(days=days), today) == words
