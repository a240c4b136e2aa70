"""What people do with the register of contracts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.contracts import queries, rules
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import ContractContent
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound
from marketplace.core.forms import expect_version
from marketplace.core.policy import SYSTEM, Act, Actor


@dataclass(frozen=True, slots=True)
class AwardedContract:
    """The contract that a school gets from an award."""

    school_id: uuid.UUID
    award_id: uuid.UUID
    tender_reference: str
    supplier_id: uuid.UUID
    content: ContractContent


def add_contract(
    actor: Actor, contract_id: uuid.UUID, school_id: uuid.UUID, content: ContractContent
) -> None:
    """Enter a contract in a school's register. Raises NotFound for another school, RuleBroken."""
    with transaction() as session:
        if school_id not in actor.school_ids:
            raise NotFound
        policy.require(actor, Act.CONTRACT_ADD, school_id)
        if session.get(Contract, contract_id) is not None:
            return
        rules.check_content(content)
        contract = Contract(id=contract_id, school_id=school_id, registered_at=clock.now())
        _write_content(contract, content)
        session.add(contract)
        events.record(session, actor, Act.CONTRACT_ADD, contract.id, organisation_id=school_id)


def edit_contract(actor: Actor, contract_id: uuid.UUID, version: int, content: ContractContent) -> None:
    """Change an entry of the register. Raises RuleBroken, Stale when somebody changed it meanwhile."""
    with transaction() as session:
        contract = queries.get_contract(session, actor, contract_id, lock=True)
        policy.require(actor, Act.CONTRACT_EDIT, contract.school_id)
        expect_version(contract, version)
        rules.check_content(content)
        changed = [
            field.name
            for field in fields(content)
            if getattr(contract, field.name) != getattr(content, field.name)
        ]
        _write_content(contract, content)
        events.record(
            session,
            actor,
            Act.CONTRACT_EDIT,
            contract.id,
            organisation_id=contract.school_id,
            changed=sorted(changed),
        )


def register_awarded_contract(session: Session, awarded: AwardedContract) -> Contract:
    """Enter the contract that a school gets from an award. A shared step for the awards stage.

    The same award, school and title again returns the entry that is there. Raises RuleBroken.
    """
    known = session.scalars(
        select(Contract).where(
            Contract.school_id == awarded.school_id,
            Contract.award_id == awarded.award_id,
            Contract.title == awarded.content.title,
        )
    ).one_or_none()
    if known is not None:
        return known
    rules.check_content(awarded.content)
    contract = Contract(
        school_id=awarded.school_id,
        award_id=awarded.award_id,
        tender_reference=awarded.tender_reference,
        supplier_id=awarded.supplier_id,
        registered_at=clock.now(),
    )
    _write_content(contract, awarded.content)
    session.add(contract)
    session.flush()
    events.record(
        session,
        SYSTEM,
        Act.CONTRACT_REGISTER,
        contract.id,
        organisation_id=awarded.school_id,
        tender=awarded.tender_reference,
    )
    return contract


def renew_contract(contract_id: uuid.UUID) -> bool:
    """Move on a contract that renews itself and whose last safe notice date has passed; did it need to?"""
    with transaction() as session:
        contract = session.scalars(
            select(Contract).where(Contract.id == contract_id).with_for_update()
        ).one_or_none()
        today = clock.today()
        policy.require(SYSTEM, Act.CONTRACT_RENEW)
        if contract is None or not contract.renewal_months or contract.last_notice_on >= today:
            return False
        _reckon(contract, today)
        events.record(
            session,
            SYSTEM,
            Act.CONTRACT_RENEW,
            contract.id,
            organisation_id=contract.school_id,
            until=contract.runs_until,
        )
        return True


def _write_content(contract: Contract, content: ContractContent) -> None:
    for field in fields(content):
        setattr(contract, field.name, getattr(content, field.name))
    _reckon(contract, clock.today())


def _reckon(contract: Contract, today: date) -> None:
    """Set what follows from the content and the day."""
    contract.runs_until = rules.effective_end(
        contract.ends_on,
        notice_days=contract.notice_days,
        notice_months=contract.notice_months,
        renewal_months=contract.renewal_months,
        today=today,
    )
    contract.last_notice_on = rules.last_notice_on(
        contract.runs_until, contract.notice_days, contract.notice_months
    )
