"""What a report changes: the payment, its invoice and the ledger. Steps of the action that hears it.

Each movement is counted once, by the name that Stripe gives it, and says the same whichever report of it
comes first. So any order of reports, with any of them twice, leads to the same books.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from invoicing.invoices.actions import settle
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import UNPAID
from invoicing.ledger.actions import post
from invoicing.ledger.periods.queries import open_day
from invoicing.ledger.rules import AccountKind, AccountName, Leg
from invoicing.payments.actions import receive
from invoicing.payments.online import notices, queries, rules
from invoicing.payments.online.models import OnlineMovement, OnlinePayment, OnlinePayout
from invoicing.payments.online.news.rules import (
    ABOUT_CHECKOUT,
    ABOUT_DISPUTES,
    ABOUT_PAYOUTS,
    ABOUT_REFUNDS,
    GIVEN_UP,
    PAID,
    News,
    NewsKind,
    check_amount,
)
from invoicing.payments.online.refunds import following
from invoicing.payments.online.rules import MovementKind, OnlineStatus
from invoicing.payments.rules import money_held
from marketplace.core import clock
from marketplace.core.errors import RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import SYSTEM

REFERENCE = "online"


class NotKnownError(Exception):
    """No payment or account of ours is known by the report, or not yet."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Money that moved at Stripe: of which kind, by which name, how much, on which day."""

    kind: MovementKind
    name: str
    amount: Money
    day: date


def count(session: Session, news: News) -> OnlinePayment | None:
    """Do what a report says; returns the payment it is about. Raises NotKnownError and RuleBroken."""
    if news.kind in ABOUT_PAYOUTS:
        _count_payout(session, news)
        return None
    payment = _payment_of(session, news)
    if news.kind in ABOUT_CHECKOUT:
        _count_checkout(session, payment, news)
        return payment
    if payment.status is not OnlineStatus.RECEIVED:
        raise NotKnownError
    if news.kind in ABOUT_REFUNDS:
        _count_refund(session, payment, news)
    if news.kind in ABOUT_DISPUTES:
        _count_dispute(session, payment, news)
    return payment


def _payment_of(session: Session, news: News) -> OnlinePayment:
    """The payment that a report names, locked after its invoice. Raises NotKnownError, RuleBroken."""
    payment_id = queries.id_of(session, news.account, news.payment_id, news.intent)
    if payment_id is None:
        raise NotKnownError
    payment = queries.lock_payment(session, payment_id)
    if payment.account != news.account:
        raise RuleBroken("It comes from another account at Stripe than this payment was asked for.")
    return payment


def _count_checkout(session: Session, payment: OnlinePayment, news: News) -> None:
    wanted = _wanted(news)
    if not rules.may_become(payment.status, wanted):
        return
    if wanted in (OnlineStatus.PENDING, OnlineStatus.RECEIVED):
        check_amount(news.amount, payment.amount)
        if not news.intent:
            raise RuleBroken("It does not say which payment came in. Look in Stripe for what was paid.")
        payment.intent = news.intent
    if wanted is OnlineStatus.RECEIVED:
        parties = (payment.invoice.issuer_id, payment.invoice.buyer_id)
        payment.received_on = open_day(session, parties, rules.day_of(news.created))
        payment.fee_due_at = clock.now()
    payment.status = rules.move(payment.status, wanted)
    session.flush()
    if wanted is OnlineStatus.RECEIVED and payment.received_on:
        flow = Flow(MovementKind.PAYMENT, news.intent, payment.amount, payment.received_on)
        _come_in(session, payment, flow, payment.id)
    if wanted is OnlineStatus.FAILED:
        notices.tell_of_failure(session, payment)


def _wanted(news: News) -> OnlineStatus:
    """How far a payment is by a report of its page: a Direct Debit is on its way until it has come."""
    if news.kind is NewsKind.CHECKOUT_COMPLETED:
        return OnlineStatus.RECEIVED if news.state == PAID else OnlineStatus.PENDING
    if news.kind is NewsKind.CHECKOUT_SUCCEEDED:
        return OnlineStatus.RECEIVED
    return OnlineStatus.FAILED if news.kind is NewsKind.CHECKOUT_FAILED else OnlineStatus.EXPIRED


def _count_refund(session: Session, payment: OnlinePayment, news: News) -> None:
    day = rules.day_of(news.happened)
    _go_back(session, payment, Flow(MovementKind.REFUND, news.about, news.amount, day))
    following.follow(session, news, payment)
    if news.state in GIVEN_UP:
        day = rules.day_of(news.created)
        flow = Flow(MovementKind.REFUND_FAILED, f"{news.about}-failed", news.amount, day)
        _come_in(session, payment, flow, new_id())


def _count_dispute(session: Session, payment: OnlinePayment, news: News) -> None:
    """Only the money that a dispute moved: an enquiry moves none, and a lost dispute no more."""
    for moved in news.moved:
        day = rules.day_of(moved.created)
        if moved.amount < ZERO:
            flow = Flow(MovementKind.DISPUTE, moved.transaction, -moved.amount, day)
            if _go_back(session, payment, flow):
                notices.tell_of_dispute(session, payment, flow.amount)
        elif moved.amount > ZERO:
            flow = Flow(MovementKind.REINSTATED, moved.transaction, moved.amount, day)
            _come_in(session, payment, flow, new_id())
        fee = Flow(MovementKind.FEE, f"{moved.transaction}-fee", moved.fee, day)
        count_fee(session, payment.invoice.issuer_id, payment, fee)


