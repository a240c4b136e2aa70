"""Reading a filled-in price schedule: every good price, and every problem with the cell it is in.

The file comes from a stranger, so it is opened as `core/workbooks.py` opens workbooks, and nothing in it is
ever calculated: a cell must hold a plain number. What the prices add up to is worked out from the tender's
own volumes, never from the file.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from marketplace.core.errors import RuleBroken
from marketplace.core.workbooks import damaged, open_workbook
from marketplace.tenders.lots.division import Bundle
from marketplace.tenders.lots.rules import MOST_TIERS
from marketplace.tenders.queries import ScheduleLine, ScheduleLot
from suppliers.quotes.offers import LARGEST_UNIT_PRICE, WHOLE, Offer, Schedule, TierKey
from suppliers.quotes.price_schedule import (
    ABOUT,
    BUNDLE_CODE,
    BUNDLES,
    CODE,
    FIRST_TIER,
    FORMAT,
    HEADING_ROW,
    PERCENT,
    PRICE,
    QUANTITY,
    SAID_BY_ALL,
    sheet_name,
)

Thing = TypeVar("Thing")
LARGEST_FILE = 5 * 1024 * 1024
MOST_ROWS = 10_000
PRICE_PLACES = 4
PERCENT_PLACES = 2
EXCEL_DIGITS = 15
FIELD = "schedule"
WHAT = "price schedule"
VISIBLE = "visible"
NUMBER_LIKE = re.compile(r"\s*£?\s*[0-9][0-9,]*(\.[0-9]+)?\s*")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in the file: where (sheet and cell; blank for the whole file) and what to do."""

    place: str
    text: str


