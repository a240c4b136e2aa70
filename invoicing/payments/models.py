"""Payments received for invoices."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.invoices.models import Invoice
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class Payment(Base):
    """Money that the issuer of an invoice received for it. `amount` in pence.

    Nobody recorded what Stripe reported.
    """

    __tablename__ = "payment"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    paid_on: Mapped[date]
    amount: Mapped[Money]
    reference: Mapped[str] = mapped_column(default="")
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]

    invoice: Mapped[Invoice] = relationship()
