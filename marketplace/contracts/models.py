"""The contract register."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class Contract(Base):
    """A contract of one school. Annual value in pence before VAT; the term includes both dates.

    `last_notice_on` follows from the end and the notice; it is kept so that lists can sort by it.
    """

    __tablename__ = "contract"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("annual_value >= 0", name="value_not_negative"),
        CheckConstraint("notice_days >= 0", name="notice_not_negative"),
        UniqueConstraint("school_id", "award_id", "title"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    category: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    supplier_name: Mapped[str]
    supplier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    annual_value: Mapped[Money]
    starts_on: Mapped[date]
    ends_on: Mapped[date] = mapped_column(index=True)
    notice_days: Mapped[int] = mapped_column(default=0)
    last_notice_on: Mapped[date] = mapped_column(index=True)
    renews_automatically: Mapped[bool] = mapped_column(default=False)
    award_id: Mapped[uuid.UUID | None]
    tender_reference: Mapped[str] = mapped_column(default="")
    registered_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    school: Mapped[School] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here
