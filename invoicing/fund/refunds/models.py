"""Refunds to schools that left, and their approvals."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.fund.models import Fund
from invoicing.fund.refunds.rules import RefundStatus
from invoicing.fund.rules import Purpose
from invoicing.fund.shares import Pot
from marketplace.alliance.models import Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class Refund(Base):
    """What the fund held for a school when a membership ended, to be paid back. `amount` in pence.

    One for each membership that ended. Until it is paid it is set aside: no claim is paid from it.
    """

    __tablename__ = "refund"
    __table_args__ = (
        UniqueConstraint("id", "school_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "(status = 'paid') = (entry_id IS NOT NULL) AND (entry_id IS NULL) = (paid_on IS NULL)",
            name="paid_in_ledger",
        ),
        CheckConstraint("(status = 'withdrawn') = (withdrawal_reason <> '')", name="withdrawn_with_reason"),
        CheckConstraint("(withdrawal_reason = '') = (withdrawn_by IS NULL)", name="withdrawn_by_somebody"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund.id"), index=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), unique=True)
    left_on: Mapped[date]
    amount: Mapped[Money]
    status: Mapped[RefundStatus] = mapped_column(default=RefundStatus.SUBMITTED, index=True)
    made_at: Mapped[datetime]
    withdrawn_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    withdrawal_reason: Mapped[str] = mapped_column(default="")
    paid_on: Mapped[date | None]
    entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)

    fund: Mapped[Fund] = relationship()
    school: Mapped[School] = relationship()
    approvals: Mapped[list[RefundApproval]] = relationship(
        back_populates="refund", order_by="RefundApproval.position"
    )
    parts: Mapped[list[RefundPart]] = relationship(order_by="RefundPart.id")

    @property
    def pots(self) -> dict[Pot, Money]:
        """From which pots of the school's share it is paid."""
        return {Pot(self.school_id, part.purpose): part.amount for part in self.parts}


class RefundPart(Base):
    """What of a refund was kept for one purpose; without a purpose, what could be spent on any. In pence."""

    __tablename__ = "refund_part"
    __table_args__ = (
        UniqueConstraint("refund_id", "purpose"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    refund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("refund.id"))
    purpose: Mapped[Purpose | None]
    amount: Mapped[Money]


class RefundApproval(Base):
    """One of a refund's two approvals: by two people, for two schools, neither of them the one that left."""

    __tablename__ = "refund_approval"
    __table_args__ = (
        ForeignKeyConstraint(["refund_id", "leaver_id"], ["refund.id", "refund.school_id"]),
        UniqueConstraint("refund_id", "position"),
        UniqueConstraint("refund_id", "person_id"),
        UniqueConstraint("refund_id", "school_id"),
        CheckConstraint("position IN (1, 2)", name="two_approvals"),
        CheckConstraint("school_id <> leaver_id", name="another_school"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    refund_id: Mapped[uuid.UUID]
    leaver_id: Mapped[uuid.UUID]
    position: Mapped[int]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    approved_at: Mapped[datetime]

    refund: Mapped[Refund] = relationship(back_populates="approvals")
    person: Mapped[Person] = relationship()
    school: Mapped[School] = relationship()
