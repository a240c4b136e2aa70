"""Drafting an invoice of interest."""

from __future__ import annotations

import uuid
from decimal import Decimal

from sqlalchemy.orm import Session

from invoicing.invoices.actions import make_draft
from invoicing.invoices.documents import percentage
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import (
    USUAL_PAYMENT_DAYS,
    InvoiceSource,
    InvoiceTerms,
    LineDraft,
    VatCategory,
    check_terms,
)
from invoicing.reminders import queries as reminders
from invoicing.reminders.interest import queries, rules
from invoicing.reminders.interest.models import InterestCharge
from invoicing.reminders.interest.rules import Interest
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import Act, Actor
from marketplace.core.web import day

LAW = "Late Payment of Commercial Debts (Interest) Act 1998"


def draft_interest(actor: Actor, charge_id: uuid.UUID, invoice_id: uuid.UUID) -> None:
    """Draft an invoice of the interest on a late one, and of the fixed sum once. Sent twice, drafted once.

    Raises RuleBroken when the school charges none, nothing was overdue, or the rate is not known.
    """
    with transaction() as session:
        invoice = reminders.get_invoice(session, actor, invoice_id, lock=True)
        policy.require(actor, Act.LATE_INTEREST_DRAFT, invoice.issuer_id)
        if session.get(InterestCharge, charge_id) is not None:
            return
        choice = reminders.choice_of(session, invoice.issuer_id)
        rules.check_charging(charges=bool(choice and choice.charges_interest), disputed=invoice.disputed)
        interest = queries.interest_now(session, invoice)
        _draft(session, actor, charge_id, invoice, interest)
        events.record(
            session,
            actor,
            Act.LATE_INTEREST_DRAFT,
            invoice.id,
            organisation_id=invoice.issuer_id,
            number=invoice.number,
        )


def _draft(
    session: Session, actor: Actor, charge_id: uuid.UUID, invoice: Invoice, interest: Interest
) -> None:
    terms = _terms(invoice, interest)
    check_terms(terms, issuer_id=invoice.issuer_id, registered=False)
    draft = make_draft(
        session,
        actor,
        new_id(),
        invoice.issuer,
        terms,
        source=InvoiceSource.LATE_INTEREST,
        source_id=charge_id,
    )
    assert actor.person_id, "people charge interest"
    session.add(
        InterestCharge(
            id=charge_id,
            invoice_id=invoice.id,
            draft_id=draft.id,
            until_on=clock.today(),
            rate_basis_points=interest.rate.basis_points,
            interest=interest.amount,
            fixed_sum=interest.fixed_sum,
            made_by=actor.person_id,
            made_at=clock.now(),
        )
    )
    session.flush()


def _terms(invoice: Invoice, interest: Interest) -> InvoiceTerms:
    """The draft: a line for the interest and one for the fixed sum, outside the scope of VAT."""
    first, last = interest.spans[0].first, interest.spans[-1].last
    rate = percentage(interest.rate.basis_points)
    said = f"Interest on invoice {invoice.number}, {rate} a year, {day(first)} to {day(last)}"
    amounts = [
        (said, interest.amount),
        (f"Fixed sum for late payment of {invoice.number}", interest.fixed_sum),
    ]
    return InvoiceTerms(
        buyer_id=invoice.buyer_id,
        supplied_on=clock.today(),
        payment_days=USUAL_PAYMENT_DAYS,
        purchase_order=invoice.purchase_order,
        note=f"{LAW}. Compensation for late payment, outside the scope of VAT.",
        lines=tuple(_line(words, amount) for words, amount in amounts if amount),
    )


def _line(words: str, amount: Money) -> LineDraft:
    return LineDraft(words, Decimal(1), "", amount.pounds, VatCategory.OUTSIDE)
