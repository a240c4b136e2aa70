from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.alliance.delegation import rules
from marketplace.alliance.delegation.rules import Approver, Band, LadderContent
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.core.policy import Role

TODAY = date(2026, 11, 27)
LOW = Band(Money(10_000_00), Approver.BURSAR, 1)
MIDDLE = Band(Money(40_000_00), Approver.HEADTEACHER, 3)
HIGH = Band(None, Approver.GOVERNING_BODY, 3)
LADDER = (LOW, MIDDLE, HIGH)
WHOLE = LadderContent(LADDER, "FGB 2026/41", date(2026, 11, 2))


def refusal(**changes: object) -> RuleBroken:
    with pytest.raises(RuleBroken) as refused:
        rules.check_ladder(replace(WHOLE, **changes), TODAY)  # type: ignore[arg-type]  # a test's shorthand
    return refused.value


def test_the_example_is_a_ladder_that_may_be_set() -> None:
    rules.check_ladder(replace(WHOLE, bands=rules.example()), TODAY)


@pytest.mark.parametrize(
    ("bands", "field", "words"),
    [
        ((), "approver_1", "at least one band"),
        ((LOW, MIDDLE), "up_to_2", "Leave the last band without an upper limit"),
        ((LOW, replace(MIDDLE, up_to=None), HIGH), "up_to_2", "Only the last band has no limit"),
        ((MIDDLE, replace(MIDDLE, up_to=Money(40_000_00)), HIGH), "up_to_2", "must be more than £40,000.00"),
        ((replace(MIDDLE, up_to=Money(0)), HIGH), "up_to_1", "more than £0"),
        ((LOW, replace(MIDDLE, least_quotes=0), HIGH), "least_quotes_2", "cannot ask for fewer quotes"),
        ((MIDDLE, replace(HIGH, approver=Approver.BURSAR)), "approver_2", "cannot have a lower approver"),
        ((replace(HIGH, least_quotes=11),), "least_quotes_1", "from 0 to 10"),
    ],
)
def test_a_ladder_that_leaves_a_doubt_is_refused_at_its_band(
    bands: Sequence[Band], field: str, words: str
) -> None:
    refused = refusal(bands=tuple(bands))
    assert refused.field == field
    assert words in refused.message


def test_no_ladder_is_set_without_the_governing_bodys_minute() -> None:
    assert refusal(minute_reference=" ").field == "minute_reference"
    assert refusal(minuted_on=date(2026, 11, 28)).field == "minuted_on"


@pytest.mark.parametrize(
    ("pence", "band"),
    [(1, LOW), (10_000_00, LOW), (10_000_01, MIDDLE), (40_000_00, MIDDLE), (40_000_01, HIGH), (None, HIGH)],
)
def test_a_limit_belongs_to_its_band_and_the_unknown_to_the_highest(pence: int | None, band: Band) -> None:
    assert rules.band_of(LADDER, None if pence is None else Money(pence)) == band


@given(st.lists(st.integers(1, 10**10), min_size=1, max_size=4, unique=True), st.integers(1, 10**11))
def test_every_value_falls_into_the_one_band_that_says_so(limits: list[int], pence: int) -> None:
    bands = [*(Band(Money(limit), Approver.HEADTEACHER, 1) for limit in sorted(limits)), HIGH]
    found = rules.band_of(bands, Money(pence))
    place = bands.index(found)
    assert found.up_to is None or Money(pence) <= found.up_to
    assert place == 0 or Money(pence) > (bands[place - 1].up_to or Money(0))


@pytest.mark.parametrize(
    ("approver", "role", "is_author", "others", "allowed"),
    [
        (Approver.BURSAR, Role.BURSAR, False, True, True),
        (Approver.BURSAR, Role.BURSAR, True, False, False),
        (Approver.BURSAR, Role.HEADTEACHER, False, True, True),
        (Approver.HEADTEACHER, Role.BURSAR, False, True, False),
        (Approver.HEADTEACHER, Role.HEADTEACHER, False, False, True),
        (Approver.HEADTEACHER, Role.HEADTEACHER, True, True, False),
        (Approver.HEADTEACHER, Role.HEADTEACHER, True, False, True),
        (Approver.GOVERNING_BODY, Role.GOVERNOR, False, True, False),
        (Approver.GOVERNING_BODY, Role.HEADTEACHER, False, True, True),
    ],
)
def test_who_may_approve_in_a_band(
    approver: Approver, role: Role, *, is_author: bool, others: bool, allowed: bool
) -> None:
    assert rules.may_approve(approver, {role}, is_author=is_author, others=others) is allowed


def test_the_bands_read_as_ranges() -> None:
    assert rules.ranges(LADDER) == [
        "Up to £10,000.00",
        "More than £10,000.00, up to £40,000.00",
        "More than £40,000.00",
    ]
    assert rules.ranges((HIGH,)) == ["Any value"]
