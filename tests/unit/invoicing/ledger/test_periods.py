"""Months close in order, the year with its last month, and what a closing refuses says what to do."""

from __future__ import annotations

import uuid
from datetime import date

import pytest

from invoicing.ledger.periods import rules
from invoicing.ledger.periods.rules import Months, MonthState, Unfinished, YearEnd
from marketplace.core.errors import Forbidden, NotFound, RuleBroken

AUGUST, MARCH = YearEnd.AUGUST, YearEnd.MARCH


def months(
    closed: date | None = None,
    *,
    first: date | None = date(2026, 6, 1),
    today: date = date(2026, 10, 15),
    year_end: YearEnd = AUGUST,
) -> Months:
    return Months(first_on=first, closed_until=closed, year_end=year_end, today=today)


def refusal(told: Months, until: date) -> str:
    with pytest.raises(RuleBroken) as refused:
        told.check_close(until)
    return refused.value.message


def test_the_first_month_with_an_entry_closes_first_and_the_next_follows() -> None:
    assert months().check_close(date(2026, 6, 30)) == date(2026, 6, 1)
    assert refusal(months(), date(2026, 7, 31)) == "Months close in order. Close June 2026 first."
    assert months(date(2026, 6, 30)).check_close(date(2026, 7, 31)) == date(2026, 7, 1)


def test_the_last_month_of_a_year_takes_along_the_open_months_of_that_year_and_no_other() -> None:
    assert months().check_close(date(2026, 8, 31)) == date(2026, 6, 1)
    of_march = months(today=date(2027, 4, 1), year_end=MARCH)
    assert of_march.check_close(date(2027, 3, 31)) == date(2026, 6, 1)
    two_years = months(first=date(2025, 6, 1))
    assert refusal(two_years, date(2026, 8, 31)) == "Months close in order. Close June 2025 first."


def test_a_month_closes_on_the_day_after_it_and_not_before() -> None:
    until = date(2026, 6, 30)
    assert refusal(months(today=until), until) == "June 2026 is not over yet. Close it from 1 July 2026 on."
    assert months(today=date(2026, 7, 1)).check_close(until) == date(2026, 6, 1)


def test_what_is_closed_or_empty_does_not_close() -> None:
    assert refusal(months(date(2026, 6, 30)), date(2026, 6, 30)) == "June 2026 is closed already."
    assert "nothing to close" in refusal(months(first=None), date(2026, 6, 30))


def test_only_what_is_closed_is_reopened() -> None:
    told = months(date(2026, 7, 31))
    told.check_reopen(date(2026, 6, 1))
    told.check_reopen(date(2026, 7, 31))
    with pytest.raises(RuleBroken, match="August 2026 is open"):
        told.check_reopen(date(2026, 8, 1))


def test_the_list_goes_from_the_running_month_back_to_the_first() -> None:
    told = months(date(2026, 7, 31))
    assert [(end.month, told.state(end)) for end in told.shown()] == [
        (10, MonthState.RUNNING),
        (9, MonthState.OPEN),
        (8, MonthState.OPEN),
        (7, MonthState.CLOSED),
        (6, MonthState.CLOSED),
    ]


def test_books_without_an_entry_show_the_month_that_runs_on_its_last_day_too() -> None:
    assert list(months(first=None, today=date(2026, 10, 31)).shown()) == [date(2026, 10, 31)]


def test_a_financial_year_ends_as_the_school_accounts() -> None:
    assert months().year_of(date(2026, 8, 31)) == date(2026, 8, 31)
    assert months().year_of(date(2026, 9, 1)) == date(2027, 8, 31)
    assert months(year_end=MARCH).year_of(date(2026, 2, 28)) == date(2026, 3, 31)
    types = {
        "Academy converter": AUGUST,
        "Academy special sponsor led": AUGUST,
        "Free schools": AUGUST,
        "University technical college": AUGUST,
        "Community school": MARCH,
        "Voluntary aided school": MARCH,
        "Foundation school": MARCH,
    }
    assert {kind: rules.usual_year_end(kind) for kind in types} == types


def test_what_is_not_finished_is_named_and_more_than_five_are_counted() -> None:
    waiting = [
        Unfinished(f"draft {place}", "invoices.show", {"invoice_id": uuid.uuid4()}) for place in range(7)
    ]
    with pytest.raises(RuleBroken, match=r"October 2026 is not finished: draft 0; .*draft 4; and 2 more\."):
        rules.check_finished(waiting, date(2026, 10, 1), date(2026, 10, 31))
    with pytest.raises(RuleBroken, match=r"September 2026 to October 2026 is not finished: draft 0\."):
        rules.check_finished(waiting[:1], date(2026, 9, 1), date(2026, 10, 31))
    with pytest.raises(RuleBroken, match=r"draft 4; and 1 more\."):
        rules.check_finished(waiting[:6], date(2026, 10, 1), date(2026, 10, 31))
    with pytest.raises(RuleBroken, match=r"draft 4\. Issue"):
        rules.check_finished(waiting[:5], date(2026, 10, 1), date(2026, 10, 31))
    rules.check_finished([], date(2026, 10, 1), date(2026, 10, 31))


def test_closed_books_are_opened_again_by_a_second_person_for_a_reason_that_is_kept() -> None:
    with pytest.raises(RuleBroken, match="Say why") as refused:
        rules.check_reason(" ")
    assert refused.value.field == "reason"
    assert rules.check_reason(" A late invoice. ") == "A late invoice."
    one, other = uuid.uuid4(), uuid.uuid4()
    rules.check_second_person(one, other)
    for nobody_else in (one, None):
        with pytest.raises(Forbidden, match="another person decides"):
            rules.check_second_person(nobody_else, one)


def test_only_a_real_month_is_an_address() -> None:
    assert rules.read_month("2028-02") == date(2028, 2, 29)
    for text in ("2026-13", "2026-1", "x", "2026-10-01"):
        with pytest.raises(NotFound):
            rules.read_month(text)
