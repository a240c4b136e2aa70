"""Reviews of how suppliers do."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.contracts.models import Contract
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from suppliers.awards.performance.rules import Measure, Rating


class PerformanceReview(Base):
    """What a school found about its supplier over some time, and the supplier's reply, if it made one."""

    __tablename__ = "performance_review"
    __table_args__ = (
        CheckConstraint("covers_until >= covers_from", name="covers_some_time"),
        CheckConstraint("(replied_by IS NULL) = (replied_at IS NULL)", name="replied_by_somebody"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    covers_from: Mapped[date]
    covers_until: Mapped[date]
    summary: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    reply: Mapped[str] = mapped_column(default="")
    replied_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    replied_at: Mapped[datetime | None]

    contract: Mapped[Contract] = relationship()
    ratings: Mapped[list[ReviewRating]] = relationship(cascade="all, delete-orphan")


class ReviewRating(Base):
    """One measure of a review."""

    __tablename__ = "review_rating"

    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("performance_review.id"), primary_key=True)
    measure: Mapped[Measure] = mapped_column(primary_key=True)
    rating: Mapped[Rating]
    evidence: Mapped[str]
