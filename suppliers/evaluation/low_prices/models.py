"""Questions about prices that look abnormally low."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base
from suppliers.evaluation.low_prices.rules import InquiryStatus
from suppliers.quotes.models import Quote


class PriceInquiry(Base):
    """What a supplier was asked about its price, what it said, and what the panel made of it."""

    __tablename__ = "price_inquiry"
    __table_args__ = (
        CheckConstraint("(explained_at IS NULL) = (explanation = '')", name="explanation_with_moment"),
        CheckConstraint(
            "(status IN ('accepted', 'excluded')) = (concluded_at IS NOT NULL)", name="concluded_with_moment"
        ),
        CheckConstraint("(concluded_at IS NULL) = (reason = '')", name="concluded_with_reason"),
    )

    quote_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quote.id"), primary_key=True)
    status: Mapped[InquiryStatus] = mapped_column(default=InquiryStatus.ASKED)
    question: Mapped[str]
    answer_by: Mapped[date]
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    explanation: Mapped[str] = mapped_column(default="")
    explained_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    explained_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    concluded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    concluded_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    quote: Mapped[Quote] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here
