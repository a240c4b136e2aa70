import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from marketplace.alliance.actions import add_person
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.policy import ADMINISTRATOR, Role
from tests import make
from tests.web.client import Client
from tests.web.page import Form

ClientFor = Callable[[uuid.UUID | None], Client]
HOSTILE = "£1 “Zoë” <script>alert(1)</script> 你好 {{ 7*7 }}"


@pytest.fixture
def school(app: object) -> make.School:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=1).schools[0]


@pytest.fixture
def bursar(client_for: ClientFor, school: make.School) -> Client:
    """The bursar's bursar."""
    return client_for(school.bursar.person_id)


def fill(form: Form, **changes: str) -> Form:
    """The form filled in with a contract of two years, with changes."""
    start, end = clock.today() - timedelta(days=365), clock.today() + timedelta(days=365)
    form.fill(
        category="cleaning",
        title="Cleaning of the school",
        supplier_name="Bright & Bramshire Ltd",
        annual_value="31,250",
        notice_days="90",
        **dates("starts_on", start),
        **dates("ends_on", end),
    )
    return form.fill(**changes)


def dates(field: str, day: date) -> dict[str, str]:
    """A date as its three inputs take it."""
    return {f"{field}-day": str(day.day), f"{field}-month": str(day.month), f"{field}-year": str(day.year)}


def test_a_contract_is_added_changed_and_seen_in_the_register(bursar: Client) -> None:
    form = fill(bursar.get("/contracts/add").form("Add to the register"), title=HOSTILE)
    shown = bursar.submit(form, "Add to the register")
    assert shown.heading == HOSTILE
    assert "£31,250.00" in shown.words
    edit = bursar.get(shown.links()["Change the contract"]).form("Save the contract")
    assert edit.values["annual_value"] == "31,250.00"
    assert "£0.01" in bursar.submit(edit.fill(annual_value="0.01"), "Save the contract").words
    assert HOSTILE in bursar.get("/contracts").links()


def test_months_of_notice_renewals_and_options_are_entered_and_shown(
    bursar: Client, session: Session
) -> None:
    form = fill(bursar.get("/contracts/add").form("Add to the register"), notice_days="", notice_months="3")
    shown = bursar.submit(form.fill(renewal_months="12", extension_months="12, 6"), "Add to the register")
    assert "3 months" in shown.words
    assert "Yes, for 12 months unless notice is given" in shown.words
    assert "12 months, then 6 months" in shown.words
    kept = session.scalars(select(Contract)).one()
    assert (kept.notice_months, kept.notice_days, kept.extension_months) == (3, 0, (12, 6))
    edit = bursar.get(shown.links()["Change the contract"]).form("Save the contract")
    assert edit.values["extension_months"] == "12, 6"


def test_a_contract_that_has_renewed_itself_says_so(bursar: Client, school: make.School) -> None:
    ends_on = clock.today() - timedelta(days=10)
    kept = make.contract(school, ends_on=ends_on, notice_days=30, renewal_months=12)
    assert "has renewed itself" in bursar.get(f"/contracts/{kept.id}").words


def test_the_empty_register_says_what_to_do(bursar: Client) -> None:
    page = bursar.get("/contracts")
    assert "No contracts yet" in page.words
    assert page.links()["Add a contract"] == "/contracts/add"


def test_every_gap_is_named(bursar: Client) -> None:
    refused = bursar.submit(bursar.get("/contracts/add").form("Add to the register"), status=422)
    assert list(refused.errors()) == [
        "category",
        "title",
        "supplier_name",
        "annual_value",
        "starts_on-day",
        "ends_on-day",
        "notice_months",
    ]


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("annual_value", "-1", "must be £0.00 or more"),
        ("annual_value", "100000000.01", "must be £100,000,000.00 or less"),
        ("annual_value", "a lot", "must be a number"),
        ("notice_days", "731", "must be 730 or less"),
        ("notice_days", "-1", "must be 0 or more"),
        ("notice_days", "", "Enter the notice in months or in days"),
        ("notice_months", "25", "must be 24 or less"),
        ("notice_months", "24", "The notice is longer than the contract"),
        ("renewal_months", "61", "must be 60 or less"),
        ("extension_months", "a year", "with commas between them"),
        ("title", "x" * 121, "120"),
        ("starts_on-year", "1989", "year from 2000"),
        ("ends_on-year", "2009", "must end after it starts"),
        ("ends_on-year", "2099", "no longer than 30 years"),
        ("ends_on-day", "32", "must be a real date"),
    ],
)
def test_absurd_input_is_refused_and_comes_back(bursar: Client, field: str, typed: str, words: str) -> None:
    form = fill(bursar.get("/contracts/add").form("Add to the register"), **{field: typed})
    refused = bursar.submit(form, status=422)
    assert any(words in message for message in refused.errors().values())
    kept = refused.form("Add to the register").values
    assert kept[field] == typed
    assert kept["supplier_name"] == "Bright & Bramshire Ltd"