@dataclass
class Reading:
    """What a file gave, as an `Offer` holds it, and everything that is wrong with it."""

    prices: dict[uuid.UUID, Decimal] = field(default_factory=dict)
    tier_prices: dict[TierKey, Decimal] = field(default_factory=dict)
    discounts: dict[uuid.UUID, Decimal] = field(default_factory=dict)
    lots: set[uuid.UUID] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    @property
    def offer(self) -> Offer:
        """What was right in the file."""
        return Offer(self.prices, {}, self.tier_prices, self.discounts, frozenset(self.lots))

    def note(self, place: str, text: str) -> None:
        """Add a problem."""
        self.problems.append(Problem(place, text))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a sheet that holds anything; as many cells as a schedule can have price columns."""

    number: int
    cells: tuple[Any, ...]

    def place(self, sheet: str, column: int) -> str:
        return f"{sheet}, cell {'ABCDEFGHIJKLMNOP'[column]}{self.number}"


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    rows: list[_Row]
    is_hidden: bool


def read_schedule(content: bytes, schedule: Schedule) -> Reading:
    """Read a filled-in schedule of this tender. The prices that are right are given beside the problems.

    Raises RuleBroken (field `schedule`) for a file that is not this tender's price schedule at all.
    """
    sheets = _sheets(content)
    _check_about(sheets.pop(ABOUT, None), schedule)
    reading = Reading()
    bundles = {bundle.id: bundle for bundle in schedule.division.bundles}
    if bundles and BUNDLES in sheets:
        _read_bundles(sheets.pop(BUNDLES), bundles, reading)
    reader = _Reader(schedule, reading)
    quoted = reader.lots_quoted(sheets.values())
    for sheet in sheets.values():
        reader.read_sheet(sheet, quoted)
    for lot in schedule.lots:
        if lot.id in quoted:
            reading.problems += _missing(lot, reader.seen)
    if schedule.division.apart:
        reading.lots = {reader.lots[line_id].id for line_id in reading.prices}
    return reading


def _missing(lot: ScheduleLot, seen: Collection[uuid.UUID]) -> Iterator[Problem]:
    for line in lot.lines:
        if line.id not in seen:
            yield Problem(
                sheet_name(lot),
                f"Line {line.number}, {line.item}, is missing from the file. "
                "Download the price schedule again and copy your prices into it.",
            )


def _sheets(content: bytes) -> dict[str, _Sheet]:
    """The rows of each sheet that hold anything, with their numbers; one more row than allowed at most."""
    workbook = open_workbook(content, WHAT, FIELD)
    try:
        return {
            sheet.title: _Sheet(sheet.title, list(_filled_rows(sheet)), sheet.sheet_state != VISIBLE)
            for sheet in workbook.worksheets
        }
    except Exception as error:  # openpyxl raises whatever a damaged file makes it raise
        raise damaged(FIELD) from error


def _filled_rows(sheet: Any) -> Iterator[_Row]:
    rows = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=FIRST_TIER + MOST_TIERS)
    for number, row in enumerate(rows, start=1):
        if any(cell.value is not None for cell in row):
            yield _Row(number, tuple(row))


def _check_about(sheet: _Sheet | None, schedule: Schedule) -> None:
    """Raise RuleBroken unless the file says that it is this tender's schedule as it is now."""
    said = [str(row.cells[0].value) for row in sheet.rows] if sheet else []
    if said[:1] != [FORMAT]:
        older = bool(said) and said[0].startswith(SAID_BY_ALL)
        raise RuleBroken(
            "This price schedule was downloaded from another version of Weald. Download it again and copy "
            "your prices into it."
            if older
            else "This is an Excel workbook, but not a price schedule downloaded from Weald. "
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


class _Reader:
    """Reads one sheet after another; `seen` are the lines that stood in one."""

    def __init__(self, schedule: Schedule, to: Reading) -> None:
        self.division, self.lines, self.to = schedule.division, schedule.lines, to
        self.all_lots = frozenset(lot.id for lot in schedule.lots)
        self.lots = {line.id: lot for lot in schedule.lots for line in lot.lines}
        self.seen: set[uuid.UUID] = set()

    def line_of(self, row: _Row) -> ScheduleLine | None:
        """The line that a row's hidden code names."""
        return _named(row.cells[CODE].value, self.lines)

    def columns(self, line: ScheduleLine) -> tuple[int, ...]:
        """The columns of a line's prices, the first price and then the lower ones."""
        tiers = len(self.division.starts(self.lots[line.id].id))
        return (PRICE, *range(FIRST_TIER, FIRST_TIER + tiers))

    def lots_quoted(self, sheets: Iterable[_Sheet]) -> frozenset[uuid.UUID]:
        """The lots to be priced: all, or where each is won on its own those with anything in a price cell."""
        if not self.division.apart:
            return self.all_lots
        return frozenset(
            self.lots[line.id].id
            for sheet in sheets
            for row in sheet.rows
            if (line := self.line_of(row)) and not all(_is_blank(row.cells[at]) for at in self.columns(line))
        )

    def read_sheet(self, sheet: _Sheet, quoted: Collection[uuid.UUID]) -> None:
        """Read one sheet into the reading. Sheets without codes, such as notes, are passed over."""
        named = {line.id for row in sheet.rows if (line := self.line_of(row))}
        if sheet.is_hidden and named:
            self.seen |= named
            self.to.note(
                sheet.name,
                "This sheet is hidden, so its prices were not read. Show it in Excel, check what it holds, "
                "and upload the file again.",
            )
            return
        for row in sheet.rows:
            if row.number > MOST_ROWS:
                what = f"The sheet has more than {MOST_ROWS:,} rows. The rows after that were not read."
                self.to.note(sheet.name, what)
                return
            self.read_row(sheet.name, row, quoted)

    def read_row(self, sheet: str, row: _Row, quoted: Collection[uuid.UUID]) -> None:
        """Read a row that should be a line of the schedule."""
        place, line = row.place(sheet, PRICE), self.line_of(row)
        if line is None:
            filled = row.cells[PRICE].value is not None or row.cells[CODE].value is not None
            if row.number > HEADING_ROW + 1 and filled:
                self.to.note(
                    place,
                    "This row is not one of the schedule's: its hidden code is missing or was changed. "
                    "Download the schedule again and copy your prices into it.",
                )
        elif line.id in self.seen:
            self.to.note(place, f"Line {line.number}, {line.item}, is in the file twice. Remove this row.")
        else:
            self.seen.add(line.id)
            if self.lots[line.id].id in quoted:
                self.read_line(sheet, row, line)

    def read_line(self, sheet: str, row: _Row, line: ScheduleLine) -> None:
        """Read the prices of one line, or say what is wrong with them."""
        if _number(row.cells[QUANTITY]) != line.total:
            self.to.note(
                row.place(sheet, QUANTITY),
                f"The quantity was changed. It is {line.total.normalize():,f}, and the price is for that. "
                "Download the schedule again and copy your prices into it.",
            )
            return
        name, lot_id = f"line {line.number}, {line.item}", self.lots[line.id].id
        before: Decimal | None = None
        for column, start in zip(self.columns(line), self.division.begins(lot_id), strict=True):
            is_first = column == PRICE
            called = name if is_first else f"{name}, {self.division.start_in_words(lot_id, start)}"
            try:
                price = _price(row.cells[column], called, before)
            except _WrongPrice as wrong:
                self.to.note(row.place(sheet, column), str(wrong))
                continue
            before = price
            if is_first:
                self.to.prices[line.id] = price
            else:
                self.to.tier_prices[line.id, start] = price


def _read_bundles(sheet: _Sheet, bundles: Mapping[uuid.UUID, Bundle], to: Reading) -> None:
    """Read the discounts of bundles; a blank one is none."""
    for row in sheet.rows:
        bundle = _named(row.cells[BUNDLE_CODE].value, bundles)
        if bundle is None or _is_blank(row.cells[PERCENT]):
            continue
        try:
            to.discounts[bundle.id] = _percent(row.cells[PERCENT], bundle.title)
        except _WrongPrice as wrong:
            to.note(row.place(sheet.name, PERCENT), str(wrong))


class _WrongPrice(Exception):
    """A price cell does not hold a usable price; the message says what to enter."""


def _price(cell: Any, name: str, before: Decimal | None = None) -> Decimal:
    """The unit price in a cell, not higher than the one before it. Raises _WrongPrice."""
    if _is_blank(cell):
        raise _WrongPrice(f"There is no price for {name}. Enter one.")
    price = _plain_number(cell, f"The price for {name}", "2.4575")
    if price < 0:
        raise _WrongPrice(f"The price for {name} is negative. Enter £0.00 or more.")
    if price > LARGEST_UNIT_PRICE:
        raise _WrongPrice(f"The price for {name} is more than £{LARGEST_UNIT_PRICE:,f} a unit. Check it.")
    if price != round(price, PRICE_PLACES):
        raise _WrongPrice(
            f"The price for {name} has more than {PRICE_PLACES} decimal places. Round it as you mean it."
        )
    if before is not None and price > before:
        raise _WrongPrice(f"The price for {name} is higher than the one before it. Enter the same or less.")
    return round(price, PRICE_PLACES)


def _percent(cell: Any, bundle: str) -> Decimal:
    """The discount in a cell. Raises _WrongPrice."""
    name = f"The discount of the bundle “{bundle}”"
    percent = _plain_number(cell, name, "2.5")
    if not 0 < percent < WHOLE:
        raise _WrongPrice(f"{name} must be above 0 and below 100 per cent. Leave it blank for none.")
    if percent != round(percent, PERCENT_PLACES):
        raise _WrongPrice(f"{name} has more than {PERCENT_PLACES} decimal places. Round it as you mean it.")
    return round(percent, PERCENT_PLACES)


def _plain_number(cell: Any, what: str, example: str) -> Decimal:
    """The number that a cell holds as it was typed. Raises _WrongPrice for a formula, a text and the like."""
    if cell.data_type == "f":
        raise _WrongPrice(f"{what} is a formula. Enter the number itself.")
    if cell.data_type == "s":
        how = (
            "is stored as text. Format the cell as a number and enter it again"
            if NUMBER_LIKE.fullmatch(cell.value)
            else f"is text. Enter a plain number, like {example}"
        )
        raise _WrongPrice(f"{what} {how}.")
    number = _number(cell)
    if number is None:
        raise _WrongPrice(f"{what} is not a number. Enter one, like {example}.")
    return number


def _is_blank(cell: Any) -> bool:
    return cell.value is None or (isinstance(cell.value, str) and not cell.value.strip())


def _number(cell: Any) -> Decimal | None:
    """The number in a cell to the fifteen digits that Excel keeps; None for anything else."""
    if cell.data_type != "n" or isinstance(cell.value, bool | str) or cell.value is None:
        return None
    try:
        number = Decimal(f"{cell.value:.{EXCEL_DIGITS}g}")
    except (ValueError, OverflowError):
        return None
    return number if number.is_finite() else None


def _named(code: Any, things: Mapping[uuid.UUID, Thing]) -> Thing | None:
    """The thing that a hidden code names; None for a code of nothing that is asked."""
    try:
        return things.get(uuid.UUID(code)) if isinstance(code, str) else None
    except ValueError:
        return None