def count_fee(session: Session, school_id: uuid.UUID, payment: OnlinePayment | None, fee: Flow) -> None:
    """What Stripe kept for itself: spending of the school."""
    if not fee.amount or queries.is_counted(session, fee.name):
        return
    fee = _open(session, fee, school_id)
    movement = _add(session, _new(school_id, payment, fee))
    about = f" for invoice {payment.invoice.number}" if payment else ""
    _post(session, movement, f"Stripe’s fee{about}", [rules.fee_leg(school_id, fee.amount)])


def _come_in(session: Session, payment: OnlinePayment, flow: Flow, movement_id: uuid.UUID) -> None:
    """Count money towards the invoice as far as it goes; what is over stays on account of the buyer."""
    if queries.is_counted(session, flow.name):
        return
    invoice = payment.invoice
    flow = _open(session, flow, invoice.issuer_id, invoice.buyer_id)
    part = min(flow.amount, invoice.outstanding) if invoice.status in UNPAID else ZERO
    over = flow.amount - part
    movement = _new(invoice.issuer_id, payment, flow)
    movement.id, movement.on_account = movement_id, over
    _add(session, movement)
    between = rules.sides(invoice.issuer_id, invoice.buyer_id)
    if part:
        receive(
            session,
            SYSTEM,
            invoice,
            movement_id,
            paid_on=flow.day,
            amount=part,
            reference=REFERENCE,
            through=between,
        )
    if over:
        held = money_held(invoice.issuer_id, invoice.buyer_id)
        legs = [Leg(between.receiver, held.receiver, over), Leg(held.payer, between.payer, over)]
        entry_id = new_id() if part else movement.id
        _post(session, movement, "Paid on account online", legs, entry_id=entry_id)


def _go_back(session: Session, payment: OnlinePayment, flow: Flow) -> bool:
    """Undo a payment by so much, what was over first; False when this was counted before."""
    if queries.is_counted(session, flow.name):
        return False
    invoice = payment.invoice
    left, over_left = queries.left_of(payment)
    if flow.amount > left:
        raise RuleBroken(
            f"{flow.amount} went back, and only {left} of this payment was there. Look in Stripe."
        )
    flow = _open(session, flow, invoice.issuer_id, invoice.buyer_id)
    over = min(flow.amount, over_left)
    part = flow.amount - over
    movement = _new(invoice.issuer_id, payment, flow)
    movement.on_account = over
    _add(session, movement)
    between = rules.sides(invoice.issuer_id, invoice.buyer_id)
    held = money_held(invoice.issuer_id, invoice.buyer_id)
    legs = []
    if part:
        _take_from(session, invoice, part)
        receivable = AccountName(invoice.issuer_id, AccountKind.RECEIVABLE, invoice.buyer_id)
        payable = AccountName(invoice.buyer_id, AccountKind.PAYABLE, invoice.issuer_id)
        legs += [Leg(receivable, between.receiver, part), Leg(between.payer, payable, part)]
    if over:
        legs += [Leg(held.receiver, between.receiver, over), Leg(between.payer, held.payer, over)]
    said = rules.MOVEMENT_LABELS[flow.kind].lower()
    _post(session, movement, f"Online payment of invoice {invoice.number}: {said}", legs)
    return True


def _take_from(session: Session, invoice: Invoice, part: Money) -> None:
    if invoice.paid < part:
        raise RuleBroken(
            f"{part} of invoice {invoice.number} went back, and only {invoice.paid} counts as paid. "
            "Look at the invoice’s payments."
        )
    settle(session, invoice, -part)


def _count_payout(session: Session, news: News) -> None:
    """From what Stripe holds to the bank; sent back by the bank, the other way round."""
    school_id = queries.school_of_account(session, news.account)
    if school_id is None:
        raise NotKnownError
    queries.lock_account(session, news.account)
    if not queries.is_counted(session, news.about):
        flow = Flow(MovementKind.PAYOUT, news.about, news.amount, rules.day_of(news.happened))
        flow = _open(session, flow, school_id)
        payout = OnlinePayout(
            id=new_id(),
            school_id=school_id,
            account=news.account,
            stripe_id=news.about,
            amount=news.amount,
            paid_on=flow.day,
            due_at=clock.now(),
        )
        session.add(payout)
        movement = _add(session, _new(school_id, None, flow))
        _post(session, movement, "Payout from Stripe", [rules.payout_leg(school_id, news.amount)])
    name = f"{news.about}-failed"
    if news.kind is NewsKind.PAYOUT_FAILED and not queries.is_counted(session, name):
        flow = Flow(MovementKind.PAYOUT_FAILED, name, news.amount, rules.day_of(news.created))
        flow = _open(session, flow, school_id)
        leg = rules.payout_leg(school_id, news.amount).reversed()
        movement = _add(session, _new(school_id, None, flow))
        _post(session, movement, "Payout from Stripe sent back by the bank", [leg])


def _open(session: Session, flow: Flow, *holders: uuid.UUID) -> Flow:
    """On its day, or where the books of that day are closed already on the first one after it."""
    return replace(flow, day=open_day(session, holders, flow.day))


def _new(school_id: uuid.UUID, payment: OnlinePayment | None, flow: Flow) -> OnlineMovement:
    return OnlineMovement(
        id=new_id(),
        school_id=school_id,
        payment=payment,
        kind=flow.kind,
        stripe_id=flow.name,
        amount=flow.amount,
        on_account=ZERO,
        moved_on=flow.day,
    )


def _add(session: Session, movement: OnlineMovement) -> OnlineMovement:
    session.add(movement)
    session.flush()
    return movement


def _post(
    session: Session,
    movement: OnlineMovement,
    description: str,
    legs: list[Leg],
    *,
    entry_id: uuid.UUID | None = None,
) -> None:
    post(
        session,
        entry_id or movement.id,
        posted_on=movement.moved_on,
        description=description,
        source_id=movement.payment.invoice_id if movement.payment else movement.id,
        legs=legs,
    )
