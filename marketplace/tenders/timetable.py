"""When a tender may close, and how long its contract runs. Plain Python."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from pathlib import Path

from marketplace.core import working_days
from marketplace.core.clock import LONDON
from marketplace.core.errors import RuleBroken
from marketplace.core.money import FOUR_PLACES, Money, vat_on
from marketplace.core.months import MONTHS_A_YEAR, months_later
from marketplace.core.working_days import in_words
from marketplace.needs.thresholds import Regime, vat_rate

REFERENCE = Path(__file__).with_name("reference")
OPENING_HOUR, CLOSING_HOUR = time(9), time(17)
OR_SAY_WHY = "Choose another moment, or say below why it must be this one."


class Procedure(StrEnum):
    """What decides how much time suppliers must have above the threshold (s.54)."""

    ELECTRONIC = "above"
    PARTLY_ELECTRONIC = "partly_electronic"
    ON_PAPER = "on_paper"
    PLANNED = "planned"


PROCEDURE_LABELS: Mapping[Procedure, str] = {
    Procedure.ELECTRONIC: "Everything is electronic and available together",
    Procedure.PARTLY_ELECTRONIC: "Something is not electronic, or some documents come later",
    Procedure.ON_PAPER: "Quotes may come on paper, and some documents come later",
    Procedure.PLANNED: "A planned procurement notice was published in time",
}


@dataclass(frozen=True, slots=True)
class Period:
    """The fewest days that suppliers have, and the law or rule that says so."""

    days: int
    source: str


@cache
def _periods() -> dict[str, Period]:
    with (REFERENCE / "tendering_periods.csv").open(encoding="utf-8", newline="") as file:
        return {row["case"]: Period(int(row["days"]), row["source"]) for row in csv.DictReader(file)}


def least_period(regime: Regime, procedure: Procedure = Procedure.ELECTRONIC) -> Period:
    """The fewest days from publication to deadline, with their source; `procedure` counts only above."""
    return _periods()[procedure if regime is Regime.ABOVE else regime]


def least_days(regime: Regime, procedure: Procedure = Procedure.ELECTRONIC) -> int:
    """The fewest days from publication to deadline; day 1 is the day after publication (s.54)."""
    return least_period(regime, procedure).days


@cache
def _standstills() -> tuple[tuple[date, int], ...]:
    with (REFERENCE / "standstill.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            (date.fromisoformat(row["from"]), int(row["working_days"])) for row in csv.DictReader(file)
        )


def standstill_days(on: date) -> int:
    """How many working days a standstill lasts that begins on a day (s.51)."""
    return max((row for row in _standstills() if row[0] <= on), default=_standstills()[0])[1]


def standstill_last_day(published_on: date) -> date:
    """The last day of the standstill that starts with the award notice (s.51).

    The day of publication counts if it is a working day in every part of the United Kingdom.
    """
    length = standstill_days(published_on)
    return working_days.last_of(published_on, length, working_days.is_working_day_everywhere)


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


def units_over_term(a_year: Decimal, starts_on: date, ends_on: date) -> Decimal:
    """A yearly quantity over the whole term of a contract, half up at four places."""
    months = term_months(starts_on, ends_on)
    exact = a_year * months.numerator / (months.denominator * MONTHS_A_YEAR)
    return exact.quantize(FOUR_PLACES, ROUND_HALF_UP)


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


def check_deadline(
    closes_at: datetime,
    published_at: datetime,
    least: int,
    *,
    on_holiday: Mapping[str, str] | None = None,
    reason: str = "",
) -> None:
    """A deadline that suppliers can meet and schools can keep. Raises RuleBroken, naming the field.

    In the future, and at least so many days after publication; from 09:00 to 17:00 on a working day in
    England, outside the holidays of the schools that buy (`on_holiday`: school and holiday), unless a
    `reason` says why not. Such hours are never in the gap or fold of a clock change.
    """
    if closes_at <= published_at:
        raise RuleBroken("The deadline is in the past. Choose a later one.", "closes_at")
    doubts = doubts_about(closes_at, on_holiday or {})
    if doubts and not reason.strip():
        raise RuleBroken(f"{doubts[0]} {OR_SAY_WHY}", "closes_at")
    published_on = published_at.astimezone(LONDON).date()
    earliest = published_on + timedelta(days=least)
    if closes_at.astimezone(LONDON).date() < earliest:
        raise RuleBroken(
            f"Suppliers must have at least {least} days from the day after publication. "
            f"Choose {in_words(earliest)} or later.",
            "closes_at",
        )


def doubts_about(closes_at: datetime, on_holiday: Mapping[str, str]) -> list[str]:
    """What speaks against a deadline, in sentences; none for a good one."""
    local = closes_at.astimezone(LONDON)
    doubts = []
    if why := not_a_working_day(local.date()):
        doubts.append(f"The deadline must be on a working day. {why}")
    if not OPENING_HOUR <= local.time() <= CLOSING_HOUR:
        doubts.append("The deadline must be from 09:00 to 17:00.")
    if on_holiday:
        school, holiday = min(on_holiday.items())
        others = len(on_holiday) - 1
        also = f" and {others} other school{'' if others == 1 else 's'}" if others else ""
        doubts.append(
            f"{in_words(local.date())} is in the {holiday} holiday of {school}{also}: "
            "people may not be there to answer questions and open quotes."
        )
    return doubts


def not_a_working_day(day: date) -> str:
    """Why a day is not a working day in England, as a sentence; "" when it is one."""
    if day.weekday() >= working_days.SATURDAY:
        return f"{in_words(day)} is a {day:%A}."
    if name := working_days.bank_holiday(day):
        return f"{in_words(day)} is a bank holiday ({name})."
    return ""
