"""Questions about personal data: what is due to be deleted, and whose data who may take along."""

from __future__ import annotations

import uuid
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Organisation, Person
from marketplace.alliance.privacy.erasing import erasers, has_left
from marketplace.alliance.privacy.rules import ANSWERING, retention
from marketplace.alliance.queries import alliance_ids_of_school
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.events import Event
from marketplace.core.policy import Act, Actor, Kind, Role

JOINED = (
    Act.PERSON_ADD,
    Act.PERSON_CLOSE,
    Act.SUPPLIER_REGISTER,
    Act.MEMBER_CHANGE,
    Act.MEMBER_REMOVE,
    Act.MEMBER_LEAVE,
)
"""The events by which it is known where somebody who left has been."""


def expired(session: Session) -> dict[str, int]:
    """How much is due to be deleted today, by the key of its rule."""
    known, today = erasers(), clock.today()
    return {rule.key: known[rule.key].count(session, rule.before(today)) for rule in retention().erased}


def erased_today(session: Session) -> bool:
    """Has the nightly deletion of this day been recorded?"""
    midnight = datetime.combine(clock.today(), time(), clock.LONDON)
    query = select(Event.id).where(Event.act == Act.RETENTION_ERASE.value, Event.at >= midnight).limit(1)
    return session.scalar(query) is not None


def leavers(session: Session, actor: Actor) -> list[Person]:
    """People who left, all of whose organisations this actor answers for, by name."""
    people = session.scalars(select(Person).where(has_left()).order_by(Person.name, Person.id)).all()
    been = _been(session, [person.id for person in people])
    answered = _answered_for(session, {one for places in been.values() for one in places}, actor)
    return [person for person in people if been.get(person.id) and been[person.id] <= answered]


def get_leaver(session: Session, actor: Actor, person_id: uuid.UUID) -> Person:
    """Somebody who left, for whom this actor answers. Raises NotFound."""
    for person in leavers(session, actor):
        if person.id == person_id:
            return person
    raise NotFound


def answers_for_people(actor: Actor) -> bool:
    """Does this actor answer for the data of people who leave?"""
    return any(actor.organisations(kind, *roles) for kind, roles in ANSWERING.items())


def _been(session: Session, person_ids: list[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """The organisations in which people have held a role, by the record of it."""
    query = select(Event.subject_id, Event.actor_id, Event.organisation_id).where(
        Event.act.in_([act.value for act in JOINED]), Event.organisation_id.is_not(None)
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = {person_id: set() for person_id in person_ids}
    for subject_id, actor_id, organisation_id in session.execute(query):
        for person_id in (subject_id, actor_id):
            if person_id in found and organisation_id is not None:
                found[person_id].add(organisation_id)
    return found


def _answered_for(session: Session, organisation_ids: set[uuid.UUID], actor: Actor) -> set[uuid.UUID]:
    """Those of the organisations for whose people this actor answers."""
    own = {one for kind, roles in ANSWERING.items() for one in actor.organisations(kind, *roles)}
    coordinated = actor.organisations(Kind.ALLIANCE, Role.COORDINATOR)
    schools = select(Organisation.id).where(
        Organisation.id.in_(organisation_ids - own), Organisation.kind == Kind.SCHOOL
    )
    found = session.scalars(schools).all()
    members = {one for one in found if coordinated & {*alliance_ids_of_school(session, one)}}
    return (own | members) & organisation_ids
