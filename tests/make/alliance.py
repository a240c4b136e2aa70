"""An alliance, its schools, and people of every kind."""

import csv
import io
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from marketplace.alliance import actions, queries
from marketplace.alliance.gias import COLUMNS, OPTIONAL_COLUMNS
from marketplace.alliance.memberships.actions import admit_school
from marketplace.alliance.models import School as SchoolRow
from marketplace.alliance.rules import MembershipKind
from marketplace.alliance.sign_ins.models import SignIn
from marketplace.alliance.sign_ins.rules import hash_of
from marketplace.alliance.sign_ins.views import SEEN
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.policy import ADMINISTRATOR, Actor, Role
from tests.make.kept import kept, serials

NAMES = ("Alder", "Beech", "Cedar", "Damson", "Elm", "Fir", "Gean", "Hazel", "Ivy", "Juniper")
_serial = serials()


@dataclass(frozen=True, slots=True)
class School:
    """A school and one person of each kind in it."""

    id: uuid.UUID
    urn: str
    name: str
    pupils: int
    bursar: Actor
    headteacher: Actor
    governor: Actor
    finance_lead: Actor


@dataclass(frozen=True, slots=True)
class Alliance:
    """An alliance with its schools, its coordinator and its auditor."""

    id: uuid.UUID
    name: str
    coordinator: Actor
    auditor: Actor
    schools: tuple[School, ...]


def register(*rows: dict[str, object]) -> bytes:
    """A register in the columns of Get Information about Schools; each row fills what it does not give."""
    text = io.StringIO(newline="")
    also = [column for column in OPTIONAL_COLUMNS.values() if any(column in row for row in rows)]
    writer = csv.DictWriter(text, [*COLUMNS.values(), *also])
    writer.writeheader()
    for place, row in enumerate(rows):
        usual = {
            "URN": 100_000 + next(_serial),
            "EstablishmentName": f"{NAMES[place % len(NAMES)]} Primary School",
            "LA (name)": "Bramshire",
            "PhaseOfEducation (name)": "Primary",
            "NumberOfPupils": 210 + 30 * (place % 20),
            "Postcode": "BR1 2AB",
            "Easting": 450_000 + 700 * (place % 20),
            "Northing": 120_000 + 900 * (place % 20),
            "TypeOfEstablishment (name)": "Academy converter",
        }
        writer.writerow(usual | row)
    return text.getvalue().encode()


def import_schools(*rows: dict[str, object]) -> list[uuid.UUID]:
    """Schools of the register, in no alliance yet; their ids, in the order of the rows."""
    report = actions.import_schools(ADMINISTRATOR, register(*rows))
    session = db.session()
    return [queries.school_by_urn(session, line.urn).id for line in report]


def person(organisation_id: uuid.UUID, *roles: Role, name: str = "", password: str | None = None) -> Actor:
    """Somebody with these roles in an organisation. With a password they can use the sign-in page."""
    label = name or " ".join(role.replace("_", " ").title() for role in roles)
    person_id = actions.add_person(
        ADMINISTRATOR,
        label,
        f"person-{next(_serial)}@example.org",
        [(organisation_id, role) for role in roles],
        password=password,
    )
    return actor(person_id)


def actor(person_id: uuid.UUID | None) -> Actor:
    """The person as they are now: with the roles and alliances that were added meanwhile."""
    assert person_id
    found = queries.actor_for(db.session(), person_id)
    assert found
    return found


def school(alliance_id: uuid.UUID, **row: object) -> School:
    """One more member school of an alliance, with its people. `row` gives columns of the register."""
    (school_id,) = import_schools(row)
    return _admitted(alliance_id, school_id)


@kept
def alliance(schools: int = 3, name: str = "Bramshire Schools Alliance") -> Alliance:
    """An alliance with so many full members, each with one person of every kind."""
    alliance_id = actions.found_alliance(ADMINISTRATOR, name)
    coordinator = person(alliance_id, Role.COORDINATOR, name="Cora Coordinator")
    auditor = person(alliance_id, Role.AUDITOR, name="Audley Auditor")
    members = [_admitted(alliance_id, school_id) for school_id in import_schools(*[{}] * schools)]
    return Alliance(alliance_id, name, coordinator, auditor, tuple(members))


def _admitted(alliance_id: uuid.UUID, school_id: uuid.UUID) -> School:
    admit_school(ADMINISTRATOR, alliance_id, school_id, MembershipKind.FULL)
    return people_of(school_id)


def people_of(school_id: uuid.UUID) -> School:
    """A school with one new person of each kind."""
    short = queries.names(db.session(), [school_id])[school_id].split()[0]
    people = {
        role: person(school_id, role, name=f"{short} {role.replace('_', ' ').title()}")
        for role in (Role.BURSAR, Role.HEADTEACHER, Role.GOVERNOR, Role.FINANCE_LEAD)
    }
    row = db.session().get_one(SchoolRow, school_id)
    return School(
        id=school_id,
        urn=row.urn,
        name=row.name,
        pupils=row.pupils,
        bursar=people[Role.BURSAR],
        headteacher=people[Role.HEADTEACHER],
        governor=people[Role.GOVERNOR],
        finance_lead=people[Role.FINANCE_LEAD],
    )


def signed_in(person: Actor) -> dict[str, Any]:
    """What the session of a person's browser holds who has signed in."""
    secret = secrets.token_urlsafe(32)
    with transaction() as session:
        row = SignIn(
            person_id=person.person_id,
            secret_hash=hash_of(secret),
            device_hash=hash_of(secret),
            browser="A browser",
            began_at=clock.machine_now(),
            proven_at=clock.machine_now(),
        )
        session.add(row)
    return {"_user_id": secret, "_fresh": True, SEEN: int(clock.machine_now().timestamp())}
