"""Reading a filled-in price schedule: every good price, and every problem with the cell it is in.

The file comes from a stranger, so it is opened as `core/workbooks.py` opens workbooks, and nothing in it is
ever calculated: a cell must hold a plain number. What the prices add up to is worked out from the tender's
own volumes, never from the file.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from marketplace.core.errors import RuleBroken
from marketplace.core.workbooks import damaged, open_workbook
from marketplace.tenders.queries import ScheduleLine
from suppliers.quotes.offers import LARGEST_UNIT_PRICE, Schedule
from suppliers.quotes.price_schedule import (
    ABOUT,
    CODE,
    FORMAT,
    HEADING_ROW,
    PRICE,
    QUANTITY,
    sheet_name,
)

LARGEST_FILE = 5 * 1024 * 1024
MOST_ROWS = 10_000
PRICE_PLACES = 4
EXCEL_DIGITS = 15
FIELD = "schedule"
WHAT = "price schedule"
NUMBER_LIKE = re.compile(r"\s*£?\s*[0-9][0-9,]*(\.[0-9]+)?\s*")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in the file: where (sheet and cell; blank for the whole file) and what to do."""

    place: str
    text: str


@dataclass
class Reading:
    """What a file gave: unit prices by line id, and everything that is wrong with it."""

    prices: dict[uuid.UUID, Decimal] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_schedule(content: bytes, schedule: Schedule) -> Reading:
    """Read a filled-in schedule of this tender. The prices that are right are given beside the problems.

    Raises RuleBroken (field `schedule`) for a file that is not this tender's price schedule at all.
    """
    sheets = _sheets(content)
    _check_about(sheets.pop(ABOUT, []), schedule)
    reading = Reading()
    seen: set[uuid.UUID] = set()
    for name, rows in sheets.items():
        _read_sheet(name, rows, schedule, reading, seen)
    for lot in schedule.lots:
        reading.problems += [
            Problem(
                sheet_name(lot),
                f"Line {line.number}, {line.item}, is missing from the file. "
                "Download the price schedule again and copy your prices into it.",
            )
            for line in lot.lines
            if line.id not in seen
        ]
    return reading


Row = tuple[int, tuple[Any, ...]]


def _sheets(content: bytes) -> dict[str, list[Row]]:
    """The rows of each sheet that hold anything, with their numbers; one more row than allowed at most."""
    workbook = open_workbook(content, WHAT, FIELD)
    try:
        return {sheet.title: list(_filled_rows(sheet)) for sheet in workbook.worksheets}
    except Exception as error:  # openpyxl raises whatever a damaged file makes it raise
        raise damaged(FIELD) from error


def _filled_rows(sheet: Any) -> Iterator[Row]:
    rows = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=CODE + 1)
    for number, row in enumerate(rows, start=1):
        if any(cell.value is not None for cell in row):
            yield number, tuple(row)


def _check_about(rows: list[Row], schedule: Schedule) -> None:
    """Raise RuleBroken unless the file says that it is this tender's schedule as it is now."""
    said = [str(row[0].value) for _, row in rows]
    if said[:1] != [FORMAT]:
        raise RuleBroken(
            "This is an Excel workbook, but not a price schedule downloaded from Weald. "
            "Download the schedule of this tender and fill that in.",
            FIELD,
        )
    if said[1:2] != [str(schedule.tender_id)]:
        raise RuleBroken(
            "This is the price schedule of another tender. Download this one's and fill that in.",
            FIELD,
        )
    if said[2:3] != [schedule.fingerprint]:
        raise RuleBroken(
            "The tender has changed since this price schedule was downloaded. Download it again and copy "
            "your prices into it.",
            FIELD,
        )


