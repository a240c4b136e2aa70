"""How a school drops out, and what follows for the others. Steps that the actions of this room share."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.moves import move
from marketplace.core.web import day
from marketplace.tenders.actions import mark_changed, move_tender, release_need
from marketplace.tenders.commitments import notices, queries
from marketplace.tenders.models import Commitment, Tender
from marketplace.tenders.rules import COMMITMENT_MOVES, CommitmentStatus, TenderStatus

NOBODY_LEFT = (
    "No school is left that would buy, so the tender is a draft again. Choose who buys, or cancel it."
)
NO_LEAD = (
    "The lead school is no longer in the tender, so the schools that buy are to be settled anew. The others’ "
    "answers stay; choose a lead school among them."
)


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a departure led to: the schools that dropped out with it and why, and if it went back, why."""

    dropped: Mapping[uuid.UUID, str]
    went_back: str = ""


def drop(session: Session, commitment: Commitment, reason: str) -> None:
    """Take a school out of a tender, though nobody there declined. Its volumes count no longer."""
    commitment.status = move(COMMITMENT_MOVES, commitment.status, CommitmentStatus.DECLINED)
    commitment.reason, commitment.answered_by, commitment.answered_at = reason, None, clock.now()
    release_need(session, commitment)


def drop_all(session: Session, tender: Tender, reasons: Mapping[uuid.UUID, str]) -> list[Commitment]:
    """Take several schools out, each for its reason; returns their commitments."""
    gone = [one for one in tender.commitments if one.school_id in reasons]
    for commitment in gone:
        drop(session, commitment, reasons[commitment.school_id])
    session.flush()
    return gone


def settle_anew(session: Session, tender: Tender) -> Consequences:
    """After a school has left a settled tender: who drops out with it, and must the tender go back?

    Whoever is about to approve what they read finds the tender changed, and an approval given already,
    while the notice waited for Find a Tender, was for what was read then: it is asked for again.
    """
    if tender.status is not TenderStatus.CONFIRMED:
        return Consequences({})
    foreseen = queries.forecast(session, tender)
    drop_all(session, tender, foreseen.reasons)
    mark_changed(tender)
    tender.published_by = tender.approved_at = None
    went_back = ""
    if not foreseen.staying:
        went_back = NOBODY_LEFT
        move_tender(session, tender, TenderStatus.DRAFT)
    elif tender.lead_school_id not in foreseen.staying:
        went_back = NO_LEAD
        move_tender(session, tender, TenderStatus.JOINING)
    session.flush()
    return Consequences(foreseen.reasons, went_back)


def leave(session: Session, tender: Tender, commitment: Commitment, reason: str) -> Consequences:
    """Drop a school, settle anew who buys, and tell everybody concerned."""
    drop(session, commitment, reason)
    session.flush()
    consequences = settle_anew(session, tender)
    notices.school_left(session, tender, commitment, consequences.dropped, consequences.went_back)
    return consequences


def drop_lapsed(session: Session, tender: Tender) -> list[Commitment]:
    """Drop each committed school whose governing body's confirmation has ended or was withdrawn."""
    lapsed = [
        (commitment, queries.why_lapsed(confirmation))
        for commitment in tender.commitments
        if commitment.status is CommitmentStatus.COMMITTED
        and (confirmation := queries.lapsed_confirmation(session, tender, commitment))
    ]
    for commitment, reason in lapsed:
        if commitment.status is CommitmentStatus.COMMITTED:
            leave(session, tender, commitment, reason)
    return [commitment for commitment, _ in lapsed]


def drop_from_alliance(session: Session, tender: Tender, school_id: uuid.UUID) -> Commitment:
    """Take a school that left the alliance, and its people on the panel, out of an unpublished tender."""
    tender.panel = [seat for seat in tender.panel if seat.school_id != school_id]
    commitment = next(one for one in tender.commitments if one.school_id == school_id)
    leave(session, tender, commitment, f"The school left the alliance on {day(clock.now())}.")
    return commitment
