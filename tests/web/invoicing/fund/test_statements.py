"""Statements on the page, as PDF and as CSV."""

import csv
import io
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from urllib.parse import urlencode

import pytest
from pypdf import PdfReader
from sqlalchemy import event

from invoicing.ledger.periods.actions import close_period
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import Actor
from tests import make
from tests.make import fund as making
from tests.web.client import Client
from tests.web.page import text_of

Browse = Callable[[Actor], Client]
pytestmark = pytest.mark.usefixtures("app")
YEAR = ("1 9 2026", "31 8 2027")


@pytest.fixture
def browse(client_for: Callable[[uuid.UUID | None], Client]) -> Browse:
    return lambda actor: client_for(actor.person_id)


@pytest.fixture
def held() -> make.Fund:
    """A fund with £7,200 paid in in October 2026 and £720 spent in November."""
    with clock.travelling(datetime(2026, 10, 5, 9, tzinfo=UTC)):
        held = make.partnership_fund(make.alliance(schools=3))
        make.received_round(held, Money(7_200_00))
    with clock.travelling(datetime(2026, 11, 5, 9, tzinfo=UTC)):
        make.paid_claim(held, held.schools[0], Money(720_00), "=Chöre für £5")
    return held


def address(
    held: make.Fund,
    ending: str = "",
    school: make.School | None = None,
    period: tuple[str, str] | None = None,
) -> str:
    """The address of a statement; the days of its period are written as "1 9 2026"."""
    place = f"/schools/{school.id}" if school else ""
    parts = {
        f"{name}-{part}": value
        for name, day in zip(("start", "end"), period or (), strict=False)
        for part, value in zip(("day", "month", "year"), day.split(" "), strict=True)
    }
    return f"/funds/{held.id}{place}/statement{ending}" + (f"?{urlencode(parts)}" if parts else "")


def test_the_funds_statement_adds_up_on_the_page(held: make.Fund, browse: Browse) -> None:
    page = browse(held.alliance.auditor).get(address(held, period=YEAR))
    assert page.heading == "Statement of the fund"
    assert page.texts(".weald-stats__value") == ["£0.00", "£7,200.00", "£720.00", "£6,480.00"]
    by_school, by_purpose, movements = page.select("table")
    assert "The fund £0.00 £7,200.00 £720.00 £6,480.00" in text_of(by_school)
    for school in held.schools:
        row = f"{school.name} £0.00 £{school.pupils * 10:,}.00 £{school.pupils}.00 £{school.pupils * 9:,}.00"
        assert row in text_of(by_school)
    assert "Training and development of staff £0.00 £7,200.00 £720.00 £6,480.00" in text_of(by_purpose)
    assert "5 November 2026 =Chöre für £5FC-2026-0001" in text_of(movements)


def test_a_line_leads_to_its_claim_or_round(held: make.Fund, browse: Browse) -> None:
    client = browse(held.alliance.auditor)
    links = client.get(address(held, period=YEAR)).links()
    assert client.get(links["=Chöre für £5"]).path.startswith("/funds/claims/")
    assert client.get(links["Contributions of £7,200.00"]).path.startswith("/funds/contributions/rounds/")


def test_a_schools_statement_shows_its_share_alone(held: make.Fund, browse: Browse) -> None:
    client = browse(held.schools[1].bursar)
    page = client.get(client.get(f"/funds/{held.id}").links()[held.schools[0].name])
    assert page.heading == f"Statement of the share of {held.schools[0].name}"
    page = client.get(address(held, school=held.schools[0], period=YEAR))
    assert page.texts(".weald-stats__value") == ["£0.00", "£2,100.00", "£210.00", "£1,890.00"]


def test_any_two_dates_can_be_chosen(held: make.Fund, browse: Browse) -> None:
    client = browse(held.alliance.auditor)
    page = client.get(address(held, period=YEAR))
    form = page.form("Show this period")
    form.fill(**{"start-day": "1", "start-month": "11", "start-year": "2026"})
    form.fill(**{"end-day": "5", "end-month": "November", "end-year": "2026"})
    page = client.submit(form)
    assert page.texts(".weald-stats__value") == ["£7,200.00", "£0.00", "£720.00", "£6,480.00"]
    page = client.get(address(held, period=("6 11 2026", "6 11 2026")))
    assert "No movements in this period" in page.words


def test_a_finished_period_says_when_it_closed_and_a_running_one_that_it_runs(
    held: make.Fund, browse: Browse
) -> None:
    client = browse(held.alliance.auditor)
    assert "On 6 November 2026" in client.get(address(held, period=("1 9 2026", "6 11 2026"))).words
    assert "the period is still running" in client.get(address(held)).words
    october = date(2026, 10, 31)
    close_period(held.alliance.coordinator, new_id(), held.alliance.id, october)
    assert "The last month closed: 1 October 2026 to 31 October 2026" in client.get(address(held)).words
    closed = ("1 10 2026", "31 10 2026")
    final = "closed up to 31 October 2026, so nothing in this statement can change"
    assert final in client.get(address(held, period=closed)).words
    reader = PdfReader(io.BytesIO(client.download(address(held, ".pdf", period=closed)).data))
    assert final in " ".join(reader.pages[-1].extract_text().split())


