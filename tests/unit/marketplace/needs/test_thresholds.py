from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import Money
from marketplace.needs import thresholds
from marketplace.needs.thresholds import Regime

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("cpv", "pounds", "day", "expected"),
    [
        ("90919300", 207_719, date(2026, 1, 1), Regime.BELOW),
        ("90919300", 207_720, date(2026, 1, 1), Regime.ABOVE),
        ("90919300", 214_903, date(2025, 12, 31), Regime.BELOW),
        ("55524000-9", 663_539, date(2026, 11, 22), Regime.BELOW),
        ("55524000", 663_540, date(2026, 11, 22), Regime.LIGHT_TOUCH),
        ("79631000", 663_540, date(2026, 11, 22), Regime.ABOVE),
        ("45214200", 5_192_999, date(2026, 11, 22), Regime.BELOW),
        ("45214200", 5_193_000, date(2026, 11, 22), Regime.ABOVE),
        ("", 300_000, date(2026, 11, 22), Regime.ABOVE),
    ],
)
def test_the_threshold_of_the_day_and_the_code_decides(
    cpv: str, pounds: int, day: date, expected: Regime
) -> None:
    assert thresholds.regime(cpv, Money(pounds * 100), day) is expected


@pytest.mark.parametrize("value", [None, Money(0)])
def test_an_unknown_value_counts_as_above_the_threshold(value: Money | None) -> None:
    assert thresholds.regime("90919300", value, date(2026, 11, 22)) is Regime.ABOVE


@pytest.mark.parametrize(("a_year", "months"), [(None, 36), (Money(0), 36), (Money(100), None)])
def test_a_value_that_nobody_can_know_is_none(a_year: Money | None, months: int | None) -> None:
    assert thresholds.estimated_value(a_year, months, TODAY) is None


def test_the_value_counts_the_whole_term_its_extensions_and_vat() -> None:
    assert thresholds.estimated_value(Money(34_620_00), 60, TODAY) == Money(207_720_00)


@given(st.integers(1, 10**10), st.integers(1, 119))
def test_a_longer_term_is_never_worth_less(pence: int, months: int) -> None:
    shorter, longer = (
        thresholds.estimated_value(Money(pence), count, TODAY) for count in (months, months + 1)
    )
    assert shorter is not None
    assert longer is not None
    assert shorter <= longer


def test_a_purchase_of_mixed_kinds_has_the_lower_threshold() -> None:
    mixed = thresholds.worth(("79414000", "85147000"), Money(300_000_00), TODAY)
    assert (mixed.threshold, mixed.regime) == (Money(207_720_00), Regime.ABOVE)
    pure = thresholds.worth(("55524000", "55523100"), Money(300_000_00), TODAY)
    assert (pure.threshold, pure.regime) == (Money(663_540_00), Regime.BELOW)


@pytest.mark.parametrize(("day", "rate"), [(date(2011, 1, 4), 2000), (date(2009, 1, 1), 2000), (TODAY, 2000)])
def test_the_rate_of_vat_is_that_of_the_day(day: date, rate: int) -> None:
    assert thresholds.vat_rate(day) == rate
