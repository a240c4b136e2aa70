"""Workbooks that hold numbers, dates and texts, and never a formula."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl

from marketplace.core.csv_files import Cell
from marketplace.core.money import Money
from marketplace.core.spreadsheets import Sheet, workbook


def test_numbers_are_numbers_dates_are_dates_and_texts_are_texts() -> None:
    cells: list[Cell] = ["=1+1", 7, Decimal("2.5000"), Money(-12_345), date(2026, 12, 3), None]
    content = workbook([Sheet("One", [["Head"] * 6, cells])], "Ålder & Beech")
    sheet: Any = openpyxl.load_workbook(io.BytesIO(content))["One"]
    text, whole, decimal, money, day, nothing = sheet[2]
    assert (text.value, text.data_type) == ("=1+1", "s")
    assert (whole.value, decimal.value, money.value) == (7, 2.5, -123.45)
    assert money.number_format.startswith("£")
    assert day.is_date
    assert day.value.date() == date(2026, 12, 3)
    assert nothing.value is None


def test_a_sheet_without_rows_is_a_sheet() -> None:
    content = workbook([Sheet("Empty", [])], "")
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == ["Empty"]
