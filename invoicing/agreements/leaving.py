"""What leaving an alliance means for what a school sells to others and buys of them."""

from __future__ import annotations

import uuid

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from invoicing.agreements.models import Agreement
from invoicing.agreements.queries import WITH_SCHOOLS
from invoicing.agreements.rules import BINDING
from marketplace.alliance.memberships.leaving import Consequence, Line
from marketplace.core.web import day


def running_agreements(session: Session, school_id: uuid.UUID, _: uuid.UUID) -> Consequence | None:
    """The agreements that bind the school: each is between two schools, so leaving ends none."""
    query = (
        select(Agreement)
        .where(
            or_(Agreement.seller_id == school_id, Agreement.buyer_id == school_id),
            Agreement.status.in_(BINDING),
        )
        .options(*WITH_SCHOOLS)
        .order_by(Agreement.ends_on, Agreement.id)
    )
    lines = tuple(
        Line(
            agreement.title,
            f"{agreement.reference}, {agreement.seller.name} sells to {agreement.buyer.name} "
            f"until {day(agreement.last_day)}",
        )
        for agreement in session.scalars(query)
    )
    if not lines:
        return None
    return Consequence(
        "Agreements with other schools",
        "Each of these is between two schools. They run on, unless one of them gives the agreed notice.",
        lines,
    )
