"""The grounds for exclusion, as dated data with their paragraphs of the law.

The file is `reference/exclusion_grounds.json` beside this room, with its source in the README there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[1] / "reference" / "exclusion_grounds.json"


class Schedule(IntEnum):
    """Of the Act: the grounds on which a supplier must be excluded (6) and those on which it may (7)."""

    MANDATORY = 6
    DISCRETIONARY = 7


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground in our own words, and where it stands in the law."""

    id: str
    schedule: Schedule
    paragraphs: str
    title: str
    text: str

    @property
    def cited(self) -> str:
        """Where it stands, as a page cites it."""
        several = not self.paragraphs.isdecimal()
        return f"Schedule {self.schedule.value}, paragraph{'s' if several else ''} {self.paragraphs}"


@dataclass(frozen=True, slots=True)
class Edition:
    """The grounds as the law has them from a day on, and how many years back events count."""

    holds_from: date
    act: str
    looks_back_years: int
    grounds: tuple[Ground, ...]

    def of(self, schedule: Schedule) -> tuple[Ground, ...]:
        """The grounds of one schedule."""
        return tuple(one for one in self.grounds if one.schedule is schedule)

    def named(self, ids: frozenset[str]) -> tuple[Ground, ...]:
        """The grounds with these ids, in the law's order."""
        return tuple(one for one in self.grounds if one.id in ids)


@cache
def editions() -> tuple[Edition, ...]:
    """All editions, the newest first."""
    read = [
        Edition(
            date.fromisoformat(one["holds_from"]),
            one["act"],
            one["looks_back_years"],
            tuple(Ground(**{**each, "schedule": Schedule(each["schedule"])}) for each in one["grounds"]),
        )
        for one in json.loads(FILE.read_text("utf-8"))
    ]
    return tuple(sorted(read, key=lambda one: one.holds_from, reverse=True))


def edition_on(day: date) -> Edition:
    """The edition that holds on a day; before the first, the first."""
    return next((one for one in editions() if one.holds_from <= day), editions()[-1])
