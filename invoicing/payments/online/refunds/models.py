"""Refunds of online payments that people of a school decided. Kept for good."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.payments.online.models import OnlinePayment
from invoicing.payments.online.refunds.rules import RefundStatus
from marketplace.alliance.models import Person
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money

UNDER_WAY = text("status IN ('proposed', 'approved', 'sent')")


class OnlineRefund(Base):
    """Some of an online payment that two people of the issuer give back; one at a time for a payment.

    Stripe is asked with the refund's id as key. `due_at` is when to ask, or to ask again.
    """

    __tablename__ = "online_refund"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("reason <> ''", name="reason_given"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(status = 'proposed') = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(status = 'refused') = (refusal_reason <> '')", name="refused_for_a_reason"),
        CheckConstraint("(status = 'approved') = (due_at IS NOT NULL)", name="approved_is_due"),
        Index(
            "uq_online_refund_one_under_way",
            "payment_id",
            unique=True,
            sqlite_where=UNDER_WAY,
            postgresql_where=UNDER_WAY,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("online_payment.id"), index=True)
    amount: Mapped[Money]
    reason: Mapped[str]
    status: Mapped[RefundStatus] = mapped_column(default=RefundStatus.PROPOSED)
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    refusal_reason: Mapped[str] = mapped_column(default="")
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    stripe_id: Mapped[str] = mapped_column(default="")
    declined: Mapped[str] = mapped_column(default="")

    payment: Mapped[OnlinePayment] = relationship()
    proposer: Mapped[Person] = relationship(foreign_keys=proposed_by)
    decider: Mapped[Person | None] = relationship(foreign_keys=decided_by)
