"""Beginning and cancelling online payments. Stripe is asked between two transactions, never within one."""

from __future__ import annotations

import uuid
from contextlib import suppress

from flask import current_app
from sqlalchemy.orm import Session

from invoicing.gateways import checkout
from invoicing.gateways.checkout import DeclinedError, Opened, Patience, UnansweredError, Wanted
from invoicing.invoices import queries as invoices
from invoicing.payments.online import queries, rules
from invoicing.payments.online.models import OnlinePayment
from invoicing.payments.online.rules import LIVE, UNBEGUN, OnlineStatus
from marketplace.core import clock, events, policy
from marketplace.core.db import db, transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.policy import SYSTEM, Act, Actor
from marketplace.core.settings import Settings


def start_payment(actor: Actor, payment_id: uuid.UUID, invoice_id: uuid.UUID) -> uuid.UUID:
    """Set out to pay an invoice online; returns the payment that is under way for it, this one or an earlier.

    It is stored first, then Stripe is asked with its id as key; so however often, and by however many, this
    is sent, Stripe makes one page. A payment that stays `prepared` was not answered in time: sent again, it
    is asked for again. Raises RuleBroken when the invoice cannot be paid online.
    """
    payment_id, wanted = _prepare(actor, payment_id, invoice_id)
    if wanted is not None:
        with suppress(UnansweredError):
            _ask(wanted, Patience.PERSON)
    return payment_id


def ask_again(payment_id: uuid.UUID) -> None:
    """Ask Stripe again for a payment that it did not answer in time. Raises UnansweredError."""
    payment = db.session().get_one(OnlinePayment, payment_id)
    wanted = _wanted(payment)
    with suppress(RuleBroken):
        _ask(wanted, Patience.JOB)


def _ask(wanted: Wanted, patience: Patience) -> None:
    """Have Stripe make the page, and keep it. Raises UnansweredError; RuleBroken when Stripe refuses."""
    try:
        opened = checkout.stripe(patience).open_checkout(wanted)
    except DeclinedError as declined:
        _answered(wanted.payment_id, None)
        raise RuleBroken(
            f"Stripe does not take this payment: {declined} Pay by bank transfer instead."
        ) from None
    _answered(wanted.payment_id, opened)


def _prepare(actor: Actor, payment_id: uuid.UUID, invoice_id: uuid.UUID) -> tuple[uuid.UUID, Wanted | None]:
    """Store what is to be asked of Stripe; None to ask when that is done already."""
    with transaction() as session:
        invoice = invoices.get_invoice(session, actor, invoice_id, lock=True)
        policy.require(actor, Act.PAYMENT_START, invoice.buyer_id)
        known = session.get(OnlinePayment, payment_id)
        if known is not None and known.invoice_id != invoice.id:
            raise NotFound
        payment = known or queries.live_payment(session, invoice.id)
        if payment is None:
            account = queries.account_in_use(session, invoice.issuer_id) if checkout.offered() else None
            rules.check_payable(status=invoice.status, amount=invoice.asked_for, account=account)
            assert account, "checked above"
            assert actor.person_id, "people pay"
            payment = OnlinePayment(
                id=payment_id,
                invoice_id=invoice.id,
                account=account,
                amount=invoice.asked_for,
                started_by=actor.person_id,
                started_at=clock.now(),
            )
            session.add(payment)
            session.flush()
            events.record(session, actor, Act.PAYMENT_START, payment.id, organisation_id=invoice.buyer_id)
        if payment.status is not OnlineStatus.PREPARED:
            return payment.id, None
        return payment.id, _wanted(payment)


def _wanted(payment: OnlinePayment) -> Wanted:
    """The same each time that it is asked for: Stripe refuses another question with the same key."""
    settings: Settings = current_app.extensions["settings"]
    back = f"{settings.base_url.rstrip('/')}/online-payments/{payment.id}"
    return Wanted(
        account=payment.account,
        payment_id=payment.id,
        amount=payment.amount,
        title=f"Invoice {payment.invoice.number} from {payment.invoice.issuer_name}",
        success_url=f"{back}?back=paid",
        cancel_url=f"{back}?back=unpaid",
    )


def _answered(payment_id: uuid.UUID, opened: Opened | None) -> None:
    """Keep the page on which to pay, or that there is none, unless that is known already."""
    with transaction() as session:
        policy.require(SYSTEM, Act.PAYMENT_HEAR)
        payment = queries.lock_payment(session, payment_id)
        if payment.status is not OnlineStatus.PREPARED:
            return
        if opened is None:
            payment.status = rules.move(payment.status, OnlineStatus.FAILED)
        else:
            payment.session, payment.url = opened.session, opened.url
            payment.status = rules.move(payment.status, OnlineStatus.OPEN)
        session.flush()
        issuer_id = payment.invoice.issuer_id
        events.record(session, SYSTEM, Act.PAYMENT_HEAR, payment.id, organisation_id=issuer_id)


def cancel_payment(actor: Actor, payment_id: uuid.UUID) -> None:
    """Give up an online payment that nobody has made yet: its page at Stripe closes first. Sent twice, once.

    Raises RuleBroken when Stripe does not answer, or somebody is paying just now.
    """
    payment = _cancellable(actor, payment_id)
    if payment is None:
        return
    if payment.session:
        try:
            checkout.stripe().close_checkout(payment.account, payment.session)
        except UnansweredError:
            raise RuleBroken("Stripe does not answer just now. Try again in a minute.") from None
        except DeclinedError:
            raise RuleBroken(
                "Stripe has closed this payment already: it was made, or ran out of time. "
                "What happened shows here as soon as Stripe reports it."
            ) from None
    with transaction() as session:
        payment = queries.lock_payment(session, payment_id)
        policy.require(actor, Act.PAYMENT_CANCEL, payment.invoice.buyer_id)
        if payment.status in UNBEGUN:
            _end(session, actor, payment, OnlineStatus.CANCELLED)


def _cancellable(actor: Actor, payment_id: uuid.UUID) -> OnlinePayment | None:
    payment = queries.get_payment(db.session(), actor, payment_id)
    policy.require(actor, Act.PAYMENT_CANCEL, payment.invoice.buyer_id)
    if payment.status in LIVE - UNBEGUN:
        raise RuleBroken("This payment is on its way already, and can no longer be cancelled.")
    return payment if payment.status in UNBEGUN else None


def _end(session: Session, actor: Actor, payment: OnlinePayment, wanted: OnlineStatus) -> None:
    payment.status = rules.move(payment.status, wanted)
    session.flush()
    events.record(session, actor, Act.PAYMENT_CANCEL, payment.id, organisation_id=payment.invoice.buyer_id)
