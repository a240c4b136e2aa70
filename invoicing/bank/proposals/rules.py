"""What can be written off or paid back, and who may decide it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import ZERO, Money


class ProposalKind(StrEnum):
    """What is proposed."""

    WRITE_OFF = "write_off"
    REPAYMENT = "repayment"


class ProposalStatus(StrEnum):
    """How far a proposal is; approved, it stands in both schools' books."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


MOVES: Mapping[ProposalStatus, frozenset[ProposalStatus]] = {
    ProposalStatus.PROPOSED: frozenset({ProposalStatus.APPROVED, ProposalStatus.REFUSED}),
    ProposalStatus.APPROVED: frozenset(),
    ProposalStatus.REFUSED: frozenset(),
}
STATUS_LABELS: Mapping[ProposalStatus, str] = {
    ProposalStatus.PROPOSED: "Waits for a second person",
    ProposalStatus.APPROVED: "Approved",
    ProposalStatus.REFUSED: "Refused",
}
STATUS_COLOURS: Mapping[ProposalStatus, str] = {
    ProposalStatus.PROPOSED: "yellow",
    ProposalStatus.APPROVED: "green",
    ProposalStatus.REFUSED: "grey",
}


def move(present: ProposalStatus, wanted: ProposalStatus) -> ProposalStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


def check_amount(kind: ProposalKind, amount: Money, most: Money) -> None:
    """Raise RuleBroken (field `amount`) for more than is there: still to be paid, or kept on account."""
    if amount <= ZERO:
        raise RuleBroken("The amount must be more than £0.00.", "amount")
    if amount > most:
        what = (
            "that is what is still to be paid"
            if kind is ProposalKind.WRITE_OFF
            else "that is what is kept on account"
        )
        raise RuleBroken(f"The amount must be {most} or less: {what}.", "amount")


def check_reason(reason: str) -> str:
    """The reason as we keep it. Raises RuleBroken (field `reason`) without one."""
    if not reason.strip():
        raise RuleBroken("Say why: the second person and the auditor read it.", "reason")
    return reason.strip()


def check_second_person(person_id: uuid.UUID | None, proposed_by: uuid.UUID) -> None:
    """No single person writes off or pays back money. Raises Forbidden for who proposed it."""
    if person_id is None or person_id == proposed_by:
        raise Forbidden(
            "You proposed this, so another person of your school decides: a headteacher or a finance lead."
        )


def check_paid_on(paid_on: date, proposed_on: date, today: date) -> None:
    """Raise RuleBroken (field `paid_on`) unless money left the bank between the proposal and today."""
    if not proposed_on <= paid_on <= today:
        raise RuleBroken(
            f"The day must be between {proposed_on.day} {proposed_on:%B %Y}, when this was proposed, and "
            "today.",
            "paid_on",
        )
