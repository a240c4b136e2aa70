"""Lists as CSV files that a spreadsheet opens safely: nothing that people typed becomes a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from marketplace.core.money import Money

Cell = str | int | Decimal | date | Money | None
FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
UNSEEN = {"Zs", "Cf"}  # spaces and what has no width: some spreadsheets pass over them at the start
ISO = "%Y-%m-%d"


def csv_file(
    heading: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    delimiter: str = ",",
    day: str = ISO,
    encoding: str = "utf-8-sig",
) -> bytes:
    """A CSV file in UTF-8, marked as such for Excel: amounts in pounds with two places, dates as 2026-12-03.

    A text that a spreadsheet would take for a formula gets an apostrophe before it, in the heading too. A
    file without a heading has none. `day` says how dates are written, as `strftime` does. A letter that
    another `encoding` lacks becomes a question mark.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    if heading:
        writer.writerow([safe(name) for name in heading])
    for row in rows:
        writer.writerow([_written(cell, day) for cell in row])
    return text.getvalue().encode(encoding, "replace")


def safe(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    start = next((place for place, letter in enumerate(text) if not _unseen(letter)), 0)
    return f"'{text}" if text.startswith(FORMULA_STARTS, start) else text


def _unseen(letter: str) -> bool:
    return unicodedata.category(letter) in UNSEEN


def _written(cell: Cell, day: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return str(cell.pounds)
    if isinstance(cell, date):
        return cell.strftime(day)
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, str):
        return safe(cell)
    return str(cell)
