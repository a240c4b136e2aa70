"""Questions about look-ups on the debarment list. Schools read those of their own alliances."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.tenders.queries import member_ids
from suppliers.profiles.debarment.models import DebarmentLookUp


def look_ups(session: Session, actor: Actor, supplier_id: uuid.UUID) -> list[DebarmentLookUp]:
    """What schools of the actor's alliances, and their own, read about a supplier, the latest first."""
    schools = set(actor.school_ids)
    for alliance_id in actor.alliance_ids:
        schools |= member_ids(session, alliance_id)
    query = (
        select(DebarmentLookUp)
        .where(DebarmentLookUp.supplier_id == supplier_id, DebarmentLookUp.school_id.in_(schools))
        .order_by(DebarmentLookUp.looked_on.desc(), DebarmentLookUp.recorded_at.desc())
        .options(joinedload(DebarmentLookUp.school), joinedload(DebarmentLookUp.person))
    )
    return list(session.scalars(query))


def schools_looking(actor: Actor) -> frozenset[uuid.UUID]:
    """The schools for which this person may look suppliers up."""
    return actor.organisations(Kind.SCHOOL, *POLICY[Act.DEBARMENT_LOOK_UP].roles)
