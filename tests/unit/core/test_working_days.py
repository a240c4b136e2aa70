from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import working_days
from marketplace.core.working_days import is_working_day, is_working_day_everywhere

DAYS = st.dates(date(2025, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("day", "part", "name"),
    [
        (date(2026, 11, 30), "SCT", "Andrew"),
        (date(2026, 7, 13), "NIR", "Boyne"),
        (date(2027, 3, 17), "NIR", "Patrick"),
        (date(2027, 1, 4), "SCT", "New Year"),
        (date(2027, 3, 29), "WLS", "Easter Monday"),
        (date(2027, 3, 29), "ENG", "Easter Monday"),
    ],
)
def test_each_nation_of_the_uk_has_its_own_bank_holidays(day: date, part: str, name: str) -> None:
    assert name in working_days.bank_holiday(day, part)
    assert not is_working_day_everywhere(day)


def test_what_is_a_holiday_in_scotland_alone_is_a_working_day_in_england() -> None:
    assert is_working_day(date(2026, 11, 30))
    assert is_working_day(date(2027, 1, 4))
    assert not is_working_day(date(2027, 3, 29))


@given(DAYS, st.integers(1, 60))
def test_counting_forwards_and_back_again_leads_to_the_same_day(day: date, length: int) -> None:
    first = working_days.on_or_after(day, is_working_day)
    last = working_days.last_of(day, length, is_working_day)
    assert working_days.first_of(last, length, is_working_day) == first
    counted = [first + timedelta(days=past) for past in range((last - first).days + 1)]
    assert sum(map(is_working_day, counted)) == length


def test_no_days_at_all_cannot_be_counted() -> None:
    for count in (working_days.first_of, working_days.last_of):
        with pytest.raises(ValueError, match="at least one"):
            count(date(2026, 11, 27), 0, is_working_day)
