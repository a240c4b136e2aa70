"""Hybrid documents: one PDF for people and, inside it, the same as XML for their programs.

PDF/A-3 (to be kept), PDF/UA-1 (to be read by everybody) and Factur-X, profile EN 16931, at once. WeasyPrint
draws and embeds; what it cannot say of two standards together is added here. Same content, same bytes.
"""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name
from weasyprint import Attachment

from invoicing.gateways import weasy
from invoicing.gateways.drawing import Enclosure, Order

XML_NAME = "factur-x.xml"  # Factur-X 1.0 gives the name
MORE_METADATA = Path(__file__).with_name("factur_x.xmp").read_text("utf-8")


def draw(order: Order, enclosure: Enclosure) -> bytes:
    """The PDF of an order with an e-invoice inside it. Raises ValueError as `weasy.draw` does."""
    attachment = Attachment(
        string=enclosure.xml,
        name=XML_NAME,
        description="The same document for programs: Factur-X, profile EN 16931",
        created=enclosure.written_at,
        modified=enclosure.written_at,
        relationship="Alternative",
    )
    drawn = weasy.draw(order, variant="pdf/a-3a", attachments=[attachment])
    finished = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn)) as document:
        _say_what_it_keeps(document)
        _say_what_headings_head(document)
        document.Root.AF = Array(document.Root.AF[:1])  # WeasyPrint 70 names the one file twice
        document.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        document.save(finished, deterministic_id=True)
    return finished.getvalue()


def _say_what_it_keeps(document: pikepdf.Pdf) -> None:
    """Add PDF/UA and Factur-X to the metadata, each with the description that PDF/A-3 asks for."""
    metadata = document.Root.Metadata.read_bytes().decode()
    before, end, after = metadata.partition("</rdf:RDF>")
    if not end:
        raise ValueError("The PDF has no metadata to add to.")
    document.Root.Metadata = document.make_stream(
        f"{before}{MORE_METADATA}{end}{after}".encode(), Type=Name.Metadata, Subtype=Name.XML
    )


def _say_what_headings_head(document: pikepdf.Pdf) -> None:
    """Give each heading of a table its scope: a column in the table's head, else a row."""
    for element in document.objects:
        if isinstance(element, Dictionary) and element.get("/S") == Name.TH:
            rows = element.P.get("/P")
            column = rows is not None and rows.get("/S") == Name.THead
            attributes = element.get("/A", Dictionary(O=Name.Table))
            attributes["/Scope"] = Name.Column if column else Name.Row
            element["/A"] = attributes
