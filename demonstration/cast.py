"""Who is in the demonstration: seven founding schools, their people, the officers, four suppliers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from demonstration.calendar import Calendar
from marketplace.alliance import actions, queries
from marketplace.alliance.memberships.actions import admit_school
from marketplace.alliance.models import School
from marketplace.alliance.rules import MembershipKind, SchoolDetails
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.policy import ADMINISTRATOR, ANYONE, Actor, Role
from suppliers.profiles import actions as profiles
from suppliers.profiles.declarations.actions import make_declaration
from suppliers.profiles.declarations.rules import NONE, Declared
from suppliers.profiles.rules import SupplierDetails

PASSWORD = "ashcombe-buys-together"  # noqa: S105  # published with the demonstration, and only there
ALLIANCE = "Ashcombe Schools Alliance"
ASSOCIATE_MONTHS = 15  # founded 400 days ago, so that the associate is near its end
SCHOOLS = Path(__file__).with_name("schools.csv")
DOMAIN = "weald.example"

SCHOOL_PEOPLE: Mapping[str, tuple[tuple[str, Role], ...]] = {
    "990101": (
        ("Priya Raman", Role.BURSAR),
        ("Helen Ashworth", Role.HEADTEACHER),
        ("Martin Cole", Role.GOVERNOR),
        ("Femi Adeyemi", Role.FINANCE_LEAD),
    ),
    "990102": (
        ("Tom Whitlock", Role.BURSAR),
        ("Grace Okafor", Role.HEADTEACHER),
        ("Judith Parr", Role.GOVERNOR),
        ("Lena Novak", Role.FINANCE_LEAD),
    ),
    "990103": (
        ("Sian Morgan", Role.BURSAR),
        ("David Lister", Role.HEADTEACHER),
        ("Ruth Hallam", Role.GOVERNOR),
        ("Owen Price", Role.FINANCE_LEAD),
    ),
    "990104": (
        ("Amy Fletcher", Role.BURSAR),
        ("Nadia Rahman", Role.HEADTEACHER),
        ("Colin Webb", Role.GOVERNOR),
        ("Amy Dunmore", Role.FINANCE_LEAD),
    ),
    "990105": (
        ("Rob Ellis", Role.BURSAR),
        ("Catherine Boyle", Role.HEADTEACHER),
        ("Peter Lamb", Role.GOVERNOR),
        ("Jo Tanner", Role.FINANCE_LEAD),
    ),
    "990106": (
        ("Karen Shaw", Role.BURSAR),
        ("Michael Trent", Role.HEADTEACHER),
        ("Alison Reed", Role.GOVERNOR),
        ("Ben Hope", Role.FINANCE_LEAD),
    ),
    "990107": (
        ("Maria Santos", Role.BURSAR),
        ("John Pritchard", Role.HEADTEACHER),
        ("Elaine Foss", Role.GOVERNOR),
        ("Simon Gale", Role.FINANCE_LEAD),
    ),
}
OFFICERS = (("Clare Denham", Role.COORDINATOR), ("Arthur Bell", Role.AUDITOR))
ADDRESSES: Mapping[str, tuple[str, str]] = {
    "990101": ("Manor Lane\nAshcombe\nZZ1 1AM", "GB999999973"),
    "990102": ("12 Fern Way\nAshcombe\nZZ1 4FA", ""),
    "990103": ("Harrow Hill\nAshcombe\nZZ2 2HH", ""),
    "990104": ("Weir Lane\nLower Ashcombe\nZZ3 5KP", ""),
    "990105": ("The Millbrook\nAshcombe\nZZ2 7MB", ""),
    "990106": ("Oakmere Drive\nAshcombe\nZZ1 9OS", ""),
    "990107": ("Church Street\nAshcombe St Aldhelm\nZZ4 1SA", ""),
}
SUPPLIERS: Mapping[str, tuple[SupplierDetails, str]] = {
    "alpha": (
        SupplierDetails(
            name="Alpha Support Services Ltd",
            company_number="99000001",
            is_sme=True,
            address="4 Foundry Yard\nAshcombe\nZZ5 1AL",
            categories=("cleaning", "payroll", "catering", "hr_advice", "grounds"),
        ),
        "Alice Mercer",
    ),
    "birch": (
        SupplierDetails(
            name="Birch & Daughters",
            is_sme=True,
            address="The Old Dairy\nAshcombe\nZZ5 3BD",
            categories=("cleaning", "catering", "grounds", "payroll"),
            areas=("Ashcombeshire",),
        ),
        "Bella Birch",
    ),
    "corvus": (
        SupplierDetails(
            name="Corvus Facilities plc",
            company_number="99000003",
            address="1 Exchange Square\nCorvington\nZZ9 9CF",
            categories=("cleaning", "catering", "payroll", "broadband", "mfd", "mis_software", "audit"),
        ),
        "Conrad Vane",
    ),
    "dovecote": (
        SupplierDetails(
            name="Dovecote Community Enterprise CIC",
            company_number="99000004",
            charity_number="9900004",
            is_sme=True,
            is_vcse=True,
            address="Dovecote House\nAshcombe\nZZ5 7DC",
            categories=("catering", "cleaning", "hr_advice"),
        ),
        "Dev Chowdhury",
    ),
}

NOTHING_APPLIES = Declared(mandatory=(NONE,), discretionary=(NONE,))
DECLARED: Mapping[str, Declared] = {
    "Alice Mercer": Declared(
        mandatory=(NONE,),
        discretionary=(NONE,),
        connected=("Alice Mercer, director and person with significant control", "Piers Mercer, director"),
        sub_contractors=("Clearview Windows, sole trader, cleans windows above the ground floor",),
    ),
    "Conrad Vane": Declared(
        mandatory=(NONE,),
        discretionary=("poor_performance",),
        accounts={
            "poor_performance": "A council ended a cleaning contract early two years ago: rounds were missed "
            "for six weeks. We paid back what it cost, replaced the area manager, and since then report a "
            "missed round to the customer on the same day."
        },
        connected=("Corvus Holdings plc, parent company", "Conrad Vane, director"),
    ),
    "Dev Chowdhury": Declared(
        mandatory=(NONE,),
        discretionary=(NONE,),
        connected=("Dev Chowdhury, director", "Ruth Hallam, member of the board of trustees"),
        conflict=(
            "Our trustee Ruth Hallam is a governor of Harrow Hill Primary School. She takes no part in our "
            "quotes and leaves the room when the school is talked about."
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class DemonstrationSchool:
    """A school of the demonstration and its people, as actors."""

    id: uuid.UUID
    urn: str
    name: str
    bursar: Actor
    headteacher: Actor
    governor: Actor
    finance_lead: Actor


@dataclass(frozen=True, slots=True)
class Bidder:
    """A supplier of the demonstration and the person who quotes for it."""

    id: uuid.UUID
    name: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody in the demonstration. Schools by URN, suppliers by a short name."""

    calendar: Calendar
    alliance_id: uuid.UUID
    coordinator: Actor
    auditor: Actor
    schools: Mapping[str, DemonstrationSchool]
    suppliers: Mapping[str, Bidder]


