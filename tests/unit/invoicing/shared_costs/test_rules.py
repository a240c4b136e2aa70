"""A shared cost is divided to the penny, by the rule that was chosen."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.shared_costs import rules
from invoicing.shared_costs.rules import Participant
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.tenders.rules import Split

amounts = st.integers(min_value=1, max_value=10**10).map(Money)
schools = st.lists(
    st.builds(
        Participant,
        st.uuids(version=4),
        st.integers(1, 3_000),
        st.decimals(min_value=0, max_value=10**6, places=4, allow_nan=False),
    ),
    min_size=1,
    max_size=20,
    unique_by=lambda participant: participant.school_id,
)


def school(place: int, pupils: int = 100, use: str | None = None) -> Participant:
    return Participant(uuid.UUID(int=place), pupils, None if use is None else Decimal(use))


@given(amounts, st.sampled_from([Split.PUPILS, Split.EQUAL]), schools)
def test_the_shares_make_the_whole_bill(amount: Money, split: Split, taking_part: list[Participant]) -> None:
    shares = rules.shares(amount, split, taking_part)
    assert Money.total(share.amount for share in shares) == amount
    assert [share.school_id for share in shares] == [participant.school_id for participant in taking_part]


@given(amounts, schools)
def test_a_split_by_use_makes_the_whole_bill_and_charges_nothing_for_none(
    amount: Money, taking_part: list[Participant]
) -> None:
    if not any(participant.use for participant in taking_part):
        return
    shares = rules.shares(amount, Split.USE, taking_part)
    assert Money.total(share.amount for share in shares) == amount
    assert not any(share.amount for share in shares if not share.weight)


@given(amounts, schools)
def test_no_school_bears_a_penny_more_or_less_than_its_exact_share(
    amount: Money, taking_part: list[Participant]
) -> None:
    for share in rules.shares(amount, Split.PUPILS, taking_part):
        assert abs(share.amount.pounds - share.exact) < Decimal("0.0101")


def test_by_pupils_the_larger_school_bears_more() -> None:
    shares = rules.shares(Money(1_000_00), Split.PUPILS, [school(1, 210), school(2, 240), school(3, 270)])
    assert [share.amount.pence for share in shares] == [291_67, 333_33, 375_00]
    assert [share.exact for share in shares] == [
        Decimal("291.6667"),
        Decimal("333.3333"),
        Decimal("375.0000"),
    ]


def test_equally_every_school_bears_the_same_to_a_penny() -> None:
    shares = rules.shares(Money(100_00), Split.EQUAL, [school(1, 10), school(2, 999), school(3, 0)])
    assert sorted(share.amount.pence for share in shares) == [33_33, 33_33, 33_34]


def test_by_use_a_school_that_used_nothing_pays_nothing() -> None:
    shares = rules.shares(
        Money(90_00), Split.USE, [school(1, use="2.5"), school(2, use="0"), school(3, use="5")]
    )
    assert [share.amount.pence for share in shares] == [30_00, 0, 60_00]


@pytest.mark.parametrize("pence", [0, -1])
def test_nothing_or_less_cannot_be_shared(pence: int) -> None:
    with pytest.raises(RuleBroken, match=r"more than £0\.00") as refused:
        rules.shares(Money(pence), Split.EQUAL, [school(1)])
    assert refused.value.field == "amount"


def test_schools_without_pupils_cannot_share_by_pupils() -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.shares(Money(1), Split.PUPILS, [school(1, 0), school(2, 0)])
    assert refused.value.field == "split"


@pytest.mark.parametrize(
    ("second", "message"),
    [(None, "Enter the use"), ("-1", "0 or more"), ("0", "more than 0")],
)
def test_a_split_by_use_needs_a_figure_for_each_school(second: str | None, message: str) -> None:
    with pytest.raises(RuleBroken, match=message) as refused:
        rules.shares(Money(100), Split.USE, [school(1, use="0"), school(2, use=second)])
    assert (refused.value.field or "").startswith("use_")


def test_a_cost_is_shared_with_at_least_one_other_school_each_once() -> None:
    lead, other = uuid.UUID(int=1), uuid.UUID(int=2)
    rules.check_participants([lead, other], lead)
    rules.check_participants([other], lead)
    for wrong in ([], [lead], [lead, other, other]):
        with pytest.raises(RuleBroken) as refused:
            rules.check_participants(wrong, lead)
        assert refused.value.field == "schools"
