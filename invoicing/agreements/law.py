"""What the law says about staff who work in another school, as dated data.

The files are in `reference/`, with their sources in the README there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from invoicing.agreements.rules import CheckLevel, Supply
from invoicing.invoices import vat_law
from invoicing.invoices.rules import VatCategory

REFERENCE = Path(__file__).parent / "reference"


@dataclass(frozen=True, slots=True)
class VatOfStaff:
    """How VAT treats one kind of staff from a day on, and where that stands."""

    category: VatCategory
    reason: str
    cited: str


def vat_of_staff(supply: Supply, on: date) -> VatOfStaff:
    """How a registered school charges for staff on a day (VATEDU53600). ValueError for what is no staff."""
    found = vat_law.staff(vat_law.Staff(supply.value), on)
    return VatOfStaff(VatCategory(found.category), found.reason, found.cited)


def enough_for_regulated_activity(on: date) -> tuple[frozenset[CheckLevel], str]:
    """The levels of a check that let somebody work with children on a day, and where that stands."""
    edition = _in_force("safeguarding_levels.json", on)
    return frozenset(map(CheckLevel, edition["enough_for_regulated_activity"])), edition["cited"]


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
