"""The list of invoices as a finance lead, a buyer and an auditor see it, and what they take away."""

from __future__ import annotations

import csv
import io
import uuid
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest

from marketplace.core import clock, storage
from marketplace.core.db import db
from marketplace.core.policy import Actor
from tests import make
from tests.make import Alliance
from tests.web.client import Client, listening

Browse = Callable[[Actor], Client]
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def browse(client_for: Callable[[uuid.UUID | None], Client]) -> Browse:
    return lambda actor: client_for(actor.person_id)


@pytest.fixture
def alliance() -> Alliance:
    """Three schools that can be paid."""
    made = make.alliance(3)
    for school in made.schools:
        make.payable_school(school)
    return made


def test_an_empty_list_says_what_to_do_next(alliance: Alliance, browse: Browse) -> None:
    alder = alliance.schools[0]
    page = browse(alder.finance_lead).get("/invoices")
    assert page.heading == "Invoices your school issued"
    assert "No invoices yet" in page.words
    assert page.links()["Record a shared cost"] == "/shared-costs/record"
    assert "Record a shared cost" not in browse(alder.governor).get("/invoices").links()


def test_each_side_has_its_own_list(alliance: Alliance, browse: Browse) -> None:
    alder, beech, cedar = alliance.schools
    number = make.invoice(make.issued_invoice(alder, beech)).number
    make.draft_invoice(alder, cedar)
    issued = browse(alder.bursar).get("/invoices")
    assert {number, "Draft"} <= set(issued.links())
    received = browse(beech.finance_lead).get("/invoices?direction=received")
    assert received.heading == "Invoices your school received"
    assert number in received.links()
    assert "Draft" not in received.links()
    assert "No invoices yet" in browse(cedar.finance_lead).get("/invoices?direction=received").words
    audited = browse(alliance.auditor).get("/invoices")
    assert {number, "Draft"} <= set(audited.links())
    assert "Draft an invoice" not in audited.links()


def test_a_list_is_filtered_and_says_what_it_comes_to(alliance: Alliance, browse: Browse) -> None:
    alder, beech, cedar = alliance.schools
    with clock.travelling(clock.now() - timedelta(days=60)):
        old = make.invoice(make.issued_invoice(alder, beech, make.line("10.00"))).number
    new = make.invoice(make.issued_invoice(alder, cedar, make.line("1234.50"))).number
    client = browse(alder.finance_lead)
    form = client.get("/invoices").form("Apply filters")
    page = client.submit(form.fill(shown="overdue"))
    assert old in page.links()
    assert new not in page.links()
    assert "£10.00" in page.words
    page = client.submit(client.get("/invoices").form("Apply filters").fill(school=str(cedar.id)))
    assert new in page.links()
    assert old not in page.links()
    page = client.get("/invoices?q=no+such+thing")
    assert "No invoices found" in page.words
    assert page.links()["Clear filters"] == "/invoices?direction=issued"


@pytest.mark.parametrize(
    "nonsense",
    [
        "direction=sideways",
        "shown=lost",
        "school=not-an-id",
        "since-day=31&since-month=2&since-year=2026",
        "until-day=1",
        "sort=-price&page=minus",
        "page=99999999999999999999",
        "endpoint=x&_external=1&_anchor=a",
        "q=%F0%9F%98%80%C2%A3%27%25",
    ],
)
def test_a_list_asked_nonsense_answers_sensibly(alliance: Alliance, browse: Browse, nonsense: str) -> None:
    alder, beech, _ = alliance.schools
    for _ in range(2):
        make.issued_invoice(alder, beech)
    answer = browse(alder.finance_lead).open(f"/invoices?{nonsense}")
    assert answer.status_code in {200, 422}
    for kind in ("list.csv", "documents.zip"):
        assert browse(alder.finance_lead).open(f"/invoices/{kind}?{nonsense}").status_code in {200, 422}


def test_a_wrong_date_in_the_filter_is_named_and_kept(alliance: Alliance, browse: Browse) -> None:
    client = browse(alliance.schools[0].finance_lead)
    page = client.get("/invoices?since-day=31&since-month=2&since-year=2026", status=422)
    assert "Issued from must be a real date" in page.errors()["since-day"]
    assert page.form("Apply filters").values["since-day"] == "31"


def test_every_column_sorts_both_ways(alliance: Alliance, browse: Browse) -> None:
    alder, beech, cedar = alliance.schools
    for buyer, price in ((beech, "5"), (cedar, "700"), (beech, "60")):
        make.issued_invoice(alder, buyer, make.line(price))
    client = browse(alder.finance_lead)
    down = client.get("/invoices?sort=-total").texts("tbody td:nth-last-child(2)")
    assert down == ["£700.00", "£60.00", "£5.00"]
    assert client.get("/invoices?sort=total").texts("tbody td:nth-last-child(2)") == down[::-1]


def test_more_than_a_page_is_paged(alliance: Alliance, browse: Browse) -> None:
    alder, beech, _ = alliance.schools
    for _ in range(27):
        make.draft_invoice(alder, beech)
    client = browse(alder.finance_lead)
    assert len(client.get("/invoices").select("tbody tr")) == 25
    assert len(client.get("/invoices?page=2").select("tbody tr")) == 2
    assert "Showing 26 to 27 of 27" in client.get("/invoices?page=2").words


def test_the_list_goes_into_a_spreadsheet_as_it_is_filtered(alliance: Alliance, browse: Browse) -> None:
    alder, beech, cedar = alliance.schools
    make.issued_invoice(alder, beech, purchase_order="=1+1")
    make.issued_invoice(alder, cedar)
    client = browse(alder.finance_lead)
    page = client.get(f"/invoices?school={beech.id}&sort=number")
    answer = client.download(page.links()["as CSV for a spreadsheet"])
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == "attachment; filename=invoices.csv"
    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    assert row["To"] == beech.name
    assert row["Order number"] == "'=1+1"


def test_many_invoices_are_taken_away_in_one_zip(alliance: Alliance, browse: Browse) -> None:
    alder, beech, cedar = alliance.schools
    issued = [make.invoice(make.issued_invoice(alder, beech)) for _ in range(2)]
    other = make.invoice(make.issued_invoice(alder, cedar))
    client = browse(beech.finance_lead)
    page = client.get("/invoices?direction=received")
    answer = client.download(page.links()["the invoices as PDF, in one ZIP file"])
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = archive.namelist()
        assert set(names) == {f"{one.number}.pdf" for one in issued} | {"invoices.csv"}
        assert f"{other.number}.pdf" not in names
        for one in issued:
            assert one.document_sha256
            assert archive.read(f"{one.number}.pdf") == storage.read(one.document_sha256)


def test_a_zip_of_drafts_only_is_refused_in_words(alliance: Alliance, browse: Browse) -> None:
    alder, beech, _ = alliance.schools
    make.draft_invoice(alder, beech)
    page = browse(alder.finance_lead).get("/invoices/documents.zip", status=422)
    assert "no PDF to download" in page.words


def test_a_longer_list_asks_the_database_no_more_often(alliance: Alliance, browse: Browse) -> None:
    alder, beech, cedar = alliance.schools
    make.issued_invoice(alder, beech)
    client = browse(alder.finance_lead)
    client.get("/invoices")
    with listening(db.engine) as few:
        client.get("/invoices")
    for buyer in (beech, cedar, beech, cedar, beech, cedar):
        make.issued_invoice(alder, buyer)
    with listening(db.engine) as many:
        client.get("/invoices")
    assert len(many) == len(few)
