"""Proposing, approving and stopping a change of a supplier's bank account, and putting it into force."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.policy import SYSTEM, Act, Actor, Kind, Role
from suppliers.profiles import queries as suppliers
from suppliers.profiles.bank import notices, queries, rules
from suppliers.profiles.bank.models import BankChange
from suppliers.profiles.bank.rules import Account, ChangeStatus
from suppliers.profiles.documents.queries import using_schools


def propose_account(actor: Actor, supplier_id: uuid.UUID, change_id: uuid.UUID, account: Account) -> None:
    """Propose a bank account. It holds only after a second person and a day; everybody concerned is told.

    Raises NotFound, Forbidden, and RuleBroken while another change is under way.
    """
    assert actor.person_id, "accounts are proposed by people"
    with transaction() as session:
        supplier = suppliers.get_own_supplier(session, actor, supplier_id, lock=True)
        policy.require(actor, Act.BANK_PROPOSE, supplier_id)
        if session.get(BankChange, change_id) is not None:
            return
        checked = rules.check_account(account)
        if queries.open_change(session, supplier_id) is not None:
            raise RuleBroken("Another change is under way. Stop it first, or wait until it holds.")
        held = queries.account_of(session, supplier_id)
        same = (checked.name, checked.sort_code, checked.number, checked.email)
        if held and (held.account_name, held.sort_code, held.account_number, held.account_email) == same:
            raise RuleBroken("This is the account that we have already.")
        change = BankChange(
            id=change_id,
            supplier=supplier,
            account_name=checked.name,
            sort_code=checked.sort_code,
            account_number=checked.number,
            account_email=checked.email,
            proposed_by=actor.person_id,
            proposed_at=clock.now(),
        )
        session.add(change)
        session.flush()
        school = rules.needs_a_school(queries.colleagues(session, supplier_id))
        events.record(
            session, actor, Act.BANK_PROPOSE, change_id, organisation_id=supplier_id, school_checks=school
        )
        notices.proposed(session, change, actor.name, school=school)


def approve_account(actor: Actor, supplier_id: uuid.UUID, version: int) -> None:
    """Approve a colleague's change; it holds in a day. Raises NotFound, Forbidden, RuleBroken, Stale."""
    assert actor.person_id, "accounts are approved by people"
    with transaction() as session:
        suppliers.get_own_supplier(session, actor, supplier_id, lock=True)
        change = queries.get_change(session, actor, supplier_id)
        policy.require(actor, Act.BANK_APPROVE, supplier_id)
        expect_version(change, version)
        rules.check_second(
            queries.colleagues(session, supplier_id),
            change.proposed_by,
            change.proposed_at,
            actor.person_id,
            proposed_it=rules.OF_A_SUPPLIER,
        )
        _approve(session, actor, change, Act.BANK_APPROVE)


def check_account(
    actor: Actor, supplier_id: uuid.UUID, version: int, *, spoke_to: str, number_from: str
) -> None:
    """Approve the change of a firm of one, as a finance lead who telephoned it on a number known before.

    Raises NotFound, Forbidden, RuleBroken, Stale.
    """
    with transaction() as session:
        change = queries.get_change(session, actor, supplier_id)
        school_id = _school_that_uses(session, actor, supplier_id)
        policy.require(actor, Act.BANK_CHECK, school_id)
        expect_version(change, version)
        if not rules.needs_a_school(queries.colleagues(session, supplier_id)):
            raise RuleBroken("This supplier has several people: one of them approves the change.")
        if actor.person_id == change.proposed_by:
            raise RuleBroken("You proposed this change yourself. Somebody else checks it.")
        change.spoke_to, change.number_from = rules.check_called(spoke_to, number_from)
        change.approved_for = school_id
        _approve(session, actor, change, Act.BANK_CHECK)


def stop_change(actor: Actor, supplier_id: uuid.UUID, version: int, reason: str) -> None:
    """Stop a change before it holds: anybody of the supplier, or a finance lead of a school that uses it."""
    with transaction() as session:
        change = queries.get_change(session, actor, supplier_id)
        policy.require(actor, Act.BANK_STOP, supplier_id, *actor.school_ids)
        expect_version(change, version)
        change.stop_reason = rules.check_reason(reason)
        change.status = rules.move(change.status, ChangeStatus.STOPPED)
        change.stopped_by, change.stopped_at = actor.person_id, clock.now()
        session.flush()
        events.record(
            session,
            actor,
            Act.BANK_STOP,
            change.id,
            organisation_id=supplier_id,
            reason=change.stop_reason,
        )
        notices.stopped(session, change, actor.name)


def put_accounts_into_force() -> int:
    """Let every approved account hold whose day has passed; returns how many."""
    with transaction() as session:
        policy.require(SYSTEM, Act.BANK_PUT_IN_FORCE)
        now = clock.database_now(session)
        due = queries.due(session, now)
        for change in due:
            change.status = rules.move(change.status, ChangeStatus.IN_FORCE)
            change.in_force_at = now
            session.flush()
            events.record(
                session, SYSTEM, Act.BANK_PUT_IN_FORCE, change.id, organisation_id=change.supplier_id
            )
            notices.in_force(session, change)
        return len(due)


def _approve(session: Session, actor: Actor, change: BankChange, act: Act) -> None:
    change.status = rules.move(change.status, ChangeStatus.APPROVED)
    change.approved_by = actor.person_id
    change.approved_at = clock.now()
    change.holds_from = change.approved_at + rules.TAKES
    session.flush()
    events.record(
        session,
        actor,
        act,
        change.id,
        organisation_id=change.supplier_id,
        holds_from=change.holds_from.isoformat(),
    )
    notices.approved(session, change, actor.name)


def _school_that_uses(session: Session, actor: Actor, supplier_id: uuid.UUID) -> uuid.UUID:
    """A school of the actor's, as its finance lead, that uses the supplier. Raises Forbidden, NotFound."""
    held = actor.organisations(Kind.SCHOOL, Role.FINANCE_LEAD)
    if not held:
        raise Forbidden("A finance lead of a school that uses this supplier checks its bank account.")
    using = held & using_schools(session, [supplier_id], clock.today()).get(supplier_id, set())
    if not using:
        raise NotFound
    return min(using)
