"""Questions about what was used under agreements, scoped to who asks."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from invoicing.agreements.models import Agreement
from invoicing.agreements.queries import WITH_SCHOOLS, visible_to
from invoicing.agreements.usage.models import Usage
from invoicing.agreements.usage.rules import UsageStatus
from marketplace.core.errors import NotFound
from marketplace.core.policy import POLICY, Act, Actor, Kind


def get_usage(session: Session, actor: Actor, usage_id: uuid.UUID, *, lock: bool = False) -> Usage:
    """Something used under an agreement the actor may read. Raises NotFound."""
    query = (
        select(Usage)
        .join(Agreement, Agreement.id == Usage.agreement_id)
        .where(Usage.id == usage_id, visible_to(actor))
        .options(joinedload(Usage.agreement).options(*WITH_SCHOOLS))
    )
    if lock:
        query = query.with_for_update(of=Usage)
    usage = session.scalars(query).one_or_none()
    if usage is None:
        raise NotFound
    return usage


def usages(session: Session, agreement_id: uuid.UUID) -> list[Usage]:
    """What was used under an agreement but for what was taken back, the newest first."""
    query = (
        select(Usage)
        .where(Usage.agreement_id == agreement_id, Usage.status != UsageStatus.TAKEN_BACK)
        .options(joinedload(Usage.logger))
        .order_by(Usage.used_on.desc(), Usage.id.desc())
    )
    return list(session.scalars(query))


def waiting(session: Session, agreement_id: uuid.UUID) -> list[Usage]:
    """What waits for the buyer's answer, the oldest first."""
    query = (
        select(Usage)
        .where(Usage.agreement_id == agreement_id, Usage.status == UsageStatus.LOGGED)
        .options(joinedload(Usage.logger))
        .order_by(Usage.used_on, Usage.id)
    )
    return list(session.scalars(query))


def others_wait(session: Session, usage: Usage) -> bool:
    """Does anything else of the same agreement wait for the buyer, so that it was told already?"""
    query = select(Usage.id).where(
        Usage.agreement_id == usage.agreement_id, Usage.status == UsageStatus.LOGGED, Usage.id != usage.id
    )
    return session.scalars(query.limit(1)).first() is not None


def counts_for(session: Session, actor: Actor, act: Act, status: UsageStatus) -> list[tuple[Agreement, int]]:
    """The agreements in which the actor's schools have this to do, with how much waits.

    The buyer answers what is logged; the seller what is questioned.
    """
    schools = actor.organisations(Kind.SCHOOL, *POLICY[act].roles)
    if not schools:
        return []
    side = Agreement.buyer_id if status is UsageStatus.LOGGED else Agreement.seller_id
    counted = (
        select(Usage.agreement_id, func.count(Usage.id).label("waiting"))
        .where(Usage.status == status)
        .group_by(Usage.agreement_id)
        .subquery()
    )
    query = (
        select(Agreement, counted.c.waiting)
        .join(counted, counted.c.agreement_id == Agreement.id)
        .where(side.in_(schools))
        .options(*WITH_SCHOOLS)
        .order_by(Agreement.id)
    )
    return [(agreement, count) for agreement, count in session.execute(query)]
