"""What suppliers do with their own entries. Taking part is free of charge and needs nobody's help."""

from __future__ import annotations

import uuid

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from marketplace.alliance import actions as alliance
from marketplace.alliance import passwords
from marketplace.alliance import queries as people
from marketplace.core import events, mail, policy
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.policy import Act, Actor, Kind, Role
from suppliers.profiles import queries, rules
from suppliers.profiles.models import ServedArea, ServedCategory, Supplier
from suppliers.profiles.rules import SupplierDetails

NUMBER_TAKEN = (
    "An organisation with this number has registered already. Ask your colleague who did it to add you, or "
    "check the number."
)


def register_supplier(
    actor: Actor,
    supplier_id: uuid.UUID,
    details: SupplierDetails,
    *,
    person_name: str,
    email: str,
    password: str,
) -> uuid.UUID:
    """Register a supplier and its first person, who becomes its administrator; returns that person's id.

    Sent twice with the same id, address and password, it registers once. Raises RuleBroken.
    """
    with transaction() as session:
        policy.require(actor, Act.SUPPLIER_REGISTER)
        if session.get(Supplier, supplier_id):
            return _person_of_first_sending(session, supplier_id, email, password)
        checked = rules.check_details(details)
        alliance.make_organisation(session, Kind.SUPPLIER, checked.name, organisation_id=supplier_id)
        supplier = Supplier(id=supplier_id)
        session.add(supplier)
        _describe(session, supplier, checked)
        person = alliance.make_person(
            session, person_name, email, password, [(supplier_id, Role.SUPPLIER_ADMIN)]
        )
        registering = Actor(person.id, person.name)
        events.record(session, registering, Act.SUPPLIER_REGISTER, supplier_id, organisation_id=supplier_id)
        mail.write(
            session,
            person.email,
            f"{checked.name} has registered with Weald",
            "profiles_registered.txt",
            person_name=person.name,
            supplier_name=checked.name,
            supplier_id=supplier_id,
        )
        return person.id


def edit_supplier(
    actor: Actor, supplier_id: uuid.UUID, version: int | None, details: SupplierDetails
) -> None:
    """Change a supplier's details. Raises NotFound, Forbidden, RuleBroken, Stale."""
    with transaction() as session:
        supplier = queries.get_supplier(session, actor, supplier_id, lock=True)
        policy.require(actor, Act.SUPPLIER_EDIT, supplier_id)
        expect_version(supplier, version)
        checked = rules.check_details(details)
        alliance.rename_organisation(session, supplier.organisation, checked.name)
        _describe(session, supplier, checked)
        events.record(session, actor, Act.SUPPLIER_EDIT, supplier_id, organisation_id=supplier_id)


def _person_of_first_sending(
    session: Session, supplier_id: uuid.UUID, email: str, password: str
) -> uuid.UUID:
    """Who registered this supplier, if the same address and password are sent again. Raises RuleBroken."""
    person = people.person_by_email(session, email)
    first = [one.id for one in people.people_with_role(session, [supplier_id], Role.SUPPLIER_ADMIN)]
    same = passwords.matches(person.password_hash if person else None, password)
    if person is None or not same or person.id not in first:
        raise RuleBroken("This form has been sent before. Sign in with the e-mail address you gave then.")
    return person.id


def _describe(session: Session, supplier: Supplier, details: SupplierDetails) -> None:
    """Write the details. The row counts as changed even when only its name or categories are."""
    for field, number in (
        ("company_number", details.company_number),
        ("charity_number", details.charity_number),
    ):
        if number and queries.number_is_taken(session, field, number, supplier.id):
            raise RuleBroken(NUMBER_TAKEN, field)
    if not queries.known_areas(session) >= set(details.areas):
        raise RuleBroken("Choose local authorities from the list.", "areas")
    supplier.company_number = details.company_number or None
    supplier.charity_number = details.charity_number or None
    supplier.vat_number = details.vat_number or None
    supplier.is_sme, supplier.is_vcse = details.is_sme, details.is_vcse
    supplier.address = details.address
    known = {served.category: served for served in supplier.served}
    supplier.served = [
        known.get(category) or ServedCategory(category=category) for category in details.categories
    ]
    places = {place.area: place for place in supplier.places}
    supplier.places = [places.get(area) or ServedArea(area=area) for area in details.areas]
    flag_modified(supplier, "address")
    try:
        session.flush()
    except IntegrityError as error:
        raise RuleBroken(NUMBER_TAKEN, "company_number") from error
