"""E-invoices that suppliers sent the secondary school, in every state that there is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from demonstration.cast import Cast, DemonstrationSchool
from demonstration.purchases import MANOR
from invoicing.bank.models import BankLine
from invoicing.gateways import e_invoice
from invoicing.incoming import actions, queries
from invoicing.incoming.models import SupplierInvoice
from invoicing.incoming.payments import actions as payments
from invoicing.incoming.payments.rules import Way
from invoicing.invoices.e_invoices.rules import (
    Account,
    EInvoice,
    Kind,
    Line,
    Party,
    Preceding,
    business_terms,
    check,
)
from invoicing.invoices.rules import VatCategory, vat_breakdown
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money, line_amount

TAKEN, ACCEPTED, CREDITED, WAITING = -9, -8, -4, -1
STANDARD_RATE = 2_000


@dataclass(frozen=True, slots=True)
class Charged:
    """A line at the standard rate: what for, how many, at how many pounds."""

    name: str
    quantity: Decimal
    price: Decimal
    category: VatCategory = VatCategory.STANDARD
    rate_basis_points: int = STANDARD_RATE
    exemption_reason: str = ""

    @property
    def net(self) -> Money:
        """Quantity times price."""
        return line_amount(self.price, self.quantity)


@dataclass(frozen=True, slots=True)
class Bill:
    """What a supplier sends to the school, which ordered under a number of its own.

    With `takes_back` it is a credit note for the invoice of that number.
    """

    supplier: str
    vat_number: str
    number: str
    order: str
    lines: Sequence[Charged]
    takes_back: str = ""


BROADBAND = Bill(
    "Northlink",
    "GB980780684",
    "NL-20871",
    "AM-1180",
    (Charged("Leased line, one quarter", Decimal(3), Decimal("1050.00")),),
)
BINS = Bill(
    "Greenway Waste Ltd",
    "GB100000024",
    "GW-2231",
    "AM-1183",
    (
        Charged("Collections of general waste", Decimal(18), Decimal("38.50")),
        Charged("Hire of six containers", Decimal(6), Decimal("11.25")),
    ),
)
LUNCHES = Bill(
    "Bramley Catering Supplies",
    "GB220430231",
    "BCS-774",
    "AM-1171",
    (Charged("Crockery and trays for the canteen", Decimal(1), Decimal("1097.00")),),
)
WINDOWS = Bill(
    "Clear View Cleaning Ltd",
    "GB340804329",
    "CV-0611",
    "AM-1175",
    (Charged("Cleaning of windows, visits", Decimal(3), Decimal("240.00")),),
)
ONE_VISIT = Bill(
    "Clear View Cleaning Ltd",
    "GB340804329",
    "CV-C0042",
    "AM-1175",
    (Charged("Cleaning of windows, visits", Decimal(1), Decimal("240.00")),),
    takes_back="CV-0611",
)
COPIER = Bill(
    "Quayside Office Machines",
    "GB100000036",
    "QOM-90114",
    "AM-1178",
    (Charged("Copies, in thousands", Decimal(84), Decimal("6.20")),),
)
PAPER = Bill(
    "Ashcombe Paper Company",
    "GB100000048",
    "APC-3301",
    "AM-1179",
    (Charged("Boxes of paper", Decimal(40), Decimal("14.75")),),
)


def send(cast: Cast) -> None:
    """Paid from the bank statement, part paid and credited, to be paid, disputed, rejected, waiting."""
    school = cast.schools[MANOR]
    with cast.calendar.on(TAKEN):
        at_first = (BROADBAND, LUNCHES, WINDOWS, COPIER, PAPER)
        taken = {one.number: _take(school, one).id for one in at_first}
    with cast.calendar.on(ACCEPTED):
        contract_id = queries.suggested(
            _read(school, taken[BROADBAND.number]),
            queries.contracts_of(db.session(), school.finance_lead, school.id),
        )[0].id
        why = "The line ran all quarter; the price is the contract’s."
        _accept(school, taken[BROADBAND.number], BROADBAND, why, contract_id)
        _accept(school, taken[LUNCHES.number], LUNCHES, "Counted by the canteen manager.")
        _accept(school, taken[WINDOWS.number], WINDOWS, "The site manager signed for three visits.")
        _accept(school, taken[COPIER.number], COPIER, "As the counter says.")
        paper = _read(school, taken[PAPER.number])
        actions.reject_invoice(
            school.bursar,
            paper.id,
            paper.version,
            reason="We got 30 boxes and are charged for 40. Please send an invoice for 30.",
        )
    with cast.calendar.on(CREDITED):
        note = _take(school, ONE_VISIT)
        actions.accept_credit_note(
            school.finance_lead,
            note.id,
            note.version,
            invoice_id=taken[WINDOWS.number],
            reason="The third visit did not take place after all.",
        )
        payments.record_payment(
            school.bursar,
            new_id(),
            taken[WINDOWS.number],
            way=Way.PAID,
            paid_on=clock.today(),
            amount=Money(300_00),
            reference="BACS run 14",
        )
        copier = _read(school, taken[COPIER.number])
        actions.dispute_invoice(
            school.bursar,
            copier.id,
            copier.version,
            reason="The counter was read wrongly: it says 48 thousand, not 84.",
        )
    with cast.calendar.on(WAITING):
        _take(school, BINS)
        line = _line_of(school, LUNCHES)
        payments.match_line(school.finance_lead, line.id, [taken[LUNCHES.number]], -line.amount)


def _take(school: DemonstrationSchool, bill: Bill) -> SupplierInvoice:
    invoice_id = new_id()
    actions.receive_invoice(school.bursar, invoice_id, school.id, f"{bill.number}.xml", _ubl(school, bill))
    return _read(school, invoice_id)


def _read(school: DemonstrationSchool, invoice_id: uuid.UUID) -> SupplierInvoice:
    session = db.session()
    session.rollback()
    return queries.get_invoice(session, school.bursar, invoice_id)


def _accept(
    school: DemonstrationSchool,
    invoice_id: uuid.UUID,
    bill: Bill,
    reason: str,
    contract_id: uuid.UUID | None = None,
) -> None:
    actions.accept_invoice(
        school.finance_lead,
        invoice_id,
        _read(school, invoice_id).version,
        contract_id=contract_id,
        order_number=bill.order,
        reason=reason,
    )


def _line_of(school: DemonstrationSchool, bill: Bill) -> BankLine:
    """The line of the imported statement on which a bill was paid."""
    session = db.session()
    session.rollback()
    wanted = (BankLine.school_id == school.id, BankLine.payer == bill.supplier)
    return session.scalars(select(BankLine).where(*wanted)).one()


def _ubl(school: DemonstrationSchool, bill: Bill) -> bytes:
    """The invoice as the supplier's program writes it."""
    breakdown = tuple(vat_breakdown(bill.lines))
    document = EInvoice(
        kind=Kind.CREDIT_NOTE if bill.takes_back else Kind.INVOICE,
        number=bill.number,
        issued_on=clock.today() - timedelta(days=1),
        supplied_on=clock.today() - timedelta(days=2),
        tax_point=None,
        due_on=None if bill.takes_back else clock.today() + timedelta(days=29),
        terms="Payment within 30 days of the invoice date",
        note="",
        order=bill.order,
        seller=Party(bill.supplier, "", bill.vat_number, ("8 Station Road", "Ashcombe"), "ZZ5 2NW"),
        buyer=Party(school.name, MANOR, "", ("Manor Road", "Ashcombe"), "ZZ1 1AM"),
        account=Account(bill.supplier, "00-00-00", "00990201"),
        preceding=Preceding(bill.takes_back, clock.today() - timedelta(days=6)) if bill.takes_back else None,
        lines=tuple(
            Line(place, one.name, one.quantity, "", one.price, one.net, one.category, one.rate_basis_points)
            for place, one in enumerate(bill.lines, start=1)
        ),
        breakdown=breakdown,
        net=Money.total(part.taxable for part in breakdown),
        vat=Money.total(part.vat for part in breakdown),
    )
    check(document)
    terms = business_terms(document)
    terms["BG-4"] = {name: value for name, value in terms["BG-4"].items() if name != "identifiers"}
    return e_invoice.ubl(terms, peppol=False)
