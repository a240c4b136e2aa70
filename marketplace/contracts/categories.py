"""What schools buy: the categories that needs, contracts, tenders and suppliers name by their ids.

The catalogue is data, in `categories.json` beside this module, with its source; an administrator adds to it
without code (the room `catalogue`). It is plain Python, so that rules may read it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from marketplace.core.errors import RuleBroken

CATALOGUE_FILE = Path(__file__).with_name("categories.json")
OTHER = "other"
CPV_GROUP = 3
MOST_ROWS = 40


class FieldType(StrEnum):
    """What kind of answer a category's question takes."""

    WHOLE_NUMBER = "int"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    TEXT = "text"
    LONG_TEXT = "long_text"
    YES_NO = "bool"
    ONE_OF = "enum"
    ANY_OF = "multi"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class CategoryField:
    """One question that a need of the category answers.

    `options` maps what is stored to what is read; `pattern` is a regular expression for a text without
    its spaces, and `message` says what is wrong when it does not match; `largest` bounds a number.
    `page` is what the questions on its page are about together; blank for one that has a page of its own.
    `is_common` marks a question of every category: its `page` names one of the pages that every need has.

    A table has `columns`, each a question that every row answers, and at most `most_rows`; `none` offers to
    say that there are none, blank where that is no answer.
    """

    key: str
    label: str
    type: FieldType
    required: bool
    unit: str
    hint: str
    options: Mapping[str, str]
    pattern: str
    message: str
    largest: int | None
    page: str = ""
    is_common: bool = False
    columns: tuple[CategoryField, ...] = ()
    most_rows: int = MOST_ROWS
    none: str = ""


@dataclass(frozen=True, slots=True)
class Cpv:
    """A code of the Common Procurement Vocabulary, eight digits, and its label."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Since when the category must be bought elsewhere, and what people are told."""

    since: date
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Category:
    """A category: its codes, the unit its volume is counted in, and its questions, the common ones last.

    `frameworks` are the addresses of approved frameworks that cover an added category; those of the file
    stand in `reference/`. `largest_volume` bounds the volume, and `volume_message` says what to do beyond;
    `compare` names what its spend is compared with ("rpa" or nothing).
    """

    id: str
    name: str
    cpv: tuple[Cpv, ...]
    volume_unit: str
    fields: tuple[CategoryField, ...]
    elsewhere: Elsewhere | None
    largest_volume: int | None = None
    volume_message: str = ""
    compare: str = ""
    frameworks: tuple[str, ...] = ()


class Catalogue(Mapping[str, Category]):
    """The categories by id: those of the file, and those that an administrator added, which come first.

    The parts are replaced as a whole, so that whoever reads sees one catalogue or the next.
    """

    def __init__(self, built_in: Iterable[Category]) -> None:
        self._built_in = {one.id: one for one in built_in}
        self._now = self._built_in
        self.edition: object = None

    def add(self, added: Iterable[Category], edition: object) -> None:
        """Let these stand beside the file's, in place of any of the same id. `edition` tells them apart."""
        self._now, self.edition = self._built_in | {one.id: one for one in added}, edition

    def __getitem__(self, category_id: str) -> Category:
        return self._now[category_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now)

    def __len__(self) -> int:
        return len(self._now)


def category(category_id: str) -> Category:
    """The category with this id. Raises RuleBroken when there is none."""
    found = CATALOGUE.get(category_id)
    if found is None:
        raise RuleBroken("Choose one of the categories on the list.", "category")
    return found


def label(category_id: str) -> str:
    """A category's name. Raises KeyError for an id that is not in the catalogue."""
    return CATALOGUE[category_id].name


def pairs() -> list[tuple[str, str]]:
    """The categories as (id, name), by name, with the one for everything else at the end."""
    known = [(one.id, one.name) for one in CATALOGUE.values() if one.id != OTHER]
    return [*sorted(known, key=lambda pair: pair[1]), (OTHER, CATALOGUE[OTHER].name)]


def by_cpv(code: str) -> str:
    """The id of the category that a CPV code belongs to: the one that shares most leading digits with it.

    At least the three digits of a group must agree, and with one category only; else it is `other`.
    """
    agreement = {
        one.id: max((_shared(code[:8], cpv.code) for cpv in one.cpv), default=0) for one in CATALOGUE.values()
    }
    most = max(agreement.values())
    best = [category_id for category_id, shared in agreement.items() if shared == most]
    return best[0] if most >= CPV_GROUP and len(best) == 1 else OTHER


def _shared(one: str, other: str) -> int:
    """How many leading digits two codes share; the noughts that pad a code count for nothing."""
    significant = min(len(one.rstrip("0")), len(other.rstrip("0")))
    shared = 0
    while shared < significant and one[shared] == other[shared]:
        shared += 1
    return shared


def read_field(row: Mapping[str, Any], *, is_common: bool = False) -> CategoryField:
    """A question from its entry in a catalogue that was checked."""
    return CategoryField(
        key=row["key"],
        label=row["label"],
        type=FieldType(row["type"]),
        required=row["required"],
        unit=row.get("unit", ""),
        hint=row.get("hint", ""),
        options=row.get("options", {}),
        pattern=row.get("pattern", ""),
        message=row.get("message", ""),
        largest=row.get("max"),
        page=row.get("page", ""),
        is_common=is_common,
        columns=tuple(read_field(column) for column in row.get("columns", ())),
        most_rows=row.get("max_rows", MOST_ROWS),
        none=row.get("none", ""),
    )


def read_category(row: Mapping[str, Any]) -> Category:
    """A category from its entry in a catalogue that was checked."""
    moved = row.get("elsewhere")
    return Category(
        id=row["id"],
        name=row["name"],
        cpv=tuple(Cpv(cpv["code"], cpv["label"]) for cpv in row["cpv"]),
        volume_unit=row["volume_unit"],
        fields=(*(read_field(field) for field in row["fields"]), *COMMON),
        elsewhere=moved and Elsewhere(date.fromisoformat(moved["since"]), moved["text"], moved["source"]),
        largest_volume=row.get("volume_max"),
        volume_message=row.get("volume_message", ""),
        compare=row.get("compare", ""),
        frameworks=tuple(row.get("frameworks", ())),
    )


def unit_of(count: Decimal | int, unit: str) -> str:
    """A unit as it follows a count: "sites" of two, "site" of one; "lifts a year", "lift a year".

    One that the file does not know, as an administrator's may be, stays as it is.
    """
    first, *rest = unit.split(" ")
    return " ".join([UNITS_OF_ONE.get(first, first), *rest]) if count == 1 else unit


_file = json.loads(CATALOGUE_FILE.read_text(encoding="utf-8"))
UNITS_OF_ONE: Mapping[str, str] = _file["units_of_one"]
COMMON = tuple(read_field(row, is_common=True) for row in _file["common"])
CATALOGUE = Catalogue(read_category(row) for row in _file["categories"])
