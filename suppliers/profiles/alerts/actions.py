"""Stopping one's alerts, and taking them up again."""

from __future__ import annotations

import uuid

from marketplace.alliance.models import Person
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound
from marketplace.core.policy import Act, Actor
from suppliers.profiles.alerts.models import AlertStop


def stop_alerts(person_id: uuid.UUID) -> None:
    """Stop a person's alerts by their signed link, signed in or not. Twice is no harm. Raises NotFound."""
    with transaction() as session:
        person = session.get(Person, person_id)
        if person is None:
            raise NotFound
        stopping = Actor(person.id, person.name)
        policy.require(stopping, Act.ALERTS_STOP)
        if session.get(AlertStop, person_id) is None:
            session.add(AlertStop(person_id=person_id, stopped_at=clock.now()))
            session.flush()
            events.record(session, stopping, Act.ALERTS_STOP, person_id)


def resume_alerts(actor: Actor) -> None:
    """Take up the actor's own alerts again."""
    assert actor.person_id, "only people get alerts"
    with transaction() as session:
        policy.require(actor, Act.ALERTS_RESUME, *actor.supplier_ids)
        stop = session.get(AlertStop, actor.person_id)
        if stop is not None:
            session.delete(stop)
            session.flush()
            events.record(session, actor, Act.ALERTS_RESUME, actor.person_id)
