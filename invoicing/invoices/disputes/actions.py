"""What people do with disputes: raise one, say that it is settled."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from invoicing.invoices import queries as invoices
from invoicing.invoices.disputes import queries, rules
from invoicing.invoices.disputes.models import InvoiceDispute
from invoicing.invoices.models import Invoice
from marketplace.core import clock, events, mail, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Act, Actor


def dispute_invoice(
    actor: Actor, dispute_id: uuid.UUID, invoice_id: uuid.UUID, *, undisputed: Money, reason: str
) -> None:
    """Dispute what is still to be paid of a received invoice, but for a part that is accepted.

    The issuer is told. Raises RuleBroken.
    """
    with transaction() as session:
        invoice = invoices.get_invoice(session, actor, invoice_id, lock=True)
        policy.require(actor, Act.INVOICE_DISPUTE, invoice.buyer_id)
        known = session.get(InvoiceDispute, dispute_id)
        if known is not None:
            if known.invoice_id != invoice.id:
                raise NotFound
            return
        rules.check_dispute(
            status=invoice.status,
            outstanding=invoice.outstanding,
            disputed=invoice.disputed,
            undisputed=undisputed,
            reason=reason,
        )
        invoice.disputed = invoice.outstanding - undisputed
        dispute = InvoiceDispute(
            id=dispute_id,
            invoice_id=invoice.id,
            amount=invoice.disputed,
            reason=reason,
            raised_by=actor.person_id,
            raised_at=clock.now(),
        )
        session.add(dispute)
        session.flush()
        events.record(
            session,
            actor,
            Act.INVOICE_DISPUTE,
            invoice.id,
            organisation_id=invoice.buyer_id,
            also=[invoice.issuer_id],
            number=invoice.number,
        )
        _tell_issuer(session, invoice, dispute)


def settle_dispute(actor: Actor, invoice_id: uuid.UUID, settlement: str) -> None:
    """Say, for the buyer, that the dispute of an invoice is settled, and how. Raises RuleBroken."""
    with transaction() as session:
        invoice = invoices.get_invoice(session, actor, invoice_id, lock=True)
        policy.require(actor, Act.INVOICE_SETTLE, invoice.buyer_id)
        rules.check_settlement(invoice.disputed, settlement)
        dispute = close(session, invoice, settlement)
        dispute.settled_by = actor.person_id
        invoice.disputed = ZERO
        session.flush()
        events.record(
            session,
            actor,
            Act.INVOICE_SETTLE,
            invoice.id,
            organisation_id=invoice.buyer_id,
            also=[invoice.issuer_id],
            number=invoice.number,
        )
        _tell_issuer(session, invoice, dispute)


def close(session: Session, invoice: Invoice, settlement: str) -> InvoiceDispute:
    """End the open dispute of an invoice. A shared step: the caller sees to the invoice."""
    dispute = queries.open_dispute(session, invoice.id)
    assert dispute
    dispute.settlement, dispute.settled_at = settlement, clock.now()
    return dispute


def _tell_issuer(session: Session, invoice: Invoice, dispute: InvoiceDispute) -> None:
    """Write to whoever sees to money at the issuer."""
    what = "is settled" if dispute.settled_at else "is disputed"
    for name, address in invoices.readers_at(session, invoice.issuer):
        mail.write(
            session,
            address,
            f"Invoice {invoice.number} to {invoice.buyer_name} {what}",
            "disputes_told.txt",
            person_name=name,
            invoice=invoice,
            dispute=dispute,
        )
