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
    """What one school needs in one category. Spend is a year's, in pence before VAT.

    A draft may lack what its author has not entered yet; a constraint says that no other need does.
    `details` are the answers to the category's own questions, as `answers.read_answers` reads them.
    """

    __tablename__ = "need"
    __table_args__ = (
        CheckConstraint("volume > 0", name="volume_positive"),
        CheckConstraint("current_annual_spend >= 0", name="spend_not_negative"),
        CheckConstraint("term_months > 0", name="term_positive"),
        CheckConstraint(
            "status in ('draft', 'withdrawn') or (volume is not null and current_annual_spend is not null "
            "and contract_ends_on is not null and wanted_from is not null and term_months is not null "
            "and joint is not null)",
            name="complete",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    category: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]]
    volume: Mapped[Decimal] = mapped_column(nullable=True)
    volume_unit: Mapped[str]
    current_supplier: Mapped[str] = mapped_column(default="")
    current_annual_spend: Mapped[Money] = mapped_column(nullable=True)
    contract_ends_on: Mapped[date] = mapped_column(nullable=True)
    wanted_from: Mapped[date] = mapped_column(nullable=True)
    term_months: Mapped[int] = mapped_column(nullable=True)
    joint: Mapped[Joint] = mapped_column(nullable=True)
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
