"""The annual pack: what the year brought, added up from what stands elsewhere. Plain Python.

The alliances' eighth principle: an annual joint meeting of the Strategic Board and the members gets a pack
with priorities, savings, fund, workload, members joined and left, and contracts.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money

LONGEST_PRIORITIES = 6_000


@dataclass(frozen=True, slots=True)
class Bought:
    """What one school buys by an award, and what the same costs it today; both for the whole term.

    Pence before VAT. `baseline` is None where the school's spend today is not known.
    """

    school_id: uuid.UUID
    school: str
    price: Money
    baseline: Money | None


@dataclass(frozen=True, slots=True)
class Purchase:
    """A tender that was awarded within the year, and what each school buys by it."""

    tender_id: uuid.UUID
    reference: str
    title: str
    category: str
    supplier: str
    awarded_on: date
    ends_on: date | None
    schools: tuple[Bought, ...]

    @property
    def price(self) -> Money:
        """What all schools pay over the whole term."""
        return Money.total(one.price for one in self.schools)

    @property
    def saving(self) -> Money | None:
        """What all schools save over the term; None while the spend today of one of them is not known."""
        if any(one.baseline is None for one in self.schools):
            return None
        return Money.total(one.baseline - one.price for one in self.schools if one.baseline is not None)


@dataclass(frozen=True, slots=True)
class SchoolSaving:
    """What a school pays under the year's awards beside what the same costs it today, whole terms.

    `unknown` counts the purchases left out because the school's spend today is not known.
    """

    school: str
    purchases: int
    unknown: int
    baseline: Money
    price: Money

    @property
    def saving(self) -> Money:
        """The baseline less the price: negative where the school pays more, and shown so."""
        return self.baseline - self.price


def savings_by_school(purchases: Iterable[Purchase]) -> list[SchoolSaving]:
    """Every school that buys by one of these awards, by name. Sums do not depend on the order."""
    bought: dict[uuid.UUID, list[Bought]] = {}
    for purchase in purchases:
        for one in purchase.schools:
            bought.setdefault(one.school_id, []).append(one)
    return sorted((_saving_of(lines) for lines in bought.values()), key=lambda one: one.school)


def _saving_of(lines: Sequence[Bought]) -> SchoolSaving:
    known = [(line.baseline, line.price) for line in lines if line.baseline is not None]
    return SchoolSaving(
        school=lines[0].school,
        purchases=len(lines),
        unknown=len(lines) - len(known),
        baseline=Money.total(baseline for baseline, _ in known),
        price=Money.total(price for _, price in known),
    )


def whole(savings: Sequence[SchoolSaving]) -> SchoolSaving:
    """All schools together."""
    return SchoolSaving(
        school="All schools",
        purchases=sum(one.purchases for one in savings),
        unknown=sum(one.unknown for one in savings),
        baseline=Money.total(one.baseline for one in savings),
        price=Money.total(one.price for one in savings),
    )


def check_priorities(text: str) -> str:
    """The priorities as they are kept; blank takes them back. Raises RuleBroken when they are too long."""
    given = text.strip()
    if len(given) > LONGEST_PRIORITIES:
        raise RuleBroken(f"The priorities must have {LONGEST_PRIORITIES:,} characters or fewer.", "text")
    return given
