"""Time is aware UTC, and only tests and the demonstration travel."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from marketplace.core import clock


def test_now_is_aware_and_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_today_is_the_date_in_england() -> None:
    with time_machine.travel(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), tick=False):
        assert clock.today() == date(2026, 7, 1)


def test_how_long_a_sign_in_lasts_is_told_by_a_clock_that_no_travelling_moves() -> None:
    with clock.travelling(datetime(2020, 1, 1, tzinfo=UTC)):
        assert clock.machine_now() - datetime.now(UTC) < timedelta(minutes=1)
    assert clock.machine_now().utcoffset() == timedelta(0)


def test_travelling_ends() -> None:
    past = datetime(2020, 1, 1, tzinfo=UTC)
    with clock.travelling(past):
        assert clock.now() == past
    assert clock.now() > past


def test_a_moment_without_a_zone_is_no_destination() -> None:
    with pytest.raises(ValueError, match="aware"), clock.travelling(datetime(2020, 1, 1)):  # noqa: DTZ001
        pass
