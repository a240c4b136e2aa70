"""What was used under agreements."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.agreements.models import Agreement
from invoicing.agreements.usage.rules import UsageStatus, Used
from marketplace.alliance.models import Person
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class Usage(Base):
    """So many units on a day, or a cost in pence before VAT, in words; and what the buyer answered."""

    __tablename__ = "agreement_usage"
    __table_args__ = (
        Index("ix_agreement_usage_agreement_id_status", "agreement_id", "status"),
        CheckConstraint("(units IS NULL) <> (cost IS NULL)", name="units_or_cost"),
        CheckConstraint("units > 0", name="units_positive"),
        CheckConstraint("cost > 0", name="cost_positive"),
        CheckConstraint("words <> ''", name="in_words"),
        CheckConstraint("status <> 'questioned' OR question <> ''", name="questioned_in_words"),
        CheckConstraint("status <> 'confirmed' OR answered_by IS NOT NULL", name="confirmed_by_somebody"),
        CheckConstraint("status <> 'confirmed' OR answered_by <> logged_by", name="confirmed_by_another"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id"))
    used_on: Mapped[date]
    units: Mapped[Decimal | None]
    cost: Mapped[Money | None]
    words: Mapped[str]
    status: Mapped[UsageStatus] = mapped_column(default=UsageStatus.LOGGED)
    logged_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    logged_at: Mapped[datetime]
    question: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    agreement: Mapped[Agreement] = relationship()
    logger: Mapped[Person] = relationship(foreign_keys=logged_by)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here

    @property
    def used(self) -> Used:
        """What was logged."""
        return Used(self.used_on, self.words, self.units, self.cost)
