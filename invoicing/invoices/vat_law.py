"""What the law says of VAT on staff and on disbursements, as dated data.

The files are in `reference/`, with their sources in the README there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).parent / "reference"


class Staff(StrEnum):
    """Who works in the other school: VAT treats teaching and other staff apart (VATEDU53600)."""

    TEACHING = "teaching"
    OTHER = "other_staff"


@dataclass(frozen=True, slots=True)
class StaffRule:
    """How a registered school charges for staff: the code of the VAT category, why, and where that stands."""

    category: str
    reason: str
    cited: str


@dataclass(frozen=True, slots=True)
class Disbursement:
    """The conditions that must all hold, by a short name, and where they stand."""

    conditions: Mapping[str, str]
    cited: str


def staff(kind: Staff, on: date) -> StaffRule:
    """How a registered school charges for staff on a day."""
    edition = _in_force("vat_of_staff.json", on)
    found = edition[kind.value]
    return StaffRule(found["category"], found["reason"], edition["cited"])


def disbursement(on: date) -> Disbursement:
    """When what was paid for another school is outside the scope of VAT on a day."""
    edition = _in_force("disbursement.json", on)
    return Disbursement(edition["conditions"], edition["cited"])


def _in_force(name: str, on: date) -> dict[str, Any]:
    """The newest edition that holds on a day; the first, for a day before all of them."""
    editions = _editions(name)
    begun = [one for one in editions if date.fromisoformat(one["holds_from"]) <= on]
    return begun[-1] if begun else editions[0]


@cache
def _editions(name: str) -> Sequence[dict[str, Any]]:
    """The editions of a file, in the order in which they came into force."""
    content = json.loads((REFERENCE / name).read_text("utf-8"))
    return sorted(content["editions"], key=lambda one: str(one["holds_from"]))
