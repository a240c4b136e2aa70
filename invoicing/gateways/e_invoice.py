"""E-invoices by factur-x: the business terms of EN 16931 as XML, and out of a PDF. Loaded when first needed.

Terms are those of the standard by number ("BT-1"), as `e_invoices.rules.business_terms` gives them; amounts
are text, so that no figure passes through a float.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

LEVEL = "en16931"
XML_NAMES = frozenset({"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"})
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
NO_LETTERS = str.maketrans("", "", "\ufffe\uffff")  # the two that tidy text may have and XML 1.0 may not
PEPPOL = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"


def ubl(terms: Mapping[str, Any], *, peppol: bool) -> bytes:
    """UBL 2.1: an Invoice or a CreditNote, as the type of document (BT-3) says.

    With `peppol` it says that it keeps to Peppol BIS Billing 3.0 (BT-24), else to EN 16931 alone.
    Raises ValueError when a term is missing or of the wrong kind.
    """
    import facturx  # noqa: PLC0415  # see above
    from lxml import etree  # noqa: PLC0415  # see above

    own = _own(terms)
    content = facturx.generate_ubl_xml(own, level=LEVEL, check_xsd=False, check_schematron=False)
    apart = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    document = etree.fromstring(content, apart)
    document.remove(document.find(f"{CBC}UBLVersionID"))  # UBL-CR-002 advises against it
    if peppol:
        document.find(f"{CBC}CustomizationID").text = PEPPOL
    written: bytes = etree.tostring(document, xml_declaration=True, encoding="UTF-8")
    return written


def cii(terms: Mapping[str, Any]) -> bytes:
    """UN/CEFACT CII, for a hybrid PDF. Raises ValueError when a term is missing or of the wrong kind."""
    import facturx  # noqa: PLC0415  # see above

    own = _own(terms)
    if "BT-86" in own:  # CII has a place for a BIC and none for a sort code
        own["BT-84"] = f"{own.pop('BT-86')} {own['BT-84']}"
    written: bytes = facturx.generate_cii_xml(own, level=LEVEL, check_xsd=False, check_schematron=False)
    return written


def inside(pdf: bytes) -> bytes | None:
    """The XML that a hybrid PDF (Factur-X, ZUGFERD 2) has inside; None without one, or for a broken PDF.

    Not factur-x but pypdf takes it out: that bounds what a stream unpacks to, and parses no XML before
    whoever asked has looked at its size.
    """
    from pypdf import PdfReader  # noqa: PLC0415  # see above

    try:
        for attached in PdfReader(io.BytesIO(pdf)).attachment_list:
            if attached.name.lower() in XML_NAMES:
                return attached.content
    except Exception:  # noqa: BLE001  # a hostile PDF fails the reader in every way there is
        return None
    return None


def _own(value: Any) -> Any:
    """A copy for the library, which changes what it is given; every text as XML can hold it."""
    if isinstance(value, Mapping):
        return {term: _own(inner) for term, inner in value.items()}
    if isinstance(value, list):
        return [_own(inner) for inner in value]
    return value.translate(NO_LETTERS) if isinstance(value, str) else value
