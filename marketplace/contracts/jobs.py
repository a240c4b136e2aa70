"""What happens to registered contracts by the clock."""

from __future__ import annotations

from marketplace.contracts import actions, queries
from marketplace.core import clock
from marketplace.core.db import db


def renew_due_contracts() -> int:
    """Move on each contract that has renewed itself; returns how many.

    Each in a transaction of its own, so that one that cannot be moved does not hold the others.
    """
    session = db.session()
    due = queries.due_to_renew(session, clock.today())
    session.rollback()
    return sum(actions.renew_contract(contract_id) for contract_id in due)
