"""What a school records when it looks a supplier up on the debarment list. Plain Python.

A minister keeps and publishes the list (Procurement Act 2023, section 62). We keep no copy: it would be out
of date on the day that counts. What is kept is who looked, when, and what they read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from marketplace.core.errors import RuleBroken

SECTION = "Procurement Act 2023, section 62"
LONGEST_REFERENCE = 300


@dataclass(frozen=True, slots=True)
class LookUp:
    """What was read. `reference` is the entry's, or how the list that was read is dated."""

    is_listed: bool
    reference: str
    looked_on: date


def check_look_up(look_up: LookUp, today: date) -> LookUp:
    """A look-up as we keep it. Raises RuleBroken (`reference`, `looked_on`)."""
    reference = " ".join(look_up.reference.split())
    if not reference:
        raise RuleBroken(
            "Enter the reference of the entry, or the date of the list that you read.", "reference"
        )
    if len(reference) > LONGEST_REFERENCE:
        raise RuleBroken(f"Shorten this to {LONGEST_REFERENCE} characters or fewer.", "reference")
    if look_up.looked_on > today:
        raise RuleBroken("You cannot have looked in the future.", "looked_on")
    return replace(look_up, reference=reference)