def address_of(name: str) -> str:
    """The e-mail address with which somebody of the demonstration signs in."""
    return f"{name.lower().replace(' ', '.')}@{DOMAIN}"


def assemble(calendar: Calendar) -> Cast:
    """Found the alliance with its schools, people and suppliers."""
    alliance_id = actions.found_alliance(ADMINISTRATOR, ALLIANCE)
    actions.import_schools(ADMINISTRATOR, SCHOOLS.read_bytes())
    schools = {urn: _school(alliance_id, urn) for urn in SCHOOL_PEOPLE}
    coordinator, auditor = (sign_up(name, alliance_id, role) for name, role in OFFICERS)
    suppliers = {key: _supplier(details, person) for key, (details, person) in SUPPLIERS.items()}
    return Cast(calendar, alliance_id, coordinator, auditor, schools, suppliers)


def _school(alliance_id: uuid.UUID, urn: str) -> DemonstrationSchool:
    school = queries.school_by_urn(db.session(), urn)
    school_id, name = school.id, school.name
    kind = MembershipKind.ASSOCIATE if urn == "990106" else MembershipKind.FULL
    admit_school(ADMINISTRATOR, alliance_id, school_id, kind, months=ASSOCIATE_MONTHS)
    bursar, head, governor, finance = (sign_up(who, school_id, role) for who, role in SCHOOL_PEOPLE[urn])
    _describe(school_id, urn, name, bursar)
    return DemonstrationSchool(school_id, urn, name, bursar, head, governor, finance)


def _describe(school_id: uuid.UUID, urn: str, name: str, bursar: Actor) -> None:
    address, vat_number = ADDRESSES[urn]
    details = SchoolDetails(
        address=address,
        vat_number=vat_number,
        finance_email=f"finance.{urn}@{DOMAIN}",
        account_name=name,
        sort_code="00-00-00",
        account_number=f"00{urn}",
    )
    version = db.session().get_one(School, school_id).version
    actions.edit_school(bursar, school_id, version, details)


def sign_up(name: str, organisation_id: uuid.UUID, role: Role) -> Actor:
    """A person of the demonstration with a role in an organisation; they can sign in."""
    person_id = actions.add_person(
        ADMINISTRATOR, name, address_of(name), [(organisation_id, role)], password=PASSWORD
    )
    return _actor(person_id)


def _supplier(details: SupplierDetails, person: str) -> Bidder:
    supplier_id = uuid.uuid5(uuid.NAMESPACE_DNS, f"{address_of(person)}")
    person_id = profiles.register_supplier(
        ANYONE, supplier_id, details, person_name=person, email=address_of(person), password=PASSWORD
    )
    bidder = Bidder(supplier_id, details.name, _actor(person_id))
    make_declaration(bidder.actor, supplier_id, new_id(), 0, DECLARED.get(person, NOTHING_APPLIES))
    return bidder


def _actor(person_id: uuid.UUID) -> Actor:
    actor = queries.actor_for(db.session(), person_id)
    if actor is None:
        raise LookupError(f"Nobody has the id {person_id}.")
    return actor
