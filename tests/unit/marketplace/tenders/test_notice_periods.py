"""Until when a notice about a contract is due, and which changes need one."""

from datetime import date

import pytest

from marketplace.core.money import Money
from marketplace.needs.thresholds import Regime
from marketplace.tenders.uk_notices import periods
from marketplace.tenders.uk_notices.reminders.rules import Reminder, reminder
from marketplace.tenders.uk_notices.rules import NoticeKind

SIGNED = date(2026, 12, 4)
TERM = (date(2027, 1, 1), date(2029, 12, 31))


@pytest.mark.parametrize(
    ("kind", "regime", "last_day"),
    [
        (NoticeKind.DETAILS, Regime.ABOVE, date(2027, 1, 2)),
        (NoticeKind.DETAILS, Regime.LIGHT_TOUCH, date(2027, 4, 2)),
        (NoticeKind.CONTRACT_END, Regime.ABOVE, date(2027, 1, 2)),
        (NoticeKind.DETAILS, Regime.BELOW, None),
    ],
)
def test_contract_details_are_due_in_30_days_and_120_for_light_touch(
    kind: NoticeKind, regime: Regime, last_day: date | None
) -> None:
    assert periods.last_day(kind, regime, SIGNED) == last_day


@pytest.mark.parametrize(
    ("category", "present", "owed"),
    [
        ("services", 110_000, False),
        ("services", 110_001, True),
        ("goods", 89_999, True),
        ("works", 115_000, False),
        ("works", 115_001, True),
    ],
)
def test_a_change_of_value_needs_a_notice_above_a_tenth(category: str, present: int, owed: bool) -> None:  # noqa: FBT001
    assert periods.value_needs_notice(Money(100_000), Money(present), category, SIGNED) is owed


@pytest.mark.parametrize(
    ("longest", "present", "owed"),
    [
        (TERM, date(2029, 12, 31), False),
        (TERM, date(2030, 4, 19), False),
        (TERM, date(2030, 4, 20), True),
        (TERM, date(2029, 9, 1), True),
        ((TERM[0], date(2031, 12, 31)), date(2031, 12, 31), False),
    ],
)
def test_a_change_of_the_term_is_measured_on_the_longest_that_was_provided_for(
    longest: tuple[date, date],
    present: date,
    owed: bool,  # noqa: FBT001
) -> None:
    assert periods.term_needs_notice(longest, present, TERM[1]) is owed


def test_a_coordinator_is_reminded_at_once_and_again_a_week_before() -> None:
    assert reminder(date(2027, 1, 2), date(2026, 12, 4)) is Reminder.FIRST
    assert reminder(date(2027, 1, 2), date(2026, 12, 26)) is Reminder.LAST
