"""Whom an alert goes to."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance import queries as alliance
from marketplace.alliance.models import Person
from marketplace.core.policy import Role
from marketplace.tenders.models import Tender
from suppliers.profiles.alerts.models import AlertStop
from suppliers.profiles.queries import serving


def has_stopped(session: Session, person_id: uuid.UUID | None) -> bool:
    """Did this person stop their alerts?"""
    return (
        session.scalars(select(AlertStop.person_id).where(AlertStop.person_id == person_id)).first()
        is not None
    )


def people_to_alert(session: Session, tender: Tender) -> list[Person]:
    """Who may quote for a supplier of the category and area, without those who stopped their alerts."""
    people = alliance.people_with_role(session, serving(session, tender), Role.SUPPLIER_ADMIN, Role.BIDDER)
    stopped = set(
        session.scalars(
            select(AlertStop.person_id).where(AlertStop.person_id.in_([one.id for one in people]))
        )
    )
    return [one for one in people if one.id not in stopped]
