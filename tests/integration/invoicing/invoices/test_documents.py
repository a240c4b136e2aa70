"""The PDF of an invoice says what the law asks for, and what the database says."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import facturx
import pikepdf
import pytest
from flask import Flask
from lxml import etree
from pypdf import PdfReader

from invoicing.gateways import pdf
from invoicing.invoices import documents
from invoicing.invoices.rules import VatCategory
from marketplace.core import clock, storage
from marketplace.core.web import day
from tests import make
from tests.make import School

EDUCATION = "Education, VAT Act 1994, Schedule 9, Group 6"


@pytest.fixture
def schools(app: Flask) -> tuple[School, ...]:  # noqa: ARG001  # it needs the database
    """Two payable schools; the first is registered for VAT."""
    alder, beech = make.alliance(2).schools
    return make.payable_school(alder, vat_number=make.VAT_NUMBERS[0]), make.payable_school(beech)


def words(invoice_id: object) -> str:
    """All that the stored PDF says, with single spaces."""
    invoice = make.invoice(invoice_id)  # type: ignore[arg-type]
    assert invoice.document_sha256
    reader = PdfReader(io.BytesIO(storage.read(invoice.document_sha256)))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_a_vat_invoice_says_all_that_regulation_14_asks_for(schools: tuple[School, ...]) -> None:
    alder, beech = schools
    supplied = clock.today() - timedelta(days=30)
    invoice_id = make.issued_invoice(
        alder,
        beech,
        make.line("40.00", "2.5", "Network manager", unit="hours", category=VatCategory.STANDARD),
        make.line("12.34", "1", "Reading books", category=VatCategory.ZERO),
        make.line("99.99", "1", "Phonics course", category=VatCategory.EXEMPT, exemption_reason=EDUCATION),
        supplied_on=supplied,
        purchase_order="PO £7",
        note="Thank you – see you “soon”.",
    )
    invoice, text = make.invoice(invoice_id), words(invoice_id)
    assert invoice.number
    assert invoice.issued_on
    assert invoice.due_on
    asked_for = {
        "14(1)(a) sequential number": [invoice.number],
        "14(1)(b) time of supply": [f"Tax point {day(supplied)}", f"Date of supply {day(supplied)}"],
        "14(1)(c) date of issue": [f"Invoice date {day(invoice.issued_on)}"],
        "14(1)(d) supplier": [alder.name, *invoice.issuer_address.splitlines(), make.VAT_NUMBERS[0]],
        "14(1)(e) buyer": [beech.name, *invoice.buyer_address.splitlines()],
        "14(1)(g) description": ["Network manager", "Reading books", "Phonics course"],
        "14(1)(h) quantity, rate, amount": [
            "2.5 hours",
            "20%",
            "0%",
            "Exempt",
            "£100.00",
            "£12.34",
            "£99.99",
        ],
        "14(1)(i) total before VAT": [f"Total before VAT {invoice.net}"],
        "14(1)(l) VAT in sterling": [f"VAT {invoice.vat}"],
        "14(1)(m) unit price": ["£40.00"],
        "reasons": [EDUCATION],
        "to pay": [f"To pay {invoice.total}", f"Payment due {day(invoice.due_on)}", "30-94-31", "PO £7"],
        "company": [invoice.issuer_company_details, "registered in England and Wales"],
        "note": ["Thank you – see you “soon”."],
    }
    missing = {what: part for what, parts in asked_for.items() for part in parts if part not in text}
    assert not missing, text
    assert text.count("VAT invoice") == 1


def test_the_totals_on_the_paper_are_those_in_the_database(schools: tuple[School, ...]) -> None:
    alder, beech = schools
    lines = [
        make.line(f"{0.37 * place:.2f}", f"{place}", category=VatCategory.STANDARD) for place in range(1, 9)
    ]
    invoice_id = make.issued_invoice(alder, beech, *lines)
    invoice, text = make.invoice(invoice_id), words(invoice_id)
    amounts = [Decimal(found.replace(",", "")) for found in re.findall(r"£([0-9,]+\.[0-9]{2})\b", text)]
    assert max(amounts) == invoice.total.pounds
    assert {invoice.net.pounds, invoice.vat.pounds, invoice.total.pounds} <= set(amounts)
    assert sum(line.net.pounds for line in invoice.lines) == invoice.net.pounds


def test_a_school_that_is_not_registered_shows_no_vat_at_all(schools: tuple[School, ...]) -> None:
    alder, beech = schools
    text = words(make.issued_invoice(beech, alder))
    assert "VAT" not in text
    assert "GB" not in text
    assert "To pay £100.00" in text


def test_every_letter_that_a_school_may_type_is_on_the_paper(schools: tuple[School, ...]) -> None:
    alder, beech = schools
    typed = "Café £5 – “naïve” Łódź ½ & <b>bold</b> Ελλάδα"
    assert typed in words(make.issued_invoice(beech, alder, make.line(description=typed)))


def test_a_long_invoice_goes_on_over_pages_and_totals_once(schools: tuple[School, ...]) -> None:
    alder, beech = schools
    lines = [make.line("1.00", description=f"Line {place} " + "of many words " * 12) for place in range(50)]
    invoice = make.invoice(make.issued_invoice(beech, alder, *lines))
    assert invoice.document_sha256
    reader = PdfReader(io.BytesIO(storage.read(invoice.document_sha256)))
    assert len(reader.pages) > 2
    text = [page.extract_text() for page in reader.pages]
    assert sum(page.count("To pay") for page in text) == 1
    assert invoice.number
    assert all(invoice.number in page for page in text)
    assert f"Page {len(text)} of {len(text)}" in " ".join(text[-1].split())


def test_the_document_is_for_people_for_programs_and_to_be_kept(schools: tuple[School, ...]) -> None:
    """PDF/A-3 with the tags of level A, PDF/UA-1, and Factur-X with the profile EN 16931, in one file."""
    alder, beech = schools
    invoice = make.invoice(make.issued_invoice(alder, beech, make.line(category=VatCategory.STANDARD)))
    assert invoice.document_sha256
    content = storage.read(invoice.document_sha256)
    reader = PdfReader(io.BytesIO(content))
    assert reader.metadata
    assert reader.metadata.title == f"VAT invoice {invoice.number}"
    assert reader.metadata.author == alder.name
    assert "/StructTreeRoot" in reader.root_object
    name, inside = facturx.get_xml_from_pdf(content)
    assert (name, facturx.get_level(etree.fromstring(inside))) == ("factur-x.xml", "en16931")
    with pikepdf.open(io.BytesIO(content)) as document:
        with document.open_metadata() as said:
            assert (said["pdfaid:part"], said["pdfaid:conformance"], said["pdfuaid:part"]) == ("3", "A", "1")
            assert (
                said["{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}ConformanceLevel"] == "EN 16931"
            )
        described = document.Root.Metadata.read_bytes()
        for schema in (
            b"http://www.aiim.org/pdfua/ns/id/",
            b"urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#",
        ):
            assert b"<pdfaSchema:namespaceURI>" + schema in described
        assert [file.AFRelationship for file in document.Root.AF] == [pikepdf.Name.Alternative]
        assert document.Root.OutputIntents[0].S == pikepdf.Name.GTS_PDFA1
        assert document.Root.ViewerPreferences.DisplayDocTitle
        elements = [one for one in document.objects if isinstance(one, pikepdf.Dictionary)]
        fonts = [one for one in elements if one.get("/Type") == pikepdf.Name.FontDescriptor]
        assert fonts
        assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
        scopes = [str(one.A.Scope) for one in elements if one.get("/S") == pikepdf.Name.TH]
        assert {"/Row", "/Column"} == set(scopes)
        assert len(scopes) == len([one for one in elements if one.get("/S") == pikepdf.Name.TH])


def test_the_same_document_is_the_same_bytes(schools: tuple[School, ...]) -> None:
    alder, beech = schools
    draft = make.invoice(make.draft_invoice(alder, beech, make.line(category=VatCategory.STANDARD)))
    today = clock.today()
    document = documents.document_of(
        draft,
        replace(
            documents.live_particulars(draft), number="1", issued_on=today, tax_point=today, due_on=today
        ),
    )
    once, again = (
        pdf.render_hybrid(
            "print/invoice.html",
            b"<a/>",
            datetime(2026, 11, 3, tzinfo=UTC),
            issuer="A",
            reference="1",
            document=document,
        )
        for _ in range(2)
    )
    assert once == again
