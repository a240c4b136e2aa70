"""What happens for quotes when news arrives from the marketplace."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.core.events import Event
from suppliers.quotes import notices


def tell_of_cancelling(session: Session, event: Event) -> None:
    """Write to every supplier with a draft or a quote when its tender is cancelled."""
    notices.tender_cancelled(session, event.subject_id)


def tell_of_deadline(session: Session, event: Event) -> None:
    """Write to every supplier concerned that the deadline is later, and why.

    Where price lines changed with it, the message about them says the deadline too.
    """
    if event.facts.get("lines_changed"):
        return
    notices.deadline_moved(
        session,
        event.subject_id,
        before=datetime.fromisoformat(event.facts["closed_before_at"]),
        after=datetime.fromisoformat(event.facts["closes_at"]),
        reason=event.facts["reason"],
    )


def tell_of_amendment(session: Session, event: Event) -> None:
    """Write to every supplier concerned what was changed, and ask those with a quote to check it."""
    notices.tender_amended(session, event.subject_id, uuid.UUID(event.facts["amendment_id"]))
