"""One figure, everywhere: page, PDF, CSV, Excel, e-invoices and e-mail of a hundred documents agree."""

from __future__ import annotations

import csv
import html
import io
import random
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import openpyxl
import pikepdf
import pytest
from lxml import etree
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from invoicing.invoices.credit_notes.models import CreditNote
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import VatCategory
from invoicing.ledger.models import Account, Transfer
from invoicing.ledger.rules import AccountKind
from marketplace.core import storage
from marketplace.core.batches import collector_at_rest
from marketplace.core.mail import Message
from marketplace.core.money import ZERO, Money
from tests import make
from tests.make import School
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]
Figures = tuple[Money, ...]
Pairs = Sequence[tuple[Invoice, CreditNote]]
pytestmark = pytest.mark.usefixtures("app")
SEED = 20261127
OF_REGISTERED, OF_OTHERS = 35, 15  # invoices, with a credit note for each of them
AT_ONCE = 10
OF_FIGURES = {AccountKind.INCOME, AccountKind.EXPENSE, AccountKind.VAT_OUTPUT, AccountKind.VAT_INPUT}
AMOUNT = re.compile(r"-?£[0-9,]+\.[0-9]{2}")
NAMES = {
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
}


def random_draft(chance: random.Random, issuer: School, buyer: School, *, registered: bool) -> uuid.UUID:
    """One to three lines of any price, and of any VAT where the issuer is registered."""
    kinds = (
        [VatCategory.STANDARD, VatCategory.ZERO, VatCategory.EXEMPT] if registered else [VatCategory.OUTSIDE]
    )
    lines = []
    for place in range(chance.randint(1, 3)):
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
    return make.draft_invoice(issuer, buyer, *lines)


def random_credit(chance: random.Random, invoice: Invoice) -> dict[int, int]:
    """So many pence of some lines of an invoice, by the place of the line."""
    worth = [line for line in invoice.lines if line.net]
    chosen = [line for line in worth if line is worth[0] or chance.random() < 0.5]
    return {line.position: chance.randint(1, line.net.pence) for line in chosen}


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


def amounts_in_words(text: str) -> set[str]:
    """Every amount that a text says."""
    return set(AMOUNT.findall(html.unescape(text)))


