"""What people are told by e-mail about what schools ask for, in the action's own transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from marketplace.tenders.models import Tender
from marketplace.tenders.notices import coordinators, write


def must_dropped(session: Session, tender: Tender, school: str, texts: Sequence[str], reason: str) -> None:
    """Tell the coordinator that a school no longer must have something, and why."""
    write(
        session,
        coordinators(session, tender),
        f"{school} no longer must have something: {tender.title}",
        "tenders_must_dropped.txt",
        tender,
        school=school,
        texts=texts,
        reason=reason,
    )
