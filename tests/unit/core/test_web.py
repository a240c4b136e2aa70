"""The small rules of the web side."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from marketplace.core import web


@pytest.mark.parametrize("target", ["/needs", "/needs?status=draft", "/"])
def test_a_path_on_this_site_is_followed(target: str) -> None:
    assert web.local_path(target) == target


@pytest.mark.parametrize(
    "target",
    [None, "", "https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "needs"],
)
def test_nothing_else_is(target: str | None) -> None:
    assert web.local_path(target) is None


def test_a_moment_is_shown_in_england_with_its_zone() -> None:
    assert web.moment(datetime(2026, 7, 1, 11, 0, tzinfo=UTC)) == "1 July 2026 at 12:00 BST"
    assert web.moment(datetime(2026, 12, 3, 14, 5, tzinfo=UTC)) == "3 December 2026 at 14:05 GMT"


@pytest.mark.parametrize(
    ("value", "shown"), [("1250.0000", "1,250"), ("0.5000", "0.5"), ("0.0001", "0.0001"), ("100", "100")]
)
def test_a_quantity_has_no_needless_zeros(value: str, shown: str) -> None:
    assert web.plain_number(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("1234.5000", "£1,234.50"), ("0.0450", "£0.045"), ("0.0001", "£0.0001"), ("2", "£2.00")],
)
def test_a_unit_price_has_at_least_pence(value: str, shown: str) -> None:
    assert web.unit_price(Decimal(value)) == shown
