"""Questions about disputes of an invoice whose reader has been checked."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.invoices.disputes.models import InvoiceDispute
from marketplace.alliance.models import Person
from marketplace.core.money import Money


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute as both schools read it."""

    amount: Money
    reason: str
    raised_by: str
    raised_at: datetime
    settlement: str
    settled_at: datetime | None


def of_invoice(session: Session, invoice_id: uuid.UUID) -> list[DisputeView]:
    """The disputes of an invoice, the newest first."""
    query = (
        select(InvoiceDispute, Person.name)
        .join(Person, Person.id == InvoiceDispute.raised_by)
        .where(InvoiceDispute.invoice_id == invoice_id)
        .order_by(InvoiceDispute.raised_at.desc())
    )
    return [
        DisputeView(
            dispute.amount, dispute.reason, name, dispute.raised_at, dispute.settlement, dispute.settled_at
        )
        for dispute, name in session.execute(query)
    ]


def open_dispute(session: Session, invoice_id: uuid.UUID) -> InvoiceDispute | None:
    """The dispute of an invoice that is not settled."""
    query = select(InvoiceDispute).where(
        InvoiceDispute.invoice_id == invoice_id, InvoiceDispute.settled_at.is_(None)
    )
    return session.scalars(query).one_or_none()
