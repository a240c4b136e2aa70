"""A draft's price schedule as a CSV file: written for the coordinator to fill in, and read back.

One row a price line: lot, item, unit, then a column of units over the whole term for each school.
"""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from marketplace.core.csv_files import csv_file
from marketplace.core.errors import RuleBroken
from marketplace.core.money import FOUR_PLACES
from marketplace.tenders.drafting.rules import LineDraft, LotDraft
from marketplace.tenders.queries import ScheduleLot

LEADING = ("Lot", "Item", "Unit")
MOST_ROWS = 2_000
MOST_PROBLEMS = 5
LONGEST_CELL = 200
LARGEST = Decimal(100_000_000)


def written(lots: Sequence[ScheduleLot], schools: Mapping[uuid.UUID, str]) -> bytes:
    """The schedule as it is, for a spreadsheet; one empty example row's worth of headings when it is new."""
    rows = [
        [lot.title, line.item, line.unit, *(_plain(line.volume_of(school_id)) for school_id in schools)]
        for lot in lots
        for line in lot.lines
    ]
    return csv_file([*LEADING, *schools.values()], rows)


def _plain(quantity: Decimal | None) -> str:
    if quantity is None:
        return ""
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read(content: bytes, schools: Mapping[uuid.UUID, str]) -> list[LotDraft]:
    """The lots in a file, in the order in which they first appear.

    Raises RuleBroken (field `schedule`) that names the first problems, each with its row and column.
    """
    rows = list(csv.reader(io.StringIO(_text(content), newline="")))
    heading = [cell.strip() for cell in rows[0]] if rows else []
    _check_heading(heading, schools)
    ids = [next(key for key, name in schools.items() if name == cell) for cell in heading[len(LEADING) :]]
    problems: list[str] = []
    lots: dict[str, list[LineDraft]] = {}
    filled = [(number, row) for number, row in enumerate(rows[1:], start=2) if any(map(str.strip, row))]
    if not filled:
        raise RuleBroken("The file has no price line under its headings.", "schedule")
    if len(filled) > MOST_ROWS:
        raise RuleBroken(f"The file has more than {MOST_ROWS:,} price lines. Split it.", "schedule")
    for number, row in filled:
        cells = [cell.strip() for cell in row] + [""] * (len(heading) - len(row))
        problems += [f"Row {number}: {problem}" for problem in _problems(cells, heading)]
        if not problems:
            lot, item, unit, *units = cells
            volumes = {ids[place]: _number(cell) for place, cell in enumerate(units[: len(ids)]) if cell}
            lots.setdefault(lot.removeprefix("'"), []).append(
                LineDraft(item.removeprefix("'"), unit.removeprefix("'"), volumes)
            )
    if problems:
        more = len(problems) - MOST_PROBLEMS
        shown = " ".join(problems[:MOST_PROBLEMS]) + (f" And {more} more." if more > 0 else "")
        raise RuleBroken(shown, "schedule")
    return [LotDraft(title, lines) for title, lines in lots.items()]


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise RuleBroken("This is not a CSV file. Save it as CSV UTF-8 and choose it again.", "schedule")


def _check_heading(heading: Sequence[str], schools: Mapping[uuid.UUID, str]) -> None:
    names = heading[len(LEADING) :]
    unknown = [name for name in names if name not in schools.values()]
    if tuple(heading[: len(LEADING)]) != LEADING or not names:
        raise RuleBroken(
            "The first row must be: Lot, Item, Unit, then the name of each school that buys. "
            "Download the file from this page and fill it in.",
            "schedule",
        )
    if unknown or len(set(names)) != len(names):
        wrong = unknown[0] if unknown else next(name for name in names if names.count(name) > 1)
        raise RuleBroken(
            f"The column “{wrong[:LONGEST_CELL]}” is not one school that buys, named once.", "schedule"
        )


def _problems(cells: Sequence[str], heading: Sequence[str]) -> list[str]:
    found = [f"enter the {name.lower()}." for name, cell in zip(LEADING, cells, strict=False) if not cell]
    found += [
        f"the {name.lower()} is longer than {LONGEST_CELL} characters."
        for name, cell in zip(LEADING, cells, strict=False)
        if len(cell) > LONGEST_CELL
    ]
    if any(cells[len(heading) :]):
        found.append("there are more cells than headings.")
    for name, cell in zip(heading[len(LEADING) :], cells[len(LEADING) :], strict=False):
        number = _number(cell)
        if cell and not (number.is_finite() and 0 < number <= LARGEST and number == _rounded(number)):
            found.append(
                f"the volume of {name} must be a number above 0 with at most four decimal places, "
                f"not “{cell[:30]}”."
            )
    if not any(cells[len(LEADING) : len(heading)]):
        found.append("enter at least one school’s volume.")
    return found


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(FOUR_PLACES)


def _number(cell: str) -> Decimal:
    """The number in a cell, NaN for anything else."""
    try:
        return Decimal(cell.replace(",", ""))
    except InvalidOperation:
        return Decimal("NaN")
