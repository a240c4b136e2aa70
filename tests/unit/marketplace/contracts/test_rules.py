from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.contracts import rules
from marketplace.contracts.rules import ContractContent
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.core.months import months_later

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
        ({"starts_on": date(2101, 1, 1)}, "starts_on"),
        ({"ends_on": date(2024, 8, 31)}, "ends_on"),
        ({"ends_on": date(2060, 8, 31)}, "ends_on"),
        ({"notice_days": -1}, "notice_days"),
        ({"notice_days": 731}, "notice_days"),
        ({"notice_months": -1}, "notice_months"),
        ({"notice_months": 25}, "notice_months"),
        ({"starts_on": date(2027, 8, 1), "notice_days": 31}, "notice_days"),
        ({"starts_on": date(2027, 6, 1), "notice_days": 0, "notice_months": 3}, "notice_months"),
        ({"renewal_months": -1}, "renewal_months"),
        ({"renewal_months": 61}, "renewal_months"),
        ({"extension_months": (12, 0)}, "extension_months"),
        ({"extension_months": (121,)}, "extension_months"),
        ({"extension_months": (12,) * 7}, "extension_months"),
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
    ("ends_on", "days", "months", "last"),
    [
        (date(2027, 8, 31), 0, 3, date(2027, 5, 31)),
        (date(2027, 3, 31), 0, 3, date(2026, 12, 31)),
        (date(2026, 12, 31), 0, 1, date(2026, 11, 30)),
        (date(2027, 6, 30), 0, 1, date(2027, 5, 30)),
        (date(2027, 8, 31), 14, 3, date(2027, 5, 17)),
    ],
)
def test_months_of_notice_reach_back_to_the_same_day_of_a_month_and_days_further(
    ends_on: date, days: int, months: int, last: date
) -> None:
    assert rules.last_notice_on(ends_on, days, months) == last


def effective_end(ends_on: date, today: date, **terms: int) -> date:
    """The effective end with these terms; what is not named is none."""
    usual = {"notice_days": 0, "notice_months": 0, "renewal_months": 0}
    return rules.effective_end(ends_on, today=today, **usual | terms)


def test_a_contract_renews_itself_the_day_after_the_last_safe_notice_date() -> None:
    terms = {"notice_days": 90, "renewal_months": 12}
    assert effective_end(date(2027, 1, 31), date(2026, 11, 2), **terms) == date(2027, 1, 31)
    assert effective_end(date(2027, 1, 31), date(2026, 11, 3), **terms) == date(2028, 1, 31)
    assert effective_end(date(2027, 1, 31), date(2026, 11, 22), **terms) == date(2028, 1, 31)


def test_a_renewing_contract_rolls_until_notice_can_still_be_given() -> None:
    rolled = effective_end(date(2019, 2, 28), date(2026, 11, 22), notice_months=3, renewal_months=12)
    assert rolled == date(2027, 2, 28)
    monthly = effective_end(date(2026, 6, 30), date(2026, 11, 22), notice_days=30, renewal_months=1)
    assert monthly == date(2026, 12, 31)


def test_a_contract_that_does_not_renew_ends_when_it_ends() -> None:
    assert effective_end(date(2020, 8, 31), date(2026, 11, 22), notice_months=3) == date(2020, 8, 31)


@given(
    ends_on=st.dates(date(2000, 1, 1), date(2040, 1, 1)),
    today=st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    days=st.integers(0, 120),
    months=st.integers(0, 6),
    renewal=st.integers(1, 36),
)
def test_at_the_effective_end_notice_is_still_possible_and_one_term_before_it_was_not(
    ends_on: date, today: date, days: int, months: int, renewal: int
) -> None:
    end = effective_end(ends_on, today, notice_days=days, notice_months=months, renewal_months=renewal)
    assert end >= ends_on
    assert rules.last_notice_on(end, days, months) >= today
    if end > ends_on:
        before = max(ends_on, months_later(end, -renewal))
        assert rules.last_notice_on(before, days, months) < today + timedelta(days=4)


@pytest.mark.parametrize(
    ("typed", "months"), [("", ()), ("12", (12,)), ("12, 12", (12, 12)), ("12;6 3", (12, 6, 3))]
)
def test_options_are_listed_as_people_list_them(typed: str, months: tuple[int, ...]) -> None:
    assert rules.read_months(typed) == months


@pytest.mark.parametrize("typed", ["a year", "1.5", "-12", "12 months", "1234"])
def test_options_that_are_no_numbers_of_months_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="with commas between them"):
        rules.read_months(typed)


def test_notice_is_said_in_the_words_of_the_contract() -> None:
    assert rules.notice_in_words(0, 3) == "3 months"
    assert rules.notice_in_words(1, 1) == "1 month and 1 day"
    assert rules.notice_in_words(90, 0) == "90 days"
    assert rules.notice_in_words(0, 0) == ""


@pytest.mark.parametrize(
    ("days", "words"), [(-3, "passed"), (0, "today"), (1, "tomorrow"), (1200, "in 1,200 days")]
)
def test_how_far_away_a_date_is_in_words(days: int, words: str) -> None:
    today = date(2026, 11, 22)
    assert rules.days_until(today + timedelta(days=days), today) == words
