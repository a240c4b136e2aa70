"""What people do with settlements: propose, accept, stay out, say that a payment arrived."""

from __future__ import annotations

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from invoicing.ledger.actions import post
from invoicing.ledger.rules import Leg
from invoicing.payments.actions import receive
from invoicing.payments.rules import banks
from invoicing.settlement import notices, queries, rules, working_out
from invoicing.settlement.models import Settlement, SettlementAbsence, SettlementPayment
from invoicing.settlement.rules import SettlementStatus
from marketplace.core import clock, events, ids, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.ids import new_id
from marketplace.core.policy import SYSTEM, Act, Actor


class Answer(StrEnum):
    """What became of a school's acceptance."""

    WAITS = "waits"
    AGREED = "agreed"
    CHANGED = "changed"


def propose_settlement(actor: Actor, settlement_id: uuid.UUID, alliance_id: uuid.UUID) -> None:
    """Propose to net what is due between an alliance's schools; each is told. Raises RuleBroken."""
    with transaction() as session:
        if alliance_id not in actor.alliance_ids:
            raise NotFound
        policy.require(actor, Act.SETTLEMENT_PROPOSE, alliance_id)
        if session.get(Settlement, settlement_id) is not None:
            return
        waiting = queries.open_of_alliance(session, alliance_id)
        if waiting is not None:
            raise RuleBroken(
                f"Settlement {waiting.reference} still waits for schools. Let it be accepted or withdraw it."
            )
        _propose(session, actor, settlement_id, alliance_id)


def propose_when_due(alliance_id: uuid.UUID) -> bool:
    """Propose this month's settlement of an alliance where it saves a payment; was there one to propose?"""
    with transaction() as session:
        policy.require(SYSTEM, Act.SETTLEMENT_PROPOSE)
        if alliance_id not in queries.alliances_to_propose_for(session, clock.today().replace(day=1)):
            return False
        debts = queries.due_debts(session, alliance_id, clock.today())
        if not rules.saves(debts, rules.plan(rules.figures(debts))):
            return False
        _propose(session, SYSTEM, new_id(), alliance_id)
        return True


def _propose(session: Session, actor: Actor, settlement_id: uuid.UUID, alliance_id: uuid.UUID) -> None:
    today = clock.today()
    debts = queries.due_debts(session, alliance_id, today)
    planned = rules.plan(rules.figures(debts))
    rules.check_worth_proposing(debts, planned)
    settlement = Settlement(
        id=settlement_id,
        alliance_id=alliance_id,
        reference=ids.next_reference(session, "NET", clock.now()),
        due_until=today,
        pairs=rules.pairs(debts),
        is_fewest=planned.is_fewest,
        proposed_by=actor.person_id,
        proposed_at=clock.now(),
    )
    session.add(settlement)
    session.flush()
    working_out.work_out(session, settlement, debts)
    events.record(session, actor, Act.SETTLEMENT_PROPOSE, settlement.id, organisation_id=alliance_id)
    notices.tell_proposed(session, settlement)


def look_again(settlement_id: uuid.UUID) -> bool:
    """Work a settlement out again if something in it was paid or disputed; was anything?"""
    with transaction() as session:
        policy.require(SYSTEM, Act.SETTLEMENT_REWORK)
        return working_out.work_out_again(session, queries.locked(session, settlement_id))


def accept_settlement(actor: Actor, settlement_id: uuid.UUID, school_id: uuid.UUID, version: int) -> Answer:
    """Accept for a school what its page showed. The last school to accept makes it stand in all books.

    When an invoice in it was paid or disputed meanwhile, the settlement is worked out again instead, and
    nobody has accepted what they did not see: Answer.CHANGED. Sent twice, it is accepted once. Raises
    RuleBroken, Stale when the page was overtaken, NotFound.
    """
    with transaction() as session:
        settlement = queries.get_settlement(session, actor, settlement_id, lock=True)
        party = next((one for one in settlement.parties if one.school_id == school_id), None)
        if party is None:
            raise NotFound
        policy.require(actor, Act.SETTLEMENT_ACCEPT, school_id)
        if party.accepted_at:
            return Answer.WAITS if settlement.status is SettlementStatus.PROPOSED else Answer.AGREED
        rules.check_accepting(settlement.status)
        expect_version(settlement, version)
        if working_out.work_out_again(session, settlement):
            return Answer.CHANGED
        party.accepted_by, party.accepted_at = actor.person_id, clock.now()
        session.flush()
        events.record(session, actor, Act.SETTLEMENT_ACCEPT, settlement.id, organisation_id=school_id)
        if not all(one.accepted_at for one in settlement.parties):
            return Answer.WAITS
        _agree(session, actor, settlement)
        return Answer.AGREED


