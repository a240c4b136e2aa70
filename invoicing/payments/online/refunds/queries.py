"""Questions about refunds of online payments, scoped to the people of the school that gives back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from invoicing.invoices.models import Invoice
from invoicing.payments.online.models import OnlinePayment
from invoicing.payments.online.queries import visible_at
from invoicing.payments.online.refunds.models import OnlineRefund
from invoicing.payments.online.refunds.rules import UNDER_WAY, RefundStatus
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Refunds of payments to the schools whose money this actor reads."""
    readable = (
        select(OnlinePayment.id)
        .join(Invoice, Invoice.id == OnlinePayment.invoice_id)
        .where(visible_at(actor, Invoice.issuer_id.expression))
    )
    return OnlineRefund.payment_id.in_(readable)


def get_refund(session: Session, actor: Actor, refund_id: uuid.UUID, *, lock: bool = False) -> OnlineRefund:
    """A refund the actor may read. Raises NotFound."""
    query = select(OnlineRefund).where(OnlineRefund.id == refund_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=OnlineRefund)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def of_payment(session: Session, actor: Actor, payment_id: uuid.UUID) -> Sequence[OnlineRefund]:
    """The refunds of a payment that the actor may read, the newest first."""
    query = (
        select(OnlineRefund)
        .where(OnlineRefund.payment_id == payment_id, visible_to(actor))
        .options(joinedload(OnlineRefund.proposer))
        .order_by(OnlineRefund.proposed_at.desc())
    )
    return session.scalars(query).all()


def is_under_way(session: Session, payment_id: uuid.UUID) -> bool:
    """Is a refund of this payment being decided or on its way?"""
    query = select(OnlineRefund.id).where(
        OnlineRefund.payment_id == payment_id, OnlineRefund.status.in_(UNDER_WAY)
    )
    return session.scalar(query.limit(1)) is not None


def to_send(session: Session, now: datetime, most: int) -> list[uuid.UUID]:
    """Approved refunds of which Stripe is to be told now, the longest due first."""
    query = (
        select(OnlineRefund.id)
        .where(OnlineRefund.status == RefundStatus.APPROVED, OnlineRefund.due_at <= now)
        .order_by(OnlineRefund.due_at)
        .limit(most)
    )
    return list(session.scalars(query))
