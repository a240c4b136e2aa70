"""Until when a notice about a contract is due, and which changes of a contract need one. Plain Python.

The figures are dated data in `reference/`, with their sections of the Procurement Act 2023.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

from marketplace.core.money import Money
from marketplace.needs.thresholds import Regime
from marketplace.tenders.uk_notices.rules import REFERENCE_DATA, NoticeKind

PERCENT = 100


@cache
def _rows(name: str) -> tuple[Mapping[str, str], ...]:
    with (REFERENCE_DATA / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def days_for(kind: NoticeKind, regime: Regime, on: date) -> int | None:
    """Within how many days a notice is due that began to be owed on a day; None where none is."""
    held = [
        row
        for row in _rows("notice_periods.csv")
        if row["notice"] == kind and row["regime"] == regime and row["from"] <= str(on)
    ]
    return int(max(held, key=lambda row: row["from"])["days"]) if held else None


def last_day(kind: NoticeKind, regime: Regime, on: date) -> date | None:
    """The last day for a notice: the day on which it began to be owed is the first of its days."""
    days = days_for(kind, regime, on)
    return on + timedelta(days=days - 1) if days else None


def _percent(kind: str, on: date) -> Fraction:
    held = [row for row in _rows("contract_changes.csv") if row["kind"] == kind and row["from"] <= str(on)]
    return Fraction(max(held, key=lambda row: row["from"])["percent"])


def value_needs_notice(awarded: Money, present: Money, category: str, on: date) -> bool:
    """Does a changed value need a change notice? `category` is goods, services or works (s.75(2)(a))."""
    change = abs(present.pence - awarded.pence) * PERCENT
    return change > awarded.pence * _percent(category or "services", on)


def term_needs_notice(longest: tuple[date, date], present_ends_on: date, agreed_ends_on: date) -> bool:
    """Does a changed term need a change notice?

    `longest` is the maximum term provided for on award, both days included; the change is counted in days
    from the agreed end, and an option to extend that was provided for is no change (s.75(2)(b)).
    """
    starts_on, last_on = longest
    if agreed_ends_on <= present_ends_on <= last_on:
        return False
    reference = last_on if present_ends_on > last_on else agreed_ends_on
    change = abs((present_ends_on - reference).days) * PERCENT
    return change > ((last_on - starts_on).days + 1) * _percent("term", starts_on)
