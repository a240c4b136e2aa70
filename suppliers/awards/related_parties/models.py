"""Related parties among the winners of an award."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class RelatedParty(Base):
    """A supplier that wins and is related to a school that buys, as it was reported before confirmation.

    `part` is the school's contract over the whole term, VAT included, when it was recorded.
    """

    __tablename__ = "related_party"
    __table_args__ = (
        UniqueConstraint("tender_id", "school_id", "supplier_id"),
        CheckConstraint("others >= 0", name="others_not_negative"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), index=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"))
    report_reference: Mapped[str]
    reported_on: Mapped[date]
    is_state_school: Mapped[bool]
    others: Mapped[Money]
    approval_reference: Mapped[str] = mapped_column(default="")
    part: Mapped[Money]
    declared_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    declared_at: Mapped[datetime]
