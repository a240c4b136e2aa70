"""When a contract with a related party is reported, and when the Department for Education approves it first.

Plain Python. The sum is dated data: `suppliers/awards/reference/related_parties.csv`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money

REFERENCE = Path(__file__).parents[1] / "reference"


@cache
def _sums() -> tuple[tuple[date, Money], ...]:
    with (REFERENCE / "related_parties.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            (date.fromisoformat(row["from"]), Money(int(row["pounds"]) * 100)) for row in csv.DictReader(file)
        )


def approval_above(on: date) -> Money:
    """The sum above which approval is needed on a day; before the first that we know, that one."""
    held = [row for row in _sums() if row[0] <= on]
    return max(held or _sums()[:1], key=lambda row: row[0])[1]


@dataclass(frozen=True, slots=True)
class Reported:
    """A related party as it was reported: its reference and day, and that of the approval, if there is one.

    `others` is what the school agreed with this supplier besides in the same financial year.
    """

    report_reference: str
    reported_on: date
    is_state_school: bool = False
    others: Money = ZERO
    approval_reference: str = ""


def needs_approval(part: Money, others: Money, on: date, *, is_state_school: bool) -> bool:
    """Does the Department approve this contract first? State-funded schools and colleges are exempt."""
    return not is_state_school and part + others > approval_above(on)


def check_reported(reported: Reported, part: Money, today: date) -> None:
    """A related party that is reported, and approved where it must be. Raises RuleBroken, naming the field.

    `part` is the school's contract over the whole term, VAT included: the cautious reading.
    """
    if not reported.report_reference.strip():
        raise RuleBroken(
            "Enter the reference of the report to the Department for Education.", "report_reference"
        )
    if reported.reported_on > today:
        raise RuleBroken("The report cannot have been made in the future.", "reported_on")
    approval = needs_approval(part, reported.others, today, is_state_school=reported.is_state_school)
    if approval and not reported.approval_reference.strip():
        raise RuleBroken(
            f"The contract is worth {part} with VAT. Above {approval_above(today)} in a financial year the "
            "Department approves it first: enter the reference of its approval.",
            "approval_reference",
        )


def check_declared(*, related: bool, recorded: int) -> None:
    """What is said at confirmation and what was recorded must agree. Raises RuleBroken."""
    if related and not recorded:
        raise RuleBroken("Record each related party with the reference of its report first.", "related")
    if not related and recorded:
        raise RuleBroken("A related party is recorded for this award. Say so.", "related")
