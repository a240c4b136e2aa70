from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.months import end_months_later, months_later

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2027, 1, 15), 1, date(2027, 2, 15)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 8, 31), -6, date(2028, 2, 29)),
        (date(2027, 12, 1), 13, date(2029, 1, 1)),
        (date(2027, 3, 5), 0, date(2027, 3, 5)),
    ],
)
def test_so_many_months_later_is_the_same_day_or_the_months_last(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


@pytest.mark.parametrize(
    ("ends_on", "months", "later"),
    [
        (date(2027, 6, 30), 1, date(2027, 7, 31)),
        (date(2027, 2, 28), 12, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 1, 15), 12, date(2028, 1, 15)),
    ],
)
def test_a_term_that_ends_with_a_month_goes_on_ending_with_a_month(
    ends_on: date, months: int, later: date
) -> None:
    assert end_months_later(ends_on, months) == later


@given(day=DAYS, months=st.integers(0, 120))
def test_a_longer_term_ends_in_the_month_it_should(day: date, months: int) -> None:
    later = end_months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    if (day + timedelta(days=1)).day == 1:
        assert (later + timedelta(days=1)).day == 1
