"""Lists that a spreadsheet opens safely."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from marketplace.core.csv_files import csv_file
from marketplace.core.money import Money


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_amounts_dates_and_texts_are_written_as_a_spreadsheet_reads_them() -> None:
    rows = read(
        csv_file(["When", "Who", "How much", "Note"], [[date(2026, 12, 3), "Ålder £", Money(-5), None]])
    )
    assert rows == [["When", "Who", "How much", "Note"], ["2026-12-03", "Ålder £", "-0.05", ""]]


@pytest.mark.parametrize(
    "typed",
    [
        "=1+1",
        "+44",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\uff1d1+1",
        "  =1+1",
        "\u200b=1+1",
        "\u00a0@A1",
    ],
)
def test_what_people_typed_never_becomes_a_formula(typed: str) -> None:
    assert read(csv_file(["Text"], [[typed]]))[1] == [f"'{typed}"]


def test_a_heading_that_somebody_chose_never_becomes_a_formula() -> None:
    assert read(csv_file(["=cmd|' /C calc'!A0", "*Name"], [])) == [["'=cmd|' /C calc'!A0", "*Name"]]


def test_a_file_may_have_no_heading_another_delimiter_and_other_dates() -> None:
    content = csv_file([], [[date(2026, 12, 3), "a;b", Decimal("1.50")]], delimiter=";", day="%d/%m/%Y")
    assert content.decode("utf-8-sig") == '03/12/2026;"a;b";1.50\r\n'


def test_the_file_says_that_it_is_utf_8_so_that_excel_shows_a_pound_sign() -> None:
    assert csv_file(["£"], []).startswith(b"\xef\xbb\xbf")
