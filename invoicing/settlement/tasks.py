"""What waits for a person about settlements, for their home page."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from invoicing.invoices.models import Invoice
from invoicing.invoices.offered import WayToPay
from invoicing.settlement.models import Settlement, SettlementItem, SettlementParty, SettlementPayment
from invoicing.settlement.queries import schools_of
from invoicing.settlement.rules import SettlementStatus, figure_words
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import Task


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Settlements to accept for the actor's schools; payments to make, and to look for on the bank."""
    schools = actor.organisations(Kind.SCHOOL, *POLICY[Act.SETTLEMENT_ACCEPT].roles)
    if not schools:
        return []
    query = (
        select(SettlementParty, Settlement)
        .join(Settlement, Settlement.id == SettlementParty.settlement_id)
        .where(
            SettlementParty.school_id.in_(schools),
            SettlementParty.accepted_at.is_(None),
            Settlement.status == SettlementStatus.PROPOSED,
        )
        .options(joinedload(SettlementParty.school))
        .order_by(Settlement.reference, SettlementParty.school_id)
    )
    accepting = [
        Task(
            f"Accept settlement {settlement.reference}, or stay out of it",
            url_for("settlement.show", settlement_id=settlement.id),
            f"{party.school.name} {figure_words(party.figure)}",
        )
        for party, settlement in session.execute(query)
    ]
    return [*accepting, *_payments(session, schools)]


def way_to_pay(session: Session, actor: Actor, invoice: Invoice) -> WayToPay | None:
    """For whoever pays an invoice that waits in a settlement: that it may be paid by that."""
    if invoice.buyer_id not in schools_of(actor):
        return None
    query = (
        select(Settlement)
        .join(SettlementItem)
        .where(SettlementItem.invoice_id == invoice.id, Settlement.status == SettlementStatus.PROPOSED)
    )
    waiting = session.scalars(query.limit(1)).first()
    if waiting is None:
        return None
    return WayToPay(
        f"See settlement {waiting.reference}",
        url_for("settlement.show", settlement_id=waiting.id),
        "Or by the settlement between schools that it is in: when all have accepted that, it is paid.",
    )


def _payments(session: Session, schools: frozenset[object]) -> Iterator[Task]:
    query = (
        select(SettlementPayment, Settlement)
        .join(Settlement, Settlement.id == SettlementPayment.settlement_id)
        .where(
            Settlement.status == SettlementStatus.AGREED,
            SettlementPayment.paid_on.is_(None),
            or_(SettlementPayment.payer_id.in_(schools), SettlementPayment.payee_id.in_(schools)),
        )
        .options(joinedload(SettlementPayment.payer), joinedload(SettlementPayment.payee))
        .order_by(SettlementPayment.reference)
    )
    for payment, settlement in session.execute(query):
        href = url_for("settlement.show", settlement_id=settlement.id)
        if payment.payer_id in schools:
            yield Task(
                f"Pay {payment.amount} to {payment.payee.name} by settlement {settlement.reference}",
                href,
                f"With the reference {payment.reference}",
            )
        else:
            yield Task(
                f"Say when {payment.amount} arrives from {payment.payer.name}",
                href,
                f"By settlement {settlement.reference}, with the reference {payment.reference}",
            )
