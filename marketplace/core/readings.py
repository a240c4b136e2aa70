"""Reading that matters is an event too: who downloaded which data, whose it was, and when.

A download that holds personal data or prices says so with `record_reading`, after it has read what it sends;
its view is marked with `web.reading`. It changes nothing but the record.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from marketplace.core import events, policy
from marketplace.core.db import transaction
from marketplace.core.policy import Act, Actor


def record_reading(actor: Actor, subject_id: uuid.UUID, what: str, whose: Iterable[uuid.UUID | None]) -> None:
    """Put on record that somebody downloaded something: what, in words without a price.

    `whose` are the organisations whose data it was; they find it in their records.
    """
    first, *others = [*whose] or [None]
    with transaction() as session:
        policy.require(actor, Act.RECORD_READ)
        events.record(
            session, actor, Act.RECORD_READ, subject_id, organisation_id=first, also=others, what=what
        )
