"""Questions about bank accounts, scoped to who asks."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.alliance.models import Person
from marketplace.alliance.queries import people_with_role
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor, Kind, Role
from suppliers.profiles.bank.models import BankChange
from suppliers.profiles.bank.rules import OPEN, ChangeStatus, Colleague
from suppliers.profiles.documents.queries import used_suppliers, using_schools
from suppliers.profiles.members.queries import members


def visible_to(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Accounts this actor may read: their own supplier's, and for finance leads those their school uses."""
    held = actor.organisations(Kind.SCHOOL, Role.FINANCE_LEAD)
    used = used_suppliers(session, held, clock.today()) if held else set()
    return or_(BankChange.supplier_id.in_(actor.supplier_ids), BankChange.supplier_id.in_(used))


def may_read(session: Session, actor: Actor, supplier_id: uuid.UUID) -> bool:
    """May the actor see the bank account of this supplier?"""
    if supplier_id in actor.supplier_ids:
        return True
    held = actor.organisations(Kind.SCHOOL, Role.FINANCE_LEAD)
    return bool(held) and supplier_id in used_suppliers(session, held, clock.today())


def history(session: Session, supplier_id: uuid.UUID) -> list[BankChange]:
    """Every change of a supplier's account, the newest first. Ask first whether the reader may see it."""
    query = (
        select(BankChange)
        .where(BankChange.supplier_id == supplier_id)
        .order_by(BankChange.proposed_at.desc(), BankChange.id.desc())
        .options(
            joinedload(BankChange.proposer),
            joinedload(BankChange.approver),
            joinedload(BankChange.stopper),
            joinedload(BankChange.school),
        )
    )
    return list(session.scalars(query))


def account_of(session: Session, supplier_id: uuid.UUID) -> BankChange | None:
    """The account that holds now; None before there is one."""
    query = (
        select(BankChange)
        .where(BankChange.supplier_id == supplier_id, BankChange.status == ChangeStatus.IN_FORCE)
        .order_by(BankChange.in_force_at.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def open_change(session: Session, supplier_id: uuid.UUID, *, lock: bool = False) -> BankChange | None:
    """The change that waits for its second person or for its day to pass."""
    query = select(BankChange).where(BankChange.supplier_id == supplier_id, BankChange.status.in_(OPEN))
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def get_change(session: Session, actor: Actor, supplier_id: uuid.UUID) -> BankChange:
    """The open change of a supplier whose account the actor may read, locked. Raises NotFound."""
    change = open_change(session, supplier_id, lock=True)
    if change is None or not may_read(session, actor, supplier_id):
        raise NotFound("There is no change of the bank account to decide about. Look at the page again.")
    return change


def due(session: Session, moment: datetime) -> list[BankChange]:
    """Approved changes whose day has passed, locked."""
    query = (
        select(BankChange)
        .where(BankChange.status == ChangeStatus.APPROVED, BankChange.holds_from <= moment)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(query))


def colleagues(session: Session, supplier_id: uuid.UUID) -> list[Colleague]:
    """The people of a supplier, each with the moment they came to Weald."""
    ids = [one.person_id for one in members(session, supplier_id)]
    query = select(Person.id, Person.created_at).where(Person.id.in_(ids))
    return [Colleague(row.id, row.created_at) for row in session.execute(query)]


def finance_leads(session: Session, supplier_id: uuid.UUID) -> list[Person]:
    """The finance leads of the schools that use a supplier."""
    schools = using_schools(session, [supplier_id], clock.today()).get(supplier_id, set())
    return people_with_role(session, schools, Role.FINANCE_LEAD)
