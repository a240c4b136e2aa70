"""From the bytes of a calendar file (iCalendar or CSV) to its entries, each with its place in the file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, Final

from icalendar import Calendar

from marketplace.alliance.term_dates.calendars import Entry
from marketplace.core.clock import LONDON
from marketplace.core.date_fields import MONTHS
from marketplace.core.errors import RuleBroken

FIELD = "calendar"
EXTENSIONS = (".ics", ".csv")
LARGEST_FILE = 1024 * 1024
MOST_ENTRIES = 500
LONGEST_NAME = 120
HEADINGS: Final = (
    frozenset({"half", "name", "term", "summary", "subject", "event", "title", "what"}),
    frozenset({"first day", "first school day", "start", "start date", "begins", "from", "dtstart"}),
    frozenset({"last day", "last school day", "end", "end date", "ends", "to", "until", "dtend"}),
)
"""What the three columns of a CSV file may be called: the name, the first day, the last day."""
A_DATE = re.compile(
    r"(?:[a-z]+,? +)?([0-9]{1,4})[-/. ]+([0-9]{1,2}|[a-z]+)[-/., ]+([0-9]{1,4})", re.IGNORECASE
)
ORDINAL = re.compile(r"(?<=[0-9])(st|nd|rd|th)\b", re.IGNORECASE)
FULL_YEAR, CENTURY = 1000, 2000
NO_CSV = "This is not a CSV file. Save it as CSV UTF-8 and choose it again."
ASK_DATE = "“{}” is no date that we can read. Write it like 2 September 2026 or 02/09/2026."


def entries(name: str, content: bytes) -> list[Entry]:
    """The entries of a calendar file. Raises RuleBroken (field `calendar`) for one that is no calendar."""
    ending = PurePosixPath(name.lower()).suffix
    found = list(_of_icalendar(content) if ending == ".ics" else _of_csv(content))
    if not found:
        raise RuleBroken("This calendar has no entry. Choose one with the dates of the school year.", FIELD)
    if len(found) > MOST_ENTRIES:
        raise RuleBroken(
            f"This calendar has more than {MOST_ENTRIES} entries. Choose one of term dates alone.", FIELD
        )
    return found


def _of_icalendar(content: bytes) -> Iterator[Entry]:
    try:
        events = Calendar.from_ical(content).walk("VEVENT")
    except (ValueError, KeyError, IndexError, AttributeError):
        raise RuleBroken(
            "This is not a calendar that we can read. Save it as an iCalendar file (.ics) again.", FIELD
        ) from None
    for number, event in enumerate(events, start=1):
        name = str(event.get("SUMMARY", ""))[:LONGEST_NAME]
        try:
            first, last = _days(event)
        except (AttributeError, TypeError, ValueError):
            yield Entry(number, name, wrong="Its dates cannot be read. Enter them by hand.")
        else:
            yield Entry(number, name, first, last)


def _days(event: Any) -> tuple[date, date]:
    """The first and last day of an event: an end that is only a date is the day after (RFC 5545)."""
    start = event["DTSTART"].dt if "DTSTART" in event else None
    if start is None:
        raise ValueError("no beginning")
    end = event["DTEND"].dt if "DTEND" in event else start
    first, last = _in_england(start), _in_england(end)
    if not isinstance(end, datetime) and end > start:
        last -= timedelta(days=1)
    return first, last


def _in_england(moment: date) -> date:
    if isinstance(moment, datetime):
        return moment.astimezone(LONDON).date() if moment.tzinfo else moment.date()
    return moment


def _of_csv(content: bytes) -> Iterator[Entry]:
    text = _text(content)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        read = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise RuleBroken(NO_CSV, FIELD) from None
    rows = [(number, [cell.strip() for cell in row]) for number, row in enumerate(read, start=1)]
    filled = [(number, row) for number, row in rows if any(row)]
    places = _places(filled[0][1]) if filled else None
    if places is None:
        raise RuleBroken(
            "The first row must have the headings Half, First school day and Last school day. Download this "
            "year’s dates as a CSV file to see how.",
            FIELD,
        )
    for number, row in filled[1:]:
        cells = [row[place] if place < len(row) else "" for place in places]
        yield _entry(number, cells)


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise RuleBroken(NO_CSV, FIELD)


def _places(heading: Sequence[str]) -> list[int] | None:
    """Where the three columns stand; None when one is missing."""
    named = [cell.lower() for cell in heading]
    places = [next((named.index(cell) for cell in named if cell in known), -1) for known in HEADINGS]
    return None if -1 in places else places


def _entry(number: int, cells: Sequence[str]) -> Entry:
    name = cells[0].removeprefix("'")[:LONGEST_NAME]
    days = []
    for cell in cells[1:]:
        day = read_day(cell)
        if day is None:
            return Entry(number, name, wrong=ASK_DATE.format(cell[:LONGEST_NAME]))
        days.append(day)
    return Entry(number, name, days[0], days[1])


def read_day(text: str) -> date | None:
    """A day as people and programs write it: 2026-09-02, 02/09/2026, Wednesday 2nd September 2026."""
    found = A_DATE.fullmatch(ORDINAL.sub("", text.strip()))
    if found is None:
        return None
    first, month, last = found.groups()
    number = MONTHS.get(month.lower(), month)
    year, day = (first, last) if int(first) >= FULL_YEAR else (last, first)
    whole_year = int(year) if int(year) >= FULL_YEAR else CENTURY + int(year)
    try:
        return date(whole_year, int(number), int(day))
    except ValueError:
        return None
