"""One figure, everywhere: page, PDF, CSV, e-invoice and e-mail of random documents agree to the penny."""

from __future__ import annotations

import csv
import io
import random
import uuid
from collections.abc import Callable
from decimal import Decimal

import facturx
import pytest
from lxml import etree
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.invoices.rules import VatCategory
from marketplace.core.mail import Message
from marketplace.core.money import Money
from tests import make
from tests.make import School
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]
pytestmark = pytest.mark.usefixtures("app")
SEEDS = (1, 2)
NAMES = {
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
}


def random_invoice(chance: random.Random, issuer: School, buyer: School, *, registered: bool) -> uuid.UUID:
    """One to four lines of any price, and of any VAT where the issuer is registered."""
    kinds = (
        [VatCategory.STANDARD, VatCategory.ZERO, VatCategory.EXEMPT] if registered else [VatCategory.OUTSIDE]
    )
    lines = []
    for place in range(chance.randint(1, 4)):
        category = chance.choice(kinds)
        lines.append(
            make.line(
                str(Decimal(chance.randint(1, 9_999_999)) / 10_000),
                str(Decimal(chance.randint(1, 99_999)) / 100),
                f"Line {place}",
                category=category,
                exemption_reason="Education" if category is VatCategory.EXEMPT else "",
            )
        )
    return make.issued_invoice(issuer, buyer, *lines)


def amounts_in_ubl(content: bytes) -> tuple[Money, ...]:
    """Before VAT, VAT and with VAT, as the e-invoice by itself says them."""
    return amounts(
        content,
        "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount",
        "cac:TaxTotal/cbc:TaxAmount",
        "cac:LegalMonetaryTotal/cbc:PayableAmount",
    )


def amounts_in_cii(content: bytes) -> tuple[Money, ...]:
    """Before VAT, VAT and with VAT, as the e-invoice inside the PDF says them."""
    return amounts(content, "//ram:TaxBasisTotalAmount", "//ram:TaxTotalAmount", "//ram:DuePayableAmount")


def amounts(content: bytes, *paths: str) -> tuple[Money, ...]:
    root = etree.fromstring(content)
    return tuple(
        Money.from_pounds(Decimal(root.xpath(f"string({path})", namespaces=NAMES))) for path in paths
    )


def words_of_pdf(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_one_figure_everywhere(client_for: ClientFor, session: Session) -> None:
    alder, beech = make.alliance(2).schools
    make.payable_school(alder, vat_number=make.VAT_NUMBERS[0])
    make.payable_school(beech)
    client = client_for(beech.finance_lead.person_id)
    for seed in SEEDS:
        chance = random.Random(seed)
        registered = chance.random() < 0.7
        issuer, buyer = (alder, beech) if registered else (beech, alder)
        invoice_id = random_invoice(chance, issuer, buyer, registered=registered)
        taken = {
            line.position: chance.randint(1, line.net.pence)
            for line in make.invoice(invoice_id).lines
            if line.net and (line.position == 1 or chance.random() < 0.5)
        }
        note = make.credit_note(make.credit(issuer, invoice_id, taken))
        invoice = make.invoice(invoice_id)
        for document, path in ((invoice, "invoices"), (note, "credit-notes")):
            wanted = (document.net, document.vat, document.total)
            shown = wanted if registered else (document.total,)
            paper = client.download(f"/{path}/{document.id}/pdf").data
            places = {
                "page": client.get(f"/{path}/{document.id}").words,
                "pdf": words_of_pdf(paper),
            }
            for place, words in places.items():
                assert all(str(amount) in words for amount in shown), (seed, place, wanted)
            xml = client.download(f"/{path}/{document.id}/xml").data
            assert amounts_in_ubl(xml) == wanted, seed
            assert amounts_in_cii(facturx.get_xml_from_pdf(paper, check_xsd=False)[1]) == wanted, seed
            (letter,) = session.scalars(
                select(Message.body).where(Message.subject.contains(f" {document.number} "))
            )
            assert str(document.total) in letter, seed
        direction = "received" if registered else "issued"
        listed = client.download(f"/invoices/list.csv?direction={direction}&q={invoice.number}").data
        (row,) = csv.DictReader(io.StringIO(listed.decode("utf-8-sig"), newline=""))
        figures = [
            Money.from_pounds(Decimal(row[name])) for name in ("Before VAT", "VAT", "Total", "Credited")
        ]
        assert figures == [invoice.net, invoice.vat, invoice.total, note.total], seed
        assert Money.from_pounds(Decimal(row["Still to pay"])) == invoice.total - note.total, seed
