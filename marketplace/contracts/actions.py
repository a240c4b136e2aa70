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
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.ids import new_id
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
        contract = entry(contract_id, school_id, content)
        _check_reference(session, contract)
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
        _check_reference(session, contract)
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
    contract = entry(new_id(), awarded.school_id, awarded.content)
    contract.award_id = awarded.award_id
    contract.tender_reference = awarded.tender_reference
    contract.supplier_id = awarded.supplier_id
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
        _write_content(contract, queries.content_of(contract))
        events.record(
            session,
            SYSTEM,
            Act.CONTRACT_RENEW,
            contract.id,
            organisation_id=contract.school_id,
            until=contract.runs_until,
        )
        return True


def entry(contract_id: uuid.UUID, school_id: uuid.UUID, content: ContractContent) -> Contract:
    """A new entry of a register with everything that follows from its content. A shared step."""
    contract = Contract(id=contract_id, school_id=school_id, registered_at=clock.now())
    _write_content(contract, content)
    return contract


def derived(content: ContractContent) -> dict[str, date]:
    """The columns that follow from what a contract says and from the day. A shared step."""
    notice = {"notice_days": content.notice_days, "notice_months": content.notice_months}
    runs_until = rules.effective_end(
        content.ends_on, renewal_months=content.renewal_months, today=clock.today(), **notice
    )
    return {"runs_until": runs_until, "last_notice_on": rules.last_notice_on(runs_until, **notice)}


def _write_content(contract: Contract, content: ContractContent) -> None:
    for field in fields(content):
        setattr(contract, field.name, getattr(content, field.name))
    for name, value in derived(content).items():
        setattr(contract, name, value)


def _check_reference(session: Session, contract: Contract) -> None:
    """Raise RuleBroken when another contract of the school has the same reference."""
    with session.no_autoflush:
        taken = contract.reference and queries.reference_is_taken(session, contract)
    if taken:
        raise RuleBroken("Another contract of the school has this reference. Enter another.", "reference")
