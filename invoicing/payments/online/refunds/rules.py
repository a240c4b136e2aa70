"""What can be given back of an online payment, and who may decide it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import ZERO, Money

LONGEST_WAIT = timedelta(hours=1)


class RefundStatus(StrEnum):
    """How far a refund is. `sent`: Stripe has it; `done`: it is in both schools' books."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    DECLINED = "declined"
    FAILED = "failed"


UNDER_WAY = frozenset({RefundStatus.PROPOSED, RefundStatus.APPROVED, RefundStatus.SENT})
MOVES: Mapping[RefundStatus, frozenset[RefundStatus]] = {
    RefundStatus.PROPOSED: frozenset({RefundStatus.APPROVED, RefundStatus.REFUSED}),
    # Stripe's report of a refund may come before its answer to what was asked
    RefundStatus.APPROVED: frozenset(
        {RefundStatus.SENT, RefundStatus.DONE, RefundStatus.DECLINED, RefundStatus.FAILED}
    ),
    RefundStatus.SENT: frozenset({RefundStatus.DONE, RefundStatus.FAILED}),
    RefundStatus.DONE: frozenset({RefundStatus.FAILED}),
    RefundStatus.REFUSED: frozenset(),
    RefundStatus.DECLINED: frozenset(),
    RefundStatus.FAILED: frozenset(),
}
STATUS_LABELS: Mapping[RefundStatus, str] = {
    RefundStatus.PROPOSED: "Waits for a second person",
    RefundStatus.APPROVED: "Being sent to Stripe",
    RefundStatus.SENT: "On its way",
    RefundStatus.DONE: "Paid back",
    RefundStatus.REFUSED: "Refused",
    RefundStatus.DECLINED: "Stripe did not take it",
    RefundStatus.FAILED: "Could not be paid",
}
STATUS_COLOURS: Mapping[RefundStatus, str] = {
    RefundStatus.PROPOSED: "yellow",
    RefundStatus.APPROVED: "blue",
    RefundStatus.SENT: "blue",
    RefundStatus.DONE: "green",
    RefundStatus.REFUSED: "grey",
    RefundStatus.DECLINED: "red",
    RefundStatus.FAILED: "red",
}


def move(present: RefundStatus, wanted: RefundStatus) -> RefundStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


def may_become(present: RefundStatus, wanted: RefundStatus) -> bool:
    """May a refund that is so far be so? Reports come in any order."""
    return wanted in MOVES[present]


def check_amount(amount: Money, left: Money) -> None:
    """Raise RuleBroken (field `amount`) for more than is left of the payment, or nothing."""
    if amount <= ZERO:
        raise RuleBroken("The amount must be more than £0.00.", "amount")
    if amount > left:
        raise RuleBroken(
            f"The amount must be {left} or less: that is what is left of this payment.", "amount"
        )


def check_reason(reason: str) -> str:
    """The reason as we keep it. Raises RuleBroken (field `reason`) without one."""
    if not reason.strip():
        raise RuleBroken("Say why: the second person and the auditor read it.", "reason")
    return reason.strip()


def check_second_person(person_id: uuid.UUID | None, proposed_by: uuid.UUID) -> None:
    """No single person gives money back. Raises Forbidden for who proposed it."""
    if person_id is None or person_id == proposed_by:
        raise Forbidden(
            "You proposed this, so another person of your school decides: a headteacher or a finance lead."
        )


def next_try(attempts: int, now: datetime) -> datetime:
    """When to ask Stripe again after so many tries without an answer: later each time, up to an hour."""
    return now + min(timedelta(seconds=2**attempts), LONGEST_WAIT)
