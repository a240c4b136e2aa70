"""The criteria of a tender laid out as the tree they are, with what each counts of the whole."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from marketplace.tenders.criteria.rules import WHOLE
from marketplace.tenders.models import Criterion
from marketplace.tenders.rules import ANSWERED, CriterionKind


@dataclass(frozen=True, slots=True)
class Placed:
    """A criterion in its place. `label` reads "2.1"; `marks` is what it counts of 100, exactly.

    `marks` is the product of the weights of the criterion and of all that it is a part of. `within` are
    those criteria, the outermost first.
    """

    criterion: Criterion
    depth: int
    label: str
    marks: Fraction
    within: tuple[Criterion, ...]

    @property
    def is_judged(self) -> bool:
        """Is this something that suppliers answer and the panel judges?"""
        return self.criterion.kind in ANSWERED

    @property
    def name(self) -> str:
        """The title with those of the criteria that it is a part of: "Quality: Menus"."""
        return ": ".join(one.title for one in (*self.within, self.criterion))


def outline(criteria: Iterable[Criterion]) -> tuple[Placed, ...]:
    """All criteria, each followed by its parts, in the order of their numbers."""
    by_parent: dict[uuid.UUID | None, list[Criterion]] = {}
    for one in sorted(criteria, key=lambda one: one.number):
        by_parent.setdefault(one.parent_id, []).append(one)
    found: list[Placed] = []

    def place(parent: Placed | None) -> None:
        above = parent.criterion.id if parent else None
        for number, one in enumerate(by_parent.get(above, ()), start=1):
            placed = Placed(
                one,
                depth=parent.depth + 1 if parent else 0,
                label=f"{parent.label}.{number}" if parent else str(number),
                marks=(parent.marks if parent else Fraction(WHOLE)) * Fraction(one.weight) / Fraction(WHOLE),
                within=(*parent.within, parent.criterion) if parent else (),
            )
            found.append(placed)
            place(placed)

    place(None)
    return tuple(found)


def leaves(criteria: Iterable[Criterion]) -> tuple[Placed, ...]:
    """The price and all that is judged, without the groups that hold them."""
    return tuple(one for one in outline(criteria) if one.criterion.kind is not CriterionKind.GROUP)


def judged(criteria: Iterable[Criterion]) -> tuple[Placed, ...]:
    """What suppliers answer and the panel judges, in the order of the outline."""
    return tuple(placed for placed in outline(criteria) if placed.is_judged)


def price_marks(criteria: Iterable[Criterion]) -> Fraction:
    """What the price counts of 100, exactly; 0 before it has a place."""
    counted = (one.marks for one in outline(criteria) if one.criterion.kind is CriterionKind.PRICE)
    return sum(counted, Fraction(0))