def test_a_double_click_makes_one_contract(bursar: Client, session: Session) -> None:
    form = fill(bursar.get("/contracts/add").form("Add to the register"))
    assert len({bursar.submit(form).path for _ in range(2)}) == 1
    assert session.scalar(select(func.count()).select_from(Contract)) == 1


def test_of_two_tabs_the_second_keeps_its_text_and_is_told(bursar: Client, school: make.School) -> None:
    kept = make.contract(school)
    one, two = (bursar.get(f"/contracts/{kept.id}/edit").form("Save the contract") for _ in range(2))
    bursar.submit(one.fill(title="From the first tab"))
    overtaken = bursar.submit(two.fill(title="From the second tab"), status=409)
    assert "Someone changed this" in overtaken.words
    again = overtaken.form("Save the contract")
    assert again.values["title"] == "From the second tab"
    bursar.submit(again)
    assert kept.title == "From the second tab"


def test_a_contract_of_another_school_is_not_found(client_for: ClientFor) -> None:
    school, other = make.alliance(schools=2).schools
    kept = make.contract(school)
    stranger = client_for(other.bursar.person_id)
    for page in ("", "/edit"):
        stranger.get(f"/contracts/{kept.id}{page}", status=404)
    stranger.post(f"/contracts/{kept.id}/edit", {"title": "Stolen", "version": "1"}, status=404)
    assert kept.title not in stranger.get("/contracts").words


def test_the_posted_id_of_another_school_is_refused(client_for: ClientFor, session: Session) -> None:
    one, two, foreign = make.alliance(schools=3).schools
    seats = [(school.id, Role.BURSAR) for school in (one, two)]
    person_id = add_person(ADMINISTRATOR, "Two Schools", "two@example.org", seats)
    bursar = client_for(person_id)
    form = fill(bursar.get("/contracts/add").form("Add to the register"), school=str(foreign.id))
    assert bursar.submit(form, status=422).errors() == {"school": "Choose one of the options on the list."}
    assert session.scalar(select(func.count()).select_from(Contract)) == 0
    bursar.submit(form.fill(school=str(two.id)))
    assert session.scalars(select(Contract.school_id)).one() == two.id


def test_a_governor_reads_and_does_not_write(client_for: ClientFor, school: make.School) -> None:
    kept = make.contract(school)
    governor = client_for(school.governor.person_id)
    assert "Change the contract" not in governor.get(f"/contracts/{kept.id}").links()
    governor.get(f"/contracts/{kept.id}/edit", status=403)
    governor.get("/contracts/add", status=403)
    supplier = client_for(make.supplier().admin.person_id)
    for page in ("", "/timeline"):
        assert "what it was awarded under Quotes" in supplier.get(f"/contracts{page}", status=403).words


def test_the_register_is_filtered_sorted_and_paged(bursar: Client, school: make.School) -> None:
    for number in range(26):
        make.contract(school, title=f"Gas {number:02d}", category="gas", annual_value=Money(number * 100))
    make.contract(school, title="Meals", category="catering", ends_on=clock.today() + timedelta(days=20))
    dearest = bursar.get("/contracts?sort=-value&category=gas")
    rows = dearest.texts("tbody th")
    assert len(rows) == 25
    assert rows[0].startswith("Gas 25")
    assert "Showing 1 to 25 of 26" in dearest.words
    soon = bursar.get("/contracts?ending=3")
    assert [text[:5] for text in soon.texts("tbody th")] == ["Meals"]
    assert soon.links()["Clear filters"] == "/contracts"
    assert "No contract found" in bursar.get("/contracts?q=nothing+like+it").words


def test_the_number_of_queries_does_not_grow_with_the_rows(bursar: Client, school: make.School) -> None:
    def queries() -> int:
        asked: list[str] = []

        def note(*args: object) -> None:
            asked.append(str(args[2]))

        event.listen(db.engine, "before_cursor_execute", note)
        bursar.get("/contracts")
        event.remove(db.engine, "before_cursor_execute", note)
        return len(asked)

    make.contract(school)
    few = queries()
    for _ in range(10):
        make.contract(school)
    assert queries() == few
