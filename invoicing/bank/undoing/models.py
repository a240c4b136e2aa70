"""Matches that were undone: who, when and why. Rows are added and never changed."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person
from marketplace.core.db import Base
from marketplace.core.ids import new_id


class MatchUndoing(Base):
    """What a line of a statement was matched with was a mistake; it waits for its invoices again."""

    __tablename__ = "match_undoing"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason_given"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bank_line.id"), index=True)
    reason: Mapped[str]
    undone_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
