"""What a purchase is worth as the Procurement Act 2023 counts it, and which of its rules bind. Plain Python.

The figures are dated data in `reference/`, with their sources.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from marketplace.core.money import Money, vat_on
from marketplace.core.months import MONTHS_A_YEAR

REFERENCE = Path(__file__).with_name("reference")
CPV_DIGITS = 8
WORKS = "45"


class Regime(StrEnum):
    """Which rules of the Procurement Act 2023 bind a tender."""

    ABOVE = "above"
    LIGHT_TOUCH = "light_touch"
    BELOW = "below"


REGIME_LABELS = {
    Regime.ABOVE: "Above the threshold",
    Regime.LIGHT_TOUCH: "Light touch",
    Regime.BELOW: "Below the threshold",
}


@dataclass(frozen=True, slots=True)
class Dated:
    """A threshold (pounds, VAT included) and the day from which it holds."""

    kind: str
    starts_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Worth:
    """What a purchase is worth for the Act, VAT included, beside its threshold on a day.

    `value` is None where it cannot be known; it then counts as above.
    """

    value: Money | None
    threshold: Money
    regime: Regime


@cache
def _thresholds() -> tuple[Dated, ...]:
    with (REFERENCE / "thresholds.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Dated(row["kind"], date.fromisoformat(row["from"]), Money(int(row["pounds"]) * 100))
            for row in csv.DictReader(file)
        )


@cache
def _light_touch_codes() -> frozenset[str]:
    with (REFERENCE / "light_touch.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["cpv"] for row in csv.DictReader(file) if row["light_touch"] == "1")


@cache
def _vat_rates() -> tuple[tuple[date, int], ...]:
    with (REFERENCE / "vat.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            (date.fromisoformat(row["from"]), int(row["basis_points"]))
            for row in csv.DictReader(file)
            if row["kind"] == "standard"
        )


def vat_rate(on: date) -> int:
    """The standard rate of VAT on a day, in basis points; before the first that we know, that one."""
    known = sorted(_vat_rates())
    return next((rate for since, rate in reversed(known) if since <= on), known[0][1])


def is_light_touch(cpv: str) -> bool:
    """Does this CPV code stand among the light touch services (Procurement Regulations 2024 Sch 1)?

    The check digit does not matter. A code that is not in our table is treated as not light touch.
    """
    return cpv[:CPV_DIGITS] in _light_touch_codes()


def threshold(kind: str, on: date) -> Money:
    """The threshold that holds on a day, VAT included. KeyError for a kind or a day without one."""
    holding = [row for row in _thresholds() if row.kind == kind and row.starts_on <= on]
    if not holding:
        raise KeyError((kind, on))
    return max(holding, key=lambda row: row.starts_on).amount


def _kind(cpv: str) -> str:
    if is_light_touch(cpv):
        return "light_touch"
    return "works" if cpv.startswith(WORKS) else "goods_services"


def regime(cpv: str, value: Money | None, on: date) -> Regime:
    """Which rules bind a tender of this value (VAT included, whole term) on a day.

    A value that is unknown or zero counts as above the threshold (Sch 3 of the Act).
    """
    if value and value < threshold(_kind(cpv), on):
        return Regime.BELOW
    return Regime.LIGHT_TOUCH if is_light_touch(cpv) else Regime.ABOVE


def estimated_value(most_a_year: Money | None, months: int | None, on: date) -> Money | None:
    """The most a purchase can cost over its whole term, VAT included; None where that is unknown.

    `most_a_year` is before VAT; `months` is the term with every extension that may be taken. The Act
    counts the maximum that may be paid, options to extend and VAT included (s.4 and Sch 3 para 1). The
    standard rate is taken for everything, so that nothing is valued too low. Half up at the penny.
    """
    if not most_a_year or not months:
        return None
    pence, rest = divmod(most_a_year.pence * months, MONTHS_A_YEAR)
    net = Money(pence + (2 * rest >= MONTHS_A_YEAR))
    return net + vat_on(net, vat_rate(on))


def worth(cpvs: Sequence[str], value: Money | None, on: date) -> Worth:
    """What a value means for the Act, for a purchase with these CPV codes, on a day.

    Light touch only where every code is: for a purchase of mixed kinds the lower threshold is the
    cautious one.
    """
    lowest = min(cpvs or ("",), key=lambda code: threshold(_kind(code), on))
    return Worth(value, threshold(_kind(lowest), on), regime(lowest, value, on))
