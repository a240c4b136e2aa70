"""Disputes of invoices."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class InvoiceDispute(Base):
    """What the buyer of an invoice did not accept of it (`amount`), since when and why.

    It is open until it is settled; an invoice has one open dispute at most. Nobody settles what came to
    nothing by a payment or a credit note: then `settled_by` is empty.
    """

    __tablename__ = "invoice_dispute"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("reason <> ''", name="reason_given"),
        CheckConstraint("(settled_at IS NULL) = (settlement = '')", name="settled_with_words"),
        Index(
            "uq_invoice_dispute_open",
            "invoice_id",
            unique=True,
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    amount: Mapped[Money]
    reason: Mapped[str]
    raised_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    raised_at: Mapped[datetime]
    settlement: Mapped[str] = mapped_column(default="")
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]
