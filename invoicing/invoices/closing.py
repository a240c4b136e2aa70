"""What a school has of invoices that is in the way of closing a month of its books: drafts dated in it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import InvoiceStatus
from invoicing.ledger.periods.rules import Unfinished, in_words


def drafts(session: Session, holder_id: uuid.UUID, starts_on: date, ends_on: date) -> Iterator[Unfinished]:
    """Drafts of a school for something supplied in a period, the earliest first."""
    query = (
        select(Invoice)
        .where(
            Invoice.issuer_id == holder_id,
            Invoice.status == InvoiceStatus.DRAFT,
            Invoice.supplied_on.between(starts_on, ends_on),
        )
        .options(joinedload(Invoice.buyer))
        .order_by(Invoice.supplied_on, Invoice.id)
    )
    for invoice in session.scalars(query):
        supplied = f"supplied on {in_words(invoice.supplied_on)}"
        yield Unfinished(
            f"draft invoice of {invoice.total} to {invoice.buyer.name}, {supplied}",
            "invoices.show",
            {"invoice_id": invoice.id},
        )
