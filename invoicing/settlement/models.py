"""Settlements of an alliance: the invoices in each, the schools, the payments that remain. Kept for good."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.invoices.models import Invoice
from invoicing.settlement.rules import SettlementStatus, Why
from marketplace.alliance.models import Organisation, Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money

OPEN = text("status = 'proposed'")


class Settlement(Base):
    """What the schools of an alliance owed one another on a day, netted. One waits at a time.

    `due_until` is the last due date of its invoices; `pairs` counts the payments that it takes without
    netting; `is_fewest` says that fewer payments than it has are proven impossible; `worked_out` is how many
    times it was worked out. Nobody proposed what the clock did.
    """

    __tablename__ = "settlement"
    __table_args__ = (
        CheckConstraint("(status = 'withdrawn') = (withdrawn_because <> '')", name="withdrawn_for_a_reason"),
        CheckConstraint(
            "(status IN ('agreed', 'settled')) = (agreed_on IS NOT NULL)", name="agreed_on_a_day"
        ),
        Index("uq_settlement_open", "alliance_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    alliance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    reference: Mapped[str] = mapped_column(unique=True)
    status: Mapped[SettlementStatus] = mapped_column(default=SettlementStatus.PROPOSED)
    due_until: Mapped[date]
    pairs: Mapped[int]
    is_fewest: Mapped[bool]
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    agreed_on: Mapped[date | None]
    withdrawn_because: Mapped[str] = mapped_column(default="")
    worked_out: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)

    alliance: Mapped[Organisation] = relationship()
    proposer: Mapped[Person | None] = relationship()
    items: Mapped[list[SettlementItem]] = relationship(
        order_by="SettlementItem.invoice_id", cascade="all, delete-orphan"
    )
    parties: Mapped[list[SettlementParty]] = relationship(
        order_by="SettlementParty.school_id", cascade="all, delete-orphan"
    )
    payments: Mapped[list[SettlementPayment]] = relationship(
        order_by="SettlementPayment.position", cascade="all, delete-orphan"
    )
    changes: Mapped[list[SettlementChange]] = relationship(order_by="SettlementChange.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here


class SettlementItem(Base):
    """So much of an invoice is settled; `payment_id` is how it was counted when all had accepted."""

    __tablename__ = "settlement_item"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    settlement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("settlement.id"), primary_key=True)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice.id"), primary_key=True, index=True)
    amount: Mapped[Money]
    payment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payment.id"), unique=True)

    invoice: Mapped[Invoice] = relationship()


class SettlementParty(Base):
    """A school in a settlement and its one figure: what it gets (positive) or pays (negative)."""

    __tablename__ = "settlement_party"
    __table_args__ = (
        CheckConstraint("(accepted_by IS NULL) = (accepted_at IS NULL)", name="accepted_by_somebody"),
    )

    settlement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("settlement.id"), primary_key=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), primary_key=True, index=True)
    figure: Mapped[Money]
    accepted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    accepted_at: Mapped[datetime | None]

    school: Mapped[School] = relationship()
    acceptor: Mapped[Person | None] = relationship()


class SettlementPayment(Base):
    """A bank payment that remains. `paid_on` is the day on which its payee says that it arrived."""

    __tablename__ = "settlement_payment"
    __table_args__ = (
        UniqueConstraint("settlement_id", "position"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("payer_id <> payee_id", name="two_schools"),
        CheckConstraint(
            "(paid_on IS NULL) = (received_by IS NULL) AND (paid_on IS NULL) = (entry_id IS NULL)",
            name="received_by_somebody",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    settlement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("settlement.id"))
    position: Mapped[int]
    payer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    payee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    amount: Mapped[Money]
    reference: Mapped[str]
    paid_on: Mapped[date | None]
    received_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)

    payer: Mapped[School] = relationship(foreign_keys=payer_id)
    payee: Mapped[School] = relationship(foreign_keys=payee_id)


class SettlementChange(Base):
    """Less of an invoice is settled than was proposed, and why. Rows are added and never changed."""

    __tablename__ = "settlement_change"
    __table_args__ = (CheckConstraint("amount >= 0 AND amount < amount_before", name="less_than_before"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    settlement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("settlement.id"), index=True)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice.id"))
    amount_before: Mapped[Money]
    amount: Mapped[Money]
    why: Mapped[Why]
    found_at: Mapped[datetime]

    invoice: Mapped[Invoice] = relationship()


class SettlementAbsence(Base):
    """A school stays out of its alliance's settlements until it takes part again."""

    __tablename__ = "settlement_absence"

    alliance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    since: Mapped[datetime]
    decided_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))

    decider: Mapped[Person] = relationship()
