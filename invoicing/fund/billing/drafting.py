"""Draft invoices of contributions: steps that the actions of the fund share."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from invoicing.fund.billing import queries
from invoicing.fund.billing.models import ContributionBill
from invoicing.fund.models import Contribution
from invoicing.fund.rules import ContributionStatus
from invoicing.invoices import rules as invoice_rules
from invoicing.invoices.actions import make_draft
from invoicing.invoices.rules import (
    USUAL_PAYMENT_DAYS,
    InvoiceSource,
    InvoiceStatus,
    InvoiceTerms,
    LineDraft,
    VatCategory,
)
from marketplace.core import clock, events, policy
from marketplace.core.ids import new_id
from marketplace.core.policy import SYSTEM, Act


def draft(session: Session, contribution: Contribution) -> None:
    """Draft the invoice of a confirmed contribution, where a school sends them. A shared step.

    No confirmation, no invoice (principle 2). The school that sends them gets none itself: its own
    contribution is recorded as it comes in.
    """
    host = contribution.round.fund.host
    if host is None or host.id == contribution.school_id:
        return
    if contribution.status is not ContributionStatus.CONFIRMED or queries.waiting_bill(
        session, contribution.id
    ):
        return
    policy.require(SYSTEM, Act.CONTRIBUTION_INVOICE)
    terms = _terms(contribution)
    invoice_rules.check_terms(terms, issuer_id=host.id, registered=False)
    bill_id = new_id()
    invoice = make_draft(
        session, SYSTEM, new_id(), host, terms, source=InvoiceSource.CONTRIBUTION, source_id=bill_id
    )
    session.add(
        ContributionBill(
            id=bill_id, contribution_id=contribution.id, invoice_id=invoice.id, made_at=clock.now()
        )
    )
    session.flush()
    events.record(
        session, SYSTEM, Act.CONTRIBUTION_INVOICE, contribution.id, organisation_id=contribution.school_id
    )


def draft_anew(session: Session, contribution: Contribution) -> None:
    """Put a draft aside whose contribution has changed, and draft what is due now. A shared step.

    What was issued already is credited by the school that issued it.
    """
    bill = queries.waiting_bill(session, contribution.id)
    if bill is None or bill.invoice.status is not InvoiceStatus.DRAFT:
        return
    policy.require(SYSTEM, Act.INVOICE_DISCARD)
    bill.invoice.status = invoice_rules.move(bill.invoice.status, InvoiceStatus.DISCARDED)
    session.flush()
    events.record(
        session, SYSTEM, Act.INVOICE_DISCARD, bill.invoice_id, organisation_id=bill.invoice.issuer_id
    )
    draft(session, contribution)


def _terms(contribution: Contribution) -> InvoiceTerms:
    """One line for what is due, outside the scope of VAT."""
    asked, said = contribution.round, contribution.confirmation
    assert said
    line = LineDraft(
        description=f"{asked.title}: contribution to the {asked.fund.name}, {asked.purpose.label.lower()}",
        quantity=Decimal(1),
        unit="contribution",
        unit_price=contribution.due.pounds,
        category=VatCategory.OUTSIDE,
    )
    return InvoiceTerms(
        buyer_id=contribution.school_id,
        supplied_on=clock.today(),
        payment_days=USUAL_PAYMENT_DAYS,
        purchase_order="",
        note=f"Confirmed by your governing body, minute {said.minute_reference}. Round {asked.reference}.",
        lines=(line,),
    )
