"""How a tender is divided, for those who quote for its lots and those who judge them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from marketplace.tenders.lots.rules import Bounds, Decided, LimitsDraft, TierBasis, TiersDraft

FROM_THE_FIRST = Decimal(0)
"""Where the first price of a line begins: it holds whatever is bought."""
NO_LIMITS = LimitsDraft()


@dataclass(frozen=True, slots=True)
class Bundle:
    """Lots that may be priced together, if `least_share` per cent of each lot’s units are bought."""

    id: uuid.UUID
    title: str
    lots: frozenset[uuid.UUID]
    least_share: int


@dataclass(frozen=True, slots=True)
class Division:
    """What a published tender says about its lots. `tiers` and `bounds` are by lot."""

    decided: Decided = Decided.TOGETHER
    limits: LimitsDraft = NO_LIMITS
    tiers: Mapping[uuid.UUID, TiersDraft] = field(default_factory=dict)
    bundles: tuple[Bundle, ...] = ()
    bounds: Mapping[uuid.UUID, Bounds] = field(default_factory=dict)

    @property
    def apart(self) -> bool:
        """Is each lot won on its own?"""
        return self.decided is Decided.APART

    def starts(self, lot_id: uuid.UUID) -> Sequence[Decimal]:
        """Where lower prices of a lot begin, lowest first; nothing for one price."""
        return self.tiers[lot_id].starts if lot_id in self.tiers else ()

    def begins(self, lot_id: uuid.UUID) -> Sequence[Decimal]:
        """Where each price of a lot begins, the first price included."""
        return (FROM_THE_FIRST, *self.starts(lot_id))

    def start_reached(self, lot_id: uuid.UUID, schools: int, units: Decimal) -> Decimal:
        """Where the price that holds begins when so many schools buy so many units of a lot."""
        tiers = self.tiers.get(lot_id)
        if tiers is None:
            return FROM_THE_FIRST
        reached = Decimal(schools) if tiers.basis is TierBasis.SCHOOLS else units
        return max((start for start in tiers.starts if start <= reached), default=FROM_THE_FIRST)

    def start_in_words(self, lot_id: uuid.UUID, start: Decimal) -> str:
        """Where a price begins, as the head of its column: "from 3 schools"."""
        if start == FROM_THE_FIRST:
            return "from the first"
        what = "schools" if self.tiers[lot_id].basis is TierBasis.SCHOOLS else "units"
        return f"from {start.normalize():,f} {what}"


def flattened(key: str, parts: Mapping[str, Sequence[str]]) -> Collection[str]:
    """The lots of a bundle with those of the bundles in it. `parts` are known to hold no circle."""
    found: list[str] = []
    for part in parts[key]:
        found += flattened(part, parts) if part in parts else [part]
    return found
