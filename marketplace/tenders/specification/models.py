"""Requirements of a joint tender, and what each school says of them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.tenders.models import Lot, Tender
from marketplace.tenders.specification.rules import Mark


class Requirement(Base):
    """Something that the schools ask for: of one lot, or of the whole tender.

    When its lot is removed it holds for the whole tender, so that it never drops silently.
    """

    __tablename__ = "requirement"
    __table_args__ = (UniqueConstraint("tender_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"))
    lot_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("lot.id", ondelete="SET NULL"))
    number: Mapped[int]
    text: Mapped[str]

    tender: Mapped[Tender] = relationship()
    lot: Mapped[Lot | None] = relationship()
    marks: Mapped[list[RequirementMark]] = relationship(
        back_populates="requirement", cascade="all, delete-orphan"
    )


class RequirementMark(Base):
    """What one school says of a requirement; `reason` is why it is no longer a must, where it was one."""

    __tablename__ = "requirement_mark"

    requirement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("requirement.id"), primary_key=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    mark: Mapped[Mark]
    reason: Mapped[str] = mapped_column(default="")
    marked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    marked_at: Mapped[datetime]

    requirement: Mapped[Requirement] = relationship(back_populates="marks")
