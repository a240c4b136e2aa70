"""A draft is saved as its author types and looked at as schools will see it; a receipt is taken away."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from suppliers.quotes import queries
from suppliers.quotes.offers import answer_field, price_field
from tests import make
from tests.web.client import Client

SignIn = Callable[[Any], Client]


@pytest.fixture
def tender(app: Flask) -> make.Tender:
    assert app.testing
    return make.published_tender(make.alliance(schools=2))


@pytest.fixture
def supplier(app: Flask) -> make.Supplier:
    assert app.testing
    return make.supplier("Ashdown Kitchens")


@pytest.fixture
def site(client_for: SignIn, supplier: make.Supplier) -> Client:
    return client_for(supplier.admin.person_id)


def test_a_draft_is_saved_as_people_type_with_figures_that_the_server_worked_out(
    tender: make.Tender, site: Client
) -> None:
    asked = make.quote_schedule(tender)
    line, question = next(iter(asked.lines)), asked.questions[0]
    page = site.get(f"/tenders/{tender.id}/quote")
    assert page.select("form[data-autosave]")
    form = page.form("Save draft").fill(
        **{price_field(line): "2.5", answer_field(question.id): "Fresh soup every day"}
    )
    saved = site.submit(form, "Save draft")
    live = {one.get("data-live"): "".join(one.itertext()) for one in saved.select("[data-live]")}
    assert live["total"] == "£150,000.00"
    assert live[f"amount-{line.hex}"] == "£150,000.00"
    assert live["words-1"] == "4"
    assert saved.form("Save draft").values["version"] != form.values["version"]
    ahead = site.submit(saved.form("Save draft"), "Save, then see it as the schools will")
    assert ahead.heading == "As the schools will see it"
    assert "Fresh soup every day" in ahead.words
    assert ahead.words.index("First: your answers") < ahead.words.index("What each school would pay")


def test_the_receipt_is_a_page_a_document_and_a_file_that_say_the_same(
    tender: make.Tender, supplier: make.Supplier, site: Client, client_for: SignIn
) -> None:
    quote_id = make.draft_quote(tender, supplier)
    make.submit_draft(quote_id, supplier)
    links = site.get(f"/quotes/{quote_id}").links()
    said = json.loads(site.download(links["Download the receipt as a file for programs (JSON)"]).data)
    quote = make.quote(quote_id)
    event = queries.receipt_of(make.fresh(), quote_id)
    assert event
    assert said["receipt"] == quote.reference
    assert said["commitment"] == quote.commitment
    assert said["record"] == {"position": event.position, "hash": event.hash}
    assert quote.received_at
    assert said["receivedAt"].startswith(quote.received_at.isoformat(timespec="milliseconds")[:23])
    drawn = site.download(links["Download the receipt (PDF)"])
    words = "".join("".join(one.extract_text() for one in PdfReader(io.BytesIO(drawn.data)).pages).split())
    for proof in (quote.commitment, event.hash, *said["envelopes"].values()):
        assert proof in words
    for person in (make.supplier().admin, tender.alliance.coordinator):
        client_for(person.person_id).download(f"/quotes/{quote_id}/receipt.pdf", status=404)
