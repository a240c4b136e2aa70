"""What a tender is worth for the Act together with others, and what follows from it. Plain Python."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from marketplace.core.money import Money
from marketplace.needs.thresholds import Regime

REFERENCE = Path(__file__).with_name("reference")
MONTHS_ALIKE = 12


@dataclass(frozen=True, slots=True)
class Alike:
    """Another tender of the alliance that could reasonably be one contract with this one (Sch 3 para 4)."""

    id: uuid.UUID
    reference: str
    title: str
    drafted_at: datetime
    value: Money | None


@dataclass(frozen=True, slots=True)
class Watch:
    """What a tender is worth, VAT included and whole term with options, and which rules bind it.

    `value` is its own, None when unknown; `counted` what counts: with `alike`, unless it is kept apart
    for a recorded reason. `alone` are the rules that its own value would bring.
    """

    value: Money | None
    counted: Money | None
    threshold: Money
    regime: Regime
    alone: Regime
    alike: tuple[Alike, ...]
    kept_apart: bool

    @property
    def needs_a_reason(self) -> bool:
        """Do the others make the difference, with nothing said about it?"""
        return self.regime is not self.alone and not self.kept_apart


@dataclass(frozen=True, slots=True)
class Duty:
    """Something the law asks for, and where it says so."""

    text: str
    source: str


def counted(value: Money | None, alike: Sequence[Alike], *, kept_apart: bool) -> Money | None:
    """The value that counts for the threshold: contracts that could reasonably be one are valued together.

    Unless good reasons are recorded (Procurement Act 2023, Sch 3 para 4). Another's unknown value adds
    nothing; an unknown value of its own stays unknown.
    """
    if not value or kept_apart:
        return value
    return value + Money.total(one.value for one in alike if one.value)


@cache
def _duties() -> tuple[tuple[Regime, date, Duty], ...]:
    with (REFERENCE / "duties.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            (Regime(row["regime"]), date.fromisoformat(row["from"]), Duty(row["duty"], row["source"]))
            for row in csv.DictReader(file)
        )


def duties(regime: Regime, on: date) -> list[Duty]:
    """What the law asks of a tender on a day."""
    return [duty for bound, since, duty in _duties() if bound is regime and since <= on]
