"""Online payments and what moved at Stripe for them. Movements are added and never changed."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.invoices.models import Invoice
from invoicing.payments.online.rules import MovementKind, OnlineStatus
from marketplace.alliance.models import School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money

LIVE = text("status IN ('prepared', 'open', 'pending')")


class OnlinePayment(Base):
    """An invoice that somebody of its buyer set out to pay online, to the issuer's account at Stripe.

    Stored before Stripe is asked: its id is what the payment is asked for with, so that it is asked for once.
    One at a time is under way for an invoice. `fee_due_at` is when to ask next what Stripe kept.
    """

    __tablename__ = "online_payment"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("status <> 'open' OR (session <> '' AND url <> '')", name="open_has_a_page"),
        CheckConstraint("(status = 'received') = (received_on IS NOT NULL)", name="received_on_a_day"),
        CheckConstraint("status <> 'received' OR intent <> ''", name="received_by_an_intent"),
        Index(
            "uq_online_payment_one_live",
            "invoice_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        Index("ix_online_payment_account_intent", "account", "intent"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    account: Mapped[str]
    amount: Mapped[Money]
    status: Mapped[OnlineStatus] = mapped_column(default=OnlineStatus.PREPARED, index=True)
    session: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    intent: Mapped[str] = mapped_column(default="")
    started_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime]
    received_on: Mapped[date | None]
    fee_due_at: Mapped[datetime | None] = mapped_column(index=True)
    payout_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("online_payout.id"), index=True)

    invoice: Mapped[Invoice] = relationship()
    payout: Mapped[OnlinePayout | None] = relationship()
    movements: Mapped[list[OnlineMovement]] = relationship(
        back_populates="payment", order_by="OnlineMovement.id"
    )


class OnlinePayout(Base):
    """What Stripe paid to a school's bank at once. `due_at` is when to ask next what it is made of."""

    __tablename__ = "online_payout"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount_not_zero"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    account: Mapped[str]
    stripe_id: Mapped[str] = mapped_column(unique=True)
    amount: Mapped[Money]
    paid_on: Mapped[date]
    due_at: Mapped[datetime | None] = mapped_column(index=True)

    school: Mapped[School] = relationship()


class OnlineMovement(Base):
    """Money that moved at Stripe, counted once: an entry in the ledger has its id. Amounts in pence.

    `stripe_id` is what Stripe calls it; `on_account` is how much of it did not go to, or come back from, the
    invoice.
    """

    __tablename__ = "online_movement"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("on_account >= 0", name="on_account_not_negative"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    payment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("online_payment.id"), index=True)
    kind: Mapped[MovementKind]
    stripe_id: Mapped[str] = mapped_column(unique=True)
    amount: Mapped[Money]
    on_account: Mapped[Money]
    moved_on: Mapped[date]

    payment: Mapped[OnlinePayment | None] = relationship(back_populates="movements")
