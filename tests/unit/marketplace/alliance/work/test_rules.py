"""Whether work is shared fairly, and who leads next."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.alliance.work import rules
from marketplace.alliance.work.rules import SchoolWork
from marketplace.core.errors import RuleBroken

TODAY = date(2026, 11, 27)


def school(name: str, pupils: int, minutes: int = 0, led: int = 0) -> SchoolWork:
    return SchoolWork(uuid.uuid5(uuid.NAMESPACE_DNS, name), name, pupils, minutes, led)


MANOR = school("Manor", 1000, 60 * 60)
HARROW = school("Harrow", 400, 20 * 60)
OAKMERE = school("Oakmere", 100, 8 * 60)

works = st.lists(
    st.builds(
        SchoolWork,
        st.uuids(),
        st.text(st.characters(categories=["L"]), min_size=1, max_size=8),
        st.integers(0, 2000),
        st.integers(0, 100_000),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda one: one.school_id,
)


def test_who_has_done_least_for_its_size_leads_next_though_others_logged_fewer_hours() -> None:
    suggestion = rules.next_lead([MANOR, HARROW, OAKMERE])
    assert suggestion
    assert suggestion.name == "Harrow"
    assert suggestion.reason == (
        "It has logged 20 hours for its 400 pupils, the least for its size of all schools."
    )


def test_a_school_that_declined_is_passed_over_and_the_reason_says_so() -> None:
    suggestion = rules.next_lead([MANOR, HARROW, OAKMERE], {HARROW.school_id})
    assert suggestion
    assert suggestion.name == "Manor"
    assert "of the schools that have not declined" in suggestion.reason


def test_among_equals_the_one_that_led_less_is_asked() -> None:
    equal = [school("Alder", 100, led=2), school("Beech", 200, led=1)]
    suggestion = rules.next_lead(equal)
    assert suggestion
    assert suggestion.reason == (
        "It has logged 0 hours for its 200 pupils, as little for its size as Alder, and has led less "
        "(one activity)."
    )


def test_when_everybody_declined_nobody_is_suggested() -> None:
    assert rules.next_lead([MANOR], {MANOR.school_id}) is None


def test_a_fair_share_is_all_hours_divided_by_pupils() -> None:
    shares = {share.work.name: share for share in rules.parity([MANOR, HARROW, OAKMERE])}
    assert {name: share.fair for name, share in shares.items()} == {
        "Manor": 3520,
        "Harrow": 1408,
        "Oakmere": 352,
    }
    assert shares["Harrow"].difference == -208
    assert rules.difference_in_words(-208) == "3 hours 28 minutes less"


@given(works, st.randoms(use_true_random=False))
def test_the_suggestion_does_not_depend_on_the_order_of_the_schools(
    schools: list[SchoolWork], chance: object
) -> None:
    shuffled = list(schools)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis hands over a random.Random
    assert rules.next_lead(shuffled) == rules.next_lead(schools)
    assert rules.parity(shuffled) == rules.parity(schools)


@given(works)
def test_nobody_has_done_less_for_its_size_than_who_is_suggested(schools: list[SchoolWork]) -> None:
    suggestion = rules.next_lead(schools)
    assert suggestion
    chosen = next(one for one in schools if one.school_id == suggestion.school_id)
    assert all(chosen.for_its_size <= other.for_its_size for other in schools)


@given(works)
def test_fair_shares_add_up_to_the_whole_but_for_the_rounding_of_each(schools: list[SchoolWork]) -> None:
    pupils = sum(one.pupils for one in schools)
    total = sum(share.fair for share in rules.parity(schools))
    whole = sum(one.minutes for one in schools) if pupils else 0
    assert abs(total - whole) <= Fraction(len(schools), 2)


def test_a_school_that_does_more_is_asked_later() -> None:
    busy = replace(HARROW, minutes=HARROW.minutes + 10_000)
    suggestion = rules.next_lead([MANOR, busy, OAKMERE])
    assert suggestion
    assert suggestion.name == "Manor"


@pytest.mark.parametrize(
    ("spent", "said"),
    [
        ("0", "from 0.25 to 24"),
        ("-1", "from 0.25 to 24"),
        ("24.25", "Log each day by itself"),
        ("1.1", "quarter"),
    ],
)
def test_hours_that_no_day_can_have_are_refused(spent: str, said: str) -> None:
    with pytest.raises(RuleBroken, match=said) as refused:
        rules.minutes_of(Decimal(spent))
    assert refused.value.field == "spent"


def test_hours_are_kept_as_minutes() -> None:
    assert rules.minutes_of(Decimal("1.75")) == 105
    assert rules.hours(105) == "1 hour 45 minutes"
    assert rules.hours(0) == "0 hours"


def test_work_of_tomorrow_or_of_long_ago_does_not_count() -> None:
    rules.check_worked_on(TODAY, TODAY)
    with pytest.raises(RuleBroken, match="today or in the past"):
        rules.check_worked_on(TODAY + timedelta(days=1), TODAY)
    with pytest.raises(RuleBroken, match="last two years"):
        rules.check_worked_on(TODAY - timedelta(days=731), TODAY)


@pytest.mark.parametrize(
    ("value", "shown"), [(Fraction(0), "0.0"), (Fraction(5), "5.0"), (Fraction(41, 12), "3.4")]
)
def test_hours_for_a_size_are_shown_with_one_decimal(value: Fraction, shown: str) -> None:
    assert rules.tenths(value) == shown
