"""Proposals about money between two schools. Kept for good."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.bank.proposals.rules import ProposalKind, ProposalStatus
from invoicing.invoices.models import Invoice
from marketplace.alliance.models import Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money

WAITING = text("status = 'proposed'")


class PaymentProposal(Base):
    """Money of `school_id` that two of its people give up (of an invoice) or pay back, to `other_id`.

    One waits at a time for each invoice, and for each school with money on account.
    """

    __tablename__ = "payment_proposal"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("reason <> ''", name="reason_given"),
        CheckConstraint("(kind = 'write_off') = (invoice_id IS NOT NULL)", name="written_off_of_an_invoice"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(status = 'proposed') = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(status = 'approved') = (entry_id IS NOT NULL)", name="approved_in_ledger"),
        CheckConstraint("(status = 'refused') = (refusal_reason <> '')", name="refused_for_a_reason"),
        Index(
            "uq_payment_proposal_one_waiting",
            "school_id",
            "other_id",
            "kind",
            "invoice_id",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[ProposalKind]
    status: Mapped[ProposalStatus] = mapped_column(default=ProposalStatus.PROPOSED, index=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    other_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    invoice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoice.id"))
    amount: Mapped[Money]
    reason: Mapped[str]
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    refusal_reason: Mapped[str] = mapped_column(default="")
    entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)

    school: Mapped[School] = relationship(foreign_keys=school_id)
    other: Mapped[School] = relationship(foreign_keys=other_id)
    invoice: Mapped[Invoice | None] = relationship()
    proposer: Mapped[Person] = relationship(foreign_keys=proposed_by)
    decider: Mapped[Person | None] = relationship(foreign_keys=decided_by)
