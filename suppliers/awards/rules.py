"""What an award is, and how it moves."""

from __future__ import annotations

from enum import StrEnum

from marketplace.core import moves


class AwardStatus(StrEnum):
    """How far an award is."""

    RECOMMENDED = "recommended"
    APPROVED = "approved"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


MOVES: dict[AwardStatus, frozenset[AwardStatus]] = {
    AwardStatus.RECOMMENDED: frozenset({AwardStatus.APPROVED, AwardStatus.REJECTED}),
    AwardStatus.APPROVED: frozenset({AwardStatus.CONFIRMED}),
    AwardStatus.CONFIRMED: frozenset(),
    AwardStatus.REJECTED: frozenset(),
}


def move(present: AwardStatus, wanted: AwardStatus) -> AwardStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)
