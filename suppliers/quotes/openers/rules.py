"""Who of a tender's openers can open what is sealed, and when one may be taken off. Plain Python."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.tenders.rules import TenderStatus
from suppliers.quotes.keys.rules import STILL_SEALED


class RemovalStatus(StrEnum):
    """How far it is that an opener is taken off."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


MOVES: Mapping[RemovalStatus, frozenset[RemovalStatus]] = {
    RemovalStatus.PROPOSED: frozenset({RemovalStatus.APPROVED, RemovalStatus.REFUSED}),
    RemovalStatus.APPROVED: frozenset(),
    RemovalStatus.REFUSED: frozenset(),
}
STATUS_LABELS: Mapping[RemovalStatus, str] = {
    RemovalStatus.PROPOSED: "Waits for a headteacher",
    RemovalStatus.APPROVED: "Taken off",
    RemovalStatus.REFUSED: "Stayed",
}


def move(present: RemovalStatus, wanted: RemovalStatus) -> RemovalStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


def check_still_sealed(status: TenderStatus) -> None:
    """Raise RuleBroken unless the tender has something sealed that its openers are named for."""
    if status not in STILL_SEALED:
        raise RuleBroken("Nothing of this tender is sealed now, so there is no opener to take off.")


def check_second(
    person_id: uuid.UUID | None,
    *,
    proposed_by: uuid.UUID,
    opener_id: uuid.UUID,
    headteacher_of: Collection[uuid.UUID],
    approving_schools: Collection[uuid.UUID],
    schools_of_proposer: Collection[uuid.UUID],
) -> list[uuid.UUID]:
    """The schools for which this person can agree that an opener is taken off.

    Two people of two organisations: raises Forbidden for who proposed it, for the opener, and for anybody
    but a headteacher of a school in the tender other than the lead school and the proposer's own.
    """
    if person_id is None or person_id in {proposed_by, opener_id}:
        raise Forbidden("Neither who proposed this nor the opener agrees to it. A headteacher must.")
    schools = set(headteacher_of) & set(approving_schools) - set(schools_of_proposer)
    if not schools:
        raise Forbidden(
            "A headteacher of a school in the tender agrees to this, other than the lead school and the "
            "schools of whoever proposed it."
        )
    return sorted(schools)


class Standing(StrEnum):
    """Whether somebody who is named to open can open an envelope."""

    ABLE = "able"
    NO_HALF = "no_half"
    HAS_INTEREST = "has_interest"
    GONE = "gone"
    NO_PARTNER = "no_partner"


STANDING_LABELS: Mapping[Standing, str] = {
    Standing.ABLE: "Can start",
    Standing.NO_HALF: "Cannot open: has no key to these quotes",
    Standing.HAS_INTEREST: "Cannot open: declared an interest",
    Standing.GONE: "Cannot open: has left the school",
    Standing.NO_PARTNER: "Cannot open: nobody is left to open with",
}
WHY_NOT: Mapping[Standing, str] = {
    Standing.NO_HALF: (
        "The quotes were sealed before you had your present key, so your passphrase cannot open them. Two of "
        "the people who can start open them."
    ),
    Standing.HAS_INTEREST: "You declared an interest in who wins, so other openers open the quotes.",
    Standing.NO_PARTNER: (
        "Everybody with whom you could open has a new key, an interest, or has left. Open with the recovery "
        "keys, or ask the coordinator."
    ),
}
"""What somebody is told who is named and cannot open."""
