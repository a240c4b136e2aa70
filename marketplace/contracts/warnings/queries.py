"""Which contracts a school has to be warned about."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.alliance.models import Person, RoleHolding
from marketplace.contracts.models import Contract
from marketplace.contracts.warnings.models import ContractWarning, WarningDay
from marketplace.contracts.warnings.rules import THRESHOLDS, threshold
from marketplace.core.policy import Role


def warned_on(session: Session, day: date) -> bool:
    """Have this day's warnings been given?"""
    return session.get(WarningDay, day) is not None


def due(session: Session, today: date) -> list[tuple[Contract, int]]:
    """The contracts with a warning that is due and was not given, with its threshold, the nearest first."""
    query = (
        select(Contract)
        .where(Contract.last_notice_on.between(today, today + timedelta(days=max(THRESHOLDS))))
        .order_by(Contract.last_notice_on, Contract.id)
        .options(joinedload(Contract.school))
    )
    near = [(contract, threshold(contract.last_notice_on, today)) for contract in session.scalars(query)]
    given = _given(session, today)
    return [
        (contract, reached)
        for contract, reached in near
        if reached and (contract.id, contract.last_notice_on, reached) not in given
    ]


def _given(session: Session, today: date) -> set[tuple[uuid.UUID, date, int]]:
    query = select(
        ContractWarning.contract_id, ContractWarning.last_notice_on, ContractWarning.threshold
    ).where(ContractWarning.last_notice_on >= today)
    return {(row.contract_id, row.last_notice_on, row.threshold) for row in session.execute(query)}


def people_to_warn(
    session: Session, school_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[Person, set[uuid.UUID]]]:
    """The bursars and headteachers of schools by their ids: each with the schools that they keep."""
    query = (
        select(Person, RoleHolding.organisation_id)
        .join(RoleHolding, RoleHolding.person_id == Person.id)
        .where(
            RoleHolding.organisation_id.in_(school_ids),
            RoleHolding.role.in_((Role.BURSAR, Role.HEADTEACHER)),
            Person.active,
        )
        .order_by(Person.name, Person.id)
    )
    found: dict[uuid.UUID, tuple[Person, set[uuid.UUID]]] = {}
    for person, school_id in session.execute(query):
        found.setdefault(person.id, (person, set()))[1].add(school_id)
    return found
