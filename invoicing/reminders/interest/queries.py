"""Questions about interest of an invoice whose reader has been checked."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import visible_to
from invoicing.ledger.queries import postings_from
from invoicing.ledger.rules import AccountKind
from invoicing.reminders.interest import rules
from invoicing.reminders.interest.models import InterestCharge
from invoicing.reminders.interest.rules import Interest
from marketplace.core import clock
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.core.policy import Actor


def charges_of(session: Session, invoice_id: uuid.UUID) -> Sequence[InterestCharge]:
    """What was charged for an invoice, the newest first."""
    query = (
        select(InterestCharge)
        .where(InterestCharge.invoice_id == invoice_id)
        .options(joinedload(InterestCharge.draft))
        .order_by(InterestCharge.until_on.desc())
    )
    return session.scalars(query).all()


def charge_on(session: Session, draft_id: uuid.UUID) -> InterestCharge | None:
    """The charge that a draft invoice was made for."""
    return session.scalars(select(InterestCharge).where(InterestCharge.draft_id == draft_id)).one_or_none()


def interest_now(session: Session, invoice: Invoice) -> Interest:
    """What may be charged today for an invoice, by the days on which it was paid. Raises RuleBroken."""
    if invoice.due_on is None:
        raise RuleBroken("This invoice has not been issued.")
    charged = charges_of(session, invoice.id)
    return rules.work_out(
        _moved(session, invoice),
        due_on=invoice.due_on,
        charged_until=charged[0].until_on if charged else None,
        today=clock.today(),
    )


def _moved(session: Session, invoice: Invoice) -> list[tuple[date, Money]]:
    """What was added to what the issuer is owed by an invoice, and taken off it, by day."""
    owed = [one for one in postings_from(session, invoice.id) if one.holder_id == invoice.issuer_id]
    added = [(one.posted_on, one.amount) for one in owed if one.debit is AccountKind.RECEIVABLE]
    return added + [(one.posted_on, -one.amount) for one in owed if one.credit is AccountKind.RECEIVABLE]


def invoice_of_charge(session: Session, actor: Actor, charge_id: uuid.UUID) -> uuid.UUID | None:
    """The invoice whose interest was charged, if the actor may read it."""
    query = (
        select(InterestCharge.invoice_id)
        .join(Invoice, Invoice.id == InterestCharge.invoice_id)
        .where(InterestCharge.id == charge_id, visible_to(actor))
    )
    return session.scalar(query)
