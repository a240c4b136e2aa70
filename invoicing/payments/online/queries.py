"""Questions about online payments, scoped to the people of the schools between which they are."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from invoicing.invoices import queries as invoices
from invoicing.invoices.models import Invoice
from invoicing.payments.online.accounts.models import StripeAccount
from invoicing.payments.online.accounts.rules import AccountStatus
from invoicing.payments.online.models import OnlineMovement, OnlinePayment, OnlinePayout
from invoicing.payments.online.rules import COMES, GOES, LIVE, MovementKind, OnlineStatus
from marketplace.alliance.models import Membership
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.permissions.permission import MANAGERS
from marketplace.core.policy import Actor, Kind, Role

MOST_SHOWN = 200
A_MOMENT, A_WHILE = timedelta(seconds=10), timedelta(hours=1)


def schools_of(actor: Actor) -> frozenset[uuid.UUID]:
    """The schools whose online payments this actor reads as one of their own people."""
    return actor.organisations(Kind.SCHOOL, *MANAGERS)


def reads_online(actor: Actor) -> bool:
    """May this actor read what any school was paid online?"""
    return bool(schools_of(actor) or actor.organisations(Kind.ALLIANCE, Role.AUDITOR))


def visible_at(actor: Actor, school: ColumnElement[uuid.UUID]) -> ColumnElement[bool]:
    """Rows of the schools whose money this actor reads: their own, and those that they audit."""
    audited = select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.organisations(Kind.ALLIANCE, Role.AUDITOR))
    )
    return or_(school.in_(schools_of(actor)), school.in_(audited))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Online payments of the invoices that this actor may read."""
    return OnlinePayment.invoice_id.in_(select(Invoice.id).where(invoices.visible_to(actor)))


