"""Baselines of contracts, and what was invoiced under them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.savings.rules import BaselineTerms, InvoicedTerms
from marketplace.alliance.models import Person
from marketplace.contracts.models import Contract
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class Baseline(Base):
    """What the school of a contract paid in a year before it, with its evidence. Pence before VAT.

    `source` says where the figure is written; a document may stand beside it. `rise` is in basis points.
    """

    __tablename__ = "saving_baseline"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("source <> ''", name="evidenced"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("rise BETWEEN 0 AND 10000", name="rise_range"),
        CheckConstraint("rise = 0 OR rise_source <> ''", name="rise_evidenced"),
        CheckConstraint("(document_sha256 IS NULL) = (document_name = '')", name="document_named"),
    )

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contract.id"), primary_key=True)
    amount: Mapped[Money]
    source: Mapped[str]
    quantity: Mapped[Decimal | None]
    unit: Mapped[str] = mapped_column(default="")
    rise: Mapped[int] = mapped_column(default=0)
    rise_source: Mapped[str] = mapped_column(default="")
    document_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    document_name: Mapped[str] = mapped_column(default="")
    set_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    setter: Mapped[Person] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here

    @property
    def rise_percent(self) -> Decimal:
        """The rise in per cent."""
        return Decimal(self.rise).scaleb(-2)

    @property
    def terms(self) -> BaselineTerms:
        """The baseline as the rules compute with it."""
        return BaselineTerms(self.amount, self.source, self.quantity, self.unit, self.rise, self.rise_source)


class InvoicedCost(Base):
    """What was invoiced under a contract for a time. A wrong one is taken back and stays on record.

    Without an amount it is counted from the invoices that the school accepted for the contract.
    """

    __tablename__ = "saving_invoiced"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="days_in_order"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("(amount IS NULL) = (source = '')", name="typed_with_source"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_by IS NULL)", name="taken_back_by_somebody"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    amount: Mapped[Money | None]
    quantity: Mapped[Decimal | None]
    source: Mapped[str]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    taken_back_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    taken_back_at: Mapped[datetime | None]

    contract: Mapped[Contract] = relationship()
    recorder: Mapped[Person] = relationship(foreign_keys=recorded_by)

    @property
    def terms(self) -> InvoicedTerms:
        """The invoices of a time as the rules compute with them."""
        return InvoicedTerms(self.starts_on, self.ends_on, self.amount, self.source, self.quantity)
