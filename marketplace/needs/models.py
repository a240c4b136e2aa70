"""Needs."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.needs.rules import Joint, NeedStatus


class Need(Base):
    """What one school needs in one category. Spend is a year's, in pence before VAT."""

    __tablename__ = "need"
    __table_args__ = (
        CheckConstraint("volume > 0", name="volume_positive"),
        CheckConstraint("current_annual_spend >= 0", name="spend_not_negative"),
        CheckConstraint("term_months > 0", name="term_positive"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    category: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]]
    volume: Mapped[Decimal]
    volume_unit: Mapped[str]
    current_supplier: Mapped[str] = mapped_column(default="")
    current_annual_spend: Mapped[Money]
    contract_ends_on: Mapped[date]
    wanted_from: Mapped[date]
    term_months: Mapped[int]
    joint: Mapped[Joint]
    joint_condition: Mapped[str] = mapped_column(default="")
    status: Mapped[NeedStatus] = mapped_column(default=NeedStatus.DRAFT, index=True)
    posted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    posted_at: Mapped[datetime]
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    return_reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    school: Mapped[School] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here
