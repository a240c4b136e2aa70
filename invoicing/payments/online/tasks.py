"""What online payments put before people: the button on an invoice, and what waits for whom."""

from __future__ import annotations

import uuid

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from invoicing.gateways import checkout
from invoicing.invoices.models import Invoice
from invoicing.invoices.offered import WayToPay
from invoicing.payments.online import queries, rules
from invoicing.payments.online.accounts.models import StripeAccount
from invoicing.payments.online.accounts.rules import AccountStatus
from invoicing.payments.online.models import OnlinePayment
from invoicing.payments.online.news.models import StripeNews
from invoicing.payments.online.news.rules import UNCOUNTED
from invoicing.payments.online.refunds.models import OnlineRefund
from invoicing.payments.online.refunds.rules import RefundStatus
from marketplace.core import policy
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import Task


def way_to_pay(session: Session, actor: Actor, invoice: Invoice) -> WayToPay | None:
    """How an invoice can be paid online, for the people of its buyer who may."""
    if not policy.allows(actor, Act.PAYMENT_START, invoice.buyer_id) or not checkout.offered():
        return None
    if live := queries.live_payment(session, invoice.id):
        return WayToPay(
            "See the online payment",
            url_for("online.show", payment_id=live.id),
            f"An online payment of {live.amount} was begun. Look at it before you pay by bank, so that the "
            "invoice is not paid twice.",
        )
    payable = rules.LEAST <= invoice.asked_for <= rules.MOST
    if not payable or queries.account_in_use(session, invoice.issuer_id) is None:
        return None
    return WayToPay(
        f"Pay {invoice.asked_for} online",
        url_for("online.start", invoice_id=invoice.id),
        "Or online, by card or Direct Debit, through Stripe.",
    )


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Accounts and refunds that wait for this actor as the second person; reports that were not counted."""
    return [*_accounts(session, actor), *_refunds(session, actor), *_news(session, actor)]


def _accounts(session: Session, actor: Actor) -> list[Task]:
    query = (
        select(StripeAccount)
        .where(
            StripeAccount.school_id.in_(_where(actor, Act.STRIPE_ACCOUNT_APPROVE)),
            StripeAccount.status == AccountStatus.PROPOSED,
            StripeAccount.proposed_by != actor.person_id,
        )
        .options(joinedload(StripeAccount.proposer), joinedload(StripeAccount.school))
        .order_by(StripeAccount.proposed_at)
    )
    return [
        Task(
            f"Decide on which Stripe account {named.school.name} is paid online",
            url_for("online.decide_account", account_id=named.id),
            f"{named.proposer.name} proposes {named.account}.",
        )
        for named in session.scalars(query)
    ]


def _refunds(session: Session, actor: Actor) -> list[Task]:
    query = (
        select(OnlineRefund)
        .join(OnlinePayment, OnlinePayment.id == OnlineRefund.payment_id)
        .join(Invoice, Invoice.id == OnlinePayment.invoice_id)
        .where(
            Invoice.issuer_id.in_(_where(actor, Act.PAYMENT_APPROVE)),
            OnlineRefund.status == RefundStatus.PROPOSED,
            OnlineRefund.proposed_by != actor.person_id,
        )
        .options(
            joinedload(OnlineRefund.proposer),
            joinedload(OnlineRefund.payment).joinedload(OnlinePayment.invoice),
        )
        .order_by(OnlineRefund.proposed_at)
    )
    return [
        Task(
            f"Decide whether to refund {refund.amount} to {refund.payment.invoice.buyer_name}",
            url_for("online.decide_refund", refund_id=refund.id),
            f"{refund.proposer.name} proposes it.",
        )
        for refund in session.scalars(query)
    ]


def _news(session: Session, actor: Actor) -> list[Task]:
    query = select(func.count(StripeNews.id)).where(
        StripeNews.school_id.in_(_where(actor, Act.PAYMENT_SET_ASIDE)), StripeNews.status.in_(UNCOUNTED)
    )
    count = session.scalar(query) or 0
    if not count:
        return []
    reports = "1 report of Stripe’s that was" if count == 1 else f"{count} reports of Stripe’s that were"
    return [Task(f"See to {reports} not counted", url_for("online.list_payments", _anchor="not-counted"))]


def _where(actor: Actor, act: Act) -> frozenset[uuid.UUID]:
    return actor.organisations(Kind.SCHOOL, *POLICY[act].roles)