def words_of_pdf(content: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def inside(content: bytes) -> bytes:
    """The e-invoice inside a PDF."""
    with pikepdf.open(io.BytesIO(content)) as document:
        return document.attachments["factur-x.xml"].get_file().read_bytes()


def in_the_ledger(session: Session, document: Invoice | CreditNote, seller: School, buyer: School) -> Figures:
    """Before VAT, VAT and together, as the entry of a document stands in the books of both schools.

    They are the same in both, or the test has found what it looks for.
    """
    debit, credit = aliased(Account), aliased(Account)
    query = (
        select(debit.holder_id, debit.kind, credit.kind, Transfer.amount)
        .join(debit, debit.id == Transfer.debit_id)
        .join(credit, credit.id == Transfer.credit_id)
        .where(Transfer.entry_id == document.id)
    )
    found: dict[uuid.UUID, dict[AccountKind, Money]] = {seller.id: {}, buyer.id: {}}
    for holder, debited, credited, amount in session.execute(query):
        found[holder][{debited, credited}.intersection(OF_FIGURES).pop()] = amount
    sold, bought = found[seller.id], found[buyer.id]
    net, vat = sold.get(AccountKind.INCOME, ZERO), sold.get(AccountKind.VAT_OUTPUT, ZERO)
    assert (net, vat) == (bought.get(AccountKind.EXPENSE, ZERO), bought.get(AccountKind.VAT_INPUT, ZERO))
    return net, vat, net + vat


def figures(row: Mapping[str, Any]) -> Figures:
    """Before VAT, VAT and total of a row of a file, without the minus of a credit note."""
    cells = [Decimal(str(row[name])) for name in ("Before VAT", "VAT", "Total")]
    net, vat, total = (Money.from_pounds(abs(cell)) for cell in cells)
    assert all(cell <= 0 for cell in cells) or all(cell >= 0 for cell in cells)
    assert (row["Document"] == "Credit note") == (cells[2] < 0)
    return net, vat, total


def in_files(client: Client, side: str) -> dict[str, list[Figures]]:
    """The figures of each document as CSV and Excel have them, and as their lines sum up."""
    found: dict[str, list[Figures]] = {}
    text = client.download(f"/exports/documents.csv?side={side}").data.decode("utf-8-sig")
    book: Any = openpyxl.load_workbook(
        io.BytesIO(client.download(f"/exports/documents.xlsx?side={side}").data), read_only=True
    )
    heads, *rows = book["Documents"].iter_rows(values_only=True)
    in_csv = csv.DictReader(io.StringIO(text, newline=""))
    for row in (*in_csv, *(dict(zip(heads, one, strict=True)) for one in rows)):
        found.setdefault(row["Number"], []).append(figures(row))
    heads, *rows = book["Lines"].iter_rows(values_only=True)
    of_lines: dict[str, list[Figures]] = {}
    for row in (dict(zip(heads, one, strict=True)) for one in rows):
        of_lines.setdefault(row["Number"], []).append(figures(row))
    for number, lines in of_lines.items():
        net, vat, total = (Money.total(amounts) for amounts in zip(*lines, strict=True))
        found[number].append((net, vat, total))
    return found


def issued(chance: random.Random, seller: School, buyer: School, count: int, *, registered: bool) -> Pairs:
    """So many invoices, each with the credit note that takes a part of it back."""
    drafts = [random_draft(chance, seller, buyer, registered=registered) for _ in range(count)]
    notes = []
    for start in range(0, count, AT_ONCE):
        some = drafts[start : start + AT_ONCE]
        with collector_at_rest():
            make.issue(seller, *some)
            notes += [make.credit(seller, one, random_credit(chance, make.invoice(one))) for one in some]
    return [(make.invoice(one), make.credit_note(note)) for one, note in zip(drafts, notes, strict=True)]


def still_to_pay(client: Client, side: str) -> dict[str, tuple[Money, Money]]:
    """What is credited of each invoice and what is left, as the list of invoices gives it away."""
    text = client.download(f"/invoices/list.csv?direction={side}").data.decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return {
        row["Number"]: (
            Money.from_pounds(Decimal(row["Credited"])),
            Money.from_pounds(Decimal(row["Still to pay"])),
        )
        for row in rows
    }


@pytest.mark.long
def test_one_figure_everywhere(client_for: ClientFor, session: Session) -> None:
    """A hundred documents of two schools, one of them registered for VAT; the ledger says what is right."""
    alder, beech = make.alliance(2).schools
    make.payable_school(alder, vat_number=make.VAT_NUMBERS[0])
    make.payable_school(beech)
    chance = random.Random(SEED)
    sold = issued(chance, alder, beech, OF_REGISTERED, registered=True)
    bought = issued(chance, beech, alder, OF_OTHERS, registered=False)
    client = client_for(alder.finance_lead.person_id)
    letters = session.execute(select(Message.subject, Message.body)).all()
    for pairs, side, seller, buyer in ((sold, "issued", alder, beech), (bought, "received", beech, alder)):
        filed, left = in_files(client, side), still_to_pay(client, side)
        assert len(filed) == 2 * len(pairs)
        for invoice, note in pairs:
            assert left[invoice.number or ""] == (note.total, invoice.total - note.total), invoice.number
        documents: list[Invoice | CreditNote] = [one for pair in pairs for one in pair]
        for document in documents:
            said = f"seed {SEED}, {document.number}"
            wanted = in_the_ledger(session, document, seller, buyer)
            assert (document.net, document.vat, document.total) == wanted, said
            shown = {str(amount) for amount in (wanted if seller is alder else wanted[2:])}
            path = f"/{'credit-notes' if isinstance(document, CreditNote) else 'invoices'}/{document.id}"
            paper, xml = (storage.read(one or "") for one in (document.document_sha256, document.xml_sha256))
            assert shown <= amounts_in_words(client.download(path).text), said
            assert shown <= amounts_in_words(words_of_pdf(paper)), said
            assert amounts_in_ubl(xml) == wanted, said
            assert amounts_in_cii(inside(paper)) == wanted, said
            assert filed[document.number or ""] == [wanted] * 3, said
            (letter,) = [body for subject, body in letters if f" {document.number} " in f"{subject} "]
            assert str(document.total) in letter, said
