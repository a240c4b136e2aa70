"""Whose a tender is: who reads it whole, and not only what was published of it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from marketplace.core.policy import Actor
from marketplace.tenders.models import Commitment, Tender
from marketplace.tenders.rules import CommitmentStatus


def theirs(actor: Actor) -> ColumnElement[bool]:
    """Tenders of the actor's alliances, and those that their school buys in, also after it has left."""
    bound = select(Commitment.tender_id).where(
        Commitment.school_id.in_(actor.school_ids), Commitment.status == CommitmentStatus.COMMITTED
    )
    return or_(Tender.alliance_id.in_(actor.alliance_ids), Tender.id.in_(bound))


def acts_everywhere(actor: Actor) -> bool:
    """Is this the system, or an administrator at the command line?"""
    return any(seat.organisation_id.int == 0 for seat in actor.seats)
