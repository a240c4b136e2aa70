"""What an award is and who may decide about it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import Money, vat_on

APPROVALS_NEEDED = 2
STANDARD_VAT_BASIS_POINTS = 2_000


class AwardStatus(StrEnum):
    """How far an award is."""

    RECOMMENDED = "recommended"
    APPROVED = "approved"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


MOVES: dict[AwardStatus, frozenset[AwardStatus]] = {
    AwardStatus.RECOMMENDED: frozenset({AwardStatus.APPROVED, AwardStatus.REJECTED}),
    AwardStatus.APPROVED: frozenset({AwardStatus.CONFIRMED, AwardStatus.REJECTED}),
    AwardStatus.CONFIRMED: frozenset(),
    AwardStatus.REJECTED: frozenset(),
}


def move(present: AwardStatus, wanted: AwardStatus) -> AwardStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


@dataclass(frozen=True, slots=True)
class Duties:
    """Who has had a hand in an award already: nobody decides twice, and evaluators do not approve."""

    recommended_by: uuid.UUID
    evaluators: frozenset[uuid.UUID]
    approved_by: frozenset[uuid.UUID]
    approved_for: frozenset[uuid.UUID]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A quote, why it is recommended, and if it is not alone in first place, why it is all the same."""

    quote_id: uuid.UUID
    reasons: str
    departure: str = ""


def approving_schools(buyers: Collection[uuid.UUID], members: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """The schools whose people approve an award: those that buy; where one buys alone, any member."""
    return frozenset(buyers if len(set(buyers)) >= APPROVALS_NEEDED else {*buyers, *members})


def check_reasons(reasons: str, field: str) -> None:
    """Raise RuleBroken when there are no reasons: schools decide on them, suppliers are told."""
    if not reasons.strip():
        raise RuleBroken("Enter the reasons.", field)


def check_departure(*, is_first: bool, departure: str) -> None:
    """Raise RuleBroken when a quote other than the one in first place is recommended without saying why."""
    if not is_first and not departure.strip():
        raise RuleBroken(
            "This quote is not alone in first place. Say why it is recommended all the same.", "departure"
        )


def school_to_approve_for(duties: Duties, person_id: uuid.UUID, schools: Collection[uuid.UUID]) -> uuid.UUID:
    """The school for which this person approves an award, of those where they may.

    Raises Forbidden when they recommended it, scored the quotes or approved it before, and when all
    their schools have approved it already: the two approvals come from two people of two schools.
    """
    return schools_to_approve_for(duties, person_id, schools)[0]


def choose_school(
    duties: Duties, person_id: uuid.UUID, schools: Collection[uuid.UUID], chosen: uuid.UUID | None
) -> uuid.UUID:
    """The school for which this person approves: the only one there is, or the one of several they chose.

    Raises RuleBroken when they have not chosen, or their school has been approved for meanwhile; Forbidden
    as `schools_to_approve_for` does.
    """
    free = schools_to_approve_for(duties, person_id, schools)
    if chosen is None and len(free) > 1:
        raise RuleBroken("Choose the school for which you approve.", "school")
    if chosen is not None and chosen not in free:
        raise RuleBroken("Choose a school of yours that has not approved this award yet.", "school")
    return chosen or free[0]


def schools_to_approve_for(
    duties: Duties, person_id: uuid.UUID, schools: Collection[uuid.UUID]
) -> list[uuid.UUID]:
    """The schools for which this person can approve an award, at least one; see `school_to_approve_for`."""
    check_duties(duties, person_id)
    if person_id in duties.approved_by:
        raise Forbidden("You have approved this award already. Somebody of another school must, too.")
    free = sorted(set(schools) - duties.approved_for)
    if not free:
        raise Forbidden("Your school has approved this award already. Somebody of another school must, too.")
    return free


def check_approved(statuses: Iterable[AwardStatus]) -> None:
    """Raise RuleBroken unless two schools have approved every award."""
    found = list(statuses)
    if not found or any(status is not AwardStatus.APPROVED for status in found):
        raise RuleBroken("Two schools approve an award before it is confirmed.")


def check_duties(duties: Duties, person_id: uuid.UUID) -> None:
    """Raise Forbidden when this person recommended the award or scored its quotes."""
    if person_id == duties.recommended_by:
        raise Forbidden("You recommended this award, so somebody else must decide about it.")
    if person_id in duties.evaluators:
        raise Forbidden("You scored quotes of this tender, so somebody else must decide about its award.")


def value_with_vat(net: Money) -> Money:
    """An award's value as thresholds count it: the whole term, standard-rated VAT included."""
    return net + vat_on(net, STANDARD_VAT_BASIS_POINTS)
