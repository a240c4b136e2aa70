"""Asking Stripe what it kept and what a payout is made of. It is asked between transactions, never within."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.gateways import checkout
from invoicing.gateways.checkout import Charged, DeclinedError, PaidOut, Patience
from invoicing.payments.online import queries, rules
from invoicing.payments.online.models import OnlinePayment, OnlinePayout
from invoicing.payments.online.news.counting import Flow, count_fee
from invoicing.payments.online.news.rules import CURRENCY
from invoicing.payments.online.rules import MovementKind
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.money import Money
from marketplace.core.policy import SYSTEM, Act

ASK_AGAIN = timedelta(minutes=15)
CHARGES = frozenset({"charge", "payment"})
"""Balance transactions with which a payment came in: by card, by Direct Debit."""


def read_fee(payment_id: uuid.UUID, account: str, intent: str) -> None:
    """Count what Stripe kept of a payment. Raises UnansweredError: then it is asked again."""
    try:
        charged = checkout.stripe(Patience.JOB).charged(account, intent)
    except DeclinedError:
        _count_charged(payment_id, None, again=False)
    else:
        _count_charged(payment_id, charged, again=charged is None)


def _count_charged(payment_id: uuid.UUID, charged: Charged | None, *, again: bool) -> None:
    """What Stripe does not let us see of a payment, its payout may show."""
    with transaction() as session:
        policy.require(SYSTEM, Act.PAYMENT_HEAR)
        payment = queries.lock_payment(session, payment_id)
        payment.fee_due_at = clock.now() + ASK_AGAIN if again else None
        session.flush()
        school_id = payment.invoice.issuer_id
        if charged is not None and charged.currency == CURRENCY:
            fee = Flow(
                MovementKind.FEE, charged.transaction, Money(charged.fee), rules.day_of(charged.created)
            )
            count_fee(session, school_id, payment, fee)
        events.record(session, SYSTEM, Act.PAYMENT_HEAR, payment.id, organisation_id=school_id)


def read_payout(payout_id: uuid.UUID, account: str, name: str) -> None:
    """Note which payments a payout holds, and count the fees that stand in it.

    Raises UnansweredError: then it is asked again.
    """
    try:
        parts = checkout.stripe(Patience.JOB).paid_out(account, name)
    except DeclinedError:
        parts = []
    _count_payout(payout_id, parts)


def _count_payout(payout_id: uuid.UUID, parts: Sequence[PaidOut]) -> None:
    with transaction() as session:
        policy.require(SYSTEM, Act.PAYMENT_HEAR)
        payout = session.get_one(OnlinePayout, payout_id, with_for_update=True, populate_existing=True)
        payments = _payments_in(session, payout, parts)
        for part in parts:
            payment = payments.get(part.intent) if part.kind in CHARGES else None
            fee = part.fee if payment else -part.amount if part.kind == "stripe_fee" else 0
            if part.currency == CURRENCY:
                day = rules.day_of(part.created)
                flow = Flow(MovementKind.FEE, part.transaction, Money(fee), day)
                count_fee(session, payout.school_id, payment, flow)
        payout.due_at = None
        session.flush()
        events.record(session, SYSTEM, Act.PAYMENT_HEAR, payout.id, organisation_id=payout.school_id)


def _payments_in(
    session: Session, payout: OnlinePayout, parts: Sequence[PaidOut]
) -> dict[str, OnlinePayment]:
    """The payments that a payout holds, by Stripe's name for them; from now on they say so."""
    intents = {part.intent for part in parts if part.kind in CHARGES}
    query = select(OnlinePayment.id).where(
        OnlinePayment.account == payout.account, OnlinePayment.intent.in_(intents - {""})
    )
    found = {}
    for payment_id in session.scalars(query.order_by(OnlinePayment.id)).all():
        payment = queries.lock_payment(session, payment_id)
        payment.payout_id = payment.payout_id or payout.id
        found[payment.intent] = payment
    return found
