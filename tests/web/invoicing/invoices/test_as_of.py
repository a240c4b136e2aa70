"""An invoice as it stood on an earlier day."""

from __future__ import annotations

import hashlib
import io
import uuid
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest

from marketplace.core import clock, storage
from tests import make
from tests.web.client import Client

pytestmark = pytest.mark.usefixtures("app")
FIRST, SECOND, THIRD = date(2026, 9, 7), date(2026, 9, 14), date(2026, 9, 21)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=clock.LONDON)


def asked(day: date) -> str:
    return f"?day-day={day.day}&day-month={day.month}&day-year={day.year}"


def test_any_past_day_gives_the_invoice_as_it_stood_and_the_same_bytes(
    client_for: Callable[[uuid.UUID | None], Client],
) -> None:
    with clock.travelling(at(FIRST)):
        alder, beech = (make.payable_school(school) for school in make.alliance(2).schools)
        invoice_id = make.issued_invoice(alder, beech)
        page = f"/invoices/{invoice_id}/as-of"
        then = client_for(beech.finance_lead.person_id).download(f"{page}/documents.zip{asked(FIRST)}").data
    with clock.travelling(at(SECOND)):
        credit_id = make.credit(alder, invoice_id, {1: 2_000})
        make.pay(alder, invoice_id, 3_000, SECOND)
    with clock.travelling(at(THIRD)):
        client = client_for(beech.finance_lead.person_id)
        assert client.download(f"{page}/documents.zip{asked(FIRST)}").data == then
        invoice = make.invoice(invoice_id)
        with zipfile.ZipFile(io.BytesIO(then)) as archive:
            assert archive.namelist() == [f"{invoice.number}.pdf", f"{invoice.number}.xml"]
            assert (
                hashlib.sha256(archive.read(f"{invoice.number}.pdf")).hexdigest() == invoice.document_sha256
            )
        first, second = (client.get(page + asked(day)) for day in (FIRST, SECOND))
        assert invoice.document_sha256 in first.words
        assert "Credited by then £0.00 Paid by then £0.00" in first.words
        assert "Still to pay £100.00" in first.words
        assert "Credited by then £20.00 Paid by then £30.00" in second.words
        assert "Still to pay £50.00" in second.words
        later = client.download(f"{page}/documents.zip{asked(SECOND)}").data
        with zipfile.ZipFile(io.BytesIO(later)) as archive:
            note = make.credit_note(credit_id)
            assert archive.read(f"{note.number}.pdf") == storage.read(note.document_sha256)

        before = client.get(page + asked(date(2026, 9, 6)))
        assert (
            "On 6 September 2026 there was no such invoice. It was issued on 7 September 2026" in before.words
        )
        client.download(f"{page}/documents.zip{asked(date(2026, 9, 6))}", status=404)
        tomorrow = client.get(page + asked(date(2026, 9, 22)), status=422)
        assert "Enter today or an earlier day." in tomorrow.words
        assert page in client.get(f"/invoices/{invoice_id}").links().values()
        client_for(make.alliance(1).schools[0].finance_lead.person_id).get(page, status=404)
