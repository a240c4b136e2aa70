"""E-invoices of suppliers that schools took. What was read stays as it was; the decision is added once."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.incoming.books.models import Creditor
from invoicing.incoming.rules import DocumentStatus, Format, Kind
from marketplace.alliance.models import Person, School
from marketplace.contracts.models import Contract
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO, Money


class SupplierInvoice(Base):
    """A supplier's invoice or credit note to a school, as its file says it; amounts in pence, never negative.

    `entry_id` is the entry by which it stands in the school's books since `posted_on`: blank while it is not
    accepted, and for what was accepted before Weald kept suppliers' invoices in its books. `settled` is what
    was paid of it since, less what came back; `credited` what credit notes took back. A credit note takes
    back from the invoice `credits_id`; `preceding` is what it says itself.
    `supplier_key` and `number_key` tell whether an invoice was taken before. `order_number` and the contract
    are what the person who accepted it says, `order_said` and `contract_said` what the document says.
    """

    __tablename__ = "supplier_invoice"
    __table_args__ = (
        CheckConstraint("due = total - paid + rounding", name="due_adds_up"),
        CheckConstraint("total = net + vat", name="total_adds_up"),
        CheckConstraint("(status = 'waiting') = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(status = 'waiting') = (reason = '')", name="decided_with_reason"),
        CheckConstraint("contract_id IS NULL OR status <> 'waiting'", name="contract_when_decided"),
        CheckConstraint("entry_id IS NULL OR status = 'accepted'", name="in_books_when_accepted"),
        CheckConstraint("(entry_id IS NULL) = (posted_on IS NULL)", name="in_books_since"),
        CheckConstraint("entry_id IS NULL OR creditor_id IS NOT NULL", name="owed_to_somebody"),
        CheckConstraint("credits_id IS NULL OR kind = 'credit_note'", name="credits_by_credit_note"),
        Index(
            "uq_supplier_invoice_number",
            "school_id",
            "supplier_key",
            "number_key",
            "kind",
            unique=True,
            sqlite_where=text("status <> 'rejected'"),
            postgresql_where=text("status <> 'rejected'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    kind: Mapped[Kind] = mapped_column(default=Kind.INVOICE, server_default=Kind.INVOICE.value)
    format: Mapped[Format]
    file_name: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    number: Mapped[str]
    number_key: Mapped[str]
    issued_on: Mapped[date]
    supplied_on: Mapped[date | None]
    due_on: Mapped[date | None]
    order_said: Mapped[str]
    contract_said: Mapped[str]
    preceding: Mapped[str] = mapped_column(default="", server_default="")
    account: Mapped[str]
    note: Mapped[str]
    supplier_key: Mapped[str]
    supplier_name: Mapped[str]
    supplier_company_number: Mapped[str]
    supplier_vat_number: Mapped[str]
    supplier_address: Mapped[str] = mapped_column(default="", server_default="")
    buyer_name: Mapped[str]
    buyer_address: Mapped[str] = mapped_column(default="", server_default="")
    allowances: Mapped[Money]
    charges: Mapped[Money]
    net: Mapped[Money]
    vat: Mapped[Money]
    total: Mapped[Money]
    paid: Mapped[Money]
    rounding: Mapped[Money] = mapped_column(default=ZERO)
    due: Mapped[Money]
    received_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[datetime]
    status: Mapped[DocumentStatus] = mapped_column(default=DocumentStatus.WAITING)
    contract_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contract.id"))
    order_number: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    creditor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("creditor.id"), index=True)
    credits_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("supplier_invoice.id"), index=True)
    entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    posted_on: Mapped[date | None]
    pay_by: Mapped[date | None]
    settled: Mapped[Money] = mapped_column(default=ZERO, server_default="0")
    credited: Mapped[Money] = mapped_column(default=ZERO, server_default="0")
    version: Mapped[int] = mapped_column(default=1)

    school: Mapped[School] = relationship()
    contract: Mapped[Contract | None] = relationship()
    receiver: Mapped[Person] = relationship(foreign_keys=received_by)
    decider: Mapped[Person | None] = relationship(foreign_keys=decided_by)
    creditor: Mapped[Creditor | None] = relationship()
    takes_back: Mapped[SupplierInvoice | None] = relationship(remote_side="SupplierInvoice.id")
    lines: Mapped[list[SupplierInvoiceLine]] = relationship(order_by="SupplierInvoiceLine.position")
    taxes: Mapped[list[SupplierInvoiceTax]] = relationship(order_by="SupplierInvoiceTax.position")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here

    @property
    def open(self) -> Money:
        """What the school still owes for it; negative when the supplier owes some of it back."""
        if self.entry_id is None or self.kind is Kind.CREDIT_NOTE:
            return ZERO
        return self.due - self.settled - self.credited

    @property
    def is_paid(self) -> bool:
        """Has it been in the books, and is nothing of it open?"""
        return self.entry_id is not None and self.kind is Kind.INVOICE and not self.open

    @property
    def outstanding(self) -> Money:
        """What is still to be paid."""
        return max(ZERO, self.open)

    @property
    def owed_back(self) -> Money:
        """What the supplier owes the school, because what was paid has been credited since."""
        return max(ZERO, -self.open)

    @property
    def creditable(self) -> Money:
        """What a credit note can still take back."""
        return self.due + self.paid - self.credited


class SupplierInvoiceLine(Base):
    """A line, with its label, quantity and price as the document writes them."""

    __tablename__ = "supplier_invoice_line"

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier_invoice.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    name: Mapped[str]
    quantity: Mapped[str]
    unit: Mapped[str]
    price: Mapped[str]
    net: Mapped[Money]
    category: Mapped[str]
    rate_basis_points: Mapped[int]


class SupplierInvoiceTax(Base):
    """The VAT of one category and rate."""

    __tablename__ = "supplier_invoice_tax"

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier_invoice.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str]
    rate_basis_points: Mapped[int]
    taxable: Mapped[Money]
    vat: Mapped[Money]
    reason: Mapped[str]
