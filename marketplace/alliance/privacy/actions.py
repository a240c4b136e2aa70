"""Deleting what has been kept for long enough."""

from __future__ import annotations

import uuid

from marketplace.alliance.privacy import queries
from marketplace.alliance.privacy.erasing import erasers
from marketplace.alliance.privacy.rules import retention
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.policy import SYSTEM, Act

NOBODY = uuid.UUID(int=0)
"""What is deleted belongs to many."""


def erase_expired() -> dict[str, int]:
    """Delete what the rules of retention say, once a day; returns how much of each, with those of nothing."""
    with transaction() as session:
        policy.require(SYSTEM, Act.RETENTION_ERASE)
        events.hold_chain(session)
        if queries.erased_today(session):
            return {}
        found = queries.expired(session)
        known = erasers()
        for rule in retention().erased:
            if found[rule.key]:
                known[rule.key].erase(session, rule.before(clock.today()))
        events.record(session, SYSTEM, Act.RETENTION_ERASE, NOBODY, erased=found)
        return found
