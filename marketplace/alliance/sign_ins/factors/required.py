"""Who has to have a second factor: some roles, and whoever stages downstream name."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import current_app
from sqlalchemy.orm import Session

from marketplace.alliance.queries import actor_for
from marketplace.alliance.sign_ins.factors.queries import has_any
from marketplace.alliance.sign_ins.factors.rules import role_asks
from marketplace.core.policy import Actor
from marketplace.core.settings import Mode, Settings

Asks = Callable[[Session, uuid.UUID], bool]
_also: list[Asks] = []


def ask_also(of: Asks) -> None:
    """Ask those for a second factor of whom this is true. Called by the composition root."""
    if of not in _also:
        _also.append(of)


def asks(session: Session, actor: Actor) -> bool:
    """Does what this person does ask for a second factor?"""
    person_id = actor.person_id
    return person_id is not None and (
        role_asks(actor.seats) or any(asked(session, person_id) for asked in _also)
    )


def is_demonstration() -> bool:
    """In a demonstration a second factor is asked for and nobody is kept out without one: all is invented."""
    settings: Settings = current_app.extensions["settings"]
    return settings.mode is Mode.DEMONSTRATION


def lacks_factor(session: Session, person_id: uuid.UUID) -> bool:
    """Is this person to set up a second factor before anything else?"""
    actor = actor_for(session, person_id)
    return (
        not is_demonstration()
        and actor is not None
        and not has_any(session, person_id)
        and asks(session, actor)
    )
