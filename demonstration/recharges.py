"""Invoices between the demonstration's schools: recovery fees, a shared bill, staff days, payments."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from demonstration.cast import Cast, DemonstrationSchool
from demonstration.purchases import FERNLEIGH, HARROW, KINGFISHER, MANOR, MILLBROOK, OAKMERE
from invoicing.invoices import actions
from invoicing.invoices.credit_notes import actions as credit_notes
from invoicing.invoices.disputes import actions as disputes
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import UNPAID, InvoiceStatus, InvoiceTerms, LineDraft, usual_category
from invoicing.payments import actions as payments
from invoicing.shared_costs import actions as shared_costs
from invoicing.shared_costs.rules import CostTerms
from marketplace.core import clock, events
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.tenders.rules import Split

FEES_ISSUED, TRAINING_BILL, MINIBUS_SPRING, STAFF_DAYS, MINIBUS_SUMMER = -62, -41, -24, -10, -5
MINIBUS_CREDITED = -18


def recharge(cast: Cast) -> None:
    """Issue what awards and shared bills left as drafts, pay some of it, and leave some to do."""
    with cast.calendar.on(FEES_ISSUED):
        events.deliver_due()
        _issue_all(cast.schools[HARROW])
    with cast.calendar.on(TRAINING_BILL):
        _share_training(cast)
        _issue_all(cast.schools[MANOR])
    _pay(cast, HARROW, -50, part=False)
    _pay(cast, MANOR, -6, part=True)
    with cast.calendar.on(MINIBUS_SPRING):
        _draft_minibus(cast, days=3)
        _issue_all(cast.schools[MANOR])
    with cast.calendar.on(MINIBUS_CREDITED):
        _credit_a_day(cast)
    with cast.calendar.on(STAFF_DAYS):
        _draft_staff_days(cast)
    with cast.calendar.on(MINIBUS_SUMMER):
        _draft_minibus(cast, days=2)
        _dispute_training(cast)


def _share_training(cast: Cast) -> None:
    """The secondary school paid for safeguarding training that four schools attended."""
    lead = cast.schools[MANOR]
    attended = {MANOR: 88, FERNLEIGH: 74, MILLBROOK: 31, OAKMERE: 42}
    terms = CostTerms(
        title="Safeguarding training day",
        supplier_name="Harbour Training Ltd",
        supplied_on=clock.today() - timedelta(days=5),
        amount=Money(3_250_00),
        split=Split.USE,
        school_ids=tuple(cast.schools[urn].id for urn in attended),
        use={cast.schools[urn].id: Decimal(people) for urn, people in attended.items()},
    )
    shared_costs.record_shared_cost(lead.finance_lead, new_id(), lead.id, terms)


def _draft_staff_days(cast: Cast) -> None:
    """One school drafts an invoice for a technician's days, and has not issued it yet."""
    seller, buyer = cast.schools[FERNLEIGH], cast.schools[KINGFISHER]
    technician = LineDraft(
        "Network technician, days on site",
        Decimal(4),
        "day",
        Decimal("185.00"),
        usual_category(registered=False),
    )
    note = "Thank you for making our technician welcome."
    _draft(seller, buyer, technician, purchase_order="KPS-0417", note=note)


def _draft_minibus(cast: Cast, days: int) -> None:
    """The secondary school drafts an invoice for the days that a primary school had its minibus."""
    seller, buyer = cast.schools[MANOR], cast.schools[HARROW]
    minibus = LineDraft(
        "Minibus with driver, for swimming lessons",
        Decimal(days),
        "day",
        Decimal("96.00"),
        usual_category(registered=True),
    )
    _draft(seller, buyer, minibus, purchase_order="HH-2208", note="")


def _credit_a_day(cast: Cast) -> None:
    """The minibus broke down on one of the three days, which the secondary school takes off its invoice."""
    seller = cast.schools[MANOR]
    invoice = _invoices(seller.id, InvoiceStatus.ISSUED)[-1]
    credit_notes.issue_credit_note(
        seller.finance_lead,
        new_id(),
        invoice.id,
        amounts={1: Money(96_00)},
        reason="The minibus broke down on the second day, so the class did not swim.",
    )


def _dispute_training(cast: Cast) -> None:
    """A school that sent fewer people than it was charged for accepts half of its share, and says why."""
    seller, buyer = cast.schools[MANOR], cast.schools[OAKMERE]
    unpaid = [one for status in UNPAID for one in _invoices(seller.id, status)]
    invoice = min((one for one in unpaid if one.buyer_id == buyer.id), key=lambda one: one.drafted_at)
    disputes.dispute_invoice(
        buyer.finance_lead,
        new_id(),
        invoice.id,
        undisputed=Money(invoice.outstanding.pence // 2),
        reason="Only 21 of our people came; the register of the day shows it.",
    )


def _draft(
    seller: DemonstrationSchool,
    buyer: DemonstrationSchool,
    line: LineDraft,
    *,
    purchase_order: str,
    note: str,
) -> None:
    """A draft for something that was supplied three days ago."""
    terms = InvoiceTerms(
        buyer_id=buyer.id,
        supplied_on=clock.today() - timedelta(days=3),
        payment_days=30,
        purchase_order=purchase_order,
        note=note,
        lines=(line,),
    )
    actions.draft_invoice(seller.finance_lead, new_id(), seller.id, terms)


def _issue_all(school: DemonstrationSchool) -> None:
    """Issue every draft of a school."""
    drafts = _invoices(school.id, InvoiceStatus.DRAFT)
    actions.issue_invoices(school.finance_lead, [(invoice.id, invoice.version) for invoice in drafts])


def _pay(cast: Cast, urn: str, offset: int, *, part: bool) -> None:
    """The first invoices of a school are paid, or one of them in part."""
    school = cast.schools[urn]
    issued = _invoices(school.id, InvoiceStatus.ISSUED)
    for invoice in issued[:1] if part else issued[:-1]:
        with cast.calendar.on(offset):
            amount = Money(invoice.total.pence // 2) if part else invoice.total
            payments.record_payment(
                school.finance_lead,
                new_id(),
                invoice.id,
                paid_on=clock.today(),
                amount=amount,
                reference=f"BACS {invoice.number}",
            )


def _invoices(issuer_id: uuid.UUID, status: InvoiceStatus) -> list[Invoice]:
    session = db.session()
    session.rollback()
    wanted = select(Invoice).where(Invoice.issuer_id == issuer_id, Invoice.status == status)
    return list(session.scalars(wanted.order_by(Invoice.id)))
