"""What the clock and the news of invoices bring to charges."""

from __future__ import annotations

from sqlalchemy.orm import Session

from invoicing.agreements.charging import actions, queries
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event


def invoice_finished_periods() -> int:
    """Draft invoices of every month and term that is over; returns how many drafts."""
    session, today = db.session(), clock.today()
    due = queries.ids_to_bill(session, today)
    session.rollback()
    return sum(actions.invoice_when_due(agreement_id) for agreement_id in due)


def release(session: Session, event: Event) -> None:
    """A draft was discarded: what it charged waits again, to be on one invoice and no other."""
    bill = queries.bill_of_invoice(session, event.subject_id)
    if bill is None:
        return
    for charge in queries.on_bill(session, bill.id):
        charge.bill_id = None
    session.flush()
