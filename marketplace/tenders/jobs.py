"""What happens to tenders by the clock."""

from __future__ import annotations

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.tenders import actions, queries


def close_due_tenders() -> int:
    """Close every published tender whose deadline has passed by the database's clock; returns how many.

    Each in a transaction of its own, so that one that cannot be closed does not hold the others.
    """
    session = db.session()
    due = queries.due_to_close(session, clock.database_now(session))
    session.rollback()
    return sum(actions.close_tender(tender_id) for tender_id in due)
