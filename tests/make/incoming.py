"""E-invoices as suppliers send them, written by our own writers of UBL and CII."""

import io
import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pikepdf

from invoicing.gateways import e_invoice
from invoicing.incoming import actions
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
)
from invoicing.invoices.rules import VatCategory, vat_breakdown
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money, line_amount
from tests.make.alliance import School

COMPANY, VAT_NUMBER = "01234567", "GB340804329"
STANDARD = (VatCategory.STANDARD, 2_000)


class Charged:
    """A line of so many units at a price, as the writers and the VAT breakdown read it."""

    def __init__(self, quantity: str, price: str, category: VatCategory, rate: int) -> None:
        self.quantity, self.price = Decimal(quantity), Decimal(price)
        self.category, self.rate_basis_points = category, rate
        self.net = line_amount(self.price, self.quantity)
        self.exemption_reason = "Education, Group 6" if category is VatCategory.EXEMPT else ""


def supplier_terms(
    buyer: str,
    lines: Iterable[Charged] = (Charged("2", "50", *STANDARD),),
    *,
    number: str = "INV-1041",
    supplier: str = "Bright & Bramshire Limited",
    order: str = "PO-77",
    buyer_numbers: dict[str, str] | None = None,
    takes_back: str = "",
    issued_on: date | None = None,
) -> dict[str, Any]:
    """The business terms of a supplier's invoice to a buyer; two at £50.00 and 20% VAT unless given."""
    issued_on = issued_on or clock.today() - timedelta(days=7)
    charged = list(lines)
    breakdown = tuple(vat_breakdown(charged))
    document = EInvoice(
        kind=Kind.CREDIT_NOTE if takes_back else Kind.INVOICE,
        number=number,
        issued_on=issued_on,
        supplied_on=issued_on - timedelta(days=4),
        tax_point=None,
        due_on=None if takes_back else issued_on + timedelta(days=30),
        terms="Payment within 30 days of the invoice date",
        note="",
        order=order,
        seller=Party(supplier, "0", "", ("1 Mill Lane", "Bramley"), "ZZ1 1AM"),
        buyer=Party(buyer, "0", "", ("2 Mill Lane", "Bramley"), "ZZ1 1AN"),
        account=Account(supplier, "30-94-31", "00000001"),
        preceding=Preceding(takes_back, issued_on) if takes_back else None,
        lines=tuple(
            Line(
                place,
                f"Service {place}",
                one.quantity,
                "",
                one.price,
                one.net,
                one.category,
                one.rate_basis_points,
            )
            for place, one in enumerate(charged, start=1)
        ),
        breakdown=breakdown,
        net=Money.total(part.taxable for part in breakdown),
        vat=Money.total(part.vat for part in breakdown),
    )
    terms = business_terms(document)
    for party, numbers in (
        ("BG-4", {"vat_identifier": VAT_NUMBER, "legal_identifier": COMPANY}),
        ("BG-7", buyer_numbers or {}),
    ):
        terms[party] = {
            name: value for name, value in terms[party].items() if name != "identifiers"
        } | numbers
    return terms


def supplier_ubl(buyer: str, *lines: Charged, **other: Any) -> bytes:
    """A supplier's invoice in UBL."""
    terms = supplier_terms(buyer, lines, **other) if lines else supplier_terms(buyer, **other)
    return e_invoice.ubl(terms, peppol=False)


def supplier_cii(buyer: str, *lines: Charged, **other: Any) -> bytes:
    """A supplier's invoice in CII."""
    return e_invoice.cii(supplier_terms(buyer, lines, **other) if lines else supplier_terms(buyer, **other))


def hybrid(xml: bytes) -> bytes:
    """A PDF of one empty page with an XML file inside, as Factur-X names it."""
    target = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.attachments["factur-x.xml"] = xml
        pdf.save(target, recompress_flate=True)
    return target.getvalue()


def received(school: School, content: bytes = b"", name: str = "inv-1041.xml") -> uuid.UUID:
    """A supplier's invoice to the school, taken by its bursar; its id."""
    invoice_id = new_id()
    actions.receive_invoice(school.bursar, invoice_id, school.id, name, content or supplier_ubl(school.name))
    return invoice_id


def accepted(
    school: School, *lines: Charged, contract_id: uuid.UUID | None = None, **other: Any
) -> uuid.UUID:
    """A supplier's invoice, taken by the school's bursar and accepted by its finance lead; its id."""
    invoice_id = received(school, supplier_ubl(school.name, *lines, **other))
    actions.accept_invoice(
        school.finance_lead, invoice_id, 1, contract_id=contract_id, order_number="", reason="Counted"
    )
    return invoice_id


def credited(school: School, invoice_id: uuid.UUID, *lines: Charged, **other: Any) -> uuid.UUID:
    """A credit note of the supplier for an invoice, taken and accepted; its id."""
    note_id = received(school, supplier_ubl(school.name, *lines, takes_back="INV-1041", **other))
    actions.accept_credit_note(
        school.finance_lead, note_id, 1, invoice_id=invoice_id, reason="One day was not worked"
    )
    return note_id


def paid(school: School, invoice_id: uuid.UUID, pence: int, way: Way = Way.PAID) -> uuid.UUID:
    """So much paid of an invoice today, as the school's bursar records it; the payment's id."""
    payment_id = new_id()
    payments.record_payment(
        school.bursar,
        payment_id,
        invoice_id,
        way=way,
        paid_on=clock.today(),
        amount=Money(pence),
        reference="",
    )
    return payment_id


def supplier_invoice(invoice_id: uuid.UUID) -> SupplierInvoice:
    """The invoice as it is stored now."""
    db.session().expire_all()
    return db.session().get_one(SupplierInvoice, invoice_id)
