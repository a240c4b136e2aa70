"""A credit note as people read it, on a page and as PDF: the same content from one frozen view."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from invoicing.gateways import pdf
from invoicing.invoices.credit_notes.models import CreditNote
from invoicing.invoices.credit_notes.rules import Credit, CreditedLine
from invoicing.invoices.documents import (
    DocumentLine,
    DocumentVat,
    Issued,
    Particulars,
    particulars_of,
    quantity_words,
    says_vat,
    vat_line,
    vat_words,
)
from invoicing.invoices.logos.queries import Logo
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import VatSubtotal
from marketplace.core import clock, storage
from marketplace.core.money import Money

TITLE = "Credit note"


@dataclass(frozen=True, slots=True)
class CreditNoteDocument:
    """Everything a credit note says. `particulars` are the invoice's; before issue it has no number."""

    title: str
    issued: Issued | None
    reason: str
    invoice_id: uuid.UUID
    particulars: Particulars
    supplied_on: date
    purchase_order: str
    lines: tuple[DocumentLine, ...]
    vat_lines: tuple[DocumentVat, ...]
    net: Money
    vat: Money
    total: Money
    shows_vat: bool


def document_of(note: CreditNote) -> CreditNoteDocument:
    """The content of an issued credit note."""
    return document_to_be(
        note.invoice, credit_of(note), note.reason, Issued(note.id, note.number, note.issued_on)
    )


def document_to_be(
    invoice: Invoice, credit: Credit, reason: str, issued: Issued | None = None
) -> CreditNoteDocument:
    """The content of a credit note that is about to be issued."""
    known = particulars_of(invoice)
    shows_vat = says_vat(known.issuer, credit.breakdown)
    return CreditNoteDocument(
        title=TITLE,
        issued=issued,
        reason=reason,
        invoice_id=invoice.id,
        particulars=known,
        supplied_on=invoice.supplied_on,
        purchase_order=invoice.purchase_order,
        lines=tuple(map(_line, credit.lines)),
        vat_lines=tuple(map(vat_line, credit.breakdown)) if shows_vat else (),
        net=credit.net,
        vat=credit.vat,
        total=credit.total,
        shows_vat=shows_vat,
    )


def credit_of(note: CreditNote) -> Credit:
    """What an issued credit note took back, as it was worked out then."""
    return Credit(
        lines=tuple(
            CreditedLine(
                line_id=line.invoice_line_id,
                position=line.position,
                description=line.invoice_line.description,
                quantity=line.quantity,
                unit=line.unit,
                unit_price=line.unit_price,
                net=line.net,
                category=line.invoice_line.category,
                rate_basis_points=line.invoice_line.rate_basis_points,
                exemption_reason=line.invoice_line.exemption_reason,
            )
            for line in note.lines
        ),
        breakdown=tuple(
            VatSubtotal(part.category, part.rate_basis_points, part.reason, part.taxable, part.vat)
            for part in note.breakdown
        ),
    )


def keep_pdf(session: Session, document: CreditNoteDocument, xml: bytes, logo: Logo | None) -> str:
    """Make the PDF of an issued credit note, with its e-invoice inside, and store it; its hash."""
    assert document.issued
    content = pdf.render_hybrid(
        "print/credit_note.html",
        xml,
        clock.now(),
        issuer=document.particulars.issuer.name,
        reference=document.issued.number,
        document=document,
        logo=logo,
    )
    return storage.store(session, io.BytesIO(content), "application/pdf").sha256


def _line(credited: CreditedLine) -> DocumentLine:
    return DocumentLine(
        credited.description,
        quantity_words(credited.quantity, credited.unit),
        credited.unit_price,
        vat_words(credited.category, credited.rate_basis_points),
        credited.net,
    )
