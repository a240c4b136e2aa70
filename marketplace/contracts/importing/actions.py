"""Importing a register."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from marketplace.alliance.queries import people_with_role
from marketplace.contracts.actions import derived, entry
from marketplace.contracts.importing import queries
from marketplace.contracts.importing.columns import HEADINGS
from marketplace.contracts.importing.files import FIELD, Register, read_register
from marketplace.contracts.importing.models import ContractImport
from marketplace.contracts.importing.plan import Plan
from marketplace.contracts.importing.reading import RowReading, read_row, typed
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import ContractContent
from marketplace.core import clock, events, mail, policy
from marketplace.core.db import transaction
from marketplace.core.documents import plain_name
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.policy import Act, Actor, Role


def import_register(actor: Actor, import_id: uuid.UUID, name: str, content: bytes) -> None:
    """Bring the right rows of a file into the registers of their schools, and keep the others with reasons.

    Raises RuleBroken (field `register`) for a file that is no register, Forbidden. The same file again
    changes nothing; sent twice by the same form it is read once.
    """
    readings, register = _read(name, content)
    with transaction() as session:
        schools = queries.schools_to_import_for(session, actor)
        if not schools:
            raise Forbidden(
                "Only a bursar, a headteacher or a coordinator can import a register of contracts."
            )
        policy.require(actor, Act.CONTRACT_IMPORT, *(seat.organisation_id for seat in actor.seats))
        if session.get(ContractImport, import_id) is not None:
            return
        known = {one.id: one for one in queries.registered(session, [school.id for school in schools])}
        plan = Plan(schools, known)
        for reading in readings:
            plan.take(reading)
        _carry_out(session, plan, known)
        session.add(_report(actor, import_id, name, register, plan))
        session.flush()
        _tell(session, actor, import_id, plan)


def _read(name: str, content: bytes) -> tuple[list[RowReading], Register]:
    register = read_register(name, content)
    if not register.rows:
        raise RuleBroken(
            "The file has headings and no contract under them. Enter some and choose it again.", FIELD
        )
    return [read_row(row) for row in register.rows], register


def _carry_out(session: Session, plan: Plan, known: Mapping[uuid.UUID, Contract]) -> None:
    """Write what the plan says, all additions in one statement and all changes in another."""
    session.add_all(
        entry(contract_id, school_id, content)
        for school_id, one in plan.by_school.items()
        for contract_id, content in one.added.items()
    )
    session.flush()
    changes = [
        {
            **_columns(content),
            "of": contract_id,
            "version": known[contract_id].version + 1,
        }
        for one in plan.by_school.values()
        for contract_id, content in one.changed.items()
    ]
    if changes:
        names = [name for name in changes[0] if name != "of"]
        table = cast("Table", Contract.__table__)
        statement = (
            update(table)
            .where(table.c.id == bindparam("of"))
            .values({name: bindparam(name) for name in names})
        )
        session.connection().execute(statement, changes)
        session.expire_all()


def _columns(content: ContractContent) -> dict[str, Any]:
    """Every column that follows from what a contract says."""
    return {name: getattr(content, name) for name in ContractContent.__dataclass_fields__} | derived(content)


def _report(actor: Actor, import_id: uuid.UUID, name: str, register: Register, plan: Plan) -> ContractImport:
    assert actor.person_id, "people import registers"
    refusals = {
        "headings": [HEADINGS[column].text for column in register.columns],
        "rows": [
            {
                "number": reading.row.number,
                "cells": typed(reading.row),
                "problems": [asdict(problem) for problem in reading.problems],
            }
            for reading in plan.refused
        ],
    }
    return ContractImport(
        id=import_id,
        person_id=actor.person_id,
        file_name=plain_name(name),
        imported_at=clock.now(),
        added=sum(len(one.added) for one in plan.by_school.values()),
        changed=sum(len(one.changed) for one in plan.by_school.values()),
        unchanged=plan.unchanged,
        refused=len(plan.refused),
        unread=list(register.unread),
        refusals=refusals,
    )


def _tell(session: Session, actor: Actor, import_id: uuid.UUID, plan: Plan) -> None:
    """Record what was done in each school, and tell a school whose register somebody else has filled."""
    for school_id, one in plan.by_school.items():
        events.record(
            session,
            actor,
            Act.CONTRACT_IMPORT,
            import_id,
            organisation_id=school_id,
            added=sorted(map(str, one.added)),
            changed=sorted(map(str, one.changed)),
        )
        if school_id in actor.school_ids:
            continue
        school = plan.schools[school_id]
        for person in people_with_role(session, [school_id], Role.BURSAR, Role.HEADTEACHER):
            mail.write(
                session,
                person.email,
                f"Contracts were entered for {school.name}",
                "contracts_imported.txt",
                person_name=person.name,
                school_name=school.name,
                by=actor.name,
                added=len(one.added),
                changed=len(one.changed),
            )
