"""What an entry in a school's register of contracts must be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from marketplace.contracts.categories import category
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money

LARGEST_VALUE = Money(100_000_000_00)
LONGEST_TITLE = 120
LONGEST_NOTICE_DAYS = 730
LONGEST_TERM_DAYS = 366 * 30
EARLIEST_YEAR = 1990
NOTICE_NEAR = timedelta(days=60)


class Ending(StrEnum):
    """When a contract ends, as the register is filtered."""

    THREE_MONTHS = "3"
    SIX_MONTHS = "6"
    A_YEAR = "12"
    LATER = "later"
    OVER = "over"


ENDING_LABELS = {
    Ending.THREE_MONTHS: "Within three months",
    Ending.SIX_MONTHS: "Within six months",
    Ending.A_YEAR: "Within a year",
    Ending.LATER: "Later than in a year",
    Ending.OVER: "Ended already",
}
DAYS_AHEAD = {Ending.THREE_MONTHS: 91, Ending.SIX_MONTHS: 183, Ending.A_YEAR: 365}


@dataclass(frozen=True, slots=True)
class ContractContent:
    """What a school says about a contract. The value is a year's, before VAT; the term has both its dates."""

    category: str
    title: str
    supplier_name: str
    annual_value: Money
    starts_on: date
    ends_on: date
    notice_days: int = 0
    renews_automatically: bool = False


def check_content(content: ContractContent) -> None:
    """Raise RuleBroken, naming the field, for what no contract can say."""
    category(content.category)
    for name, text, ask in (
        ("title", content.title, "Enter what the contract is for."),
        ("supplier_name", content.supplier_name, "Enter the supplier’s name."),
    ):
        if not text.strip():
            raise RuleBroken(ask, name)
        if len(text) > LONGEST_TITLE:
            raise RuleBroken(f"This must have {LONGEST_TITLE} characters or fewer.", name)
    if not ZERO <= content.annual_value <= LARGEST_VALUE:
        raise RuleBroken("The value must be from £0 to £100,000,000 a year.", "annual_value")
    if content.starts_on.year < EARLIEST_YEAR:
        raise RuleBroken(f"The contract must start in {EARLIEST_YEAR} or later.", "starts_on")
    if content.ends_on < content.starts_on:
        raise RuleBroken("The contract must end after it starts.", "ends_on")
    if (content.ends_on - content.starts_on).days > LONGEST_TERM_DAYS:
        raise RuleBroken("The contract must be no longer than 30 years.", "ends_on")
    if not 0 <= content.notice_days <= LONGEST_NOTICE_DAYS:
        raise RuleBroken(f"The notice must be from 0 to {LONGEST_NOTICE_DAYS} days.", "notice_days")


def last_notice_on(ends_on: date, notice_days: int) -> date:
    """The last day on which notice can be given for the contract to end when it is meant to."""
    return ends_on - timedelta(days=notice_days)


def days_until(moment: date, today: date) -> str:
    """How far away a date is, in words."""
    days = (moment - today).days
    if days < 0:
        return "passed"
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days:,} days")
