"""Saying why tenders that could be one contract are valued apart."""

from __future__ import annotations

import uuid

from marketplace.core import events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.policy import Act, Actor
from marketplace.tenders import queries
from marketplace.tenders.rules import BEFORE_PUBLICATION


def keep_apart(actor: Actor, tender_id: uuid.UUID, version: int, reason: str) -> None:
    """Record why this tender is not valued with those alike; blank: it is (Sch 3 para 4 of the Act).

    Raises RuleBroken once the tender is published.
    """
    with transaction() as session:
        tender = queries.get_tender_of_alliance(session, actor, tender_id, lock=True)
        policy.require(actor, Act.TENDER_EDIT, tender.alliance_id)
        expect_version(tender, version)
        if tender.status not in BEFORE_PUBLICATION:
            raise RuleBroken("The tender is published, so how it is valued can no longer be changed.")
        tender.kept_apart_reason = reason.strip()
        session.flush()
        events.record(
            session,
            actor,
            Act.TENDER_EDIT,
            tender.id,
            organisation_id=tender.alliance_id,
            part="threshold",
            reason=tender.kept_apart_reason,
        )
