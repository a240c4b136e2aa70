"""E-invoices that suppliers sent the secondary school: one was accepted and one waits to be decided about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from demonstration.cast import Cast, DemonstrationSchool
from demonstration.purchases import MANOR
from invoicing.gateways import e_invoice
from invoicing.incoming import actions, queries
from invoicing.incoming.models import SupplierInvoice
from invoicing.invoices.e_invoices.rules import (
    Account,
    EInvoice,
    Kind,
    Line,
    Party,
    business_terms,
    check,
)
from invoicing.invoices.rules import VatCategory, vat_breakdown
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money, line_amount

TAKEN, ACCEPTED, WAITING = -9, -8, -1
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
    """An invoice that a supplier sends to the school, which ordered under a number of its own."""

    supplier: str
    vat_number: str
    number: str
    order: str
    lines: Sequence[Charged]


BROADBAND = Bill(
    "Northlink",
    "GB100000012",
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


def send(cast: Cast) -> None:
    """The bursar takes both; the finance lead accepts the broadband, the bins wait."""
    school = cast.schools[MANOR]
    with cast.calendar.on(TAKEN):
        taken = _take(school, BROADBAND)
    with cast.calendar.on(ACCEPTED):
        contracts = queries.contracts_of(db.session(), school.finance_lead, school.id)
        actions.accept_invoice(
            school.finance_lead,
            taken.id,
            taken.version,
            contract_id=queries.suggested(taken, contracts)[0].id,
            order_number=BROADBAND.order,
            reason="The line ran all quarter; the price is the contract’s.",
        )
    with cast.calendar.on(WAITING):
        _take(school, BINS)


def _take(school: DemonstrationSchool, bill: Bill) -> SupplierInvoice:
    invoice_id = new_id()
    actions.receive_invoice(school.bursar, invoice_id, school.id, f"{bill.number}.xml", _ubl(school, bill))
    session = db.session()
    session.rollback()
    return queries.get_invoice(session, school.bursar, invoice_id)


def _ubl(school: DemonstrationSchool, bill: Bill) -> bytes:
    """The invoice as the supplier's program writes it."""
    breakdown = tuple(vat_breakdown(bill.lines))
    document = EInvoice(
        kind=Kind.INVOICE,
        number=bill.number,
        issued_on=clock.today() - timedelta(days=1),
        supplied_on=clock.today() - timedelta(days=2),
        tax_point=None,
        due_on=clock.today() + timedelta(days=29),
        terms="Payment within 30 days of the invoice date",
        note="",
        order=bill.order,
        seller=Party(bill.supplier, "", bill.vat_number, ("8 Station Road", "Ashcombe"), "ZZ5 2NW"),
        buyer=Party(school.name, MANOR, "", ("Manor Road", "Ashcombe"), "ZZ1 1AM"),
        account=Account(bill.supplier, "00-00-00", "00990201"),
        preceding=None,
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
