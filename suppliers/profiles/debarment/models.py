"""Look-ups of suppliers on the debarment list. Kept for good: a later one does not change an earlier."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id


class DebarmentLookUp(Base):
    """That a person of a school looked a supplier up, on which day, and what the list said."""

    __tablename__ = "debarment_look_up"
    __table_args__ = (CheckConstraint("reference <> ''", name="says_what_was_read"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), index=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    is_listed: Mapped[bool]
    reference: Mapped[str]
    looked_on: Mapped[date]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]

    school: Mapped[School] = relationship()
    person: Mapped[Person] = relationship()