def get_payment(session: Session, actor: Actor, payment_id: uuid.UUID) -> OnlinePayment:
    """An online payment the actor may read, with its invoice and what moved. Raises NotFound."""
    query = (
        select(OnlinePayment)
        .where(OnlinePayment.id == payment_id, visible_to(actor))
        .options(
            joinedload(OnlinePayment.invoice),
            joinedload(OnlinePayment.payout),
            selectinload(OnlinePayment.movements),
        )
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def lock_payment(session: Session, payment_id: uuid.UUID) -> OnlinePayment:
    """An online payment and its invoice, held until the action ends: the invoice first, as everybody does."""
    invoice_id = session.scalars(select(OnlinePayment.invoice_id).where(OnlinePayment.id == payment_id)).one()
    invoice = session.get_one(
        Invoice, invoice_id, with_for_update={"key_share": True}, populate_existing=True
    )
    payment = session.get_one(OnlinePayment, payment_id, with_for_update=True, populate_existing=True)
    assert payment.invoice is invoice  # held by the payment from now on, it is not read again
    return payment


def live_payment(session: Session, invoice_id: uuid.UUID) -> OnlinePayment | None:
    """The online payment of an invoice that is under way, if one is."""
    query = select(OnlinePayment).where(
        OnlinePayment.invoice_id == invoice_id, OnlinePayment.status.in_(LIVE)
    )
    return session.scalars(query).one_or_none()


def payments_of_invoice(session: Session, invoice_id: uuid.UUID) -> Sequence[OnlinePayment]:
    """All that were begun for an invoice, the newest first."""
    query = (
        select(OnlinePayment)
        .where(OnlinePayment.invoice_id == invoice_id)
        .order_by(OnlinePayment.started_at.desc(), OnlinePayment.id.desc())
    )
    return session.scalars(query).all()


def id_of(session: Session, account: str, payment_id: uuid.UUID | None, intent: str) -> uuid.UUID | None:
    """The online payment that Stripe means: by our own name for it, or by Stripe's."""
    if payment_id is not None:
        known = session.scalar(select(OnlinePayment.id).where(OnlinePayment.id == payment_id))
        if known is not None:
            return known
    if not intent:
        return None
    query = select(OnlinePayment.id).where(OnlinePayment.account == account, OnlinePayment.intent == intent)
    return session.scalars(query).one_or_none()


def is_counted(session: Session, stripe_id: str) -> bool:
    """Was this movement counted before?"""
    query = select(OnlineMovement.id).where(OnlineMovement.stripe_id == stripe_id)
    return session.scalar(query) is not None


def left_of(payment: OnlinePayment) -> tuple[Money, Money]:
    """What is left of a payment after what went back, and how much of that is over the invoice."""
    sign = {**dict.fromkeys(COMES, 1), **dict.fromkeys(GOES, -1)}
    counted = [(one, sign[one.kind]) for one in payment.movements if one.kind in sign]
    return (
        Money.total(one.amount * times for one, times in counted),
        Money.total(one.on_account * times for one, times in counted),
    )


def fees_of(payment: OnlinePayment) -> Money:
    """What Stripe kept of a payment, and for its disputes."""
    return Money.total(one.amount for one in payment.movements if one.kind is MovementKind.FEE)


def account_in_use(session: Session, school_id: uuid.UUID) -> str | None:
    """The account at Stripe that takes a school's payments; None for bank transfers only."""
    query = select(StripeAccount.account).where(
        StripeAccount.school_id == school_id, StripeAccount.status == AccountStatus.IN_USE
    )
    return session.scalar(query)


def school_of_account(session: Session, account: str) -> uuid.UUID | None:
    """Whose account at Stripe this is, or was last."""
    return session.scalar(holder_of(account))


def holder_of(account: str) -> Select[uuid.UUID]:
    """The query for the school whose account at Stripe this is, or was last."""
    agreed = (AccountStatus.IN_USE, AccountStatus.CLOSED)
    return (
        select(StripeAccount.school_id)
        .where(
            StripeAccount.account == account, StripeAccount.account != "", StripeAccount.status.in_(agreed)
        )
        .order_by(StripeAccount.status.desc(), StripeAccount.decided_at.desc())
        .limit(1)
    )


def lock_account(session: Session, account: str) -> None:
    """Let one report of an account's payouts be counted at a time, until the action ends."""
    query = select(StripeAccount.id).where(StripeAccount.account == account).order_by(StripeAccount.id)
    session.scalars(query.with_for_update()).all()


def payments(session: Session, actor: Actor) -> Sequence[OnlinePayment]:
    """What was paid online to the schools whose money the actor reads, the newest first."""
    query = (
        select(OnlinePayment)
        .join(Invoice, Invoice.id == OnlinePayment.invoice_id)
        .where(visible_at(actor, Invoice.issuer_id.expression))
        .options(
            joinedload(OnlinePayment.invoice),
            joinedload(OnlinePayment.payout),
            selectinload(OnlinePayment.movements),
        )
        .order_by(OnlinePayment.started_at.desc(), OnlinePayment.id.desc())
        .limit(MOST_SHOWN)
    )
    return session.scalars(query).all()


def payouts(session: Session, actor: Actor) -> Sequence[OnlinePayout]:
    """What Stripe paid to the banks of those schools, the newest first."""
    query = (
        select(OnlinePayout)
        .where(visible_at(actor, OnlinePayout.school_id.expression))
        .options(joinedload(OnlinePayout.school))
        .order_by(OnlinePayout.paid_on.desc(), OnlinePayout.id.desc())
        .limit(MOST_SHOWN)
    )
    return session.scalars(query).all()


def to_ask_again(session: Session, now: datetime, most: int) -> list[uuid.UUID]:
    """Payments of the last hour for which Stripe has not answered, the oldest first."""
    query = (
        select(OnlinePayment.id)
        .where(
            OnlinePayment.status == OnlineStatus.PREPARED,
            OnlinePayment.started_at.between(now - A_WHILE, now - A_MOMENT),
        )
        .order_by(OnlinePayment.started_at)
        .limit(most)
    )
    return list(session.scalars(query))


def to_ask_for_fees(session: Session, now: datetime, most: int) -> list[tuple[uuid.UUID, str, str]]:
    """Payments of which Stripe is to be asked what it kept: id, account, intent."""
    query = (
        select(OnlinePayment.id, OnlinePayment.account, OnlinePayment.intent)
        .where(OnlinePayment.fee_due_at <= now)
        .order_by(OnlinePayment.fee_due_at)
        .limit(most)
    )
    return [(row.id, row.account, row.intent) for row in session.execute(query)]


def to_read_payouts(session: Session, now: datetime, most: int) -> list[tuple[uuid.UUID, str, str]]:
    """Payouts of which Stripe is to be asked what they are made of: id, account, name."""
    query = (
        select(OnlinePayout.id, OnlinePayout.account, OnlinePayout.stripe_id)
        .where(OnlinePayout.due_at <= now)
        .order_by(OnlinePayout.due_at)
        .limit(most)
    )
    return [(row.id, row.account, row.stripe_id) for row in session.execute(query)]
