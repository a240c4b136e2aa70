"""From the cells of a row to what a contract says: every wrong cell is named with what to enter."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from marketplace.contracts import categories, rules
from marketplace.contracts.importing.columns import HEADINGS, Column
from marketplace.contracts.importing.files import Cell, Kind, Row
from marketplace.core.fields import MINUS_SIGNS, NUMBER, tidy
from marketplace.core.money import Money

PENCE_PLACES = 2
LONGEST_FOUND = 80
DATE_FORMATS = ("%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d %H:%M:%S")
NONE_WORDS = frozenset({"", "-", "–", "no", "none", "n/a", "nil"})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a row: where, in which column, what was found there, and what to enter."""

    place: str
    column: str
    found: str
    enter: str


@dataclass
class RowReading:
    """What a row says: the values that are right by the field's name, and everything that is wrong."""

    row: Row
    school: str
    values: dict[str, Any]
    problems: list[Problem]

    def refuse(self, column: Column, enter: str) -> None:
        """Note what is wrong in a column of this row."""
        self.problems.append(_problem(self.row, column, enter))


class _WrongCell(Exception):
    """A cell does not hold what belongs there; the message says what to enter."""


def read_row(row: Row) -> RowReading:
    """Read every cell of a row. What a column that is not in the file would say stays unsaid."""
    reading = RowReading(row, "", {}, [])
    for column, cell in row.cells.items():
        try:
            value = _value(column, cell)
        except _WrongCell as wrong:
            reading.refuse(column, str(wrong))
            continue
        if column is Column.SCHOOL:
            reading.school = value
        else:
            reading.values[column.value] = value
    _settle_notice(reading)
    return reading


def typed(row: Row) -> dict[str, str]:
    """A row as it was typed, by heading, to be given back."""
    return {HEADINGS[column].text: cell.text for column, cell in row.cells.items()}


def _value(column: Column, cell: Cell) -> Any:
    if cell.kind is Kind.MERGED:
        raise _WrongCell("This cell is merged with others. Unmerge them and enter the value in each row.")
    if cell.kind is Kind.FORMULA:
        raise _WrongCell("This is a formula. Enter the value itself: copy the cell and paste it as a value.")
    if cell.kind is Kind.ERROR:
        raise _WrongCell("The spreadsheet shows an error here. Enter the value itself.")
    return READERS[column](cell)


def _settle_notice(reading: RowReading) -> None:
    """Of months and days one is enough; that there is none must be said too."""
    names = (Column.NOTICE_MONTHS, Column.NOTICE_DAYS)
    wrong = {problem.column for problem in reading.problems}
    if any(HEADINGS[name].text in wrong for name in names):
        return
    said = {name.value: reading.values.pop(name.value, None) for name in names}
    if all(value is None for value in said.values()):
        column = next(name for name in names if name in reading.row.cells)
        reading.refuse(column, "Enter the notice in months or in days, or 0 if none is needed.")
        return
    reading.values |= {name: value or 0 for name, value in said.items()}


def _problem(row: Row, column: Column, enter: str) -> Problem:
    cell = row.cells.get(column) or next(iter(row.cells.values()))
    found = cell.text if len(cell.text) <= LONGEST_FOUND else f"{cell.text[:LONGEST_FOUND]}…"
    return Problem(cell.place, HEADINGS[column].text, found or "nothing", enter)


def _text(cell: Cell) -> str:
    try:
        return " ".join(tidy(cell.text).split())
    except ValueError as error:
        raise _WrongCell(str(error)) from None


def _needed_text(ask: str) -> Callable[[Cell], str]:
    def read(cell: Cell) -> str:
        text = _text(cell)
        if not text:
            raise _WrongCell(ask)
        return text

    return read


def _category(cell: Cell) -> str:
    name = _text(cell).casefold()
    if not name:
        raise _WrongCell("Enter a category, such as Cleaning. The template lists them all.")
    found = CATEGORIES.get(name)
    if found is None:
        near = [known for known in CATEGORIES if name in known]
        near += difflib.get_close_matches(name, CATEGORIES, n=1)
        meant = f" Did you mean {categories.label(CATEGORIES[near[0]])}?" if near else ""
        names = ", ".join(label for _, label in categories.pairs())
        raise _WrongCell(f"This is not one of the categories.{meant} Enter one of: {names}.")
    return found