def _read_sheet(
    name: str, rows: list[Row], schedule: Schedule, reading: Reading, seen: set[uuid.UUID]
) -> None:
    """Read one sheet into the reading. Sheets without codes, such as notes, are passed over."""
    for number, row in rows:
        if number > MOST_ROWS:
            reading.problems.append(
                Problem(
                    name,
                    f"The sheet has more than {MOST_ROWS:,} rows. The rows after that were not read.",
                )
            )
            return
        place = f"{name}, cell {_cell(PRICE, number)}"
        line = _line_of(row[CODE].value, schedule.lines)
        if line is None:
            if number > HEADING_ROW + 1 and (row[PRICE].value is not None or row[CODE].value is not None):
                reading.problems.append(
                    Problem(
                        place,
                        "This row is not one of the schedule's: its hidden code is missing or was changed. "
                        "Download the schedule again and copy your prices into it.",
                    )
                )
        elif line.id in seen:
            reading.problems.append(
                Problem(place, f"Line {line.number}, {line.item}, is in the file twice. Remove this row.")
            )
        else:
            seen.add(line.id)
            _read_line(place, f"{name}, cell {_cell(QUANTITY, number)}", row, line, reading)


def _read_line(
    place: str, quantity_place: str, row: tuple[Any, ...], line: ScheduleLine, to: Reading
) -> None:
    """Read the price of one line, or say what is wrong with it."""
    if _number(row[QUANTITY]) != line.total:
        to.problems.append(
            Problem(
                quantity_place,
                f"The quantity was changed. It is {line.total.normalize():,f}, and the price is for that. "
                "Download the schedule again and copy your prices into it.",
            )
        )
        return
    try:
        to.prices[line.id] = _price(row[PRICE], line)
    except _WrongPrice as wrong:
        to.problems.append(Problem(place, str(wrong)))


class _WrongPrice(Exception):
    """A price cell does not hold a usable price; the message says what to enter."""


def _price(cell: Any, line: ScheduleLine) -> Decimal:
    """The unit price in a cell. Raises _WrongPrice."""
    name = f"line {line.number}, {line.item}"
    if cell.value is None or (isinstance(cell.value, str) and not cell.value.strip()):
        raise _WrongPrice(f"There is no price for {name}. Enter one.")
    if cell.data_type == "f":
        raise _WrongPrice(f"The price for {name} is a formula. Enter the number itself.")
    if cell.data_type == "s":
        how = (
            "is stored as text. Format the cell as a number and enter it again"
            if NUMBER_LIKE.fullmatch(cell.value)
            else "is text. Enter a plain number, like 2.4575"
        )
        raise _WrongPrice(f"The price for {name} {how}.")
    price = _number(cell)
    if price is None:
        raise _WrongPrice(f"The price for {name} is not a number. Enter one, like 2.4575.")
    if price < 0:
        raise _WrongPrice(f"The price for {name} is negative. Enter £0.00 or more.")
    if price > LARGEST_UNIT_PRICE:
        raise _WrongPrice(f"The price for {name} is more than £{LARGEST_UNIT_PRICE:,f} a unit. Check it.")
    if price != round(price, PRICE_PLACES):
        raise _WrongPrice(
            f"The price for {name} has more than {PRICE_PLACES} decimal places. Round it as you mean it."
        )
    return round(price, PRICE_PLACES)


def _number(cell: Any) -> Decimal | None:
    """The number in a cell to the fifteen digits that Excel keeps; None for anything else."""
    if cell.data_type != "n" or isinstance(cell.value, bool | str) or cell.value is None:
        return None
    try:
        number = Decimal(f"{cell.value:.{EXCEL_DIGITS}g}")
    except (ValueError, OverflowError):
        return None
    return number if number.is_finite() else None


def _line_of(code: Any, lines: Mapping[uuid.UUID, ScheduleLine]) -> ScheduleLine | None:
    try:
        return lines.get(uuid.UUID(code)) if isinstance(code, str) else None
    except ValueError:
        return None


def _cell(column: int, row: int) -> str:
    return f"{'ABCDEFGHIJ'[column]}{row}"
