"""A contribution is size × support level × rate, for the days on which a school belongs."""

import uuid
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.fund import contributing
from invoicing.fund.contributing import Asked, SupportLevel
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money

ALDER, BEECH, CEDAR = (uuid.UUID(int=number) for number in range(1, 4))
YEAR = (date(2026, 9, 1), date(2027, 8, 31))


def asked(
    school_id: uuid.UUID, pupils: int, level: SupportLevel = SupportLevel.STANDARD, days: int = 365
) -> Asked:
    return Asked(school_id, pupils, level, days, 365)


def test_a_contribution_is_pupils_times_support_times_rate() -> None:
    found = contributing.amounts(
        [
            asked(ALDER, 210),
            asked(BEECH, 210, SupportLevel.INTENSIVE),
            asked(CEDAR, 211, SupportLevel.LIGHT),
        ],
        rate=Money(3_65),
    )
    assert found == {
        ALDER: Money(766_50),
        BEECH: Money(1_533_00),
        CEDAR: Money(385_08),  # 211 × 3.65 ÷ 2 = 385.075, half up
    }


def test_a_school_that_joins_during_the_year_is_asked_for_its_days_to_the_penny() -> None:
    days = contributing.days_of(YEAR, date(2027, 1, 1), None)
    assert days == (243, 365), "1 January to 31 August, both counted"
    found = contributing.amounts([asked(ALDER, 210, days=243)], rate=Money(3_65))
    assert found == {ALDER: Money(510_30)}, "766.50 × 243 ÷ 365"


def test_a_membership_that_ends_during_the_year_is_asked_for_until_its_last_day() -> None:
    assert contributing.days_of(YEAR, date(2025, 9, 1), date(2026, 9, 30)) == (30, 365)
    assert contributing.days_of(YEAR, date(2025, 9, 1), date(2026, 8, 31)) == (0, 365)
    assert contributing.days_of(YEAR, date(2027, 8, 31), None) == (1, 365)
    assert contributing.days_of(YEAR, date(2027, 9, 1), None) == (0, 365)


def test_parts_of_a_total_for_some_days_still_come_to_the_total() -> None:
    parts = [asked(ALDER, 100), asked(BEECH, 100, days=182), asked(CEDAR, 100, SupportLevel.LIGHT)]
    found = contributing.amounts(parts, total=Money(1_000_00))
    # weights 36,500, 18,200 and 18,250 of 72,950: 500.342…, 249.486… and 250.171…; the penny left is Beech's
    assert found == {ALDER: Money(500_34), BEECH: Money(249_49), CEDAR: Money(250_17)}


@given(
    st.integers(1, 10**9),
    st.lists(
        st.tuples(st.integers(1, 3_000), st.sampled_from(SupportLevel), st.integers(0, 365)),
        min_size=1,
        max_size=20,
    ).filter(lambda rows: any(days for _, _, days in rows)),
)
def test_whatever_the_levels_and_days_parts_come_to_the_total(
    total: int, rows: list[tuple[int, SupportLevel, int]]
) -> None:
    parts = [asked(uuid.UUID(int=place), *row) for place, row in enumerate(rows)]
    assert Money.total(contributing.amounts(parts, total=Money(total)).values()) == Money(total)


@pytest.mark.parametrize(("total", "rate", "field"), [(None, None, "total"), (Money(1), Money(1), "rate")])
def test_a_round_has_a_total_or_a_rate(total: Money | None, rate: Money | None, field: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        contributing.amounts([asked(ALDER, 1)], total=total, rate=rate)
    assert refusal.value.field == field


def test_a_split_with_zero_weights_is_refused_and_of_one_school_is_all_of_it() -> None:
    with pytest.raises(RuleBroken, match="nothing can be shared"):
        contributing.amounts([asked(ALDER, 0), asked(BEECH, 10, days=0)], total=Money(100))
    assert contributing.amounts([asked(ALDER, 7)], total=Money(100)) == {ALDER: Money(100)}
    with pytest.raises(RuleBroken, match="Enter a higher rate"):
        contributing.amounts([asked(ALDER, 1, SupportLevel.LIGHT, 3)], rate=Money(1))
