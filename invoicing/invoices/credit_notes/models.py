"""Credit notes, their lines and their VAT. Rows are added and never changed or removed."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.rules import VatCategory
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class CreditNote(Base):
    """What the issuer of an invoice takes back of it, and why. Amounts in pence, all positive.

    Both schools' particulars are those that the invoice was issued with. What was issued before there were
    e-invoices has no `xml_sha256`.
    """

    __tablename__ = "credit_note"
    __table_args__ = (
        UniqueConstraint("issuer_id", "number"),
        CheckConstraint("total = net + vat AND net > 0 AND vat >= 0", name="total_adds_up"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    issuer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    number: Mapped[str]
    reason: Mapped[str]
    issued_on: Mapped[date]
    issued_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime]
    net: Mapped[Money]
    vat: Mapped[Money]
    total: Mapped[Money]
    document_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    xml_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))

    invoice: Mapped[Invoice] = relationship()
    lines: Mapped[list[CreditNoteLine]] = relationship(
        back_populates="credit_note", order_by="CreditNoteLine.position"
    )
    breakdown: Mapped[list[CreditNoteVat]] = relationship(
        back_populates="credit_note", order_by="CreditNoteVat.position"
    )


class CreditNoteLine(Base):
    """What is taken back of one line: quantity times unit price (pounds before VAT) is `net`."""

    __tablename__ = "credit_note_line"
    __table_args__ = (
        UniqueConstraint("credit_note_id", "invoice_line_id"),
        CheckConstraint("net > 0", name="net_positive"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    credit_note_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("credit_note.id"))
    invoice_line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice_line.id"), index=True)
    position: Mapped[int]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    unit_price: Mapped[Decimal]
    net: Mapped[Money]

    credit_note: Mapped[CreditNote] = relationship(back_populates="lines")
    invoice_line: Mapped[InvoiceLine] = relationship()


class CreditNoteVat(Base):
    """One line of a credit note's VAT breakdown (EN 16931 BG-23)."""

    __tablename__ = "credit_note_vat"
    __table_args__ = (
        UniqueConstraint("credit_note_id", "position"),
        CheckConstraint("taxable > 0 AND vat >= 0", name="amounts_not_negative"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    credit_note_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("credit_note.id"))
    position: Mapped[int]
    category: Mapped[VatCategory]
    rate_basis_points: Mapped[int]
    reason: Mapped[str]
    taxable: Mapped[Money]
    vat: Mapped[Money]

    credit_note: Mapped[CreditNote] = relationship(back_populates="breakdown")
