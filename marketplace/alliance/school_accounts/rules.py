"""Who changes a bank account, and when a change takes effect: the same for schools and for suppliers."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.errors import RuleBroken

TAKES = timedelta(hours=24)
"""How long after the second person's approval the new account holds: time for the old address to object."""
KNOWN_FOR = timedelta(hours=24)
"""How long a colleague must have been one before the change was proposed, to be its second person."""
LONGEST_TEXT = 1_000


class ChangeStatus(StrEnum):
    """How far a change of a bank account is."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    IN_FORCE = "in_force"
    STOPPED = "stopped"


_S = ChangeStatus
MOVES: dict[ChangeStatus, frozenset[ChangeStatus]] = {
    _S.PROPOSED: frozenset({_S.APPROVED, _S.STOPPED}),
    _S.APPROVED: frozenset({_S.IN_FORCE, _S.STOPPED}),
    _S.IN_FORCE: frozenset(),
    _S.STOPPED: frozenset(),
}
OPEN = frozenset({_S.PROPOSED, _S.APPROVED})
OF_A_SCHOOL = (
    "You proposed this change. Another headteacher, finance lead or bursar of the school approves it."
)


def move(present: ChangeStatus, wanted: ChangeStatus) -> ChangeStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the organisation, and since when they have had a name in Weald."""

    person_id: uuid.UUID
    since: datetime


def check_second(
    colleagues: Collection[Colleague],
    proposed_by: uuid.UUID,
    proposed_at: datetime,
    second: uuid.UUID,
    *,
    proposed_it: str = OF_A_SCHOOL,
) -> None:
    """Raise RuleBroken unless this colleague may be the second person of a change.

    `proposed_it` is what is said to who proposed it.
    """
    if second == proposed_by:
        raise RuleBroken(proposed_it)
    since = next((one.since for one in colleagues if one.person_id == second), None)
    if since is None or since > proposed_at - KNOWN_FOR:
        raise RuleBroken(
            "You were invited less than a day before this change was proposed. A colleague who has been here "
            "longer approves it, or it is proposed again tomorrow."
        )


def masked(number: str) -> str:
    """An account number as a letter shows it: its last two figures."""
    return f"••••••{number[-2:]}"


def check_reason(reason: str) -> str:
    """Why a change is stopped. Raises RuleBroken without a reason."""
    tidied = reason.strip()
    if not tidied:
        raise RuleBroken("Say why the change is stopped.", "reason")
    if len(tidied) > LONGEST_TEXT:
        raise RuleBroken(f"Shorten the reason to {LONGEST_TEXT:,} characters or fewer.", "reason")
    return tidied
