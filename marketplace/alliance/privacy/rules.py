"""The record of processing and the rules of retention, as dated data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from marketplace.core.actors import Kind, Role
from marketplace.core.clock import LONDON
from marketplace.core.months import months_later

REFERENCE = Path(__file__).with_name("reference")
NOT_BEFORE = time(3)
ANSWERING: Mapping[Kind, tuple[Role, ...]] = {
    Kind.ALLIANCE: (Role.COORDINATOR,),
    Kind.SCHOOL: (Role.HEADTEACHER,),
    Kind.SUPPLIER: (Role.SUPPLIER_ADMIN,),
}
"""Who takes along, for somebody who has left, what is held about them."""
FORMER = "Former colleague"
"""The name of an account when even the longest period is over."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that is done with personal data (UK GDPR, article 30(1)), and the tables that hold it."""

    key: str
    name: str
    purpose: str
    people: str
    data: str
    basis: str
    recipients: str
    kept: str
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Law:
    """A provision that asks for data to be kept; `how` says what was read of it."""

    title: str
    says: str
    verified: bool
    how: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is deleted so many months after something."""

    key: str
    what: str
    months: int
    since: str
    why: str

    def before(self, today: date) -> datetime:
        """What lies before this moment is deleted: midnight in England, so many months ago."""
        return datetime.combine(months_later(today, -self.months), time(), LONDON)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the law keeps, and how long."""

    what: str
    how_long: str
    laws: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Retention:
    """Everything that is deleted and everything that is kept, as of a day."""

    as_of: date
    laws: dict[str, Law]
    erased: tuple[Erasure, ...]
    kept: tuple[Kept, ...]


@cache
def processing() -> tuple[Activity, ...]:
    """The record of processing."""
    return tuple(
        Activity(**{**one, "tables": tuple(one["tables"])}) for one in _read("processing.json")["activities"]
    )


@cache
def retention() -> Retention:
    """The rules of retention."""
    read = _read("retention.json")
    return Retention(
        as_of=date.fromisoformat(read["as_of"]),
        laws={key: Law(**law) for key, law in read["laws"].items()},
        erased=tuple(Erasure(**one) for one in read["erased"]),
        kept=tuple(Kept(one["what"], one["how_long"], tuple(one["laws"])) for one in read["kept"]),
    )


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((REFERENCE / name).read_text("utf-8"))
    return content


def time_to_erase(now: datetime) -> bool:
    """Is it the part of the night in England in which old data is deleted, or later?"""
    return now.astimezone(LONDON).time() >= NOT_BEFORE
