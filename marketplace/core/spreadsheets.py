"""Lists as Excel workbooks: numbers are numbers, dates are dates, and what people typed stays text.

A text is written as a string whatever it begins with, so that no cell ever holds a formula or a link.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter

from marketplace.core.csv_files import Cell
from marketplace.core.money import Money

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_767
WIDE, NARROW = 34, 16
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, its rows with the heads first, and which heads stand over wide columns."""

    name: str
    rows: Sequence[Sequence[Cell]]
    wide: Collection[str] = ()


def workbook(sheets: Iterable[Sheet], about: str) -> bytes:
    """A workbook of these sheets; `about` is printed at the head of every page."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, OPTIONS) as book:
        write = _writer(book)
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            _lay_out(page, sheet, about)
            for number, row in enumerate(sheet.rows):
                for column, cell in enumerate(row):
                    write(page, number, column, cell)
    return content.getvalue()


def _lay_out(page: Any, sheet: Sheet, about: str) -> None:
    page.set_landscape()
    page.fit_to_pages(1, 0)
    if about:
        page.set_header("&L" + about.replace("&", "&&")[:200])
    page.repeat_rows(0)
    page.freeze_panes(1, 1)
    page.set_column(0, max((len(row) for row in sheet.rows), default=1), NARROW)
    for column, title in enumerate(sheet.rows[0] if sheet.rows else ()):
        if title in sheet.wide:
            page.set_column(column, column, WIDE)


def _writer(book: Any) -> Callable[[Any, int, int, Cell], None]:
    """Writes a cell as what it is."""
    top = {"valign": "top"}
    head = book.add_format({**top, "bold": True, "text_wrap": True, "bottom": 1})
    text = book.add_format({**top, "text_wrap": True})
    money = book.add_format({**top, "num_format": "£#,##0.00;-£#,##0.00"})
    number = book.add_format({**top, "num_format": "#,##0.####"})
    day = book.add_format({**top, "num_format": "dd/mm/yyyy"})

    def write(page: Any, row: int, column: int, cell: Cell) -> None:
        if row == 0 or isinstance(cell, str):
            page.write_string(row, column, str(cell)[:LONGEST_CELL], head if row == 0 else text)
        elif isinstance(cell, Money):
            page.write_number(row, column, cell.pounds, money)
        elif isinstance(cell, date):
            page.write_datetime(row, column, cell, day)
        elif cell is not None:
            page.write_number(row, column, cell, number)

    return write
