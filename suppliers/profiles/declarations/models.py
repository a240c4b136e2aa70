"""Declarations, each version kept for good."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person
from marketplace.core.db import Base
from marketplace.core.ids import new_id


class Declaration(Base):
    """One version of what a supplier declares. A change is a new version; quotes refer to the one confirmed.

    `holds_from` names the edition of the grounds; `content` is a `rules.Declared`.
    """

    __tablename__ = "declaration"
    __table_args__ = (
        UniqueConstraint("supplier_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"))
    number: Mapped[int]
    holds_from: Mapped[date]
    content: Mapped[dict[str, Any]]
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
