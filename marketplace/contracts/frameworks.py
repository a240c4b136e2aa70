"""The frameworks that the Department for Education approves, by our categories. Plain Python.

The list and the mapping of our own categories are dated data in `reference/`, with their sources; a category
that an administrator adds names its frameworks itself, by their addresses.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from marketplace.contracts.categories import CATALOGUE

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
    category = CATALOGUE.get(category_id)
    urls = {*_mapped().get(category_id, ()), *(category.frameworks if category else ())}
    found = (known_frameworks()[url] for url in urls if url in known_frameworks())
    return sorted(
        (one for one in found if one.valid_from <= on and (one.valid_to is None or on <= one.valid_to)),
        key=lambda one: one.title,
    )


@cache
def known_frameworks() -> Mapping[str, Framework]:
    """Every framework on the Department's list, by its address."""
    with (REFERENCE / "approved_frameworks.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["Url"]: Framework(
                row["Title"],
                row["Url"],
                date.fromisoformat(row["ValidFrom"][:DATE_DIGITS]),
                date.fromisoformat(row["ValidTo"][:DATE_DIGITS]) if row["ValidTo"] else None,
            )
            for row in csv.DictReader(file)
        }


@cache
def _mapped() -> Mapping[str, list[str]]:
    """The addresses of the frameworks that cover each of our own categories."""
    covered: dict[str, list[str]] = {}
    with (REFERENCE / "framework_categories.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            covered.setdefault(row["category"], []).append(row["url"])
    return covered
