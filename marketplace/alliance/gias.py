"""Reading a register of schools in the columns of Get Information about Schools (GIAS).

The download of https://get-information-schools.service.gov.uk has these columns among many others;
those not named here are ignored. Pupils are on roll; eastings and northings are metres (OSGB36).
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from marketplace.core.errors import RuleBroken

COLUMNS = {
    "urn": "URN",
    "name": "EstablishmentName",
    "local_authority": "LA (name)",
    "phase": "PhaseOfEducation (name)",
    "pupils": "NumberOfPupils",
    "postcode": "Postcode",
    "easting": "Easting",
    "northing": "Northing",
    "type": "TypeOfEstablishment (name)",
}
OPTIONAL_COLUMNS = {"ukprn": "UKPRN"}
"""Columns that an extract may leave out; a school then keeps what was known before."""
URN = re.compile(r"[1-9][0-9]{5}")
UKPRN = re.compile(r"1[0-9]{7}")
POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")
MOST_PUPILS = 10_000
LONGEST_TEXT = 200
EASTERNMOST, NORTHERNMOST = 700_000, 1_300_000
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One school as the register describes it. `ukprn` is None where the register does not say."""

    urn: str
    name: str
    local_authority: str
    phase: str
    type: str
    pupils: int
    postcode: str
    easting: int | None
    northing: int | None
    ukprn: str | None = None


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One line of the file: the school it describes, or why it describes none."""

    line: int
    urn: str
    entry: RegisterEntry | None
    problems: tuple[str, ...] = ()


def read_register(content: bytes) -> list[RegisterLine]:
    """The lines of a register, without its heading.

    Raises RuleBroken when it is no CSV file in these columns; what is wrong with one line is on the line.
    """
    reader = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
    try:
        heading = [cell.strip() for cell in next(reader, [])]
    except csv.Error as error:
        raise RuleBroken(f"The first line of the file cannot be read as CSV: {error}.", "file") from error
    places = _places(heading)
    seen: dict[str, int] = {}
    return list(_lines(reader, len(heading), places, seen))


def _text(content: bytes) -> str:
    """The text of a file in UTF-8 or in Windows' Western encoding, which the register itself uses."""
    if content.startswith(SPREADSHEETS):
        raise RuleBroken("This is a spreadsheet or archive. Save it as CSV and import that.", "file")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise RuleBroken("This is not a text file. Choose the CSV file of the register.", "file")


def _places(heading: Sequence[str]) -> Mapping[str, int]:
    """Where each column stands. Raises RuleBroken when one is missing or stands twice."""
    missing = [column for column in COLUMNS.values() if column not in heading]
    if missing:
        raise RuleBroken(f"The file has no column {', '.join(missing)}.", "file")
    known = COLUMNS | {field: name for field, name in OPTIONAL_COLUMNS.items() if name in heading}
    doubled = [column for column in known.values() if heading.count(column) > 1]
    if doubled:
        raise RuleBroken(f"The file has more than one column {', '.join(doubled)}.", "file")
    return {field: heading.index(column) for field, column in known.items()}


def _lines(
    reader: Iterator[list[str]], width: int, places: Mapping[str, int], seen: dict[str, int]
) -> Iterator[RegisterLine]:
    """The lines in order. A quotation mark that never ends makes the rest of the file unreadable."""
    start = 2
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield RegisterLine(start, "", None, (f"From here on the file cannot be read as CSV: {error}.",))
            return
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield _line(start, cells, width, places, seen)
        start = reader.line_num + 1  # type: ignore[attr-defined]  # csv.reader has it, Iterator does not


def _line(
    number: int, cells: Sequence[str], width: int, places: Mapping[str, int], seen: dict[str, int]
) -> RegisterLine:
    if len(cells) != width:
        return RegisterLine(number, "", None, (f"It has {len(cells)} cells; the heading has {width}.",))
    values = {field: _tidy(cells[place]) for field, place in places.items()}
    problems = list(_problems(values))
    urn = values["urn"]
    if urn in seen:
        problems.append(f"URN {urn} is on line {seen[urn]} already.")
    elif URN.fullmatch(urn):
        seen[urn] = number
    if problems:
        return RegisterLine(number, urn[:LONGEST_TEXT], None, tuple(problems))
    return RegisterLine(number, urn, _entry(values))


def _tidy(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFC", cell).split())


def _problems(values: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a line, in sentences that name the column."""
    urn = values["urn"]
    if not urn:
        yield "URN is missing."
    elif not URN.fullmatch(urn):
        yield f"URN must be six digits, not {urn[:20]}."
    ukprn = values.get("ukprn", "")
    if ukprn and not UKPRN.fullmatch(ukprn):
        yield f"UKPRN must be eight digits that start with 1, not {ukprn[:20]}."
    for field in ("name", "local_authority", "phase", "type"):
        yield from _text_problems(COLUMNS[field], values[field])
    if not values["pupils"]:
        yield "NumberOfPupils is missing."
    else:
        yield from _number_problems("NumberOfPupils", values["pupils"], MOST_PUPILS)
    if not POSTCODE.fullmatch(values["postcode"].upper().replace(" ", "")):
        yield f"Postcode must be a full United Kingdom postcode, not {values['postcode'][:20] or 'blank'}."
    for field, largest in (("easting", EASTERNMOST), ("northing", NORTHERNMOST)):
        if values[field]:
            yield from _number_problems(COLUMNS[field], values[field], largest)


def _text_problems(column: str, text: str) -> Iterator[str]:
    if not text:
        yield f"{column} is missing."
    elif len(text) > LONGEST_TEXT:
        yield f"{column} is longer than {LONGEST_TEXT} characters."
    elif any(unicodedata.category(letter) == "Cc" for letter in text):
        yield f"{column} has hidden control characters in it."


def _number_problems(column: str, text: str, largest: int) -> Iterator[str]:
    if not WHOLE_NUMBER.fullmatch(text):
        yield f"{column} must be a whole number, not {text[:20]}."
    elif int(text) < 0:
        yield f"{column} must be 0 or more, not {text}."
    elif int(text) > largest:
        yield f"{column} must be {largest:,} or less, not {int(text):,}."


def _entry(values: Mapping[str, str]) -> RegisterEntry:
    outward_and_inward = POSTCODE.fullmatch(values["postcode"].upper().replace(" ", ""))
    assert outward_and_inward
    return RegisterEntry(
        urn=values["urn"],
        name=values["name"],
        local_authority=values["local_authority"],
        phase=values["phase"],
        type=values["type"],
        pupils=int(values["pupils"]),
        postcode=" ".join(outward_and_inward.groups()),
        easting=int(values["easting"]) if values["easting"] else None,
        northing=int(values["northing"]) if values["northing"] else None,
        ukprn=values.get("ukprn") or None,
    )
