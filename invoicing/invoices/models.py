"""Invoices and their lines. What is issued carries copies of names and addresses, and never changes."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.invoices.rules import USUAL_PAYMENT_DAYS, InvoiceSource, InvoiceStatus, VatCategory
from marketplace.alliance.models import School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO, Money

UNSENT = "status IN ('draft', 'discarded')"


class Invoice(Base):
    """What one school owes another. Amounts in pence.

    A number, dates, both schools' particulars and the document exist from the moment of issue.
    `source_id` names what it was made from: one invoice a buyer. `paid` is the sum of its payments,
    `credited` that of its credit notes; `disputed` is what its buyer does not accept at present. What was
    issued before there were e-invoices has no `xml_sha256`. `conditions` are those of a disbursement that its
    author ticked.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("issuer_id", "number"),
        UniqueConstraint("source", "source_id", "buyer_id"),
        Index("ix_invoice_issuer_id_status", "issuer_id", "status"),
        Index("ix_invoice_buyer_id_status", "buyer_id", "status"),
        CheckConstraint("issuer_id <> buyer_id", name="two_schools"),
        CheckConstraint("total = net + vat AND net >= 0 AND vat >= 0", name="total_adds_up"),
        CheckConstraint("paid >= 0 AND paid <= total", name="paid_within_total"),
        CheckConstraint("credited >= 0 AND credited <= total", name="credited_within_total"),
        CheckConstraint(
            "disputed >= 0 AND (disputed = 0 OR disputed <= total - credited - paid)",
            name="disputed_within_outstanding",
        ),
        CheckConstraint("payment_days BETWEEN 0 AND 90", name="payment_days_range"),
        CheckConstraint("(source = 'manual') = (source_id IS NULL)", name="source_named"),
        CheckConstraint(
            f"({UNSENT}) = (number IS NULL) AND (number IS NULL) = (issued_on IS NULL)"
            " AND (number IS NULL) = (due_on IS NULL) AND (number IS NULL) = (tax_point IS NULL)"
            " AND (number IS NULL) = (document_sha256 IS NULL) AND (number IS NULL) = (issued_by IS NULL)",
            name="numbered_when_issued",
        ),
        CheckConstraint(
            f"({UNSENT} AND paid = 0 AND credited = 0)"
            " OR (status = 'issued' AND paid = 0 AND credited < total)"
            " OR (status = 'part_paid' AND paid > 0 AND paid + credited < total)"
            " OR (status = 'paid' AND paid > 0 AND paid + credited >= total AND credited < total)"
            " OR (status = 'credited' AND credited = total AND total > 0)",
            name="status_as_paid",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    issuer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    buyer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    source: Mapped[InvoiceSource] = mapped_column(default=InvoiceSource.MANUAL)
    source_id: Mapped[uuid.UUID | None]
    status: Mapped[InvoiceStatus] = mapped_column(default=InvoiceStatus.DRAFT, index=True)
    supplied_on: Mapped[date]
    payment_days: Mapped[int] = mapped_column(default=USUAL_PAYMENT_DAYS)
    purchase_order: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    conditions: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    net: Mapped[Money]
    vat: Mapped[Money]
    total: Mapped[Money]
    paid: Mapped[Money] = mapped_column(default=ZERO)
    credited: Mapped[Money] = mapped_column(default=ZERO, server_default="0")
    disputed: Mapped[Money] = mapped_column(default=ZERO, server_default="0")
    drafted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    drafted_at: Mapped[datetime]
    number: Mapped[str | None]
    issued_on: Mapped[date | None] = mapped_column(index=True)
    tax_point: Mapped[date | None]
    due_on: Mapped[date | None]
    issued_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    issuer_name: Mapped[str] = mapped_column(default="")
    issuer_address: Mapped[str] = mapped_column(default="")
    issuer_vat_number: Mapped[str] = mapped_column(default="")
    issuer_company_details: Mapped[str] = mapped_column(default="")
    issuer_bank_details: Mapped[str] = mapped_column(default="")
    buyer_name: Mapped[str] = mapped_column(default="")
    buyer_address: Mapped[str] = mapped_column(default="")
    buyer_vat_number: Mapped[str] = mapped_column(default="", server_default="")
    document_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    xml_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    version: Mapped[int] = mapped_column(default=1)

    issuer: Mapped[School] = relationship(foreign_keys=issuer_id)
    buyer: Mapped[School] = relationship(foreign_keys=buyer_id)
    lines: Mapped[list[InvoiceLine]] = relationship(
        back_populates="invoice", order_by="InvoiceLine.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here

    @property
    def outstanding(self) -> Money:
        """What is still to be paid."""
        return max(ZERO, self.total - self.credited - self.paid)

    @property
    def asked_for(self) -> Money:
        """What the buyer is asked to pay, and reminded of: what is outstanding but for what is disputed."""
        return self.outstanding - self.disputed

    @property
    def owed_back(self) -> Money:
        """What the issuer owes the buyer, because what was paid has been credited since."""
        return max(ZERO, self.paid + self.credited - self.total)


class InvoiceLine(Base):
    """One line: quantity times unit price (pounds before VAT) is `net`, half up to the penny."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        UniqueConstraint("invoice_id", "position"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("unit_price >= 0", name="unit_price_not_negative"),
        CheckConstraint("(category = 'S') = (rate_basis_points > 0)", name="rate_of_standard"),
        CheckConstraint("(category = 'E') = (exemption_reason <> '')", name="reason_of_exempt"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice.id"))
    position: Mapped[int]
    description: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str] = mapped_column(default="")
    unit_price: Mapped[Decimal]
    net: Mapped[Money]
    category: Mapped[VatCategory]
    rate_basis_points: Mapped[int] = mapped_column(default=0)
    exemption_reason: Mapped[str] = mapped_column(default="")

    invoice: Mapped[Invoice] = relationship(back_populates="lines")
