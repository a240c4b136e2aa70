"""What an invoice says once it is issued, and its files: made beforehand where many are issued in a row.

A page takes a tenth of a second to draw. Whoever issues holds a number meanwhile, and on SQLite everybody's
turn to write; so a batch draws each invoice with the number it will get if nobody comes in between, and what
was drawn is used only where it says the same as what is issued.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from sqlalchemy.orm import Session

from invoicing.gateways import pdf
from invoicing.gateways.drawing import Enclosure, NotDrawn
from invoicing.gateways.workers import Drawing
from invoicing.invoices.documents import InvoiceDocument, Particulars, document_of
from invoicing.invoices.e_invoices import writing
from invoicing.invoices.e_invoices.rules import EInvoice
from invoicing.invoices.logos.queries import Logo, logo_of
from invoicing.invoices.models import Invoice
from marketplace.core import clock, storage
from marketplace.core.errors import RuleBroken


@dataclass(frozen=True, slots=True)
class Content:
    """All that an issued invoice says: to people, and to their programs."""

    document: InvoiceDocument
    e_invoice: EInvoice
    logo: Logo | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """The files of a content: its e-invoice by itself, and its PDF, which may still be in the making."""

    content: Content
    ubl: bytes
    drawing: Drawing


def content_of(session: Session, invoice: Invoice, issued: Particulars) -> Content:
    """What an invoice says with the particulars it gets, and with the logo that its school has now."""
    document, e_invoice = document_of(invoice, issued), writing.of_invoice(invoice, issued)
    return Content(document, e_invoice, logo_of(session, invoice.issuer_id))


def begin(content: Content) -> Drawn:
    """Have the files of a content made."""
    written = writing.write(content.e_invoice)
    known = content.document.particulars
    order = pdf.order(
        "print/invoice.html",
        Enclosure(written.cii, clock.now()),
        issuer=known.issuer.name,
        reference=known.number,
        document=content.document,
        logo=content.logo,
    )
    return Drawn(content, written.ubl, pdf.begin(order))


def finished(drawn: Drawn) -> bytes:
    """The PDF. Raises RuleBroken when it could not be drawn within the limits there are for one."""
    try:
        return drawn.drawing.result()
    except NotDrawn:
        raise RuleBroken(
            "The PDF of this invoice could not be made in time, so it was not issued and has no number. "
            "Try again; if it stays so, shorten its texts or divide it into two invoices."
        ) from None


def keep(session: Session, drawn: Drawn) -> tuple[str, str]:
    """Store the PDF and the e-invoice; the hashes by which they are kept. Raises RuleBroken."""
    document = storage.store(session, io.BytesIO(finished(drawn)), "application/pdf")
    return document.sha256, writing.keep_xml(session, drawn.ubl)