def _agree(session: Session, actor: Actor, settlement: Settlement) -> None:
    """Count every line as paid, out of a clearing account in each school's own books.

    The invoices are held by the caller, and owe at least what is settled of them.
    """
    invoices = queries.lock_invoices(session, [item.invoice_id for item in settlement.items])
    for item in settlement.items:
        invoice = invoices[item.invoice_id]
        payment = receive(
            session,
            actor,
            invoice,
            new_id(),
            paid_on=clock.today(),
            amount=item.amount,
            reference=f"settlement {settlement.reference}",
            through=rules.clearing(invoice.issuer_id, invoice.buyer_id, settlement.reference),
        )
        item.payment_id = payment.id
    settlement.status = rules.move(settlement.status, SettlementStatus.AGREED)
    settlement.agreed_on = clock.today()
    session.flush()
    if not settlement.payments:
        settlement.status = rules.move(settlement.status, SettlementStatus.SETTLED)
        session.flush()
    notices.tell_agreed(session, settlement)


def receive_payment(actor: Actor, payment_id: uuid.UUID, paid_on: date) -> None:
    """Say, for the school that gets it, that a payment of a settlement arrived: in both schools' books, once.

    Raises RuleBroken (field `paid_on`).
    """
    with transaction() as session:
        found = queries.get_payment(session, actor, payment_id)
        settlement = queries.get_settlement(session, actor, found.settlement_id, lock=True)
        payment = next(one for one in settlement.payments if one.id == payment_id)
        policy.require(actor, Act.SETTLEMENT_RECEIVE, payment.payee_id)
        if payment.paid_on is not None:
            return
        if settlement.agreed_on is None:
            raise RuleBroken("Nobody pays before every school has accepted the settlement.")
        rules.check_paid_on(paid_on, settlement.agreed_on, clock.today())
        _post_payment(session, settlement, payment, paid_on)
        payment.paid_on, payment.received_by, payment.entry_id = paid_on, actor.person_id, payment.id
        if all(one.paid_on for one in settlement.payments):
            settlement.status = rules.move(settlement.status, SettlementStatus.SETTLED)
        session.flush()
        events.record(
            session,
            actor,
            Act.SETTLEMENT_RECEIVE,
            settlement.id,
            organisation_id=payment.payee_id,
            reference=payment.reference,
        )


def _post_payment(
    session: Session, settlement: Settlement, payment: SettlementPayment, paid_on: date
) -> None:
    bank = banks(payment.payee_id, payment.payer_id)
    cleared = rules.clearing(payment.payee_id, payment.payer_id, settlement.reference)
    post(
        session,
        payment.id,
        posted_on=paid_on,
        description=f"Payment {payment.reference} of settlement {settlement.reference}",
        source_id=settlement.id,
        legs=[
            Leg(bank.receiver, cleared.receiver, payment.amount),
            Leg(cleared.payer, bank.payer, payment.amount),
        ],
    )


def withdraw_settlement(actor: Actor, settlement_id: uuid.UUID, version: int, reason: str) -> None:
    """Withdraw a settlement that not all schools have accepted. Sent twice, it is withdrawn once."""
    with transaction() as session:
        settlement = queries.get_settlement(session, actor, settlement_id, lock=True)
        policy.require(actor, Act.SETTLEMENT_WITHDRAW, settlement.alliance_id)
        if settlement.status is SettlementStatus.WITHDRAWN:
            return
        because = rules.check_reason(reason)
        rules.move(settlement.status, SettlementStatus.WITHDRAWN)
        expect_version(settlement, version)
        working_out.withdraw(session, settlement, because)
        events.record(
            session,
            actor,
            Act.SETTLEMENT_WITHDRAW,
            settlement.id,
            organisation_id=settlement.alliance_id,
            reason=because,
        )


def stay_out(actor: Actor, alliance_id: uuid.UUID, school_id: uuid.UUID) -> None:
    """Keep a school out of an alliance's settlements until it takes part; the open one loses its lines."""
    with transaction() as session:
        _check_member(session, actor, alliance_id, school_id)
        policy.require(actor, Act.SETTLEMENT_STAY_OUT, school_id)
        if session.get(SettlementAbsence, (alliance_id, school_id)) is not None:
            return
        assert actor.person_id, "people decide this"
        session.add(
            SettlementAbsence(
                alliance_id=alliance_id, school_id=school_id, since=clock.now(), decided_by=actor.person_id
            )
        )
        session.flush()
        events.record(session, actor, Act.SETTLEMENT_STAY_OUT, school_id, organisation_id=school_id)
        waiting = queries.open_of_alliance(session, alliance_id)
        if waiting is not None:
            working_out.work_out_again(session, queries.locked(session, waiting.id))


def take_part(actor: Actor, alliance_id: uuid.UUID, school_id: uuid.UUID) -> None:
    """Let a school take part in an alliance's settlements again, from the next one on."""
    with transaction() as session:
        _check_member(session, actor, alliance_id, school_id)
        policy.require(actor, Act.SETTLEMENT_TAKE_PART, school_id)
        absence = session.get(SettlementAbsence, (alliance_id, school_id))
        if absence is None:
            return
        session.delete(absence)
        session.flush()
        events.record(session, actor, Act.SETTLEMENT_TAKE_PART, school_id, organisation_id=school_id)


def _check_member(session: Session, actor: Actor, alliance_id: uuid.UUID, school_id: uuid.UUID) -> None:
    if school_id not in actor.school_ids or not queries.is_member(session, alliance_id, school_id):
        raise NotFound
