"""Proposing and deciding refunds, by two people of one school, and sending them to Stripe."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from invoicing.gateways import checkout
from invoicing.gateways.checkout import DeclinedError, Patience, UnansweredError
from invoicing.payments.online.queries import get_payment, left_of, lock_payment
from invoicing.payments.online.refunds import queries, rules
from invoicing.payments.online.refunds.models import OnlineRefund
from invoicing.payments.online.refunds.rules import RefundStatus
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.core.policy import SYSTEM, Act, Actor


def propose_refund(
    actor: Actor, refund_id: uuid.UUID, payment_id: uuid.UUID, *, amount: Money, reason: str
) -> None:
    """Propose to give back an online payment, or some of it. Sent twice, once. Raises RuleBroken."""
    with transaction() as session:
        get_payment(session, actor, payment_id)
        payment = lock_payment(session, payment_id)
        policy.require(actor, Act.PAYMENT_PROPOSE, payment.invoice.issuer_id)
        if session.get(OnlineRefund, refund_id) is not None:
            return
        if queries.is_under_way(session, payment_id):
            raise RuleBroken("A refund of this payment is under way already. Wait until it has arrived.")
        rules.check_amount(amount, left_of(payment)[0])
        assert actor.person_id, "people propose"
        session.add(
            OnlineRefund(
                id=refund_id,
                payment_id=payment.id,
                amount=amount,
                reason=rules.check_reason(reason),
                proposed_by=actor.person_id,
                proposed_at=clock.now(),
            )
        )
        session.flush()
        events.record(
            session,
            actor,
            Act.PAYMENT_PROPOSE,
            refund_id,
            organisation_id=payment.invoice.issuer_id,
            kind="refund",
            amount=amount.pence,
            reason=reason,
        )


def approve_refund(actor: Actor, refund_id: uuid.UUID) -> None:
    """Approve a refund as the second person, and ask Stripe for it. Sent twice, it is asked for once.

    When Stripe does not answer, the worker asks again with the same key. Raises Forbidden for who proposed
    it, RuleBroken when less is left of the payment than was proposed.
    """
    with transaction() as session:
        refund = queries.get_refund(session, actor, refund_id, lock=True)
        payment = refund.payment
        policy.require(actor, Act.PAYMENT_APPROVE, payment.invoice.issuer_id)
        rules.check_second_person(actor.person_id, refund.proposed_by)
        if refund.status not in (RefundStatus.PROPOSED, RefundStatus.REFUSED):
            return
        status = rules.move(refund.status, RefundStatus.APPROVED)
        rules.check_amount(refund.amount, left_of(payment)[0])
        refund.status, refund.due_at = status, clock.now()
        refund.decided_by, refund.decided_at = actor.person_id, clock.now()
        session.flush()
        events.record(
            session, actor, Act.PAYMENT_APPROVE, refund.id, organisation_id=payment.invoice.issuer_id
        )
    send_refund(refund_id, Patience.PERSON)


def refuse_refund(actor: Actor, refund_id: uuid.UUID, reason: str) -> None:
    """Refuse a refund as the second person, with a reason. Sent twice, it is refused once."""
    with transaction() as session:
        refund = queries.get_refund(session, actor, refund_id, lock=True)
        issuer_id = refund.payment.invoice.issuer_id
        policy.require(actor, Act.PAYMENT_REFUSE, issuer_id)
        rules.check_second_person(actor.person_id, refund.proposed_by)
        if refund.status is RefundStatus.REFUSED:
            return
        refund.status = rules.move(refund.status, RefundStatus.REFUSED)
        refund.refusal_reason = rules.check_reason(reason)
        refund.decided_by, refund.decided_at = actor.person_id, clock.now()
        session.flush()
        events.record(
            session,
            actor,
            Act.PAYMENT_REFUSE,
            refund.id,
            organisation_id=issuer_id,
            reason=refund.refusal_reason,
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What Stripe is asked to give back, of which payment."""

    account: str
    intent: str
    amount: Money


def send_refund(refund_id: uuid.UUID, patience: Patience) -> bool:
    """Ask Stripe for an approved refund; False when it did not answer, and is to be asked again later."""
    asked = _claim(refund_id)
    if asked is None:
        return True
    try:
        named = checkout.stripe(patience).refund(asked.account, asked.intent, asked.amount, str(refund_id))
    except UnansweredError:
        return False
    except DeclinedError as declined:
        _answered(refund_id, RefundStatus.DECLINED, declined=str(declined))
    else:
        _answered(refund_id, RefundStatus.SENT, stripe_id=named)
    return True


def _claim(refund_id: uuid.UUID) -> _Asked | None:
    """Set when to try next before trying, so that a Stripe that hangs is not asked by everybody at once."""
    with transaction() as session:
        policy.require(SYSTEM, Act.PAYMENT_HEAR)
        refund = session.get_one(OnlineRefund, refund_id, with_for_update=True, populate_existing=True)
        if refund.status is not RefundStatus.APPROVED:
            return None
        refund.attempts += 1
        refund.due_at = rules.next_try(refund.attempts, clock.now())
        session.flush()
        _record(session, refund)
        return _Asked(refund.payment.account, refund.payment.intent, refund.amount)


def _answered(refund_id: uuid.UUID, wanted: RefundStatus, *, stripe_id: str = "", declined: str = "") -> None:
    with transaction() as session:
        policy.require(SYSTEM, Act.PAYMENT_HEAR)
        refund = session.get_one(OnlineRefund, refund_id, with_for_update=True, populate_existing=True)
        if not rules.may_become(refund.status, wanted) or refund.status is not RefundStatus.APPROVED:
            return
        refund.status, refund.due_at = rules.move(refund.status, wanted), None
        refund.stripe_id, refund.declined = stripe_id, declined
        session.flush()
        _record(session, refund)


def _record(session: Session, refund: OnlineRefund) -> None:
    events.record(
        session,
        SYSTEM,
        Act.PAYMENT_HEAR,
        refund.id,
        organisation_id=refund.payment.invoice.issuer_id,
        status=refund.status,
    )
