"""When a tender may close, and how long its contract runs. Plain Python."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path

import holidays

from marketplace.core.clock import LONDON
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money, vat_on
from marketplace.core.months import MONTHS_A_YEAR, months_later
from marketplace.needs.thresholds import Regime, vat_rate

REFERENCE = Path(__file__).with_name("reference")
OPENING_HOUR, CLOSING_HOUR = time(9), time(17)
SATURDAY = 5


@cache
def least_days(regime: Regime) -> int:
    """The fewest days from publication to deadline; day 1 is the day after publication (s.54)."""
    with (REFERENCE / "tendering_periods.csv").open(encoding="utf-8", newline="") as file:
        days = {row["case"]: int(row["days"]) for row in csv.DictReader(file)}
    return days[regime.value]


def term_months(starts_on: date, ends_on: date) -> Fraction:
    """How many months a contract runs, both days included; days over as a part of their month.

    1 September 2027 to 31 August 2030 gives 36. Raises ValueError when it ends before it starts.
    """
    if ends_on < starts_on:
        raise ValueError("The contract ends before it starts.")
    after = ends_on + timedelta(days=1)
    whole = (after.year - starts_on.year) * MONTHS_A_YEAR + after.month - starts_on.month
    if months_later(starts_on, whole) > after:
        whole -= 1
    reached, following = months_later(starts_on, whole), months_later(starts_on, whole + 1)
    return whole + Fraction((after - reached).days, (following - reached).days)


def term_in_words(starts_on: date, ends_on: date) -> str:
    """The length of a contract as people say it: 3 years, 2 years and 6 months, 7 months and 12 days."""
    months = term_months(starts_on, ends_on)
    whole = int(months)
    days = (ends_on + timedelta(days=1) - months_later(starts_on, whole)).days
    parts = ((whole // MONTHS_A_YEAR, "year"), (whole % MONTHS_A_YEAR, "month"), (days, "day"))
    said = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def over_whole_term(annual: Money, starts_on: date, ends_on: date) -> Money:
    """A yearly amount (a baseline) over the whole term of a contract, half up at the penny.

    Line volumes and quoted totals are for the whole term: compare them with this and nothing else.
    """
    return _times(annual, term_months(starts_on, ends_on) / MONTHS_A_YEAR)


def a_year(whole: Money, starts_on: date, ends_on: date) -> Money:
    """An amount for the whole term as an average year, half up at the penny."""
    return _times(whole, MONTHS_A_YEAR / term_months(starts_on, ends_on))


def _times(amount: Money, factor: Fraction) -> Money:
    if amount.pence < 0:
        return -_times(-amount, factor)
    exact = amount.pence * factor
    return Money((2 * exact.numerator + exact.denominator) // (2 * exact.denominator))


def estimated_value(baselines: Iterable[Money], starts_on: date, ends_on: date) -> Money:
    """What a contract is worth for the threshold: today's spend over the whole term, with VAT on top."""
    net = over_whole_term(Money.total(baselines), starts_on, ends_on)
    return net + vat_on(net, vat_rate(starts_on))


def check_contract_dates(starts_on: date, ends_on: date, closes_at: datetime | None) -> None:
    """The contract ends after it starts and starts after the deadline. Raises RuleBroken."""
    if ends_on <= starts_on:
        raise RuleBroken("The contract must end after it starts.", "contract_ends_on")
    if closes_at is not None and closes_at.astimezone(LONDON).date() >= starts_on:
        raise RuleBroken(
            "The contract must start after the deadline for quotes, with time to evaluate them.",
            "contract_starts_on",
        )


def check_deadline(closes_at: datetime, published_at: datetime, least: int) -> None:
    """A deadline that suppliers can meet and schools can keep. Raises RuleBroken, naming the field.

    In the future, from 09:00 to 17:00 on a working day in England, and at least so many days after
    publication. Such hours are never in the gap or fold of a clock change.
    """
    local = closes_at.astimezone(LONDON)
    if closes_at <= published_at:
        raise RuleBroken("The deadline is in the past. Choose a later one.", "closes_at")
    if why := not_a_working_day(local.date()):
        raise RuleBroken(f"The deadline must be on a working day. {why}", "closes_at")
    if not OPENING_HOUR <= local.time() <= CLOSING_HOUR:
        raise RuleBroken("The deadline must be from 09:00 to 17:00.", "closes_at")
    published_on = published_at.astimezone(LONDON).date()
    earliest = published_on + timedelta(days=least)
    if local.date() < earliest:
        raise RuleBroken(
            f"Suppliers must have at least {least} days from the day after publication. "
            f"Choose {_in_words(earliest)} or later.",
            "closes_at",
        )


def not_a_working_day(day: date) -> str:
    """Why a day is not a working day in England, as a sentence; "" when it is one."""
    if day.weekday() >= SATURDAY:
        return f"{_in_words(day)} is a {day:%A}."
    if name := holidays.country_holidays("GB", subdiv="ENG", years=day.year).get(day):
        return f"{_in_words(day)} is a bank holiday ({name})."
    return ""


def school_holiday(day: date) -> str:
    """The school holiday that a day usually falls in, in England; "" for none.

    Each authority and trust sets its own dates, so this is a warning and never a refusal. Usual dates:
    summer 22 July to 31 August, Christmas 20 December to 3 January, two weeks round Easter, and the
    half-term weeks of mid-February, late May and late October.
    """
    named = holidays.country_holidays("GB", subdiv="ENG", years=day.year)
    good_friday = next(found for found, name in named.items() if "Good Friday" in name)
    mid_february = _monday_on_or_after(date(day.year, 2, 12))
    late_may, late_october = _last_monday(day.year, 5), _last_monday(day.year, 10)
    windows = (
        ("Christmas", date(day.year, 12, 20), date(day.year, 12, 31)),
        ("Christmas", date(day.year, 1, 1), date(day.year, 1, 3)),
        ("Easter", good_friday - timedelta(days=4), good_friday + timedelta(days=9)),
        ("summer", date(day.year, 7, 22), date(day.year, 8, 31)),
        ("half-term", late_may, late_may + timedelta(days=4)),
        ("half-term", late_october, late_october + timedelta(days=4)),
        ("half-term", mid_february, mid_february + timedelta(days=4)),
    )
    return next((name for name, first, last in windows if first <= day <= last), "")


def _last_monday(year: int, month: int) -> date:
    last = months_later(date(year, month, 1), 1) - timedelta(days=1)
    return last - timedelta(days=last.weekday())


def _monday_on_or_after(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
