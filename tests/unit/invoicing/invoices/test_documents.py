"""What a document says in words."""

from decimal import Decimal

import pytest

from invoicing.invoices.documents import quantity_words


@pytest.mark.parametrize(
    ("quantity", "unit", "words"),
    [
        ("3", "day", "3 days"),
        ("1", "day", "1 day"),
        ("1.0000", "days", "1 day"),
        ("0.5", "day", "0.5 days"),
        ("2.5", "hours", "2.5 hours"),
        ("12", "place on the course", "12 places on the course"),
        ("2", "person", "2 people"),
        ("4", "kWh", "4 kWh"),
        ("2", "Tag", "2 Tag"),
        ("7", "", "7"),
    ],
)
def test_a_unit_on_a_line_agrees_with_its_number(quantity: str, unit: str, words: str) -> None:
    assert quantity_words(Decimal(quantity), unit) == words
