"""Draft invoices of what agreements charge: by the clock when a month or term is over, or by a person."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from invoicing.agreements import queries as agreements
from invoicing.agreements.charging import adding, notices, queries, rules
from invoicing.agreements.charging.models import AgreementBill, Charge
from invoicing.agreements.models import Agreement
from invoicing.agreements.shown import vat_of
from invoicing.invoices.actions import make_draft
from invoicing.invoices.rules import (
    MOST_LINES,
    USUAL_PAYMENT_DAYS,
    InvoiceSource,
    InvoiceTerms,
    LineDraft,
    check_terms,
)
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.policy import SYSTEM, Act, Actor


def invoice_charges(actor: Actor, bill_id: uuid.UUID, agreement_id: uuid.UUID) -> None:
    """Draft an invoice of everything that waits to be charged. Raises RuleBroken when nothing does."""
    with transaction() as session:
        agreement = agreements.get_agreement(session, actor, agreement_id, lock=True)
        policy.require(actor, Act.CHARGE_INVOICE, agreement.seller_id)
        if session.get(AgreementBill, bill_id):
            return
        if not _draft(session, actor, agreement, bill_id):
            raise RuleBroken(
                "Nothing waits to be charged. Use is confirmed first; a fixed price waits for its period."
            )


def invoice_when_due(agreement_id: uuid.UUID) -> int:
    """Draft what a finished month or term has charged; how many drafts. A period is looked at once."""
    with transaction() as session:
        policy.require(SYSTEM, Act.CHARGE_INVOICE)
        agreement = agreements.locked_agreement(session, agreement_id)
        today = clock.today()
        if not rules.is_due(agreement.schedule, agreement.starts_on, agreement.billed_until, today):
            return 0
        agreement.billed_until = rules.newest_finished(agreement.schedule, today).ends_on
        drafts = _draft(session, SYSTEM, agreement, new_id())
        session.flush()
        if drafts:
            notices.tell_drafted(session, agreement, drafts)
        return drafts


def _draft(session: Session, actor: Actor, agreement: Agreement, bill_id: uuid.UUID) -> int:
    """Draft invoices of what is on none yet; how many. The first bill takes the id given."""
    if agreement.status in queries.CHARGED:
        adding.charge_periods(session, agreement)
    found = queries.unbilled(session, agreement.id)
    bills = [found[start : start + MOST_LINES] for start in range(0, len(found), MOST_LINES)]
    for place, charges in enumerate(bills):
        _draft_one(session, actor, agreement, bill_id if place == 0 else new_id(), charges)
    if bills:
        events.record(
            session,
            actor,
            Act.CHARGE_INVOICE,
            agreement.id,
            organisation_id=agreement.seller_id,
            charges=len(found),
        )
    return len(bills)


def _draft_one(
    session: Session, actor: Actor, agreement: Agreement, bill_id: uuid.UUID, charges: Sequence[Charge]
) -> None:
    registered = bool(agreement.seller.vat_number)
    terms = _terms(agreement, charges)
    check_terms(terms, issuer_id=agreement.seller_id, registered=registered)
    invoice = make_draft(
        session,
        actor,
        new_id(),
        agreement.seller,
        terms,
        source=InvoiceSource.AGREEMENT,
        source_id=bill_id,
    )
    session.add(
        AgreementBill(
            id=bill_id,
            agreement_id=agreement.id,
            invoice_id=invoice.id,
            made_by=actor.person_id,
            made_at=clock.now(),
        )
    )
    session.flush()
    for charge in charges:
        charge.bill_id = bill_id
    session.flush()


def _terms(agreement: Agreement, charges: Sequence[Charge]) -> InvoiceTerms:
    """The draft of charges: one line each, at the VAT that the agreement's supply has."""
    vat = vat_of(agreement)
    return InvoiceTerms(
        buyer_id=agreement.buyer_id,
        supplied_on=max(charge.supplied_on for charge in charges),
        payment_days=USUAL_PAYMENT_DAYS,
        purchase_order=agreement.purchase_order,
        note=f"By agreement {agreement.reference}.",
        lines=tuple(
            LineDraft(
                description=charge.description,
                quantity=charge.quantity,
                unit=charge.unit,
                unit_price=charge.unit_price,
                category=vat.category,
                exemption_reason=vat.reason,
            )
            for charge in charges
        ),
    )
