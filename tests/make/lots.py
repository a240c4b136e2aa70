"""Draft tenders divided into lots that are won together or apart, with tiers, bundles and limits."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from marketplace.core.ids import new_id
from marketplace.core.policy import Actor
from marketplace.tenders.lots import actions
from marketplace.tenders.lots.rules import (
    Bounds,
    BundleDraft,
    Decided,
    LimitsDraft,
    Selection,
    TierBasis,
    TiersDraft,
)

AT_MOST_ONE = LimitsDraft(
    None, 1, Selection.LEAST_COST, "We add up what all schools pay and take the least sum."
)


@dataclass(frozen=True, slots=True)
class Divided:
    """What a test wants its tender to say about its lots, which go by their numbers.

    `tiers` are the schools from which lower prices begin; `bundles` are titles with lots and least shares.
    """

    decided: Decided = Decided.APART
    limits: LimitsDraft | None = None
    tiers: Mapping[int, Sequence[int]] = field(default_factory=dict)
    bundles: Mapping[str, tuple[Sequence[int], int]] = field(default_factory=dict)
    bounds: Mapping[int, Bounds] = field(default_factory=dict)


def divide(
    coordinator: Actor,
    tender_id: uuid.UUID,
    version: Callable[[], int],
    lots: Mapping[int, uuid.UUID],
    wanted: Divided,
) -> None:
    """Say it in a draft. `lots` are the ids by number, `version` asks for the tender's present one."""
    actions.set_limits(
        coordinator,
        tender_id,
        version(),
        limits=wanted.limits,
        decided=wanted.decided,
        bounds={lots[number]: bounds for number, bounds in wanted.bounds.items()},
    )
    for number, starts in wanted.tiers.items():
        tiers = TiersDraft(TierBasis.SCHOOLS, tuple(map(Decimal, starts)))
        actions.set_tiers(coordinator, tender_id, version(), lots[number], tiers)
    for title, (numbers, least_share) in wanted.bundles.items():
        draft = BundleDraft(title, tuple(str(lots[number]) for number in numbers), least_share)
        actions.add_bundle(coordinator, tender_id, version(), new_id(), draft)
