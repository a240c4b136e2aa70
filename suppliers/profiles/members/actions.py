"""Changing what a colleague may do for a supplier, removing one, and leaving."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from marketplace.alliance import actions as alliance
from marketplace.alliance.links import tell_colleagues
from marketplace.alliance.models import Person
from marketplace.core import events, mail, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.policy import Act, Actor, Role
from suppliers.profiles import queries as suppliers
from suppliers.profiles.members import queries, rules
from suppliers.profiles.models import Supplier


def change_member(actor: Actor, supplier_id: uuid.UUID, person_id: uuid.UUID, role: Role) -> None:
    """Make a colleague administrator or bidder. Raises NotFound, Forbidden, RuleBroken."""
    with transaction() as session:
        _, person, held = _member(session, actor, supplier_id, person_id)
        policy.require(actor, Act.MEMBER_CHANGE, supplier_id)
        if role not in rules.ROLES:
            raise RuleBroken("Choose one of the roles on the list.", "role")
        if role is held:
            return
        if role is not Role.SUPPLIER_ADMIN:
            rules.check_one_stays(queries.administrators(session, supplier_id), person_id)
        alliance.set_roles(session, person, supplier_id, [role])
        if role is Role.SUPPLIER_ADMIN:
            tell_colleagues(session, actor, person, [(supplier_id, role)])
        events.record(
            session, actor, Act.MEMBER_CHANGE, person_id, organisation_id=supplier_id, role=role.value
        )


def remove_member(actor: Actor, supplier_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Take a colleague's roles in a supplier away, and tell them. Raises NotFound, Forbidden, RuleBroken."""
    with transaction() as session:
        supplier, person, _ = _member(session, actor, supplier_id, person_id)
        policy.require(actor, Act.MEMBER_REMOVE, supplier_id)
        _take_away(session, actor, supplier, person, Act.MEMBER_REMOVE)
        mail.write(
            session,
            person.email,
            f"You no longer act for {supplier.name} in Weald",
            "profiles_member_removed.txt",
            person_name=person.name,
            supplier_name=supplier.name,
            removed_by=actor.name,
        )


def leave_supplier(actor: Actor, supplier_id: uuid.UUID) -> None:
    """Give up one's own roles in a supplier. The last administrator cannot. Raises NotFound, RuleBroken."""
    assert actor.person_id, "only people leave"
    with transaction() as session:
        supplier, person, _ = _member(session, actor, supplier_id, actor.person_id)
        policy.require(actor, Act.MEMBER_LEAVE, supplier_id)
        _take_away(session, actor, supplier, person, Act.MEMBER_LEAVE)


def _take_away(session: Session, actor: Actor, supplier: Supplier, person: Person, act: Act) -> None:
    rules.check_one_stays(queries.administrators(session, supplier.id), person.id)
    alliance.set_roles(session, person, supplier.id, [])
    events.record(session, actor, act, person.id, organisation_id=supplier.id)


def _member(
    session: Session, actor: Actor, supplier_id: uuid.UUID, person_id: uuid.UUID
) -> tuple[Supplier, Person, Role]:
    """The supplier, locked, and one of its people with their role. Raises NotFound."""
    if supplier_id not in actor.supplier_ids:
        raise NotFound
    supplier = suppliers.get_supplier(session, actor, supplier_id, lock=True)
    for one in queries.members(session, supplier_id):
        if one.person_id == person_id:
            return supplier, session.get_one(Person, person_id), one.role
    raise NotFound("That person does not belong to this supplier any more.")
