from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.clock import LONDON
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.core.months import months_later
from marketplace.core.working_days import in_words
from marketplace.needs.thresholds import Regime
from marketplace.tenders import timetable

PUBLISHED = datetime(2026, 10, 1, 10, tzinfo=UTC)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def london(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LONDON).astimezone(UTC)


def refusal(closes_at: datetime, published_at: datetime = PUBLISHED, least: int = 10) -> str:
    """Why a deadline is refused; "" when it is not."""
    try:
        timetable.check_deadline(closes_at, published_at, least)
    except RuleBroken as broken:
        return broken.message if broken.field == "closes_at" else "on the wrong field"
    return ""


def test_a_deadline_in_working_hours_far_enough_away_is_right() -> None:
    assert refusal(london(2026, 10, 20, 14)) == ""


def test_a_deadline_in_the_past_is_refused() -> None:
    assert "in the past" in refusal(PUBLISHED - timedelta(seconds=1))
    assert "in the past" in refusal(PUBLISHED)


@pytest.mark.parametrize(
    ("schools", "said"),
    [
        (["Alder"], "Alder"),
        (["Beech", "Alder"], "Alder and 1 other school"),
        (["Cedar", "Beech", "Alder"], "Alder and 2 other schools"),
    ],
)
def test_a_deadline_in_a_holiday_of_schools_that_buy_needs_a_reason(schools: list[str], said: str) -> None:
    closes_at, away = london(2026, 10, 28, 12), dict.fromkeys(schools, "autumn")
    (doubt,) = timetable.doubts_about(closes_at, away)
    day = in_words(date(2026, 10, 28))
    assert doubt == (
        f"{day} is in the autumn holiday of {said}: "
        "people may not be there to answer questions and open quotes."
    )
    with pytest.raises(RuleBroken, match="is in the autumn holiday"):
        timetable.check_deadline(closes_at, PUBLISHED, 10, on_holiday=away)
    timetable.check_deadline(closes_at, PUBLISHED, 10, on_holiday=away, reason="The board meets that day.")


def test_the_days_of_suppliers_are_counted_in_england() -> None:
    just_after_midnight = datetime(2026, 7, 5, 23, 30, tzinfo=UTC)
    assert "16 July 2026 or later" in refusal(london(2026, 7, 15, 12), just_after_midnight)
    assert refusal(london(2026, 7, 16, 12), just_after_midnight) == ""
    timetable.check_deadline(london(2026, 7, 16, 0, 30), just_after_midnight, 10, reason="At midnight.")


@pytest.mark.parametrize("day", [24, 25])
def test_a_deadline_at_the_weekend_is_refused(day: int) -> None:
    assert "working day" in refusal(london(2026, 10, day, 12))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 12, 25), "Christmas"),
        (date(2027, 3, 26), "Good Friday"),
        (date(2027, 3, 29), "Easter Monday"),
        (date(2027, 8, 30), "Summer"),
    ],
)
def test_a_deadline_on_a_bank_holiday_is_refused_by_name(day: date, name: str) -> None:
    message = refusal(datetime.combine(day, time(12), LONDON).astimezone(UTC))
    assert "bank holiday" in message
    assert name in message


def test_a_scottish_holiday_is_a_working_day_in_england() -> None:
    assert timetable.not_a_working_day(date(2026, 11, 30)) == ""


@pytest.mark.parametrize(
    ("hour", "minute", "right"),
    [(8, 59, False), (9, 0, True), (17, 0, True), (17, 1, False)],
)
def test_a_deadline_is_from_nine_to_five(hour: int, minute: int, right: bool) -> None:  # noqa: FBT001
    assert (refusal(london(2026, 10, 20, hour, minute)) == "") is right


@pytest.mark.parametrize("sunday", [date(2026, 10, 25), date(2027, 3, 28)])
def test_the_day_the_clocks_change_is_no_working_day(sunday: date) -> None:
    for hour in range(24):
        assert refusal(datetime.combine(sunday, time(hour), UTC))


def test_hours_follow_the_clock_on_the_wall_when_the_clocks_go_back() -> None:
    """On 25 October 2026 nine in the morning moves from 08:00 to 09:00 UTC."""
    assert refusal(datetime(2026, 10, 23, 8, tzinfo=UTC)) == ""
    assert refusal(datetime(2026, 10, 26, 8, tzinfo=UTC)).startswith(
        "The deadline must be from 09:00 to 17:00."
    )
    assert refusal(datetime(2026, 10, 26, 17, tzinfo=UTC)) == ""


