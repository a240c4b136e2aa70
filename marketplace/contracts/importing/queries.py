"""Questions about imports of registers."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Membership, School
from marketplace.alliance.rules import MembershipStatus
from marketplace.contracts.importing.models import ContractImport
from marketplace.contracts.models import Contract
from marketplace.core.errors import NotFound
from marketplace.core.policy import POLICY, Act, Actor, Kind, allows


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The imports that this person made."""
    return ContractImport.person_id == actor.person_id


def get_import(session: Session, actor: Actor, import_id: uuid.UUID) -> ContractImport:
    """An import that the actor made. Raises NotFound."""
    found = session.scalars(
        select(ContractImport).where(ContractImport.id == import_id, visible_to(actor))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def imports_registers(actor: Actor) -> bool:
    """May this actor import registers, of their own schools or as a coordinator?"""
    return allows(actor, Act.CONTRACT_IMPORT, *(seat.organisation_id for seat in actor.seats))


def schools_to_import_for(session: Session, actor: Actor) -> list[School]:
    """The schools into whose registers this actor may import: their own, a coordinator all members'."""
    roles = POLICY[Act.CONTRACT_IMPORT].roles
    members = select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.organisations(Kind.ALLIANCE, *roles)),
        Membership.status == MembershipStatus.ACTIVE,
    )
    own = actor.organisations(Kind.SCHOOL, *roles)
    return list(session.scalars(select(School).where(or_(School.id.in_(own), School.id.in_(members)))))


def registered(session: Session, school_ids: Collection[uuid.UUID]) -> list[Contract]:
    """All contracts of these schools, locked until the import is done, the oldest entry first."""
    query = select(Contract).where(Contract.school_id.in_(school_ids)).order_by(Contract.id)
    return list(session.scalars(query.with_for_update(of=Contract, key_share=True)))
