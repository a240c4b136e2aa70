"""Who decides about an award, when a standstill is owed, and how long it lasts."""

import uuid
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from marketplace.core import working_days
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import Money
from marketplace.tenders import timetable
from suppliers.awards import rules
from suppliers.awards.rules import AwardStatus, Duties

ANN, BEN, CAT, DEE = (uuid.UUID(int=number) for number in range(1, 5))
OAK, ELM, ASH = (uuid.UUID(int=number) for number in range(11, 14))
CATERING, BROADBAND = "55524000", "72400000"


def duties(approved_by: set[uuid.UUID] | None = None, approved_for: set[uuid.UUID] | None = None) -> Duties:
    return Duties(ANN, frozenset({BEN}), frozenset(approved_by or ()), frozenset(approved_for or ()))


def test_who_recommended_an_award_does_not_approve_it() -> None:
    with pytest.raises(Forbidden, match="recommended"):
        rules.school_to_approve_for(duties(), ANN, [OAK])


def test_who_scored_the_quotes_does_not_approve_the_award() -> None:
    with pytest.raises(Forbidden, match="scored"):
        rules.school_to_approve_for(duties(), BEN, [OAK])


def test_nobody_approves_twice() -> None:
    with pytest.raises(Forbidden, match="already"):
        rules.school_to_approve_for(duties({CAT}, {OAK}), CAT, [OAK, ELM])


def test_two_people_of_one_school_are_not_two_schools() -> None:
    with pytest.raises(Forbidden, match="Your school"):
        rules.school_to_approve_for(duties({CAT}, {OAK}), DEE, [OAK])


def test_a_person_of_two_schools_approves_for_the_one_that_has_not() -> None:
    assert rules.school_to_approve_for(duties({CAT}, {OAK}), DEE, [OAK, ELM]) == ELM
    assert rules.school_to_approve_for(duties(), DEE, [ASH]) == ASH


def test_a_person_of_two_schools_that_have_not_approved_chooses_for_which() -> None:
    assert rules.choose_school(duties(), DEE, [OAK, ELM], ELM) == ELM
    assert rules.choose_school(duties({CAT}, {OAK}), DEE, [OAK, ELM], None) == ELM
    for approved_for, chosen in ((set(), None), ({OAK}, OAK), (set(), ASH)):
        with pytest.raises(RuleBroken, match="Choose") as refused:
            rules.choose_school(duties(None, approved_for), DEE, [OAK, ELM], chosen)
        assert refused.value.field == "school"


def test_a_quote_that_is_not_first_needs_a_reason_to_be_recommended() -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_departure(is_first=False, departure="  ")
    assert refused.value.field == "departure"
    rules.check_departure(is_first=False, departure="The first withdrew its offer.")
    rules.check_departure(is_first=True, departure="")


def test_the_value_counts_vat_and_at_the_threshold_a_standstill_is_owed() -> None:
    began = date(2026, 3, 1)
    assert rules.needs_standstill(Money(207_720_00), BROADBAND, date(2026, 1, 1))
    assert not rules.needs_standstill(Money(207_720_00), BROADBAND, date(2025, 12, 31))
    assert rules.needs_standstill(Money(663_540_00), CATERING, began)
    assert rules.value_with_vat(Money(173_100_00)) == Money(207_720_00)
    assert rules.needs_standstill(Money(207_720_00), BROADBAND, began)
    assert not rules.needs_standstill(Money(207_719_99), BROADBAND, began)
    assert not rules.needs_standstill(Money(663_539_99), CATERING, began)


@pytest.mark.parametrize(
    ("published_on", "last_day"),
    [
        (date(2026, 11, 23), date(2026, 12, 3)),
        (date(2026, 12, 18), date(2026, 12, 31)),
        (date(2026, 11, 21), date(2026, 12, 3)),
        (date(2026, 7, 6), date(2026, 7, 16)),
    ],
)
def test_the_standstill_is_eight_working_days_with_the_day_of_publication(
    published_on: date, last_day: date
) -> None:
    assert timetable.standstill_last_day(published_on) == last_day


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 11, 30), "St Andrew's Day in Scotland"),
        (date(2026, 7, 13), "the Battle of the Boyne in Northern Ireland"),
        (date(2026, 4, 3), "Good Friday"),
        (date(2026, 4, 6), "Easter Monday in England"),
        (date(2026, 11, 28), "a Saturday"),
        (date(2026, 11, 29), "a Sunday"),
    ],
)
def test_a_bank_holiday_in_any_part_of_the_uk_is_no_working_day(day: date, why: str) -> None:
    assert not working_days.is_working_day_everywhere(day), why


@given(some.dates(date(2025, 1, 1), date(2035, 12, 31)))
def test_a_standstill_ends_on_a_working_day_at_least_nine_days_later_with_eight_in_it(day: date) -> None:
    last = timetable.standstill_last_day(day)
    assert working_days.is_working_day_everywhere(last)
    days = [day + timedelta(days=after) for after in range((last - day).days + 1)]
    assert sum(working_days.is_working_day_everywhere(each) for each in days) == 8


def test_an_award_cannot_be_confirmed_on_the_standstills_last_day() -> None:
    with pytest.raises(RuleBroken, match="3 December 2026"):
        rules.check_standstill_over(date(2026, 12, 3), date(2026, 12, 3))
    rules.check_standstill_over(date(2026, 12, 3), date(2026, 12, 4))
    rules.check_standstill_over(None, date(2026, 12, 3))


def test_a_confirmed_award_never_moves_again() -> None:
    for wanted in AwardStatus:
        with pytest.raises(RuleBroken):
            rules.move(AwardStatus.CONFIRMED, wanted)
