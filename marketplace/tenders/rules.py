"""What a joint tender is, and how it moves."""

from __future__ import annotations

from enum import StrEnum

from marketplace.core import moves


class TenderStatus(StrEnum):
    """How far a joint tender is."""

    DRAFT = "draft"
    JOINING = "joining"
    CONFIRMED = "confirmed"
    PUBLISHED = "published"
    CLOSED = "closed"
    OPENED = "opened"
    EVALUATING = "evaluating"
    MODERATED = "moderated"
    PRICES_OPENED = "prices_opened"
    RECOMMENDED = "recommended"
    CONFIRMED_BY_SCHOOLS = "confirmed_by_schools"
    STANDSTILL = "standstill"
    AWARDED = "awarded"
    UNSUCCESSFUL = "unsuccessful"
    CANCELLED = "cancelled"


_S = TenderStatus
MOVES: dict[TenderStatus, frozenset[TenderStatus]] = {
    _S.DRAFT: frozenset({_S.JOINING, _S.CANCELLED}),
    _S.JOINING: frozenset({_S.CONFIRMED, _S.DRAFT, _S.CANCELLED}),
    _S.CONFIRMED: frozenset({_S.PUBLISHED, _S.DRAFT, _S.CANCELLED}),
    _S.PUBLISHED: frozenset({_S.CLOSED, _S.CANCELLED}),
    _S.CLOSED: frozenset({_S.OPENED, _S.PRICES_OPENED, _S.UNSUCCESSFUL, _S.CANCELLED}),
    _S.OPENED: frozenset({_S.EVALUATING, _S.CANCELLED}),
    _S.EVALUATING: frozenset({_S.MODERATED, _S.CANCELLED}),
    _S.MODERATED: frozenset({_S.PRICES_OPENED, _S.UNSUCCESSFUL, _S.CANCELLED}),
    _S.PRICES_OPENED: frozenset({_S.RECOMMENDED, _S.UNSUCCESSFUL, _S.CANCELLED}),
    _S.RECOMMENDED: frozenset({_S.CONFIRMED_BY_SCHOOLS, _S.PRICES_OPENED, _S.CANCELLED}),
    _S.CONFIRMED_BY_SCHOOLS: frozenset({_S.STANDSTILL, _S.AWARDED, _S.CANCELLED}),
    _S.STANDSTILL: frozenset({_S.AWARDED, _S.CANCELLED}),
    _S.AWARDED: frozenset(),
    _S.UNSUCCESSFUL: frozenset(),
    _S.CANCELLED: frozenset(),
}


def move(present: TenderStatus, wanted: TenderStatus) -> TenderStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


class CommitmentStatus(StrEnum):
    """A school's answer to the invitation to buy together."""

    INVITED = "invited"
    COMMITTED = "committed"
    DECLINED = "declined"


class CriterionKind(StrEnum):
    """What a criterion looks at."""

    PRICE = "price"
    QUALITY = "quality"


class PriceFormula(StrEnum):
    """How prices become marks; frozen at publication. Definitions: suppliers/evaluation/rules.py."""

    CEILING_OPTIMUM = "ceiling_optimum"
    PROPORTION_OF_LOWEST = "proportion_of_lowest"
    LINEAR_LOWEST_HIGHEST = "linear_lowest_highest"


class Split(StrEnum):
    """How a shared cost is divided between schools; agreed before quotes are opened."""

    PUPILS = "pupils"
    EQUAL = "equal"
    USE = "use"


class Seat(StrEnum):
    """What a person does for one tender."""

    OPENER = "opener"
    EVALUATOR = "evaluator"
