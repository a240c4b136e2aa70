"""What leaving an alliance means for a school's part in joint tenders."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.alliance.memberships.leaving import Consequence, Line
from marketplace.tenders.models import Commitment, Tender
from marketplace.tenders.rules import STATUS_LABELS, CommitmentStatus, TenderStatus

ENDED = (TenderStatus.AWARDED, TenderStatus.UNSUCCESSFUL, TenderStatus.CANCELLED)
BEFORE_PUBLICATION = {TenderStatus.DRAFT, TenderStatus.JOINING, TenderStatus.CONFIRMED}


def open_commitments(session: Session, school_id: uuid.UUID, alliance_id: uuid.UUID) -> Consequence | None:
    """The tenders that the school has committed to and that have not ended."""
    query = (
        select(Commitment)
        .join(Tender)
        .where(
            Commitment.school_id == school_id,
            Commitment.status == CommitmentStatus.COMMITTED,
            Tender.alliance_id == alliance_id,
            Tender.status.not_in(ENDED),
        )
        .options(joinedload(Commitment.tender))
        .order_by(Tender.reference)
    )
    lines = tuple(_line(commitment.tender) for commitment in session.scalars(query))
    if not lines:
        return None
    return Consequence(
        "Commitments to joint tenders",
        "The school drops out of those that are not published yet, and the others in them are told. It "
        "stays bound by the published ones: suppliers quote for its volumes, and an award binds it.",
        lines,
    )


def _line(tender: Tender) -> Line:
    if tender.status in BEFORE_PUBLICATION:
        return Line(f"{tender.reference}: {tender.title}", "Not published yet: the school drops out")
    return Line(
        f"{tender.reference}: {tender.title}", f"The school stays bound. Now: {STATUS_LABELS[tender.status]}"
    )
