"""Questions about grants: for whoever reads the fund."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from invoicing.fund.grants.models import Grant
from invoicing.fund.models import Fund
from invoicing.fund.queries import visible_to
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor


def get_grant(session: Session, actor: Actor, grant_id: uuid.UUID) -> Grant:
    """A grant to a fund the actor may read. Raises NotFound."""
    query = (
        select(Grant)
        .join(Fund)
        .where(Grant.id == grant_id, visible_to(actor))
        .options(joinedload(Grant.fund), joinedload(Grant.recorder))
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def grants_of(session: Session, fund: Fund) -> list[Grant]:
    """A fund's grants, the newest first."""
    query = select(Grant).where(Grant.fund_id == fund.id)
    return list(session.scalars(query.order_by(Grant.received_on.desc(), Grant.id)))
