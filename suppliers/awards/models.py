"""Awards."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from suppliers.awards.rules import AwardStatus
from suppliers.quotes.models import Quote


class Award(Base):
    """The recommendation of a quote for a lot, and what became of it: one at a time a lot.

    `total` is what all schools pay for the lot over the whole term, pence before VAT, less `discount`: what a
    bundle that its supplier won takes off each line, in per cent. `departure` says
    why a quote that is not alone in first place is recommended; blank when it is. `decided_at` is when
    the second approval or the rejection was given.
    """

    __tablename__ = "award"
    __table_args__ = (
        Index(
            "uq_award_one_a_lot",
            "lot_id",
            unique=True,
            sqlite_where=text("status <> 'rejected'"),
            postgresql_where=text("status <> 'rejected'"),
        ),
        CheckConstraint("(bundle_id IS NULL) = (discount = 0)", name="discount_of_a_bundle"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), index=True)
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"))
    quote_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quote.id"))
    status: Mapped[AwardStatus] = mapped_column(default=AwardStatus.RECOMMENDED)
    bundle_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("lot_bundle.id"))
    discount: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    total: Mapped[Money]
    reasons: Mapped[str]
    departure: Mapped[str] = mapped_column(default="")
    recommended_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    recommended_at: Mapped[datetime]
    rejection_reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]

    quote: Mapped[Quote] = relationship()
    approvals: Mapped[list[AwardApproval]] = relationship(back_populates="award")


class AwardApproval(Base):
    """One person's approval of an award, for their school: one a person and one a school.

    `confirmation_id` is the governing body's confirmation on whose strength it was given, where the school's
    part was above its limit.
    """

    __tablename__ = "award_approval"
    __table_args__ = (UniqueConstraint("award_id", "school_id"),)

    award_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("award.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    approved_at: Mapped[datetime]
    confirmation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("confirmation.id"))

    award: Mapped[Award] = relationship(back_populates="approvals")
