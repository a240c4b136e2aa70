import io
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.tenders import actions
from marketplace.tenders.commitments import actions as commitments
from marketplace.tenders.drafting import actions as drafting
from marketplace.tenders.rules import PriceFormula
from tests import make
from tests.web.client import Client

pytestmark = pytest.mark.usefixtures("app")
PDF = b"%PDF-1.7\n%%EOF\n"


def test_anybody_finds_what_is_open(client: Client) -> None:
    alliance = make.alliance(schools=2)
    make.published_tender(alliance, title="Hot meals – £2.65")
    make.draft_tender(alliance, title="A secret draft")
    make.closed_tender(alliance, title="Closed yesterday")
    page = client.get("/opportunities")
    assert page.texts(".weald-card__title") == ["Hot meals – £2.65"]
    assert "2 in Bramshire" in page.words


def test_opportunities_are_searched_by_words_places_schools_and_category(client: Client) -> None:
    alliance = make.alliance(schools=2)
    make.published_tender(alliance, title="Hot meals – £")
    make.published_tender(alliance, title="Floors", category="cleaning", cpv="90919300")

    def titles(query: str) -> set[str]:
        return set(client.get(f"/opportunities{query}").texts(".weald-card__title"))

    assert titles("?search=floors") == {"Floors"}
    assert titles("?search=%C2%A3") == {"Hot meals – £"}
    assert titles("?search=bramshire") == titles("?search=Beech") == {"Hot meals – £", "Floors"}
    assert titles("?category=cleaning") == {"Floors"}
    assert titles("?search=%25") == titles("?category=nonsense") == set()


def test_with_nothing_open_the_page_says_so(client: Client) -> None:
    assert "Nothing is open today" in client.get("/opportunities").words


def test_a_supplier_reads_everything_it_needs_before_signing_in(client: Client) -> None:
    tender = make.published_tender(make.alliance(schools=2))
    page = client.get(f"/opportunities/{tender.id}")
    for school in tender.schools:
        assert school.name in page.words
        assert f"URN {school.urn}" in page.words
    assert "GMT" in page.words or "BST" in page.words
    assert "30,000" in page.words
    assert "60,000" in page.words
    assert "60%" in page.words
    assert "How will you plan menus that children eat?" in page.words
    assert page.links()["Prepare a quote"] == f"/tenders/{tender.id}/quote"
    for price, marks in (("80,000", "60.00"), ("100,000", "48.00"), ("120,000", "40.00")):
        assert f"£80,000.00 ÷ £{price}.00 × 60 {marks}" in page.words
    assert "With this formula" not in page.words


def test_the_ceiling_and_optimum_are_published(client: Client) -> None:
    tender = make.published_tender(
        make.alliance(schools=2),
        formula=PriceFormula.CEILING_OPTIMUM,
        ceiling=Money(200_000_00),
        optimum=Money(100_000_00),
    )
    page = client.get(f"/opportunities/{tender.id}")
    assert "The ceiling is £200,000.00 and the optimum £100,000.00" in page.words
    assert "(£200,000.00 − £125,000.00) ÷ (£200,000.00 − £100,000.00) × 60" in page.words
    assert "One mark for quality is worth £1,666.67 of the total price." in page.words


def test_people_and_todays_spend_are_not_published(client: Client) -> None:
    tender = make.published_tender(make.alliance(schools=2))
    words = client.get(f"/opportunities/{tender.id}").words
    assert "28,000" not in words
    assert "84,000" not in words
    assert "Bursar" not in words
    assert "Finance Lead" not in words


@pytest.mark.parametrize("made", [make.draft_tender, make.joining_tender, make.confirmed_tender])
def test_what_is_not_published_is_not_found(client: Client, made: Callable[..., make.Tender]) -> None:
    tender = made(make.alliance(schools=2))
    client.get(f"/opportunities/{tender.id}", status=404)
    client.get(f"/opportunities/{uuid.uuid4()}", status=404)


def test_past_its_deadline_a_tender_takes_no_quotes_though_no_job_ran(client: Client) -> None:
    tender = make.published_tender(make.alliance(schools=2))
    with clock.travelling(tender.closes_at - timedelta(seconds=1)):
        assert "Prepare a quote" in client.get(f"/opportunities/{tender.id}").links()
    with clock.travelling(tender.closes_at):
        page = client.get(f"/opportunities/{tender.id}")
        assert "The deadline has passed" in page.words
        assert "Prepare a quote" not in page.links()
        assert client.get("/opportunities").texts(".weald-card__title") == []


def test_documents_of_a_published_tender_are_for_everybody_and_of_a_draft_are_not(client: Client) -> None:
    alliance = make.alliance(schools=2)
    tender, document_id = make.draft_tender(alliance), new_id()
    drafting.add_document(
        alliance.coordinator,
        tender.id,
        tender.version,
        document_id,
        name="Specification £.pdf",
        content=io.BytesIO(PDF),
    )
    path = f"/tenders/{tender.id}/documents/{document_id}"
    client.get(path, status=404)
    actions.invite_schools(alliance.coordinator, tender.id, tender.version)
    for school in tender.schools:
        commitments.commit_school(school.headteacher, tender.id, school.id, tender.version)
    commitments.confirm_tender(alliance.coordinator, tender.id, tender.version)
    actions.publish_tender(tender.schools[1].headteacher, tender.id, tender.version)
    page = client.get(f"/opportunities/{tender.id}")
    answer = client.download(page.links()["Specification £.pdf"])
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    other = make.published_tender(alliance)
    client.get(f"/tenders/{other.id}/documents/{document_id}", status=404)


def test_many_opportunities_come_in_pages_with_no_more_queries(client: Client) -> None:
    alliance = make.alliance(schools=2)
    for number in range(3):
        make.published_tender(alliance, title=f"Tender {number}")
    few = queries_of(client, "/opportunities")
    for number in range(3):
        make.published_tender(alliance, title=f"More {number}")
    assert queries_of(client, "/opportunities") == few


def queries_of(client: Client, path: str) -> int:
    """How many statements a page sends to the database."""
    sent: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        sent.append(statement)

    with client.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        client.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(sent)
