"""Which kind of e-invoice a file is, by what is in it, and what it says. No file may name an entity."""

from __future__ import annotations

import io
from xml.etree.ElementTree import Element

from invoicing.gateways import e_invoice
from invoicing.incoming.formats import cii, ubl
from invoicing.incoming.formats.elements import missing
from invoicing.incoming.rules import (
    CREDIT_CODES,
    FIELD,
    INVOICE_CODES,
    LARGEST_FILE,
    MOST_LINES,
    Format,
    ReadInvoice,
)
from marketplace.core import documents, xml_files
from marketplace.core.errors import RuleBroken

PDF = b"%PDF-"
NOT_ONE = (
    "This file is no e-invoice: choose an invoice as UBL or CII (.xml), or a PDF that has one of them inside."
    " Ask the supplier for an e-invoice by EN 16931."
)


def read(content: bytes) -> tuple[Format, ReadInvoice]:
    """What an uploaded file says. Raises RuleBroken for one that is not to be trusted, or is no e-invoice."""
    if len(content) > LARGEST_FILE:
        raise RuleBroken(f"The file must be smaller than {LARGEST_FILE // 1024**2} MB.", FIELD)
    hybrid = content.startswith(PDF)
    if hybrid:
        documents.check_document("invoice.pdf", io.BytesIO(content), field=FIELD, endings=(".pdf",))
    inside = e_invoice.inside(content) if hybrid else content
    if inside is None:
        raise RuleBroken(
            "This PDF has no e-invoice inside, so nothing can be read from it. Ask the supplier for one by "
            "EN 16931: UBL, CII or a PDF with the XML inside (Factur-X).",
            FIELD,
        )
    if len(inside) > LARGEST_FILE:
        raise RuleBroken(f"The e-invoice in this PDF is larger than {LARGEST_FILE // 1024**2} MB.", FIELD)
    root = _parsed(inside)
    called = root.tag
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    if called in ubl.ROOTS:
        kind, found = Format.UBL, ubl.read(root)
    elif called == cii.ROOT:
        kind, found = Format.CII, cii.read(root)
    else:
        raise RuleBroken(NOT_ONE, FIELD)
    if not found.lines and found.code in INVOICE_CODES | CREDIT_CODES:
        raise missing("lines (BG-25)")
    if len(found.lines) > MOST_LINES:
        raise RuleBroken(f"The invoice has more than {MOST_LINES:,} lines. Ask for it in parts.", FIELD)
    return (Format.HYBRID if hybrid else kind), found


def _parsed(content: bytes) -> Element:
    try:
        return xml_files.parse(content)
    except xml_files.Declares:
        raise RuleBroken(
            "The file has a document type or entities in it, which no e-invoice needs and which can do harm, "
            "so it was not read and not kept. Ask the supplier to send the invoice without them.",
            FIELD,
        ) from None
    except xml_files.NotXml:
        raise RuleBroken(NOT_ONE, FIELD) from None
