"""Money is whole pence, and splitting it loses nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import Money, line_amount, vat_on

pence = st.integers(min_value=-(10**12), max_value=10**12)
weights = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=30).filter(any)


@given(pence, weights)
def test_shares_sum_to_the_whole(amount: int, parts: list[int]) -> None:
    assert Money.total(Money(amount).split(parts)) == Money(amount)


@given(pence, weights)
def test_no_share_is_a_penny_or_more_from_its_exact_part(amount: int, parts: list[int]) -> None:
    for share, part in zip(Money(amount).split(parts), parts, strict=True):
        assert abs(share.pence * sum(parts) - amount * part) < sum(parts)


@given(st.integers(min_value=0, max_value=10**9), weights)
def test_a_weight_of_nothing_pays_nothing(amount: int, parts: list[int]) -> None:
    for share, part in zip(Money(amount).split(parts), parts, strict=True):
        assert part or share == Money(0)


def test_the_leftover_penny_goes_where_the_shares_lack_most_of_one_and_not_to_the_largest() -> None:
    assert Money(10).split([5, 2]) == [Money(7), Money(3)]


def test_of_schools_with_equal_shares_each_in_turn_pays_the_odd_penny() -> None:
    odd = [Money(amount).split([1, 1, 1]).index(Money(amount // 3 + 1)) for amount in (100, 103, 106, 109)]
    assert odd == [0, 1, 2, 0]


def test_the_leftover_penny_does_not_always_fall_on_the_same_school() -> None:
    unlucky = {
        tuple(share.pence for share in Money(amount).split([1, 1, 1])).index(amount // 3 + 1)
        for amount in (100, 1000, 10_000, 301, 304, 307)
        if amount % 3 == 1
    }
    assert len(unlucky) > 1


@pytest.mark.parametrize("parts", [[], [0, 0], [1, -1]])
def test_a_split_without_sensible_weights_is_refused(parts: list[int]) -> None:
    with pytest.raises(ValueError, match=r"^A split needs weights"):
        Money(100).split(parts)


@pytest.mark.parametrize("wrong", [1.0, Decimal(1), "1", True])
def test_money_is_made_of_whole_pence_only(wrong: object) -> None:
    with pytest.raises(TypeError, match=f"whole number of pence, not {type(wrong).__name__}"):
        Money(wrong)  # type: ignore[arg-type]


def test_money_is_not_multiplied_by_fractions() -> None:
    with pytest.raises(TypeError, match=r"^Money is multiplied by whole numbers only; see"):
        Money(100) * 0.5  # type: ignore[operator]


@pytest.mark.parametrize(
    ("amount", "words"),
    [(0, "£0.00"), (5, "£0.05"), (123_456_789, "£1,234,567.89"), (-150, "-£1.50")],
)
def test_money_reads_as_pounds_and_pence(amount: int, words: str) -> None:
    assert str(Money(amount)) == words


@pytest.mark.parametrize(
    ("price", "quantity", "expected"),
    [("0.0045", "1000", 450), ("0.0050", "1", 1), ("0.0049", "1", 0), ("19.9900", "244.0000", 487_756)],
)
def test_a_line_is_rounded_once_half_up(price: str, quantity: str, expected: int) -> None:
    assert line_amount(Decimal(price), Decimal(quantity)) == Money(expected)


@pytest.mark.parametrize(("net", "vat"), [(1000, 200), (2, 0), (3, 1), (1002, 200), (1003, 201), (-3, -1)])
def test_vat_is_rounded_half_up_at_the_penny(net: int, vat: int) -> None:
    assert vat_on(Money(net), 2000) == Money(vat)