def test_hours_follow_the_clock_on_the_wall_when_the_clocks_go_forward() -> None:
    """On 28 March 2027 five in the afternoon moves from 17:00 to 16:00 UTC; Monday is a bank holiday."""
    assert refusal(datetime(2027, 3, 25, 17, tzinfo=UTC)) == ""
    assert refusal(datetime(2027, 3, 30, 16, tzinfo=UTC)) == ""
    assert refusal(datetime(2027, 3, 30, 17, tzinfo=UTC)).startswith(
        "The deadline must be from 09:00 to 17:00."
    )


@pytest.mark.parametrize(("day", "right"), [(25, False), (26, True)])
def test_day_one_of_the_twenty_five_is_the_day_after_publication(day: int, right: bool) -> None:  # noqa: FBT001
    published = london(2026, 11, 1, 23, 59)
    assert (refusal(london(2026, 11, day, 9), published, least=25) == "") is right


def test_the_earliest_day_is_named_when_there_is_too_little_time() -> None:
    message = refusal(london(2026, 11, 20, 12), london(2026, 11, 1, 12), least=25)
    assert "at least 25 days" in message
    assert "26 November 2026" in message


@pytest.mark.parametrize(
    ("regime", "days"), [(Regime.ABOVE, 25), (Regime.LIGHT_TOUCH, 0), (Regime.BELOW, 10)]
)
def test_the_least_days_are_those_of_the_law(regime: Regime, days: int) -> None:
    assert timetable.least_days(regime) == days


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "months", "words"),
    [
        (date(2027, 9, 1), date(2030, 8, 31), Fraction(36), "3 years"),
        (date(2027, 9, 1), date(2028, 2, 29), Fraction(6), "6 months"),
        (date(2027, 1, 31), date(2027, 2, 27), Fraction(1), "1 month"),
        (date(2027, 4, 1), date(2027, 4, 15), Fraction(1, 2), "15 days"),
        (
            date(2027, 4, 1),
            date(2029, 10, 15),
            Fraction(61, 2) - Fraction(1, 2) + Fraction(15, 31),
            "2 years, 6 months and 15 days",
        ),
        (date(2027, 4, 1), date(2027, 4, 1), Fraction(1, 30), "1 day"),
    ],
)
def test_a_term_counts_both_its_days(starts_on: date, ends_on: date, months: Fraction, words: str) -> None:
    assert timetable.term_months(starts_on, ends_on) == months
    assert timetable.term_in_words(starts_on, ends_on) == words


def test_a_baseline_of_a_year_is_three_times_as_much_over_three_years() -> None:
    term = date(2027, 9, 1), date(2030, 8, 31)
    assert timetable.over_whole_term(Money(28_000_00), *term) == Money(84_000_00)
    assert timetable.a_year(Money(84_000_00), *term) == Money(28_000_00)


@given(DAYS, st.integers(1, 120))
def test_whole_months_are_counted_whole(starts_on: date, months: int) -> None:
    ends_on = months_later(starts_on.replace(day=1), months) - timedelta(days=1)
    assert timetable.term_months(starts_on.replace(day=1), ends_on) == months


@given(DAYS, st.integers(0, 4000), st.integers(0, 4000))
def test_a_longer_term_is_never_shorter(starts_on: date, days: int, more: int) -> None:
    ends_on = starts_on + timedelta(days=days)
    later = ends_on + timedelta(days=more)
    assert timetable.term_months(starts_on, ends_on) <= timetable.term_months(starts_on, later)


@given(st.integers(-(10**9), 10**9), DAYS, st.integers(30, 3650))
def test_what_is_saved_and_what_is_lost_round_alike(pence: int, starts_on: date, days: int) -> None:
    term = starts_on, starts_on + timedelta(days=days)
    assert timetable.over_whole_term(Money(-pence), *term) == -timetable.over_whole_term(Money(pence), *term)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "field"),
    [
        (date(2027, 9, 1), date(2027, 9, 1), "contract_ends_on"),
        (date(2027, 9, 1), date(2026, 9, 1), "contract_ends_on"),
        (date(2026, 10, 20), date(2027, 9, 1), "contract_starts_on"),
    ],
)
def test_a_contract_runs_after_the_deadline_and_forwards(starts_on: date, ends_on: date, field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        timetable.check_contract_dates(starts_on, ends_on, london(2026, 10, 20, 14))
    assert broken.value.field == field
