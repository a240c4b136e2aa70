"""What waits for a person in the work that schools share, for their home page."""

from __future__ import annotations

from flask import url_for
from sqlalchemy.orm import Session

from marketplace.alliance.work import queries
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import Task


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Requests to lead that one of the actor's schools has not answered."""
    if not actor.organisations(Kind.SCHOOL, *POLICY[Act.LEAD_ACCEPT].roles):
        return []
    return [
        Task(
            f"Say whether {request.school.name} leads: {request.activity.title}",
            url_for("work.answer_request", activity_id=request.activity_id, school_id=request.school_id),
            request.why_asked,
        )
        for request in queries.asked_of(session, actor)
    ]
