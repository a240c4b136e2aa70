"""To whom schools owe money outside Weald, and by which entries suppliers' documents stand in their books."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person
from marketplace.core.db import Base
from marketplace.core.ids import new_id


class Creditor(Base):
    """A supplier as the books of one school know it. It has an account there from its first invoice on."""

    __tablename__ = "creditor"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    name: Mapped[str]
    company_number: Mapped[str]
    vat_number: Mapped[str]
    opened_at: Mapped[datetime]


class SupplierPosting(Base):
    """An entry that put a document into the books, or with `reverses_id` took it out again, and why.

    Rows are added and never changed: what was claimed as VAT by the one is given back by the other.
    """

    __tablename__ = "supplier_posting"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason_given"),)

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ledger_entry.id"), primary_key=True)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier_invoice.id"), index=True)
    reverses_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("supplier_posting.entry_id"), unique=True
    )
    posted_on: Mapped[date]
    posted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    posted_at: Mapped[datetime]
    reason: Mapped[str]

    poster: Mapped[Person] = relationship()
