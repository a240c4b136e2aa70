from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.contracts.rules import NOTICE_AHEAD
from marketplace.contracts.warnings import rules

LAST = date(2027, 5, 31)


@pytest.mark.parametrize(
    ("days", "threshold"),
    [
        (181, None),
        (180, 180),
        (121, 180),
        (120, 120),
        (61, 120),
        (60, 60),
        (31, 60),
        (30, 30),
        (0, 30),
        (-1, None),
    ],
)
def test_a_warning_is_due_from_its_threshold_until_the_next(days: int, threshold: int | None) -> None:
    assert rules.threshold(LAST, LAST - timedelta(days=days)) == threshold


def test_the_home_page_looks_as_far_ahead_as_the_first_warning() -> None:
    assert timedelta(days=max(rules.THRESHOLDS)) == NOTICE_AHEAD


def test_nobody_is_warned_before_seven_in_england_summer_or_winter() -> None:
    assert not rules.time_to_warn(datetime(2027, 1, 5, 6, 59, tzinfo=UTC))
    assert rules.time_to_warn(datetime(2027, 1, 5, 7, 0, tzinfo=UTC))
    assert rules.time_to_warn(datetime(2027, 7, 5, 6, 0, tzinfo=UTC))
    assert not rules.time_to_warn(datetime(2027, 7, 5, 5, 59, tzinfo=UTC))
