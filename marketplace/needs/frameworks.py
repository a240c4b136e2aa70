"""The frameworks that the Department for Education approves, by our categories. Plain Python.

The list and the mapping are dated data in `reference/`, with their sources.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

REFERENCE = Path(__file__).with_name("reference")
DATE_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Framework:
    """An approved framework: its name, where it is described, and from when until when it may be used."""

    title: str
    url: str
    valid_from: date
    valid_to: date | None


def approved_frameworks(category_id: str, on: date) -> list[Framework]:
    """The approved frameworks that cover a category on a day, by name; none for one that we do not know."""
    return [
        one
        for one in _by_category().get(category_id, ())
        if one.valid_from <= on and (one.valid_to is None or on <= one.valid_to)
    ]


@cache
def _by_category() -> Mapping[str, list[Framework]]:
    with (REFERENCE / "approved_frameworks.csv").open(encoding="utf-8", newline="") as file:
        known = {
            row["Url"]: Framework(
                row["Title"],
                row["Url"],
                date.fromisoformat(row["ValidFrom"][:DATE_DIGITS]),
                date.fromisoformat(row["ValidTo"][:DATE_DIGITS]) if row["ValidTo"] else None,
            )
            for row in csv.DictReader(file)
        }
    covered: dict[str, list[Framework]] = {}
    with (REFERENCE / "framework_categories.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            covered.setdefault(row["category"], []).append(known[row["url"]])
    return {category_id: sorted(found, key=lambda one: one.title) for category_id, found in covered.items()}
