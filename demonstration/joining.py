"""What the demonstration's people did about suggestions to buy together, and an alliance nearby."""

from __future__ import annotations

from datetime import timedelta

from demonstration.cast import PASSWORD, Cast, address_of
from demonstration.purchases import FERNLEIGH, HARROW, MANOR
from demonstration.registers import TERM_MONTHS
from marketplace.alliance import actions as alliance
from marketplace.alliance import queries
from marketplace.alliance.memberships.actions import admit_school
from marketplace.alliance.rules import MembershipKind
from marketplace.contracts.actions import add_contract
from marketplace.contracts.rules import ContractContent
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.months import months_later
from marketplace.core.policy import ADMINISTRATOR, Role
from marketplace.needs.suggestions import actions

NEIGHBOURS = "Coldharbour Partnership"
NEIGHBOUR_URN = "990201"
NEIGHBOUR = (
    "URN,EstablishmentName,LA (name),PhaseOfEducation (name),NumberOfPupils,Postcode,Easting,Northing,"
    "TypeOfEstablishment (name)\n"
    f"{NEIGHBOUR_URN},Coldharbour Primary School,Ashcombeshire,Primary,297,ZZ6 2CH,459800,143600,"
    "Academy converter\n"
)
FOUNDED, AGREED, ASKED = -200, -60, -3
INSURED_FOR, CLEANING_STARTS_IN = 8, 11


def look_for_others(cast: Cast) -> None:
    """Four schools let neighbours see them, one of them from an alliance nearby; cleaning is asked for."""
    with cast.calendar.on(FOUNDED):
        _found_neighbours(cast)
    for place, urn in enumerate((MANOR, FERNLEIGH, HARROW)):
        with cast.calendar.on(AGREED, minute=place):
            actions.give_consent(cast.schools[urn].headteacher, cast.schools[urn].id)
    starts_on = cast.calendar.first_of_month(CLEANING_STARTS_IN)
    with cast.calendar.on(ASKED):
        actions.request_needs(cast.coordinator, cast.alliance_id, "cleaning", starts_on)


def _found_neighbours(cast: Cast) -> None:
    alliance_id = alliance.found_alliance(ADMINISTRATOR, NEIGHBOURS)
    alliance.import_schools(ADMINISTRATOR, NEIGHBOUR.encode())
    school_id = queries.school_by_urn(db.session(), NEIGHBOUR_URN).id
    admit_school(ADMINISTRATOR, alliance_id, school_id, MembershipKind.FULL)
    name = "Iris Kaye"
    seats = [(school_id, Role.HEADTEACHER)]
    person_id = alliance.add_person(ADMINISTRATOR, name, address_of(name), seats, password=PASSWORD)
    head = queries.actor_for(db.session(), person_id)
    if head is None:
        raise LookupError(name)
    ends_on = cast.calendar.last_of_month(INSURED_FOR)
    content = ContractContent(
        category="insurance",
        title="Insurance",
        supplier_name="Oakleaf Insurance",
        annual_value=Money(11_900_00),
        starts_on=months_later(ends_on + timedelta(days=1), -TERM_MONTHS),
        ends_on=ends_on,
        notice_days=90,
    )
    add_contract(head, new_id(), school_id, content)
    actions.give_consent(head, school_id)
