"""What the news of invoices brings to interest."""

from __future__ import annotations

from sqlalchemy.orm import Session

from invoicing.reminders.interest import queries
from marketplace.core.events import Event


def release(session: Session, event: Event) -> None:
    """A draft was discarded: the days that it charged may be charged again."""
    charge = queries.charge_on(session, event.subject_id)
    if charge is not None:
        session.delete(charge)
        session.flush()
