"""E-invoices of suppliers that schools took. What was read stays as it was; the decision is added once."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.incoming.rules import DocumentStatus, Format
from marketplace.alliance.models import Person, School
from marketplace.contracts.models import Contract
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO, Money


class SupplierInvoice(Base):
    """A supplier's invoice to a school, as its file says it; amounts in pence.

    `supplier_key` and `number_key` tell whether an invoice was taken before. `order_number` and the contract
    are what the person who accepted it says, `order_said` and `contract_said` what the document says.
    """

    __tablename__ = "supplier_invoice"
    __table_args__ = (
        CheckConstraint("due = total - paid + rounding", name="due_adds_up"),
        CheckConstraint("total = net + vat", name="total_adds_up"),
        CheckConstraint("(status = 'waiting') = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(status = 'waiting') = (reason = '')", name="decided_with_reason"),
        CheckConstraint("contract_id IS NULL OR status = 'accepted'", name="contract_when_accepted"),
        Index(
            "uq_supplier_invoice_number",
            "school_id",
            "supplier_key",
            "number_key",
            unique=True,
            sqlite_where=text("status <> 'rejected'"),
            postgresql_where=text("status <> 'rejected'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
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
    account: Mapped[str]
    note: Mapped[str]
    supplier_key: Mapped[str]
    supplier_name: Mapped[str]
    supplier_company_number: Mapped[str]
    supplier_vat_number: Mapped[str]
    buyer_name: Mapped[str]
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
    version: Mapped[int] = mapped_column(default=1)

    school: Mapped[School] = relationship()
    contract: Mapped[Contract | None] = relationship()
    receiver: Mapped[Person] = relationship(foreign_keys=received_by)
    decider: Mapped[Person | None] = relationship(foreign_keys=decided_by)
    lines: Mapped[list[SupplierInvoiceLine]] = relationship(order_by="SupplierInvoiceLine.position")
    taxes: Mapped[list[SupplierInvoiceTax]] = relationship(order_by="SupplierInvoiceTax.position")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here


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
