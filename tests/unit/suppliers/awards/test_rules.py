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
from suppliers.awards.standstill import rules as standstill
from suppliers.awards.standstill.rules import Duty

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


def owed(pounds: int, cpv: str, began: date, *, is_public: bool = False) -> Duty:
    return standstill.duty(Money(pounds), cpv, began, is_public=is_public)


def test_the_value_counts_vat_and_at_the_threshold_a_standstill_is_owed() -> None:
    began = date(2026, 3, 1)
    assert rules.value_with_vat(Money(173_100_00)) == Money(207_720_00)
    assert owed(207_720_00, BROADBAND, date(2026, 1, 1)) is Duty.MANDATORY
    assert owed(207_720_00, BROADBAND, date(2025, 12, 31)) is Duty.BELOW
    assert owed(207_719_99, BROADBAND, began) is Duty.BELOW


def test_for_light_touch_services_the_standstill_is_left_to_the_schools() -> None:
    began = date(2026, 3, 1)
    assert owed(663_540_00, CATERING, began) is Duty.LIGHT_TOUCH
    assert owed(663_539_99, CATERING, began) is Duty.BELOW
    assert "voluntary" in standstill.DUTY_WORDS[Duty.LIGHT_TOUCH]
    assert "voluntary" in standstill.DUTY_WORDS[Duty.BELOW]


def test_what_was_begun_as_a_public_contract_stays_one_whatever_the_quotes_came_to() -> None:
    began = date(2026, 3, 1)
    assert owed(200_000_00, BROADBAND, began, is_public=True) is Duty.MANDATORY
    assert owed(200_000_00, CATERING, began, is_public=True) is Duty.LIGHT_TOUCH


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
        standstill.check_over(date(2026, 12, 3), date(2026, 12, 3))
    standstill.check_over(date(2026, 12, 3), date(2026, 12, 4))
    standstill.check_over(None, date(2026, 12, 3))


@pytest.mark.parametrize(
    ("today", "days", "words"),
    [
        (date(2026, 11, 23), 8, "8 working days are left: the standstill lasts until the end of Thursday 3"),
        (date(2026, 11, 28), 3, "3 working days are left"),
        (date(2026, 12, 2), 2, "2 working days are left"),
        (date(2026, 12, 3), 1, "Today is the last day"),
        (date(2026, 12, 4), 0, "The standstill ended on 3 December 2026."),
    ],
)
def test_a_countdown_says_how_many_working_days_are_left(today: date, days: int, words: str) -> None:
    left = standstill.countdown(today, date(2026, 12, 3))
    assert left.days == days
    assert left.words.startswith(words)


def test_a_resumed_standstill_has_the_working_days_that_were_left() -> None:
    last = date(2026, 12, 3)
    left = standstill.days_left(date(2026, 11, 26), last)
    assert left == 5
    assert standstill.resumed_last_day(last, left, date(2027, 1, 4)) == date(2027, 1, 11)


@given(some.dates(date(2026, 1, 1), date(2030, 12, 31)), some.integers(0, 20), some.integers(0, 200))
def test_a_resumed_standstill_is_never_shorter_than_the_law_asked_for(
    began: date, into: int, pause: int
) -> None:
    last = timetable.standstill_last_day(began)
    came = min(began + timedelta(days=into), last)
    resumed = came + timedelta(days=pause)
    left = standstill.days_left(came, last)
    new_last = standstill.resumed_last_day(last, left, resumed)
    assert new_last >= last
    assert standstill.days_left(began, came - timedelta(days=1)) + left == 8
    assert new_last == last or standstill.days_left(resumed, new_last) == left


def test_who_proposed_how_a_challenge_is_settled_does_not_agree_to_it() -> None:
    with pytest.raises(Forbidden):
        standstill.check_second_person(ANN, ANN)
    with pytest.raises(RuleBroken, match="proposes first"):
        standstill.check_second_person(None, ANN)
    standstill.check_second_person(ANN, BEN)


def test_an_award_notice_is_not_older_than_the_summaries() -> None:
    with pytest.raises(RuleBroken) as refused:
        standstill.check_published(date(2026, 11, 22), date(2026, 11, 23))
    assert refused.value.field == "published_on"
    standstill.check_published(date(2026, 11, 23), date(2026, 11, 23))


def test_a_confirmed_award_never_moves_again() -> None:
    for wanted in AwardStatus:
        with pytest.raises(RuleBroken):
            rules.move(AwardStatus.CONFIRMED, wanted)