BAD_PERIODS = [
    (("31 2 2026", "31 8 2027"), "start-day", "From must be a real date"),
    (("1 9 2027", "31 8 2027"), "end-day", "must not be before the first"),
    (("1 9 1026", "31 8 2027"), "start-year", "a year from 2000 to 2100"),
    (("x y z", "31 8 2027"), "start-day", "From must be a real date"),
]


def test_a_wrong_period_comes_back_with_the_present_year(held: make.Fund, browse: Browse) -> None:
    client = browse(held.alliance.auditor)
    for period, field, message in BAD_PERIODS:
        page = client.get(address(held, period=period), status=422)
        assert message in page.errors()[field]
        assert len(page.errors()) == 1
        assert page.form("Show this period").values["start-year"] == period[0].split()[2]
        for ending in (".pdf", ".csv"):
            assert message in client.get(address(held, ending, period=period), status=422).words


def test_a_period_without_its_end_says_what_is_missing(held: make.Fund, browse: Browse) -> None:
    page = browse(held.alliance.auditor).get(address(held, period=("1 9 2026", "  ")), status=422)
    assert page.errors() == {"end-day": "Enter the last day."}


def test_the_pdf_says_what_the_page_says(held: make.Fund, browse: Browse) -> None:
    answer = browse(held.alliance.auditor).download(address(held, ".pdf", period=YEAR))
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    document = PdfReader(io.BytesIO(answer.data))
    said = " ".join(" ".join(page.extract_text() for page in document.pages).replace("\xa0", " ").split())
    for wanted in (
        "Statement of the fund",
        "1 September 2026 to 31 August 2027",
        "Opening balance on 1 September 2026 £0.00",
        "Contributions paid in £7,200.00",
        "£6,480.00",
        "=Chöre für £5",
        "5 November 2026",
        *(school.name for school in held.schools),
    ):
        assert wanted in said, wanted


def test_the_pdf_of_a_school_and_of_an_empty_period_are_made_too(held: make.Fund, browse: Browse) -> None:
    client = browse(held.alliance.auditor)
    for path in (
        address(held, ".pdf", held.schools[0], period=YEAR),
        address(held, ".pdf", period=("1 9 2020", "31 8 2021")),
    ):
        assert client.download(path).data.startswith(b"%PDF-")


def test_the_csv_adds_up_and_holds_no_formula(held: make.Fund, browse: Browse) -> None:
    answer = browse(held.alliance.auditor).download(address(held, ".csv", period=YEAR))
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    closing = [row for row in rows if row["Movement"] == "Closing balance"]
    assert [row["Balance"] for row in closing] == [f"{school.pupils * 9}.00" for school in held.schools]
    claims = [row for row in rows if row["Reference"].startswith("FC-")]
    assert {row["Movement"] for row in claims} == {"'=Chöre für £5"}
    assert [row["Spent"] for row in claims] == [f"{school.pupils}.00" for school in held.schools]
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_the_csv_of_a_school_is_its_share_alone(held: make.Fund, browse: Browse) -> None:
    answer = browse(held.schools[2].governor).download(address(held, ".csv", held.schools[1], period=YEAR))
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert {row["Share of"] for row in rows} == {held.schools[1].name}


def test_other_alliances_find_no_statement_nor_do_made_up_schools(held: make.Fund, browse: Browse) -> None:
    other = make.alliance(schools=1, name="Elsewhere")
    for ending in ("", ".pdf", ".csv"):
        for person in (other.coordinator, other.auditor, other.schools[0].headteacher):
            browse(person).get(address(held, ending), status=404)
            browse(person).get(address(held, ending, held.schools[0]), status=404)
        browse(held.alliance.auditor).get(address(held, ending, other.schools[0]), status=404)


def test_the_page_of_a_fund_asks_no_more_of_the_database_when_it_grows(
    held: make.Fund, browse: Browse
) -> None:
    client = browse(held.alliance.auditor)
    few = queries(client, f"/funds/{held.id}"), queries(client, address(held, period=YEAR))
    make.received_round(held, Money(600_00))
    for number in range(3):
        making.claim(held, held.schools[number], Money(1_00))
    make.paid_claim(held, held.schools[1], Money(5_00))
    assert (queries(client, f"/funds/{held.id}"), queries(client, address(held, period=YEAR))) == few


def queries(client: Client, path: str) -> int:
    """How many statements a page sends to the database."""
    sent: list[object] = []

    def note(*statement: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        client.get(path)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(sent)
