"""What people do with delegation ladders."""

from __future__ import annotations

import uuid

from marketplace.alliance.delegation import queries, rules
from marketplace.alliance.delegation.models import DelegationBand, DelegationLadder
from marketplace.alliance.delegation.rules import LadderContent
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import Stale
from marketplace.core.policy import Act, Actor


def set_ladder(
    actor: Actor, ladder_id: uuid.UUID, school_id: uuid.UUID, seen: int, content: LadderContent
) -> None:
    """Set a school's ladder as its governing body decided it; it holds from now on.

    `seen` is the number of the ladder that its author saw, 0 for none. Raises RuleBroken, Stale.
    """
    with transaction() as session:
        school = queries.own_school(session, actor, school_id, lock=True)
        policy.require(actor, Act.DELEGATION_SET, school.id)
        if session.get(DelegationLadder, ladder_id) is not None:
            return
        present = queries.ladder_of(session, school.id)
        number = present.number if present else 0
        if number != seen:
            raise Stale
        rules.check_ladder(content, clock.today())
        ladder = DelegationLadder(
            id=ladder_id,
            school_id=school.id,
            number=number + 1,
            minute_reference=content.minute_reference.strip(),
            minuted_on=content.minuted_on,
            set_by=actor.person_id,
            set_at=clock.now(),
            bands=[
                DelegationBand(
                    position=position,
                    up_to=band.up_to,
                    approver=band.approver,
                    least_quotes=band.least_quotes,
                )
                for position, band in enumerate(content.bands, start=1)
            ],
        )
        session.add(ladder)
        events.record(
            session,
            actor,
            Act.DELEGATION_SET,
            ladder.id,
            organisation_id=school.id,
            minute=ladder.minute_reference,
            bands=[
                {
                    "up_to_pence": band.up_to.pence if band.up_to else None,
                    "approver": band.approver,
                    "least_quotes": band.least_quotes,
                }
                for band in content.bands
            ],
        )
