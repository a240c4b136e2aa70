"""What agreements charge, and which invoice was drafted for it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.agreements.models import Agreement
from invoicing.invoices.models import Invoice
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class AgreementBill(Base):
    """A draft invoice made of charges; while its invoice stands, they are on no other."""

    __tablename__ = "agreement_bill"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id"), index=True)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice.id"), unique=True)
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]

    agreement: Mapped[Agreement] = relationship()
    invoice: Mapped[Invoice] = relationship()


class Charge(Base):
    """What is owed for one thing used, or for one period of a fixed price; each at most once.

    `unit_price` is in pounds, `net` in pence before VAT. Without a bill it waits for the next invoice.
    """

    __tablename__ = "agreement_charge"
    __table_args__ = (
        UniqueConstraint("usage_id"),
        UniqueConstraint("agreement_id", "period_start"),
        CheckConstraint("(usage_id IS NULL) <> (period_start IS NULL)", name="of_use_or_period"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("net > 0", name="net_positive"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id"), index=True)
    usage_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("agreement_usage.id"))
    period_start: Mapped[date | None]
    supplied_on: Mapped[date]
    description: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str] = mapped_column(default="")
    unit_price: Mapped[Decimal]
    net: Mapped[Money]
    bill_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("agreement_bill.id"), index=True)

    agreement: Mapped[Agreement] = relationship()
    bill: Mapped[AgreementBill | None] = relationship()
