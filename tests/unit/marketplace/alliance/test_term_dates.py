from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.alliance.term_dates import rules
from marketplace.alliance.term_dates.rules import HALF_LABELS, Half, Term
from marketplace.core import working_days
from marketplace.core.errors import RuleBroken

PROPOSED = rules.proposed(2026)


def changed(half: Half, **days: date) -> list[Term]:
    return [
        Term(half, days.get("first_day", term.first_day), days.get("last_day", term.last_day))
        if term.half is half
        else term
        for term in PROPOSED
    ]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 8, 3), "summer"),
        (date(2026, 9, 2), ""),
        (date(2026, 10, 28), "autumn half-term"),
        (date(2026, 12, 18), ""),
        (date(2026, 12, 19), "Christmas"),
        (date(2027, 1, 3), "Christmas"),
        (date(2027, 2, 17), "spring half-term"),
        (date(2027, 3, 31), "Easter"),
        (date(2027, 6, 1), "summer half-term"),
        (date(2027, 7, 22), "summer"),
    ],
)
def test_the_proposed_dates_name_the_holiday_of_a_day(day: date, name: str) -> None:
    assert rules.proposed_holiday(day) == name


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2030, 12, 23), "Christmas"),
        (date(2031, 1, 2), "Christmas"),
        (date(2031, 2, 19), "spring half-term"),
        (date(2031, 4, 8), "Easter"),
        (date(2031, 5, 28), "summer half-term"),
        (date(2031, 8, 12), "summer"),
        (date(2031, 10, 29), "autumn half-term"),
        (date(2031, 5, 14), ""),
    ],
)
def test_without_a_proposal_the_usual_holidays_count(day: date, name: str) -> None:
    assert rules.proposed(rules.school_year_of(day)) == ()
    assert rules.proposed_holiday(day) == name


@pytest.mark.parametrize("year", [2026, 2027])
def test_each_proposal_is_whole_and_would_be_accepted_from_a_school(year: int) -> None:
    terms = rules.proposed(year)
    assert [term.half for term in terms] == list(Half)
    rules.check_terms(terms, year)
    for term in terms:
        assert working_days.is_working_day(term.first_day)
        assert working_days.is_working_day(term.last_day)


@pytest.mark.parametrize(
    ("half", "days", "field", "message"),
    [
        (Half.AUTUMN_2, {"last_day": date(2027, 12, 18)}, "autumn_2_last_day", "not in the school year"),
        (Half.SPRING_1, {"first_day": date(2026, 1, 4)}, "spring_1_first_day", "Check the year"),
        (Half.SPRING_1, {"last_day": date(2027, 1, 2)}, "spring_1_last_day", "on or after the first"),
        (Half.SPRING_2, {"first_day": date(2027, 2, 12)}, "spring_2_first_day", "after the half before it"),
    ],
)
def test_a_slip_in_a_date_is_named_at_its_field(
    half: Half, days: dict[str, date], field: str, message: str
) -> None:
    with pytest.raises(RuleBroken, match=message) as broken:
        rules.check_terms(changed(half, **days), 2026)
    assert broken.value.field == field
    assert HALF_LABELS[half] in broken.value.message


def test_terms_far_too_short_are_refused() -> None:
    short = [replace(term, last_day=term.first_day) for term in PROPOSED]
    with pytest.raises(RuleBroken, match="hold 6 weekdays"):
        rules.check_terms(short, 2026)


@given(st.integers(2026, 2027), st.integers(0, 364))
def test_a_day_is_in_a_term_or_in_a_holiday_and_never_in_both(year: int, past: int) -> None:
    day = date(year, 8, 1) + timedelta(days=past)
    in_term = any(term.first_day <= day <= term.last_day for term in rules.proposed(year))
    assert in_term == (rules.proposed_holiday(day) == "")
