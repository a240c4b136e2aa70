"""What an entry in a school's register of contracts must be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from marketplace.contracts.categories import category
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money
from marketplace.core.months import end_months_later, months_later

LARGEST_VALUE = Money(100_000_000_00)
LONGEST_TITLE = 120
LONGEST_REFERENCE = 40
LONGEST_NOTICE_DAYS = 730
LONGEST_NOTICE_MONTHS = 24
LONGEST_RENEWAL_MONTHS = 60
LONGEST_EXTENSION_MONTHS = 120
MOST_EXTENSIONS = 6
LONGEST_TERM_DAYS = 366 * 30
EARLIEST_YEAR = 1990
LATEST_YEAR = 2100
NOTICE_NEAR = timedelta(days=60)
NOTICE_AHEAD = timedelta(days=180)
NOTICE_TOO_LONG = (
    "The notice is longer than the contract. Enter a shorter notice, or the first day from which the "
    "contract has run without a break."
)


class Ending(StrEnum):
    """When a contract ends, as the register is filtered."""

    THREE_MONTHS = "3"
    SIX_MONTHS = "6"
    A_YEAR = "12"
    LATER = "later"
    NOTICE = "notice"
    OVER = "over"


ENDING_LABELS = {
    Ending.THREE_MONTHS: "Within three months",
    Ending.SIX_MONTHS: "Within six months",
    Ending.A_YEAR: "Within a year",
    Ending.LATER: "Later than in a year",
    Ending.NOTICE: f"Last day for notice within {NOTICE_AHEAD.days} days",
    Ending.OVER: "Ended already",
}
DAYS_AHEAD = {Ending.THREE_MONTHS: 91, Ending.SIX_MONTHS: 183, Ending.A_YEAR: 365}


@dataclass(frozen=True, slots=True)
class ContractContent:
    """What a school says about a contract. The value is a year's, before VAT; the term has both its dates.

    The notice is so many calendar months and so many days more. `renewal_months` is how long it goes on by
    itself when nobody gives notice, 0 when it just ends. `extension_months` are the options to extend it
    that are left, each in months, in the order in which they would be used. `reference` is the school's own.
    """

    category: str
    title: str
    supplier_name: str
    annual_value: Money
    starts_on: date
    ends_on: date
    notice_days: int = 0
    notice_months: int = 0
    renewal_months: int = 0
    extension_months: tuple[int, ...] = ()
    reference: str = ""


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
    if len(content.reference) > LONGEST_REFERENCE:
        raise RuleBroken(f"The reference must have {LONGEST_REFERENCE} characters or fewer.", "reference")
    if not ZERO <= content.annual_value <= LARGEST_VALUE:
        raise RuleBroken("The value must be from £0 to £100,000,000 a year.", "annual_value")
    if content.starts_on.year < EARLIEST_YEAR:
        raise RuleBroken(f"The contract must start in {EARLIEST_YEAR} or later.", "starts_on")
    if content.starts_on.year > LATEST_YEAR:
        raise RuleBroken(f"The contract must start in {LATEST_YEAR} or earlier.", "starts_on")
    if content.ends_on < content.starts_on:
        raise RuleBroken("The contract must end after it starts.", "ends_on")
    if (content.ends_on - content.starts_on).days > LONGEST_TERM_DAYS:
        raise RuleBroken("The contract must be no longer than 30 years.", "ends_on")
    _check_notice(content)
    _check_going_on(content)


def _check_notice(content: ContractContent) -> None:
    if not 0 <= content.notice_days <= LONGEST_NOTICE_DAYS:
        raise RuleBroken(f"The notice must be from 0 to {LONGEST_NOTICE_DAYS} days.", "notice_days")
    if not 0 <= content.notice_months <= LONGEST_NOTICE_MONTHS:
        raise RuleBroken(f"The notice must be from 0 to {LONGEST_NOTICE_MONTHS} months.", "notice_months")
    if last_notice_on(content.ends_on, content.notice_days, content.notice_months) < content.starts_on:
        raise RuleBroken(NOTICE_TOO_LONG, "notice_months" if content.notice_months else "notice_days")


def _check_going_on(content: ContractContent) -> None:
    if not 0 <= content.renewal_months <= LONGEST_RENEWAL_MONTHS:
        raise RuleBroken(
            f"It must renew for 0 to {LONGEST_RENEWAL_MONTHS} months at a time.", "renewal_months"
        )
    if len(content.extension_months) > MOST_EXTENSIONS:
        raise RuleBroken(f"Enter {MOST_EXTENSIONS} options to extend or fewer.", "extension_months")
    if any(not 1 <= months <= LONGEST_EXTENSION_MONTHS for months in content.extension_months):
        raise RuleBroken(
            f"Each option to extend must be from 1 to {LONGEST_EXTENSION_MONTHS} months.", "extension_months"
        )


def last_notice_on(ends_on: date, notice_days: int, notice_months: int = 0) -> date:
    """The last safe notice date: the last day to give notice for the contract to end on a day.

    Months are counted first, then days. A month of notice reaches back to the same day of the month before
    (30 June: 30 May), or to that month's last day where there is no such day.
    """
    return months_later(ends_on, -notice_months) - timedelta(days=notice_days)


def effective_end(
    ends_on: date, *, notice_days: int, notice_months: int, renewal_months: int, today: date
) -> date:
    """When the contract can end at the earliest, as things stand.

    That is `ends_on`, unless it renews by itself and the last safe notice date has passed: then it is the
    end of the first further term for which notice can still be given.
    """
    end, terms = ends_on, 0
    while renewal_months and last_notice_on(end, notice_days, notice_months) < today:
        terms += 1
        end = end_months_later(ends_on, terms * renewal_months)
    return end


def notice_in_words(notice_days: int, notice_months: int) -> str:
    """How long a notice is: 3 months, 90 days, 3 months and 14 days; empty when none is needed."""
    parts = ((notice_months, "month"), (notice_days, "day"))
    return " and ".join(f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number)


def read_months(text: str) -> tuple[int, ...]:
    """Numbers of months as people list them: 12, 12. Raises ValueError with a sentence for anything else."""
    parts = [part for part in re.split(r"[,;+\s]+", text) if part]
    if not all(re.fullmatch(r"[0-9]{1,3}", part) for part in parts):
        raise ValueError("Enter the months of each option with commas between them, such as 12, 12.")
    return tuple(map(int, parts))


def months_in_words(months: int) -> str:
    """A number of months as people say it: 1 month, 12 months."""
    return f"{months} month{'' if months == 1 else 's'}"


def days_until(moment: date, today: date) -> str:
    """How far away a date is, in words."""
    days = (moment - today).days
    if days < 0:
        return "passed"
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days:,} days")
