"""When a school that left is paid back its share of the Partnership Fund.

The share is the school's. Nobody can refuse the refund; two people from two other schools see that the
figure is right before it is paid, as for any other payment out of the fund (principle 3 of the alliance).
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import Money

APPROVALS_NEEDED = 2
LONGEST_REASON = 1_000


class RefundStatus(StrEnum):
    """How far a refund is. It is withdrawn only when the school belongs again and leaves its share."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    PAID = "paid"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The status as people read it."""
        return REFUND_TAGS[self][0]

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return REFUND_TAGS[self][1]


OPEN = (RefundStatus.SUBMITTED, RefundStatus.APPROVED)
REFUND_TAGS: Mapping[RefundStatus, tuple[str, str]] = {
    RefundStatus.SUBMITTED: ("Waiting for approval", "yellow"),
    RefundStatus.APPROVED: ("Approved, not yet paid", "blue"),
    RefundStatus.PAID: ("Paid back", "green"),
    RefundStatus.WITHDRAWN: ("Withdrawn", "grey"),
}
MOVES: Mapping[RefundStatus, frozenset[RefundStatus]] = {
    RefundStatus.SUBMITTED: frozenset({RefundStatus.APPROVED, RefundStatus.WITHDRAWN}),
    RefundStatus.APPROVED: frozenset({RefundStatus.PAID, RefundStatus.WITHDRAWN}),
    RefundStatus.PAID: frozenset(),
    RefundStatus.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approves a refund, for which school; nobody in particular while nobody is signed in."""

    person_id: uuid.UUID | None
    school_id: uuid.UUID


def move(present: RefundStatus, wanted: RefundStatus) -> RefundStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


def check_awaits_approval(status: RefundStatus) -> None:
    """Raise RuleBroken when a refund has both approvals already, or was withdrawn."""
    if status is RefundStatus.WITHDRAWN:
        raise RuleBroken("This refund was withdrawn, so it cannot be approved.")
    if status is not RefundStatus.SUBMITTED:
        raise RuleBroken("Two people have approved this refund already. It needs no further approval.")


def check_approver(
    leaver_id: uuid.UUID, given: Collection[Approval], approval: Approval, own_schools: Collection[uuid.UUID]
) -> None:
    """Raise Forbidden or RuleBroken unless this approval may be added: two people of two other schools."""
    if leaver_id in {*own_schools, approval.school_id}:
        raise Forbidden(
            "You belong to the school that left, so people from other schools approve its refund."
        )
    if approval.person_id in {one.person_id for one in given}:
        raise RuleBroken("You have approved this refund already. Somebody of another school approves it too.")
    if approval.school_id in {one.school_id for one in given}:
        raise RuleBroken(
            "Somebody from your school has approved this refund already. The second approval must come from "
            "another school."
        )


def may_approve(
    leaver_id: uuid.UUID, given: Collection[Approval], approval: Approval, own_schools: Collection[uuid.UUID]
) -> bool:
    """May this approval be added? See `check_approver`."""
    try:
        check_approver(leaver_id, given, approval, own_schools)
    except (Forbidden, RuleBroken):
        return False
    return True


def check_awaits_payment(status: RefundStatus, leaver_id: uuid.UUID, given: Collection[Approval]) -> None:
    """Raise RuleBroken unless two people from two other schools have approved and nothing was paid yet."""
    if status is RefundStatus.PAID:
        raise RuleBroken("This refund has been paid already.")
    if status is RefundStatus.WITHDRAWN:
        raise RuleBroken("This refund was withdrawn, so it cannot be paid.")
    schools = {one.school_id for one in given} - {leaver_id}
    if min(len({one.person_id for one in given}), len(schools)) < APPROVALS_NEEDED:
        raise RuleBroken("Two people from two other schools must approve this refund before it is paid.")


def check_share(amount: Money, share: Money) -> None:
    """Raise RuleBroken when a share does not hold the refund: no other school's share pays for it."""
    if amount > share:
        raise RuleBroken(
            f"On that day the school’s share held {share}, less than this refund of {amount}. Enter the day "
            "on which it was paid.",
            "paid_on",
        )


def check_withdrawable(*, belongs_again: bool, school: str) -> None:
    """Raise RuleBroken unless the school belongs again: else the share is paid back."""
    if not belongs_again:
        raise RuleBroken(
            f"{school} does not belong to the alliance, so its share is paid back. A refund is withdrawn "
            "only when the school has joined again and leaves its share in the fund."
        )


def check_belonged(start: date, end: date, first: date, last: date) -> None:
    """Raise RuleBroken for a period of which a school that left has no statement of its own."""
    if start > last or end < first:
        raise RuleBroken(
            f"Your school’s share moved from {_in_words(first)} to {_in_words(last)}. Choose a period "
            "that has a day of that.",
            "start" if start > last else "end",
        )


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
