"""Who holds a seat on the board."""

import uuid

from sqlalchemy import select

from marketplace.alliance.actions import add_person
from marketplace.alliance.board import actions, queries, rules
from marketplace.alliance.models import Person
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.policy import ADMINISTRATOR, Actor, Role
from tests.make.alliance import Alliance, School, actor, person


def seat(alliance: Alliance, school: School) -> queries.Seat:
    """A school's seat as it is held now."""
    session = db.session()
    session.rollback()
    return next(one for one in queries.of_alliance(session, alliance.id) if one.school_id == school.id)


def name(alliance: Alliance, school: School, holder: Actor) -> None:
    """The headteacher names who holds the seat."""
    present = seat(alliance, school)
    assert holder.person_id
    seen = rules.seen(present.holders)
    actions.name_holder(school.headteacher, new_id(), present.membership_id, holder.person_id, seen)


def deputy(alliance: Alliance, school: School, called: str = "Dora Deputy") -> Actor:
    """A senior leader of the school whom its headteacher has named to hold the seat."""
    chosen = person(school.id, Role.SENIOR_LEADER, name=called)
    name(alliance, school, chosen)
    return chosen


def also(somebody: Actor, organisation_id: uuid.UUID, role: Role) -> Actor:
    """The person with one more role, in another organisation."""
    session = db.session()
    session.rollback()
    address = session.get_one(Person, somebody.person_id).email
    add_person(ADMINISTRATOR, somebody.name, address, [(organisation_id, role)])
    return actor(somebody.person_id)


def person_called(name: str) -> Actor:
    """The person of this name, as they are now."""
    session = db.session()
    session.rollback()
    return actor(session.scalars(select(Person.id).where(Person.name == name)).one())
