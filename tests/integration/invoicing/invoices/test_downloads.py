"""Lists to take away: CSV that no spreadsheet runs, and ZIP files of the stored documents."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from invoicing.invoices import downloads, queries
from invoicing.invoices.queries import Wanted
from marketplace.core import storage
from marketplace.core.errors import RuleBroken
from tests import make
from tests.make import School


@pytest.fixture
def schools(app: Flask) -> tuple[School, ...]:  # noqa: ARG001  # it needs the database
    """Two payable schools."""
    alder, beech = make.alliance(2).schools
    return make.payable_school(alder), make.payable_school(beech)


def read(content: bytes) -> list[dict[str, str]]:
    """A CSV file as a spreadsheet reads it."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_csv_says_what_the_list_says(schools: tuple[School, ...], session: Session) -> None:
    alder, beech = schools
    issued = make.invoice(
        make.issued_invoice(alder, beech, make.line("12.34", "3"), purchase_order="PO, “7”")
    )
    make.draft_invoice(alder, beech)
    make.pay(alder, issued.id, 1000)
    draft, row = read(downloads.list_as_csv(queries.list_invoices(session, alder.bursar, Wanted())))
    assert (draft["Number"], draft["Status"], draft["Issued"]) == ("", "Draft", "")
    invoice = make.invoice(issued.id)
    assert row == {
        "Number": invoice.number,
        "Status": "Part paid",
        "From": alder.name,
        "To": beech.name,
        "Issued": f"{invoice.issued_on:%Y-%m-%d}",
        "Due": f"{invoice.due_on:%Y-%m-%d}",
        "Order number": "PO, “7”",
        "Before VAT": "37.02",
        "VAT": "0.00",
        "Total": "37.02",
        "Credited": "0.00",
        "Still to pay": "27.02",
        "Disputed": "0.00",
    }


@pytest.mark.parametrize("order", ["=HYPERLINK(1)", "+1+1", "-2", "@SUM(A1)"])
def test_no_cell_starts_a_formula(schools: tuple[School, ...], session: Session, order: str) -> None:
    alder, beech = schools
    make.issued_invoice(alder, beech, purchase_order=order)
    content = downloads.list_as_csv(queries.list_invoices(session, alder.bursar, Wanted()))
    for row in read(content):
        assert row["Order number"] == f"'{order}"
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())


def test_the_zip_has_the_stored_documents_and_their_list(
    schools: tuple[School, ...], session: Session
) -> None:
    alder, beech = schools
    issued = [make.invoice(make.issued_invoice(alder, beech)) for _ in range(3)]
    make.draft_invoice(alder, beech)
    rows = queries.list_invoices(session, alder.bursar, Wanted())
    content = downloads.documents_as_zip(rows)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == [f"{one.number}.pdf" for one in issued] + ["invoices.csv"]
        for invoice in issued:
            assert invoice.document_sha256
            assert archive.read(f"{invoice.number}.pdf") == storage.read(invoice.document_sha256)
        assert len(read(archive.read("invoices.csv"))) == 3
    assert downloads.documents_as_zip(rows) == content


def test_there_is_no_zip_of_nothing(schools: tuple[School, ...], session: Session) -> None:
    alder, beech = schools
    make.draft_invoice(alder, beech)
    with pytest.raises(RuleBroken, match="no PDF"):
        downloads.documents_as_zip(queries.list_invoices(session, alder.bursar, Wanted()))
