"""Which supplier could win which lot, and what every school would pay: an award problem as plain figures.

Amounts are whole pence over the whole term, volumes whole units (tenths of one, if those are counted).
Schools, suppliers and lots go by any names that tell them apart; suppliers stand in their published order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Lot:
    """A part of a tender that one supplier wins. Of each price line, what each school would buy.

    A school buys a lot if it buys some of any of its lines.
    """

    name: str
    lines: tuple[Mapping[str, int], ...]

    @property
    def buyers(self) -> tuple[str, ...]:
        """The schools that buy this lot, in the order in which its lines name them."""
        return tuple(dict.fromkeys(k for line in self.lines for k, volume in line.items() if volume > 0))

    def volume_of(self, school: str) -> int:
        """What a school buys of all lines together."""
        return sum(line.get(school, 0) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Tier:
    """What each school pays for a line once the schools that buy from this supplier reach a volume.

    `starts_at` is that volume of the line, all schools together; `fewest_schools` how many must buy the
    line. `amounts` are each school's for its own volume.
    """

    amounts: Mapping[str, int]
    starts_at: int = 0
    fewest_schools: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """A supplier's offer for a lot: for each of its lines the tiers, and a fixed sum for the lot.

    `worth` is what its quality is worth in pence, where quality counts in money. `marks` are what it
    earns for quality where marks count.
    """

    supplier: str
    lot: str
    lines: tuple[tuple[Tier, ...], ...]
    fixed: int = 0
    worth: int = 0
    marks: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a supplier takes off if it wins all these lots and schools buy enough of them together.

    A fixed `discount` in pence, or a share (0 to 1) of what each school pays for each line, rounded there
    to the penny. One bundle a supplier. Without a least volume one school alone would collect a fixed
    discount.
    """

    supplier: str
    lots: frozenset[str]
    fewest_units: int = 0
    discount: int = 0
    share: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many lots a supplier may win, and how many suppliers; None for no limit.

    `most_lots_of` is for single suppliers, beside `most_lots` for all. `all_lots` asks a winner for each.
    """

    most_lots: int | None = None
    most_lots_of: Mapping[str, int] = field(default_factory=dict)
    fewest_suppliers: int = 0
    most_suppliers: int | None = None
    all_lots: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """What a school asks for, or else it stays out.

    `most_pence` bounds what it pays for all that it buys, its own prices where it opts out of a lot
    included; then it stays out of every lot. Fixed sums and fixed discounts are shared later and do not
    count. `fewest_schools` must buy a lot, itself included; else it stays out of that lot.
    """

    most_pence: int | None = None
    fewest_schools: int = 0


@dataclass(frozen=True, slots=True)
class Scale:
    """How the cost of an award earns marks: none at the ceiling or above, all at the optimum or below.

    Both in pence, opt-outs included; `price_marks` are what the optimum earns.
    """

    ceiling: int
    optimum: int
    price_marks: Fraction


@dataclass(frozen=True, slots=True)
class Instance:
    """An award problem. `opt_outs` say what a school pays elsewhere for a lot that it need not join.

    With a `scale` the marks for price and quality together are to be most; without, the price, less what
    quality is worth, is to be least.
    """

    schools: tuple[str, ...]
    suppliers: tuple[str, ...]
    lots: tuple[Lot, ...]
    offers: tuple[Offer, ...]
    bundles: tuple[Bundle, ...] = ()
    opt_outs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    limits: Limits = Limits()
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    scale: Scale | None = None

    def lot(self, name: str) -> Lot:
        """The lot of this name. Raises StopIteration for a name that is none."""
        return next(lot for lot in self.lots if lot.name == name)


@dataclass(frozen=True, slots=True)
class Award:
    """Who wins which lot, which schools buy it there, and the numbers of the bundles that are used."""

    winners: Mapping[str, str]
    joined: Mapping[str, tuple[str, ...]]
    bundles: tuple[int, ...] = ()
