"""Payments to suppliers. A wrong one is undone by an entry that turns it round, and stays on record."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.bank.models import BankLine
from invoicing.incoming.models import SupplierInvoice
from invoicing.incoming.payments.rules import Way
from marketplace.alliance.models import Person
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class SupplierPayment(Base):
    """Money that a school paid for a supplier's invoice, or that came back. `amount` in pence.

    With `line_id` the school's bank statement says it; else the person who recorded it does.
    """

    __tablename__ = "supplier_payment"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "(undone_by IS NULL) = (undone_at IS NULL) AND (undone_by IS NULL) = (undone_entry_id IS NULL)"
            " AND (undone_by IS NULL) = (undone_reason = '')",
            name="undone_by_somebody",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier_invoice.id"), index=True)
    way: Mapped[Way]
    paid_on: Mapped[date]
    amount: Mapped[Money]
    reference: Mapped[str] = mapped_column(default="")
    line_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bank_line.id"), index=True)
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    undone_entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    undone_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]
    undone_reason: Mapped[str] = mapped_column(default="")

    invoice: Mapped[SupplierInvoice] = relationship()
    line: Mapped[BankLine | None] = relationship()
    recorder: Mapped[Person] = relationship(foreign_keys=recorded_by)
