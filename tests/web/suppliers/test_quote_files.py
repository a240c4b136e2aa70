"""The pages on which a supplier puts files into its quote, and from which those who may read them."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from suppliers.quotes import queries
from tests import make
from tests.web.client import Client
from tests.web.page import Page

SignIn = Callable[[Any], Client]
PLAN = b"%PDF-1.4\nA plan of the kitchens.\n%%EOF\n"
FIFTY_ONE_MEGABYTES = 51 * 1024 * 1024
BOUNDARY = "quince"
END = f"\r\n--{BOUNDARY}--\r\n".encode()


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


def upload(site: Client, tender: make.Tender, name: str, content: bytes, *, status: int = 200) -> Page:
    form = site.get(f"/tenders/{tender.id}/quote/files").form("Upload and seal the file")
    sent = form.data("Upload and seal the file")
    sent["file"] = FileStorage(io.BytesIO(content), name)
    return site.post(f"/tenders/{tender.id}/quote/files", sent, status=status)


def names(tender: make.Tender, supplier: make.Supplier) -> list[str]:
    draft = queries.draft_of(make.fresh(), tender.id, supplier.id)
    return [file.name for file in queries.offer_in_draft(draft).files] if draft else []


def test_a_file_goes_from_the_draft_to_those_who_may_read_the_answers(
    tender: make.Tender, supplier: make.Supplier, site: Client, client_for: SignIn
) -> None:
    page = upload(site, tender, "Plan of “kitchens”.pdf", PLAN)
    assert "You added a file. It is sealed" in page.words
    assert "Plan of “kitchens”.pdf" in page.words
    refused = upload(site, tender, "Renamed.pdf", b"no PDF", status=422)
    assert "not a complete PDF" in "".join(refused.errors().values())
    assert "Plan of “kitchens”.pdf" in refused.words
    quote_id = make.draft_quote(tender, supplier)
    ahead = site.get(f"/tenders/{tender.id}/quote/preview")
    assert ahead.words.index("Our answer about menus.") < ahead.words.index("Plan of “kitchens”.pdf")
    assert ahead.words.index("Plan of “kitchens”.pdf") < ahead.words.index("What each school would pay")
    assert "Plan of “kitchens”.pdf" in site.get(f"/tenders/{tender.id}/quote/check").words
    files = site.submit(
        site.get(f"/tenders/{tender.id}/quote").form("Save draft"), "Save, then add or remove files"
    )
    assert files.heading == "Files of your quote"
    make.submit_draft(quote_id, supplier)
    (file,) = make.quote(quote_id).files
    receipt = json.loads(site.download(f"/quotes/{quote_id}/receipt.json").data)
    assert receipt["files"] == [file.sha256]
    address = f"/quotes/{quote_id}/files/{file.sha256}"
    readers = [
        site,
        *(client_for(one.person_id) for one in (tender.alliance.coordinator, tender.evaluators[0])),
    ]
    for reader in readers:
        reader.download(address, status=404)
    make.opened_quotes(tender)
    readers[2].download(address, status=404)
    contest = make.Contest(tender, (supplier,), (quote_id,))
    make.declare_conflicts(contest, tender.evaluators[0])
    for reader in readers:
        answer = reader.download(address)
        assert answer.data == PLAN
        assert "attachment" in answer.headers["Content-Disposition"]
    assert "Plan of “kitchens”.pdf" in readers[2].get(f"/quotes/{quote_id}/scores/give").links()
    rival, stranger = make.supplier(), make.alliance(schools=1, name="Neighbours").coordinator
    for person in (rival.admin, stranger):
        client_for(person.person_id).download(address, status=404)


def test_the_script_that_shows_the_upload_gets_an_address_or_the_sentence(
    tender: make.Tender, site: Client
) -> None:
    path, headers = f"/tenders/{tender.id}/quote/files", {"Accept": "application/json"}

    def send(name: str, content: bytes) -> Any:
        data = {"csrf_token": site.csrf_token(), "file": FileStorage(io.BytesIO(content), name)}
        return site.open(path, method="POST", data=data, headers=headers)

    assert send("Plan.pdf", PLAN).json["address"].startswith(path)
    refused = send("Plan.exe", b"MZ")
    assert refused.status_code == 422
    assert "must be a file of type .pdf or" in refused.json["message"]


def multipart(site: Client, content: bytes) -> bytes:
    """The beginning of what a browser sends, up to the end of the file."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{site.csrf_token()}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="Menus.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    return head.encode() + content


def send_raw(site: Client, tender: make.Tender, body: bytes, announced: int) -> TestResponse:
    """Send these bytes, and announce so many."""
    return site.open(
        f"/tenders/{tender.id}/quote/files",
        method="POST",
        input_stream=io.BytesIO(body),
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
        content_length=announced,
    )


def test_fifty_one_megabytes_are_refused_with_a_sentence_and_the_draft_stays(
    tender: make.Tender, supplier: make.Supplier, site: Client
) -> None:
    upload(site, tender, "Plan.pdf", PLAN)
    large = multipart(site, b"%PDF-1.4\n" + bytes(FIFTY_ONE_MEGABYTES) + b"%%EOF\n") + END
    answer = send_raw(site, tender, large, len(large))
    assert answer.status_code == 422
    assert "must be smaller than 50 MB" in answer.text
    assert names(tender, supplier) == ["Plan.pdf"]


def test_a_connection_cut_half_way_leaves_the_draft_as_it_was(
    tender: make.Tender, supplier: make.Supplier, site: Client
) -> None:
    upload(site, tender, "Plan.pdf", PLAN)
    half = multipart(site, b"%PDF-1.4\nMonday")
    answer = send_raw(site, tender, half, 10 * len(half))
    assert answer.status_code in {400, 422}
    assert names(tender, supplier) == ["Plan.pdf"]
    again = upload(site, tender, "Menus.pdf", PLAN + b"%%EOF\n")
    assert "Menus.pdf" in again.words
