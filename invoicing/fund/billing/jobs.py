"""What a paid invoice of a contribution brings: the money is passed on to the fund."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from invoicing.fund import books, rules
from invoicing.fund.billing.models import ContributionBill
from invoicing.fund.models import Contribution, ContributionRound, Fund
from invoicing.fund.rules import ContributionStatus
from invoicing.fund.shares import Pot
from invoicing.invoices.rules import InvoiceStatus
from invoicing.ledger import actions as ledger
from invoicing.ledger.periods.queries import open_day
from invoicing.payments.models import Payment
from marketplace.core import events, moves, policy
from marketplace.core.events import Event
from marketplace.core.policy import SYSTEM, Act


def listen() -> None:
    """Hear of payments of invoices. Called by the composition root."""
    events.subscribe("billing.paid", pass_on, Act.PAYMENT_RECORD)


def pass_on(session: Session, event: Event) -> None:
    """Once an invoice of a contribution is paid in full: out of the host's bank into the fund and the share.

    The same event twice passes on once. What was credited in part and so paid less than is due is left for
    the coordinator to record.
    """
    bill_query = select(ContributionBill).where(ContributionBill.invoice_id == event.subject_id)
    bill = session.scalars(bill_query).one_or_none()
    if bill is None:
        return
    locking = (
        select(Fund)
        .join(ContributionRound)
        .join(Contribution)
        .where(Contribution.id == bill.contribution_id)
        .with_for_update(of=Fund, key_share=True)
    )
    fund = session.scalars(locking).one()
    contribution, invoice = bill.contribution, bill.invoice
    session.refresh(contribution)
    session.refresh(invoice)
    paid = invoice.status is InvoiceStatus.PAID and invoice.paid == contribution.due
    if not paid or contribution.status is not ContributionStatus.CONFIRMED:
        return
    policy.require(SYSTEM, Act.CONTRIBUTION_FORWARD)
    paid_on = session.scalars(select(func.max(Payment.paid_on)).where(Payment.invoice_id == invoice.id)).one()
    received_on = open_day(session, {fund.alliance_id, invoice.issuer_id}, paid_on)
    pot = Pot(contribution.school_id, contribution.round.purpose)
    entry = ledger.post(
        session,
        bill.id,
        posted_on=received_on,
        description=f"Contribution {contribution.round.reference} of {contribution.school.name}, "
        f"by invoice {invoice.number}",
        source_id=contribution.id,
        legs=books.passed_on(fund, pot, invoice.issuer_id, contribution.due),
    )
    contribution.status = moves.move(
        rules.CONTRIBUTION_MOVES, contribution.status, ContributionStatus.RECEIVED
    )
    contribution.entry_id, contribution.received_on = entry.id, received_on
    session.flush()
    events.record(
        session, SYSTEM, Act.CONTRIBUTION_FORWARD, contribution.id, organisation_id=contribution.school_id
    )
