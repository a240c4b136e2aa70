"""What a need is, and how it moves."""

from __future__ import annotations

from enum import StrEnum

from marketplace.core import moves


class NeedStatus(StrEnum):
    """How far a need is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    POOLED = "pooled"
    IN_TENDER = "in_tender"
    CONTRACTED = "contracted"
    WITHDRAWN = "withdrawn"


class Joint(StrEnum):
    """Whether the school is willing to buy together with others."""

    YES = "yes"
    ONLY_IF = "only_if"
    NO = "no"


MOVES: dict[NeedStatus, frozenset[NeedStatus]] = {
    NeedStatus.DRAFT: frozenset({NeedStatus.SUBMITTED, NeedStatus.WITHDRAWN}),
    NeedStatus.SUBMITTED: frozenset({NeedStatus.APPROVED, NeedStatus.DRAFT, NeedStatus.WITHDRAWN}),
    NeedStatus.APPROVED: frozenset({NeedStatus.POOLED, NeedStatus.WITHDRAWN}),
    NeedStatus.POOLED: frozenset({NeedStatus.IN_TENDER, NeedStatus.APPROVED}),
    NeedStatus.IN_TENDER: frozenset({NeedStatus.CONTRACTED, NeedStatus.APPROVED}),
    NeedStatus.CONTRACTED: frozenset(),
    NeedStatus.WITHDRAWN: frozenset(),
}


def move(present: NeedStatus, wanted: NeedStatus) -> NeedStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)
