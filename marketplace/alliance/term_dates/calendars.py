"""What a calendar of a school or a local authority says about the halves of a school year. Plain Python.

Calendars name things in many ways: whole terms and their half-terms, terms numbered from 1 to 6, the first
and the last day of a term, or only the holidays. Each entry is understood or left out, and it is said which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from marketplace.alliance.term_dates.rules import HALF_LABELS, Half, school_year_of, year_in_words
from marketplace.core.working_days import SATURDAY, in_words

HALVES = tuple(Half)
BEGUN_IN: Final[Mapping[int, str]] = {8: "autumn", 9: "autumn", 1: "spring", 4: "summer"}
ENDED_IN: Final[Mapping[int, str]] = {12: "autumn", 3: "spring", 4: "spring", 7: "summer"}
"""Which term begins, or ends, in a month, where a calendar just says that term does."""
SEASONS: Final[Mapping[str, tuple[Half, Half]]] = {
    "autumn": (Half.AUTUMN_1, Half.AUTUMN_2),
    "spring": (Half.SPRING_1, Half.SPRING_2),
    "summer": (Half.SUMMER_1, Half.SUMMER_2),
}
HALF_TERM_MONTHS: Final[Mapping[int, str]] = {
    10: "autumn",
    11: "autumn",
    2: "spring",
    5: "summer",
    6: "summer",
}
SEASON = re.compile(r"\b(autumn|spring|summer)\b")
FIRST_HALF = re.compile(r"\b(1st half|first half|half 1|term 1|1|i|part 1)\b")
SECOND_HALF = re.compile(r"\b(2nd half|second half|half 2|term 2|2|ii|part 2)\b")
NUMBERED = re.compile(r"\bterm ([1-6])\b")
HALF_TERM = re.compile(r"\bhalf[ -]?term\b")
HOLIDAY = re.compile(r"\b(holiday|holidays|break|closed|closure|vacation)\b")
BEGINS = re.compile(r"\b(starts?|begins?|opens?|first day|start of|beginning of|reopens?)\b")
ENDS = re.compile(r"\b(ends?|closes?|finish(es)?|last day|end of|breaks? up)\b")
A_DAY = timedelta(days=1)
NOT_KNOWN = "It names no term, half-term or holiday that we know, so it was left out."


class Edge(StrEnum):
    """The first or the last school day of a half."""

    FIRST = "first_day"
    LAST = "last_day"


Place = tuple[Half, Edge]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a calendar: its number in the file, its name, its days; or what is wrong with them."""

    number: int
    name: str
    first_day: date | None = None
    last_day: date | None = None
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What became of an entry: what it was taken as, or why it was left out."""

    number: int
    name: str
    taken: str = ""
    refused: str = ""


@dataclass
class Reading:
    """The days that a calendar gives, and what became of each of its lines.

    A day that is said counts before one that follows from a holiday beside it.
    """

    days: dict[Place, date] = field(default_factory=dict)
    inferred: dict[Place, date] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def day(self, half: Half, edge: Edge) -> date | None:
        """The first or last school day of a half, where the calendar gives it."""
        return self.days.get((half, edge)) or self.inferred.get((half, edge))

    @property
    def refused(self) -> list[Line]:
        """The lines that were left out."""
        return [line for line in self.lines if line.refused]

    @property
    def missing(self) -> list[str]:
        """The halves of which a day is still to be entered."""
        return [HALF_LABELS[half] for half in HALVES if not all(self.day(half, edge) for edge in Edge)]


def read(entries: Iterable[Entry], begins: int) -> Reading:
    """What a calendar says about the school year that begins in a calendar year."""
    reading = Reading()
    for entry in entries:
        said, refusal = _understood(entry, begins)
        if not refusal and any(place in reading.days for place in said.days):
            refusal = "Another line says the same day of the same term; the first one counts."
        if refusal:
            reading.lines.append(Line(entry.number, entry.name, refused=refusal))
            continue
        reading.days |= said.days
        reading.inferred |= said.inferred
        reading.lines.append(Line(entry.number, entry.name, taken=_in_words(said)))
    return reading


def _in_words(said: Reading) -> str:
    words = {Edge.FIRST: "begins on", Edge.LAST: "ends on"}
    return "; ".join(
        f"{HALF_LABELS[half]} {words[edge]} {in_words(day)}"
        for (half, edge), day in {**said.days, **said.inferred}.items()
    )


def _understood(entry: Entry, begins: int) -> tuple[Reading, str]:
    """What one entry says, or why it says nothing."""
    first, last = entry.first_day, entry.last_day
    if entry.wrong or first is None or last is None:
        return Reading(), entry.wrong or "It has no date. Enter its first and last day."
    if last < first:
        return Reading(), f"It ends on {in_words(last)}, before it begins. Correct its dates."
    other = next((day for day in (first, last) if school_year_of(day) != begins), None)
    name = " ".join(re.sub(r"[^a-z0-9-]+", " ", entry.name.lower()).split())
    said = _named(name, first, last)
    if said is None:
        return Reading(), NOT_KNOWN
    if other is not None and not _is_summer_holiday(said):
        year = year_in_words(school_year_of(other))
        return Reading(), f"It is of the school year {year}. Import it there."
    return said, ""


def _is_summer_holiday(said: Reading) -> bool:
    """The only entry that may reach into the next school year."""
    return not said.days and set(said.inferred) == {(Half.SUMMER_2, Edge.LAST)}


def _named(name: str, first: date, last: date) -> Reading | None:
    """What the words of a name say, with its days; None for words that mean nothing here."""
    half, season = _half_named(name), SEASON.search(name)
    is_break = HALF_TERM.search(name) and not (BEGINS.search(name) or ENDS.search(name))
    if (is_break and half is None) or HOLIDAY.search(name):
        return _holiday(name, first, last)
    halves = SEASONS[season.group()] if season else ()
    begun, ended = BEGINS.search(name), ENDS.search(name)
    if half is not None:
        halves = (half, half)
    elif not halves and re.search(r"\bterm\b", name) and first == last:
        by_month = (BEGUN_IN if begun else ENDED_IN if ended else {}).get(first.month)
        halves = SEASONS[by_month] if by_month else ()
    if not halves:
        return None
    if first == last and (begun or ended):
        place = (halves[0], Edge.FIRST) if begun else (halves[-1], Edge.LAST)
        return Reading({place: first})
    if first == last:
        return None
    return Reading({(halves[0], Edge.FIRST): first, (halves[-1], Edge.LAST): last})


def _half_named(name: str) -> Half | None:
    for half, label in HALF_LABELS.items():
        if name in {half.value.replace("_", " "), " ".join(label.lower().replace(",", "").split())}:
            return half
    season, numbered = SEASON.search(name), NUMBERED.search(name)
    if season is None:
        return HALVES[int(numbered.group(1)) - 1] if numbered else None
    first, second = SEASONS[season.group()]
    if SECOND_HALF.search(name):
        return second
    return first if FIRST_HALF.search(name) else None


def _holiday(name: str, first: date, last: date) -> Reading | None:
    """The school days on both sides of a holiday, weekends skipped."""
    before, after = _weekday(first - A_DAY, -A_DAY), _weekday(last + A_DAY, A_DAY)
    if HALF_TERM.search(name) and first.month in HALF_TERM_MONTHS:
        early, late = SEASONS[HALF_TERM_MONTHS[first.month]]
        return Reading(inferred={(early, Edge.LAST): before, (late, Edge.FIRST): after})
    if "christmas" in name or "winter" in name:
        return Reading(inferred={(Half.AUTUMN_2, Edge.LAST): before, (Half.SPRING_1, Edge.FIRST): after})
    if "easter" in name or ("spring" in name and not HALF_TERM.search(name)):
        return Reading(inferred={(Half.SPRING_2, Edge.LAST): before, (Half.SUMMER_1, Edge.FIRST): after})
    if "summer" in name:
        return Reading(inferred={(Half.SUMMER_2, Edge.LAST): before})
    return None


def _weekday(day: date, step: timedelta) -> date:
    while day.weekday() >= SATURDAY:
        day += step
    return day
