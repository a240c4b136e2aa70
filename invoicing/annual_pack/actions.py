"""What people do with the annual pack: they say what the alliance wants to do next."""

from __future__ import annotations

import uuid

from invoicing.annual_pack import queries, rules
from invoicing.annual_pack.models import AnnualPriorities
from invoicing.fund.statements import Period
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound
from marketplace.core.forms import expect_version
from marketplace.core.policy import Act, Actor


def set_priorities(actor: Actor, alliance_id: uuid.UUID, period: Period, version: int, text: str) -> None:
    """Write the priorities of a year, or change them. Raises RuleBroken, Stale.

    `version` is the one that the writer saw; 0 when there were none yet.
    """
    with transaction() as session:
        if alliance_id not in actor.alliance_ids:
            raise NotFound
        policy.require(actor, Act.PRIORITIES_SET, alliance_id)
        given = rules.check_priorities(text)
        known = queries.priorities(session, alliance_id, period, lock=True)
        if known is not None:
            if known.text == given:
                return
            expect_version(known, version)
        else:
            known = AnnualPriorities(alliance_id=alliance_id, year_starts_on=period.start)
            session.add(known)
        assert actor.person_id, "people write priorities"
        known.text, known.set_by, known.set_at = given, actor.person_id, clock.now()
        session.flush()
        events.record(
            session,
            actor,
            Act.PRIORITIES_SET,
            alliance_id,
            organisation_id=alliance_id,
            year=period.start,
        )
