"""Questions about what schools accepted of their suppliers, as documents that a finance package takes.

Amounts of credit notes are negative, and what an amount due was rounded by stands in a line of its own, so
that a document comes to what the books say.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, false, literal, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from invoicing.exports.rules import Document, Kind, Line, Party, Shown, Wanted, vat_of_lines
from invoicing.incoming import queries as incoming
from invoicing.incoming.books.models import Creditor, SupplierPosting
from invoicing.incoming.models import SupplierInvoice, SupplierInvoiceLine, SupplierInvoiceTax
from invoicing.incoming.rules import Format
from invoicing.incoming.rules import Kind as SupplierKind
from invoicing.invoices.rules import InvoiceSource, VatCategory, VatSubtotal
from marketplace.core import clock
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Actor

KINDS = {SupplierKind.INVOICE: Kind.INVOICE, SupplierKind.CREDIT_NOTE: Kind.CREDIT_NOTE}
REVERSE_CHARGE = "Reverse charge"
FOUR_PLACES = Decimal("0.0001")
LINES = (
    selectinload(SupplierInvoice.lines),
    selectinload(SupplierInvoice.taxes),
    joinedload(SupplierInvoice.school),
    joinedload(SupplierInvoice.takes_back),
)
OPEN = SupplierInvoice.due - SupplierInvoice.settled - SupplierInvoice.credited


def selects(actor: Actor, wanted: Wanted) -> list[Select[Any]]:
    """The suppliers' documents of a list: what they are, their id, day, number and amounts."""
    found = []
    for kind in SupplierKind:
        if (wanted.shown is Shown.CREDIT_NOTES and kind is SupplierKind.INVOICE) or (
            wanted.shown not in {None, Shown.CREDIT_NOTES} and kind is SupplierKind.CREDIT_NOTE
        ):
            continue
        amounts: list[Any] = [
            SupplierInvoice.net + SupplierInvoice.rounding,
            SupplierInvoice.vat,
            SupplierInvoice.total + SupplierInvoice.rounding,
        ]
        if kind is SupplierKind.CREDIT_NOTE:
            amounts = [-amount for amount in amounts]
        net, vat, total = amounts
        found.append(
            select(
                literal(KINDS[kind].value).label("kind"),
                SupplierInvoice.id.label("id"),
                SupplierInvoice.issued_on.label("issued_on"),
                SupplierInvoice.number.label("number"),
                net.label("net"),
                vat.label("vat"),
                total.label("total"),
            ).where(SupplierInvoice.kind == kind, *_asked(actor, wanted))
        )
    return found


