"""What a supplier kept. Ask first whether the reader belongs to it."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suppliers.profiles.bid_library.models import LibraryAnswer
from suppliers.profiles.bid_library.rules import Earlier
from suppliers.profiles.bid_library.safe import unlock

KEPT = "Kept in your library"


def kept(session: Session, supplier_id: uuid.UUID) -> list[Earlier]:
    """Every answer in a supplier's library, the newest first; one that cannot be read is left out."""
    query = (
        select(LibraryAnswer)
        .where(LibraryAnswer.supplier_id == supplier_id)
        .order_by(LibraryAnswer.kept_at.desc(), LibraryAnswer.id.desc())
    )
    found = []
    for row in session.scalars(query):
        answer = unlock(row.kept, supplier_id, row.id)
        if answer is not None:
            found.append(
                Earlier(f"kept-{row.id.hex}", answer.question, answer.answer, KEPT, row.kept_at, row.id)
            )
    return found


def count(session: Session, supplier_id: uuid.UUID) -> int:
    """How many answers a supplier keeps."""
    query = select(func.count()).where(LibraryAnswer.supplier_id == supplier_id)
    return session.scalar(query) or 0