def _money(cell: Cell) -> Money:
    number = cell.value if isinstance(cell.value, Decimal) else _number_in(cell.text)
    if number is None:
        raise _WrongCell("Enter what it costs a year in pounds, such as 31,250 or £31,250.00.")
    if number != round(number, PENCE_PLACES):
        raise _WrongCell("Enter whole pence: no more than two decimal places, such as 31,250.55.")
    if not 0 <= number <= rules.LARGEST_VALUE.pounds:
        raise _WrongCell("Enter a value from £0 to £100,000,000 a year.")
    return Money.from_pounds(round(number, PENCE_PLACES))


def _number_in(text: str) -> Decimal | None:
    plain = "".join(text.translate(MINUS_SIGNS).split())
    sign = "-" if plain.startswith("-") else ""
    bare = plain.removeprefix("-").removeprefix("£")
    return Decimal(f"{sign}{bare.replace(',', '')}") if NUMBER.fullmatch(bare) else None


def _day(cell: Cell) -> date:
    if isinstance(cell.value, date):
        return cell.value
    text = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", " ".join(cell.text.split()), flags=re.IGNORECASE)
    for pattern in DATE_FORMATS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  # a date has no zone
        except ValueError:
            continue
    if cell.kind is Kind.EMPTY:
        raise _WrongCell("Enter a date, day first, such as 31/08/2027.")
    raise _WrongCell("This is not a date that we can read. Enter it day first, such as 31/08/2027.")


def _count(unit: str, largest: int) -> Callable[[Cell], int | None]:
    """Reads a whole number of a unit ("3", "3 months"); None for an empty cell."""
    pattern = re.compile(rf"([0-9]{{1,4}})\s*(?:{unit}s?)?", re.IGNORECASE)

    def read(cell: Cell) -> int | None:
        text = " ".join(cell.text.split())
        if text.casefold() in NONE_WORDS:
            return 0 if text else None
        match = pattern.fullmatch(text)
        if match is None:
            raise _WrongCell(
                f"Enter a whole number of {unit}s, such as {3 if unit == 'month' else 90}, or 0."
            )
        number = int(match[1])
        if number > largest:
            raise _WrongCell(f"Enter {largest} {unit}s or fewer.")
        return number

    return read


def _renewal(cell: Cell) -> int:
    if cell.text.strip().casefold() in {"yes", "y", "true"}:
        raise _WrongCell("Enter for how many months it renews each time, such as 12.")
    return _count("month", rules.LONGEST_RENEWAL_MONTHS)(cell) or 0


def _extensions(cell: Cell) -> tuple[int, ...]:
    text = cell.text.strip()
    if text.casefold() in NONE_WORDS or text == "0":
        return ()
    try:
        return rules.read_months(re.sub(r"months?", " ", text, flags=re.IGNORECASE))
    except ValueError as error:
        raise _WrongCell(str(error)) from None


CATEGORIES: Mapping[str, str] = {
    known.casefold(): category_id for category_id, name in categories.pairs() for known in (category_id, name)
}
READERS: Mapping[Column, Callable[[Cell], Any]] = {
    Column.SCHOOL: _text,
    Column.REFERENCE: _text,
    Column.CATEGORY: _category,
    Column.TITLE: _needed_text("Enter what the contract is for."),
    Column.SUPPLIER: _needed_text("Enter the supplier’s name."),
    Column.VALUE: _money,
    Column.STARTS: _day,
    Column.ENDS: _day,
    Column.NOTICE_MONTHS: _count("month", rules.LONGEST_NOTICE_MONTHS),
    Column.NOTICE_DAYS: _count("day", rules.LONGEST_NOTICE_DAYS),
    Column.RENEWAL: _renewal,
    Column.EXTENSIONS: _extensions,
}
