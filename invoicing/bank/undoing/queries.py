"""Questions about matches that were undone, of a line whose reader has been checked."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from invoicing.bank.undoing.models import MatchUndoing


def of_line(session: Session, line_id: uuid.UUID) -> Sequence[MatchUndoing]:
    """The matches of a line that were undone, the newest first."""
    query = (
        select(MatchUndoing)
        .where(MatchUndoing.line_id == line_id)
        .options(joinedload(MatchUndoing.person))
        .order_by(MatchUndoing.undone_at.desc(), MatchUndoing.id.desc())
    )
    return session.scalars(query).all()
