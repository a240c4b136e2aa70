"""Recording that a supplier was looked up on the debarment list."""

from __future__ import annotations

import uuid

from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.policy import Act, Actor
from suppliers.profiles import queries as suppliers
from suppliers.profiles.debarment import queries, rules
from suppliers.profiles.debarment.models import DebarmentLookUp
from suppliers.profiles.debarment.rules import LookUp


def record_look_up(actor: Actor, supplier_id: uuid.UUID, look_up_id: uuid.UUID, look_up: LookUp) -> None:
    """Record what the debarment list said about a supplier, for one's school. Sent twice, it records once.

    Raises NotFound, Forbidden, RuleBroken (`reference`, `looked_on`).
    """
    with transaction() as session:
        suppliers.get_supplier(session, actor, supplier_id, lock=True)
        schools = queries.schools_looking(actor)
        policy.require(actor, Act.DEBARMENT_LOOK_UP, *schools)
        if session.get(DebarmentLookUp, look_up_id) is not None:
            return
        checked = rules.check_look_up(look_up, clock.today())
        assert actor.person_id, "people look suppliers up"
        school_id = min(schools)
        session.add(
            DebarmentLookUp(
                id=look_up_id,
                supplier_id=supplier_id,
                school_id=school_id,
                is_listed=checked.is_listed,
                reference=checked.reference,
                looked_on=checked.looked_on,
                recorded_by=actor.person_id,
                recorded_at=clock.now(),
            )
        )
        session.flush()
        events.record(
            session,
            actor,
            Act.DEBARMENT_LOOK_UP,
            supplier_id,
            organisation_id=school_id,
            is_listed=checked.is_listed,
            reference=checked.reference,
        )
