"""The schedule for form VAT126 as a bursar sees it and takes it away."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import VatCategory
from invoicing.ledger import queries as ledger
from invoicing.ledger.rules import AccountKind, AccountName
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from tests import make
from tests.web.client import Client

pytestmark = pytest.mark.usefixtures("app")
MONTHS = "since=2026-10&until=2026-11"


def test_a_school_claims_what_stands_on_valid_invoices_and_sees_why_the_rest_is_left_out(
    client_for: Callable[[uuid.UUID | None], Client],
) -> None:
    alder, beech = make.alliance(2).schools
    make.payable_school(alder, vat_number=make.VAT_NUMBERS[0])
    make.payable_school(beech)
    line = make.line("33.33", "3", "Network manager", category=VatCategory.STANDARD)
    with clock.travelling(datetime(2026, 10, 5, 10, tzinfo=UTC)):
        first = make.issued_invoice(alder, beech, line)
        lacking = make.issued_invoice(alder, beech, make.line("10.00", category=VatCategory.STANDARD))
    with clock.travelling(datetime(2026, 11, 6, 10, tzinfo=UTC)):
        make.credit(alder, first, {1: 3333})
    with transaction() as session:
        session.get_one(Invoice, lacking).issuer_vat_number = "GB123456789"
    with clock.travelling(datetime(2026, 12, 2, 10, tzinfo=UTC)):
        client = client_for(beech.bursar.person_id)
        page = client.get(f"/exports/vat126?{MONTHS}")
        assert "regulation 14(1)(d)" in page.words
        counted = ledger.balance(
            db.session(), AccountName(beech.id, AccountKind.VAT_INPUT), before=date(2026, 12, 1)
        )
        assert counted == Money(20_00 - 6_67 + 2_00)
        assert {"£13.33", "£2.00", str(counted)} <= set(page.words.split())
        assert "must cover at least 12 months" in page.words
        text = client.download(page.links()["CSV"]).data.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert [row["VAT"] for row in rows] == ["20.00", "-6.67"]
        assert rows[0]["Supplier’s VAT number"] == make.VAT_NUMBERS[0]
        book: Any = openpyxl.load_workbook(io.BytesIO(client.download(page.links()["Excel"]).data))
        assert [cell.value for cell in book["Schedule"]["H"]] == ["VAT", 20, -6.67]
        assert book["Not in the schedule"]["D2"].value == 2
        paper = PdfReader(io.BytesIO(client.download(page.links()["PDF"]).data))
        assert "£13.33" in " ".join(sheet.extract_text() for sheet in paper.pages)
        backwards = client.get("/exports/vat126?since=2026-11&until=2026-10", status=422)
        assert "the period is backwards" in backwards.words
        nothing = client.get("/exports/vat126.csv?since=2026-09&until=2026-09", status=422)
        assert "nothing to claim" in nothing.words
        assert client.open("/exports/vat126?since=x").status_code == 422
        registered = client_for(alder.bursar.person_id)
        assert "in its own VAT Return instead" in registered.get("/exports/vat126").words
        refused = registered.get("/exports/vat126.xlsx", status=422)
        assert "makes no claim on VAT126" in refused.words
