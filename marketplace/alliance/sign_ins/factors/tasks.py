"""What waits for a person who should have a second factor and has none, for their home page."""

from __future__ import annotations

from flask import url_for
from sqlalchemy.orm import Session

from marketplace.alliance.sign_ins.factors import queries, required
from marketplace.core.policy import Actor
from marketplace.core.web import Task


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """In a demonstration nobody is kept out; elsewhere nobody sees a home page without the factor."""
    person_id = actor.person_id
    if (
        not required.is_demonstration()
        or person_id is None
        or not required.asks(session, actor)
        or queries.has_any(session, person_id)
    ):
        return []
    return [
        Task(
            "Set up a second factor for your sign-in",
            url_for("people.security"),
            "Outside of this demonstration you could do nothing else before",
        )
    ]