def _asked(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [_readable(actor)]
    if wanted.school_id:
        conditions.append(SupplierInvoice.school_id == wanted.school_id)
    if wanted.party_id:
        conditions.append(SupplierInvoice.creditor_id == wanted.party_id)
    if wanted.since:
        conditions.append(SupplierInvoice.issued_on >= wanted.since)
    if wanted.until:
        conditions.append(SupplierInvoice.issued_on <= wanted.until)
    if wanted.search:
        in_lines = select(SupplierInvoiceLine.invoice_id).where(
            SupplierInvoiceLine.name.icontains(wanted.search, autoescape=True)
        )
        texts = (SupplierInvoice.number, SupplierInvoice.supplier_name, SupplierInvoice.order_number)
        conditions.append(
            or_(
                SupplierInvoice.id.in_(in_lines),
                *(text.icontains(wanted.search, autoescape=True) for text in texts),
            )
        )
    return [*conditions, *_progress(wanted.shown)]


def _readable(actor: Actor) -> ColumnElement[bool]:
    """What stands in the books, and the actor may read."""
    return incoming.visible_to(actor) & SupplierInvoice.entry_id.is_not(None)


def _progress(shown: Shown | None) -> list[ColumnElement[bool]]:
    match shown:
        case Shown.UNPAID:
            return [OPEN > ZERO]
        case Shown.OVERDUE:
            return [OPEN > ZERO, SupplierInvoice.pay_by < clock.today()]
        case Shown.DISPUTED:
            return [false()]
        case Shown.PAID:
            return [OPEN <= ZERO]
        case Shown.CREDITED:
            return [SupplierInvoice.credited >= SupplierInvoice.due]
    return []


def parties(session: Session, actor: Actor) -> Mapping[uuid.UUID, str]:
    """The suppliers of all documents that the actor may read here."""
    query = select(Creditor.id, Creditor.name).where(
        Creditor.id.in_(select(SupplierInvoice.creditor_id).where(_readable(actor)))
    )
    return {row.id: row.name for row in session.execute(query)}


def find(session: Session, actor: Actor, document_id: uuid.UUID) -> Document | None:
    """A supplier's document in the books that the actor may read."""
    query = select(SupplierInvoice.id).where(SupplierInvoice.id == document_id, _readable(actor))
    return load(session, [document_id])[document_id] if session.scalar(query) else None


def load(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Document]:
    """Suppliers' documents with their lines, of these ids those that are one."""
    query = select(SupplierInvoice).where(SupplierInvoice.id.in_(ids)).options(*LINES)
    return {one.id: _document(one) for one in session.scalars(query)}


def posted(session: Session, actor: Actor, school_id: uuid.UUID, since: date, until: date) -> list[Document]:
    """What went into a school's books, and out of them again, between two days: a document for each entry.

    Its id is the entry's. What a disputed document takes back is turned round.
    """
    query = (
        select(SupplierPosting, SupplierInvoice)
        .join(SupplierInvoice, SupplierInvoice.id == SupplierPosting.invoice_id)
        .where(
            incoming.visible_to(actor),
            SupplierInvoice.school_id == school_id,
            SupplierPosting.posted_on.between(since, until),
        )
        .options(*LINES)
        .order_by(SupplierPosting.posted_on, SupplierPosting.posted_at, SupplierPosting.entry_id)
    )
    return [
        replace(_document(one, turned=posting.reverses_id is not None), id=posting.entry_id)
        for posting, one in session.execute(query)
    ]


def _document(invoice: SupplierInvoice, *, turned: bool = False) -> Document:
    """A document with its sign: what is credited, or taken out of the books, is negative."""
    kind = KINDS[invoice.kind]
    is_invoice = kind is Kind.INVOICE
    sign = -1 if is_invoice == turned else 1
    hybrid = invoice.format is Format.HYBRID
    return Document(
        id=invoice.id,
        kind=kind,
        number=invoice.number,
        status=_status(invoice) if is_invoice else "",
        issued_on=invoice.issued_on,
        supplied_on=invoice.supplied_on or invoice.issued_on,
        tax_point=(invoice.supplied_on or invoice.issued_on) if is_invoice else None,
        due_on=invoice.pay_by if is_invoice else None,
        issuer=Party(
            invoice.creditor_id or invoice.id,
            invoice.supplier_name,
            invoice.supplier_company_number or invoice.supplier_vat_number,
            invoice.supplier_vat_number,
            invoice.supplier_address,
        ),
        buyer=Party(invoice.school_id, invoice.buyer_name, invoice.school.urn, "", invoice.buyer_address),
        purchase_order=invoice.order_number,
        for_invoice=invoice.takes_back.number if invoice.takes_back else invoice.preceding,
        source=InvoiceSource.MANUAL,
        net=(invoice.net + invoice.rounding) * sign,
        vat=invoice.vat * sign,
        total=(invoice.total + invoice.rounding) * sign,
        credited=invoice.credited if is_invoice else None,
        paid=invoice.paid + invoice.settled if is_invoice else None,
        outstanding=invoice.outstanding if is_invoice else None,
        disputed=ZERO if is_invoice else None,
        lines=tuple(replace(line, net=line.net * sign, vat=line.vat * sign) for line in _lines(invoice)),
        document_sha256=invoice.sha256 if hybrid else None,
        xml_sha256=None if hybrid else invoice.sha256,
        of_supplier=True,
    )


def _status(invoice: SupplierInvoice) -> str:
    if invoice.is_paid:
        return "Paid"
    return "Part paid" if invoice.settled or invoice.credited else "To be paid"


def _lines(invoice: SupplierInvoice) -> list[Line]:
    """The lines with their part of the VAT; where the whole document had a charge or allowance, by VAT rate.

    Such a charge belongs to no line, and lines without it would not add up to the document.
    """
    if invoice.allowances or invoice.charges:
        lines = [_of_tax(tax) for tax in invoice.taxes]
    else:
        lines = [_of_line(line) for line in invoice.lines]
        parts = [_subtotal(tax) for tax in invoice.taxes]
        vats = vat_of_lines(lines, parts)
        lines = [replace(line, vat=vat) for line, vat in zip(lines, vats, strict=True)]
    if invoice.rounding:
        lines.append(_rounding(len(lines) + 1, invoice.rounding))
    return lines


def _of_line(line: SupplierInvoiceLine) -> Line:
    return _line(line, line.name, Decimal(line.quantity), line.net, line.unit)


def _of_tax(tax: SupplierInvoiceTax) -> Line:
    words = f"Everything in VAT category {tax.category}, charges and allowances included"
    return replace(_line(tax, words, Decimal(1), tax.taxable), vat=tax.vat)


def _line(
    of: SupplierInvoiceLine | SupplierInvoiceTax, words: str, quantity: Decimal, net: Money, unit: str = ""
) -> Line:
    return Line(
        position=of.position,
        description=words,
        quantity=quantity,
        unit=unit,
        unit_price=(net.pounds / quantity).quantize(FOUR_PLACES) if quantity else net.pounds,
        category=_category(of.category),
        rate_basis_points=of.rate_basis_points,
        exemption_reason=_reason(of.category),
        net=net,
        vat=ZERO,
    )


def _rounding(position: int, amount: Money) -> Line:
    """By how much an amount due was rounded: no part of what was supplied, so outside the scope of VAT."""
    return Line(
        position=position,
        description="Rounding of the amount due",
        quantity=Decimal(1),
        unit="",
        unit_price=amount.pounds,
        category=VatCategory.OUTSIDE,
        rate_basis_points=0,
        exemption_reason="",
        net=amount,
        vat=ZERO,
    )


def _subtotal(tax: SupplierInvoiceTax) -> VatSubtotal:
    category = _category(tax.category)
    return VatSubtotal(category, tax.rate_basis_points, _reason(tax.category), tax.taxable, tax.vat)


def _reason(code: str) -> str:
    return "" if code in set(VatCategory) else REVERSE_CHARGE


def _category(code: str) -> VatCategory:
    """How VAT treats it for the school: under a reverse charge the supplier charges none."""
    return VatCategory(code) if code in set(VatCategory) else VatCategory.OUTSIDE
