"""From the bytes of a file to the rows of a register, each cell with the place where it stands.

Nothing is calculated and nothing is guessed: a formula stays a formula, a number keeps the digits that
Excel keeps, and a cell that was merged into another says so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from marketplace.contracts.importing.columns import HEADINGS, Column, column_named, missing
from marketplace.core.errors import RuleBroken
from marketplace.core.workbooks import column_letter, damaged, merged_cells, open_workbook

FIELD = "register"
WHAT = "register"
EXTENSIONS = (".xlsx", ".csv")
LARGEST_FILE = 5 * 1024 * 1024
MOST_ROWS = 2_000
MOST_COLUMNS = 60
HEADING_WITHIN = 30
LEAST_HEADINGS = 4
EXCEL_DIGITS = 15
DELIMITERS = ",;\t"
NOT_TEXT = (b"PK\x03\x04", b"%PDF", bytes.fromhex("d0cf11e0a1b11ae1"), b"MZ")


class Kind(StrEnum):
    """What a cell holds."""

    EMPTY = "empty"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FORMULA = "formula"
    ERROR = "error"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: where it is, what it holds, and how that reads. `value` is set for numbers and dates."""

    place: str
    kind: Kind
    text: str = ""
    value: Decimal | date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the register: its number in the file, and its cells by column."""

    number: int
    cells: Mapping[Column, Cell]


@dataclass(frozen=True, slots=True)
class Register:
    """What a file holds: the columns found, the headings that mean nothing to us, and the rows."""

    columns: tuple[Column, ...]
    unread: tuple[str, ...]
    rows: tuple[Row, ...]


Numbered = Iterable[tuple[int, list[Cell]]]


def read_register(name: str, content: bytes) -> Register:
    """Read a register. Raises RuleBroken (field `register`) for a file that is none, with what to do."""
    if not content:
        raise RuleBroken("The file is empty. Choose another.", FIELD)
    if len(content) > LARGEST_FILE:
        raise RuleBroken(
            "The file must be smaller than 5 MB. Take pictures out, or import it in parts.", FIELD
        )
    ending = PurePosixPath(name).suffix.lower()
    if ending == ".xlsx":
        return _of_workbook(content)
    if ending == ".csv":
        return _of_text(content)
    raise RuleBroken("Choose an Excel workbook (.xlsx) or a CSV file (.csv).", FIELD)


def _of_workbook(content: bytes) -> Register:
    workbook = open_workbook(content, WHAT, FIELD)
    try:
        merged = merged_cells(content)
        for sheet in workbook.worksheets:
            register = _register(_sheet_rows(sheet, merged.get(sheet.title, frozenset())))
            if register is not None:
                return register
    except RuleBroken:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged file makes it raise
        raise damaged(FIELD) from error
    raise _no_headings()


def _sheet_rows(sheet: Any, merged: frozenset[str]) -> Numbered:
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        yield (
            number,
            [
                _cell(cell, f"{column_letter(column)}{number}", merged)
                for column, cell in enumerate(row, start=1)
            ],
        )


def _cell(cell: Any, place: str, merged: frozenset[str]) -> Cell:
    value = cell.value
    if place in merged:
        return Cell(place, Kind.MERGED)
    if value is None or (isinstance(value, str) and not value.strip()):
        return Cell(place, Kind.EMPTY)
    if cell.data_type == "f":
        return Cell(place, Kind.FORMULA, str(value))
    if cell.data_type == "e":
        return Cell(place, Kind.ERROR, str(value))
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return Cell(place, Kind.DATE, f"{day:%d/%m/%Y}", day)
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = Decimal(f"{value:.{EXCEL_DIGITS}g}")
        if number.is_finite():
            return Cell(place, Kind.NUMBER, f"{number.normalize():f}", number)
    return Cell(place, Kind.TEXT, str(value))


def _of_text(content: bytes) -> Register:
    if content.startswith(NOT_TEXT) or b"\0" in content:
        raise RuleBroken(
            "This is not a CSV file, whatever its name says. Save the register as CSV or as an Excel "
            "workbook (.xlsx), and choose that file.",
            FIELD,
        )
    text = _decoded(content)
    for delimiter in DELIMITERS:
        try:
            register = _register(_text_rows(text, delimiter))
        except csv.Error:
            raise RuleBroken(
                "This CSV file cannot be read to its end: a quotation mark is missing, or it was cut off. "
                "Save it again from your spreadsheet.",
                FIELD,
            ) from None
        if register is not None:
            return register
    raise _no_headings()


def _decoded(content: bytes) -> str:
    """The text of a file in UTF-8 or, as Excel saves CSV, Windows-1252. Raises RuleBroken."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RuleBroken("The letters of this file cannot be read. Save it as “CSV UTF-8” in Excel.", FIELD)


def _text_rows(text: str, delimiter: str) -> Numbered:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    for values in reader:
        yield number, [_text_cell(value, f"line {number}") for value in values[:MOST_COLUMNS]]
        number = reader.line_num + 1


def _text_cell(value: str, place: str) -> Cell:
    tidy = value.strip()
    if not tidy:
        return Cell(place, Kind.EMPTY)
    return Cell(place, Kind.FORMULA if tidy.startswith("=") else Kind.TEXT, tidy)


def _register(rows: Numbered) -> Register | None:
    """The register in some rows; None where no row is its headings. Raises RuleBroken."""
    remaining = iter(rows)
    headings = _headings(remaining)
    if headings is None:
        return None
    columns = {index: column for index, cell in enumerate(headings) if (column := column_named(cell.text))}
    found = list(columns.values())
    twice = sorted({HEADINGS[column].text for column in found if found.count(column) > 1})
    if twice:
        raise RuleBroken(f"Two columns mean the same: {', '.join(twice)}. Remove one of them.", FIELD)
    if absent := missing(found):
        raise RuleBroken(
            f"The file has no column called {', '.join(f'“{text}”' for text in absent)}. Rename the column "
            "that holds it, or copy your rows into the template.",
            FIELD,
        )
    unread = [cell.text.strip() for cell in headings if cell.text.strip() and column_named(cell.text) is None]
    return Register(tuple(found), tuple(unread), tuple(_filled(remaining, columns)))


def _headings(rows: Iterator[tuple[int, list[Cell]]]) -> list[Cell] | None:
    """The first row that names at least four of our columns; the rows after it are left to read."""
    for number, cells in rows:
        if sum(column_named(cell.text) is not None for cell in cells) >= LEAST_HEADINGS:
            return cells
        if number >= HEADING_WITHIN:
            return None
    return None


def _filled(rows: Iterator[tuple[int, list[Cell]]], columns: Mapping[int, Column]) -> Iterator[Row]:
    """The rows with anything in our columns. Raises RuleBroken when there are too many."""
    filled = 0
    for number, cells in rows:
        row = {
            column: cells[index] if index < len(cells) else Cell(cells[0].place, Kind.EMPTY)
            for index, column in columns.items()
            if cells
        }
        if all(cell.kind in {Kind.EMPTY, Kind.MERGED} for cell in row.values()):
            continue
        filled += 1
        if filled > MOST_ROWS:
            raise RuleBroken(
                f"The file has more than {MOST_ROWS:,} rows, which is the most that one import takes. Divide "
                "it into several files and import each of them.",
                FIELD,
            )
        yield Row(number, row)


def _no_headings() -> RuleBroken:
    return RuleBroken(
        "No row in this file has the headings of a register, such as Category, Supplier and Last day. "
        "Download the template, copy your rows into it and choose that file.",
        FIELD,
    )
