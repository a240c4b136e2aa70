"""Declared interests, and the assessments of them. An assessment is never changed: a new one is added."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person
from marketplace.core.db import Base
from marketplace.core.ids import new_id


class Interest(Base):
    """What one person behind a tender declared: that they have no interest, or which, and what is done."""

    __tablename__ = "interest"
    __table_args__ = (
        UniqueConstraint("tender_id", "person_id"),
        CheckConstraint("has_interest OR (interest = '' AND mitigation = '')", name="none_is_blank"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    has_interest: Mapped[bool]
    interest: Mapped[str] = mapped_column(default="")
    mitigation: Mapped[str] = mapped_column(default="")
    declared_at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class ConflictsAssessment(Base):
    """The coordinator's assessment of all that was declared, and of what is known besides."""

    __tablename__ = "conflicts_assessment"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), index=True)
    text: Mapped[str]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]

    recorder: Mapped[Person] = relationship()
