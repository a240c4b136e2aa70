"""What happens for quotes when news arrives from the marketplace."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.core.events import Event
from suppliers.quotes import notices


def tell_of_cancelling(session: Session, event: Event) -> None:
    """Write to every supplier with a draft or a quote when its tender is cancelled."""
    notices.tender_cancelled(session, event.subject_id)
