"""What the fund holds for each school and each purpose, and who bears a claim. Plain Python.

Money is collected for a purpose and stays there: it is kept in a pot of its own in the ledger, and a claim
for one purpose is never paid from what was collected for another.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from invoicing.fund.rules import Purpose
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money

ANY_PURPOSE = "Any purpose"


class MovementKind(StrEnum):
    """What moved money of the fund."""

    CONTRIBUTION = "contribution"
    GRANT = "grant"
    CLAIM = "claim"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Pot:
    """Money of the fund that is kept apart: whose share it is, and for which purpose.

    `holder_id` is a school; or the alliance, for grants, which are no school's. Without a purpose is what
    came in before purposes were kept apart: it may be spent on any.
    """

    holder_id: uuid.UUID
    purpose: Purpose | None = None

    def pays_for(self, purpose: Purpose | None) -> bool:
        """May a claim for this purpose be paid from here? Everything may when no purpose is named."""
        return purpose is None or self.purpose in {purpose, None}


@dataclass(frozen=True, slots=True)
class ShareMovement:
    """Money that went into a share of the fund (positive) or out of it (negative).

    The movements of one entry have the same `entry_id`: a claim leaves every share that bears it.
    `holder_id` is the school whose share it is, or the alliance for grants; `held_for` is the purpose of the
    pot. `source_id` is the round of a contribution, the grant, the claim, or the refund of a school
    that left, which has no purpose; `party` is the name of who paid in or was paid.
    """

    posted_on: date
    holder_id: uuid.UUID
    amount: Money
    entry_id: uuid.UUID
    source_id: uuid.UUID
    reference: str
    title: str
    party: str
    purpose: Purpose | None
    kind: MovementKind
    held_for: Purpose | None = None

    @property
    def pot(self) -> Pot:
        """Where the money was put or taken from."""
        return Pot(self.holder_id, self.held_for)


def check_within(amount: Money, available: Money, purpose: Purpose, field: str | None = None) -> None:
    """Raise RuleBroken for a claim that is larger than what is held for its purpose; the fund never lends."""
    if amount <= available:
        return
    held = f"The fund has {available} available for {purpose.label.lower()}, which is less than {amount}."
    if available:
        raise RuleBroken(f"{held} Claim {available} or less, or wait until more has come in for it.", field)
    raise RuleBroken(f"{held} Choose another purpose, or wait until something has come in for it.", field)


def free_shares(movements: Iterable[ShareMovement], on: date) -> dict[Pot, Money]:
    """What can be taken out of each pot on a day without it falling below zero then or later.

    That is the lowest the pot stands at from the end of that day on: money spent later cannot be
    spent again.
    """
    days: dict[Pot, dict[date, Money]] = {}
    for movement in movements:
        by_day = days.setdefault(movement.pot, {})
        by_day[movement.posted_on] = by_day.get(movement.posted_on, ZERO) + movement.amount
    free = {}
    for pot, by_day in days.items():
        standing = Money.total(amount for day, amount in by_day.items() if day <= on)
        lowest = standing
        for day in sorted(day for day in by_day if day > on):
            standing += by_day[day]
            lowest = min(lowest, standing)
        free[pot] = max(lowest, ZERO)
    return free


def bear(amount: Money, free: Mapping[Pot, Money], purpose: Purpose) -> dict[Pot, Money]:
    """What each pot bears of a claim: in proportion to what those of its purpose hold, to the penny.

    No pot pays more than it holds, so no school's balance ever covers another's; none of another
    purpose pays at all. Raises RuleBroken when together they hold less than the claim.
    """
    paying = {pot: held for pot, held in free.items() if pot.pays_for(purpose)}
    check_within(amount, Money.total(paying.values()), purpose)
    parts = amount.split([held.pence for held in paying.values()])
    borne = {pot: part for pot, part in zip(paying, parts, strict=True) if part}
    assert Money.total(borne.values()) == amount
    assert all(part <= paying[pot] and pot.pays_for(purpose) for pot, part in borne.items())
    return borne


def by_holder(pots: Mapping[Pot, Money]) -> dict[uuid.UUID, Money]:
    """What pots hold, added up for each school; and for the alliance, where it holds grants."""
    sums: dict[uuid.UUID, Money] = {}
    for pot, held in pots.items():
        sums[pot.holder_id] = sums.get(pot.holder_id, ZERO) + held
    return sums


def by_purpose(pots: Mapping[Pot, Money]) -> dict[Purpose | None, Money]:
    """What pots hold, added up for each purpose; under None what may be spent on any."""
    sums: dict[Purpose | None, Money] = {}
    for pot, held in pots.items():
        sums[pot.purpose] = sums.get(pot.purpose, ZERO) + held
    return sums


def held_for(pots: Mapping[Pot, Money], purpose: Purpose) -> Money:
    """What claims for a purpose can be paid from."""
    return Money.total(held for pot, held in pots.items() if pot.pays_for(purpose))
