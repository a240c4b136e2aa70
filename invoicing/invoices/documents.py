"""An invoice as people read it, on a page and as PDF: the same content from one frozen view."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.rules import (
    CATEGORY_LABELS,
    InvoiceSource,
    InvoiceStatus,
    Taxed,
    VatCategory,
    VatSubtotal,
    charges_vat,
    vat_breakdown,
)
from marketplace.alliance.models import School
from marketplace.core.money import Money
from marketplace.core.web import plain_number

OF_SEVERAL = {
    one: f"{one}s"
    for one in (
        *("minute", "hour", "day", "half-day", "week", "fortnight", "month", "term", "year"),
        *("mile", "kilometre", "litre", "trip", "journey", "visit", "session", "lesson", "course"),
        *("place", "pupil", "school", "site", "room", "item", "licence", "meal", "page"),
    )
} | {"person": "people", "copy": "copies", "lunch": "lunches"}
OF_ONE = {several: one for one, several in OF_SEVERAL.items()}


@dataclass(frozen=True, slots=True)
class Party:
    """A school as an invoice names it."""

    name: str
    address: str
    urn: str
    vat_number: str


@dataclass(frozen=True, slots=True)
class Particulars:
    """What an invoice gets when it is issued, and keeps. A draft has no number and no dates yet."""

    issuer: Party
    buyer: Party
    bank_details: str
    company_details: str = ""
    number: str = ""
    issued_on: date | None = None
    tax_point: date | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """What a credit note gets when it is issued."""

    id: uuid.UUID
    number: str
    on: date


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line, with its VAT in words."""

    description: str
    quantity: str
    unit_price: Decimal
    vat: str
    net: Money


@dataclass(frozen=True, slots=True)
class DocumentVat:
    """A line of the VAT breakdown, in words."""

    label: str
    reason: str
    taxable: Money
    vat: Money


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """Everything an invoice says. `shows_vat` is false where nothing is within the scope of VAT."""

    id: uuid.UUID
    title: str
    particulars: Particulars
    status: InvoiceStatus
    source: InvoiceSource
    source_id: uuid.UUID | None
    supplied_on: date
    payment_days: int
    purchase_order: str
    note: str
    lines: tuple[DocumentLine, ...]
    vat_lines: tuple[DocumentVat, ...]
    net: Money
    vat: Money
    total: Money
    shows_vat: bool


def document_of(invoice: Invoice, particulars: Particulars | None = None) -> InvoiceDocument:
    """The content of an invoice, with the particulars it was issued with or is about to be."""
    known = particulars or (particulars_of(invoice) if invoice.number else live_particulars(invoice))
    shows_vat = says_vat(known.issuer, invoice.lines)
    return InvoiceDocument(
        id=invoice.id,
        title="VAT invoice" if shows_vat else "Invoice",
        particulars=known,
        status=invoice.status,
        source=invoice.source,
        source_id=invoice.source_id,
        supplied_on=invoice.supplied_on,
        payment_days=invoice.payment_days,
        purchase_order=invoice.purchase_order,
        note=invoice.note,
        lines=tuple(_line(line) for line in invoice.lines),
        vat_lines=tuple(map(vat_line, vat_breakdown(invoice.lines))) if shows_vat else (),
        net=invoice.net,
        vat=invoice.vat,
        total=invoice.total,
        shows_vat=shows_vat,
    )


def says_vat(issuer: Party, parts: Iterable[Taxed | VatSubtotal]) -> bool:
    """Is this a document of VAT? Not of a school that is not registered, nor one of disbursements alone."""
    return bool(issuer.vat_number) and any(part.category is not VatCategory.OUTSIDE for part in parts)


def particulars_of(invoice: Invoice) -> Particulars:
    """The particulars an issued invoice was issued with."""
    return Particulars(
        issuer=Party(
            invoice.issuer_name, invoice.issuer_address, invoice.issuer.urn, invoice.issuer_vat_number
        ),
        buyer=Party(invoice.buyer_name, invoice.buyer_address, invoice.buyer.urn, invoice.buyer_vat_number),
        bank_details=invoice.issuer_bank_details,
        company_details=invoice.issuer_company_details,
        number=invoice.number or "",
        issued_on=invoice.issued_on,
        tax_point=invoice.tax_point,
        due_on=invoice.due_on,
    )


def live_particulars(invoice: Invoice) -> Particulars:
    """The particulars of both schools as they are today; without VAT numbers where there is no VAT at all."""
    issuer, buyer = invoice.issuer, invoice.buyer
    taxed = charges_vat(invoice.source, registered=bool(issuer.vat_number))
    return Particulars(
        issuer=Party(issuer.name, address_of(issuer), issuer.urn, (issuer.vat_number or "") if taxed else ""),
        buyer=Party(
            buyer.name,
            address_of(buyer),
            buyer.urn,
            "" if invoice.source is InvoiceSource.LATE_INTEREST else buyer.vat_number or "",
        ),
        bank_details=issuer.bank_details,
        company_details=issuer.company_details,
    )


def address_of(school: School) -> str:
    """A school's postal address in lines, with its postcode."""
    address = school.address.strip()
    return address if address.endswith(school.postcode) else f"{address}\n{school.postcode}".strip()


def percentage(basis_points: int) -> str:
    """A rate as people write it: 20%."""
    return f"{plain_number(Decimal(basis_points) / 100)}%"


def quantity_words(quantity: Decimal, unit: str) -> str:
    """A quantity with its unit, as a line says it: "3 days" of what is stored by the day, "1 day" of days.

    Only units that schools usually count in are known for one and for several; any other stays as it is.
    """
    first, *rest = unit.split(" ")
    agreeing = OF_ONE.get(first, first) if quantity == 1 else OF_SEVERAL.get(first, first)
    return f"{plain_number(quantity)} {' '.join([agreeing, *rest])}".strip()


def vat_words(category: VatCategory, rate_basis_points: int) -> str:
    """The VAT of a line in a column: a rate, or why there is none."""
    if category in {VatCategory.STANDARD, VatCategory.ZERO}:
        return percentage(rate_basis_points)
    return CATEGORY_LABELS[category]


def vat_line(part: VatSubtotal) -> DocumentVat:
    """A line of the VAT breakdown, in words."""
    return DocumentVat(
        label=f"{CATEGORY_LABELS[part.category]}"
        + (f", {percentage(part.rate_basis_points)}" if part.rate_basis_points else ""),
        reason=part.reason,
        taxable=part.taxable,
        vat=part.vat,
    )


def _line(line: InvoiceLine) -> DocumentLine:
    return DocumentLine(
        line.description,
        quantity_words(line.quantity, line.unit),
        line.unit_price,
        vat_words(line.category, line.rate_basis_points),
        line.net,
    )
