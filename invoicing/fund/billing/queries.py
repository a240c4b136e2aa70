"""Questions about invoices of contributions. Load the fund as its reader first."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from invoicing.fund.billing.models import ContributionBill
from invoicing.fund.billing.rules import WAITING
from invoicing.invoices.models import Invoice


def waiting_bill(session: Session, contribution_id: uuid.UUID) -> ContributionBill | None:
    """The invoice by which a contribution comes in; None when none waits to be issued or paid."""
    query = (
        select(ContributionBill)
        .join(Invoice)
        .where(ContributionBill.contribution_id == contribution_id, Invoice.status.in_(WAITING))
        .options(joinedload(ContributionBill.invoice))
    )
    return session.scalars(query).one_or_none()


def waiting_bills(session: Session, contribution_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Invoice]:
    """The invoices by which contributions come in, by contribution. One query."""
    query = (
        select(ContributionBill)
        .join(Invoice)
        .where(ContributionBill.contribution_id.in_(contribution_ids), Invoice.status.in_(WAITING))
        .options(joinedload(ContributionBill.invoice))
    )
    return {bill.contribution_id: bill.invoice for bill in session.scalars(query)}


def billed() -> Select[uuid.UUID]:
    """The contributions that come in by an invoice, as a part of a query."""
    return select(ContributionBill.contribution_id).join(Invoice).where(Invoice.status.in_(WAITING))
