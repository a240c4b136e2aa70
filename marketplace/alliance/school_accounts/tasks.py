"""What waits for somebody about a school's bank account."""

from __future__ import annotations

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.alliance.school_accounts.models import SchoolAccountChange
from marketplace.alliance.school_accounts.rules import ChangeStatus
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import Task


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Changes of the actor's schools that a colleague proposed, and that they could approve."""
    schools = actor.organisations(Kind.SCHOOL, *POLICY[Act.SCHOOL_APPROVE_ACCOUNT].roles)
    if not schools:
        return []
    query = (
        select(SchoolAccountChange)
        .where(
            SchoolAccountChange.status == ChangeStatus.PROPOSED,
            SchoolAccountChange.proposed_by != actor.person_id,
            SchoolAccountChange.school_id.in_(schools),
        )
        .order_by(SchoolAccountChange.proposed_at)
        .options(joinedload(SchoolAccountChange.school), joinedload(SchoolAccountChange.proposer))
    )
    return [
        Task(
            f"Approve or stop the new bank account of {change.school.name}",
            url_for("alliance.show_account", school_id=change.school_id),
            f"{change.proposer.name} proposed it. It holds a day after a second person approved.",
        )
        for change in session.scalars(query)
    ]
