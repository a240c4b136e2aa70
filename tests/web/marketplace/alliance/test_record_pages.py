"""A school reads what was done with its data, by whom and when, and nobody else's record."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable

import pytest

from invoicing.invoices.models import Invoice
from marketplace.alliance.sign_ins.actions import sign_in
from marketplace.core.chain import head_of
from marketplace.core.db import db, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.events import Event, EventConcern, record
from marketplace.core.excel import load
from marketplace.core.policy import Act, Actor
from tests import make
from tests.make import Alliance
from tests.web.client import Client

Browse = Callable[[Actor], Client]
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def browse(client_for: Callable[[uuid.UUID | None], Client]) -> Browse:
    return lambda actor: client_for(actor.person_id)


@pytest.fixture
def alliance() -> Alliance:
    """Two schools, the first of which has issued an invoice to the second."""
    made = make.alliance(2)
    for school in made.schools:
        make.payable_school(school)
    alder, beech = made.schools
    make.issued_invoice(alder, beech)
    return made


def test_a_school_reads_what_was_done_with_its_data_and_follows_it_to_the_thing(
    alliance: Alliance, browse: Browse
) -> None:
    alder, beech = alliance.schools
    client = browse(alder.headteacher)
    page = client.get("/record")
    assert page.path == f"/record/{alder.id}"
    assert f"{alder.finance_lead.name} issued an invoice" in page.words
    assert beech.bursar.name not in page.words
    invoice = db.session().query(Invoice).one()
    assert page.links()[str(invoice.number)] == f"/invoices/{invoice.id}"
    history = client.get(page.links()[f"History of {invoice.number}"])
    issued, drafted = history.texts("tbody tr th")
    assert issued.startswith(f"{alder.finance_lead.name} issued an invoice")
    assert drafted.endswith(" drafted an invoice")
    received = browse(beech.bursar).get("/record")
    assert f"{alder.finance_lead.name} issued an invoice" in received.words, "it is the buyer’s data too"
    assert "drafted an invoice" not in received.words, "a draft is its issuer’s alone"


def test_the_record_is_filtered_by_words_person_kind_and_days(alliance: Alliance, browse: Browse) -> None:
    alder = alliance.schools[0]
    client, path = browse(alder.governor), f"/record/{alder.id}"
    number = db.session().query(Invoice).one().number
    assert "issued an invoice" in client.get(f"{path}?q={number}").words
    assert "issued an invoice" not in client.get(f"{path}?q=invoice&kind=The+books").words
    mine = client.get(f"{path}?person={alder.finance_lead.person_id}&kind=Invoices+and+payments")
    assert [row.startswith(alder.finance_lead.name) for row in mine.texts("tbody tr th")] == [True]
    early = client.get(f"{path}?until-day=1&until-month=2&until-year=2020")
    assert early.texts("h2").count("Nothing found") == 1
    backwards = "since-day=2&since-month=2&since-year=2026&until-day=1&until-month=2&until-year=2026"
    assert "must not be before the first" in client.get(f"{path}?{backwards}", status=422).words
    for strange in ("about=nonsense", "person=nobody", "kind=Everything", "page=-1", "q=%00"):
        assert client.open(f"{path}?{strange}").status_code in {200, 422}


def test_nobody_reads_the_record_of_an_organisation_that_is_not_theirs(
    alliance: Alliance, browse: Browse
) -> None:
    alder, beech = alliance.schools
    supplier = make.supplier()
    stranger = make.alliance(1)
    for actor in (beech.headteacher, supplier.admin, stranger.auditor, alliance.coordinator):
        for ending in ("", ".csv", ".xlsx"):
            assert browse(actor).open(f"/record/{alder.id}{ending}").status_code == 404
    own = browse(supplier.admin).get("/record")
    assert own.path == f"/record/{supplier.id}"
    assert "registered the supplier" in own.words
    audited = browse(alliance.auditor).get("/record")
    assert {alliance.name, alder.name, beech.name} <= set(audited.links())
    assert "issued an invoice" in browse(alliance.auditor).get(f"/record/{alder.id}").words


def test_what_people_did_about_their_own_sign_in_is_in_the_record_of_their_school_alone(
    alliance: Alliance, browse: Browse
) -> None:
    alder, beech = alliance.schools
    with pytest.raises(RuleBroken):
        sign_in(f"{alder.bursar.person_id}@example.org", "a wrong password")
    with transaction() as session:
        record(session, alder.bursar, Act.PASSWORD_MISS, alder.bursar.person_id or alder.id)
    said = f"Somebody tried a wrong password for {alder.bursar.name}"
    assert said in browse(alder.headteacher).get("/record").words
    assert said not in browse(beech.headteacher).get("/record").words


def test_the_record_is_taken_as_files_that_hold_no_formula_and_that_is_recorded(
    alliance: Alliance, browse: Browse
) -> None:
    alder = alliance.schools[0]
    with transaction() as session:
        record(
            session,
            Actor(alder.bursar.person_id, "=HYPERLINK(A1)", alder.bursar.seats),
            Act.NEED_WITHDRAW,
            alder.id,
            organisation_id=alder.id,
            reason="@SUM(1)",
        )
    client = browse(alder.headteacher)
    answer = client.download(f"/record/{alder.id}.csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    newest = db.session().query(Event).order_by(Event.position.desc()).offset(1).first()
    assert newest is not None
    assert rows[0]["Who"] == "'=HYPERLINK(A1)"
    assert (rows[0]["Entry"], rows[0]["Code of the entry"]) == (str(newest.position), newest.hash)
    assert "downloaded dataThe record of what was done" in client.get("/record").words
    filtered = client.download(f"/record/{alder.id}.xlsx?q=withdrew")
    cells = [cell for row in load(filtered.data).active for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert sum(cell.value == "=HYPERLINK(A1)" for cell in cells) == 1


def test_whose_data_an_event_touched_stands_in_the_chain_and_cannot_be_changed(alliance: Alliance) -> None:
    alder, beech = alliance.schools
    session = db.session()
    issued = session.query(Event).filter_by(act=Act.INVOICE_ISSUE).one()
    concern = session.query(EventConcern).filter_by(organisation_id=beech.id).all()
    assert issued.organisation_id == alder.id
    assert issued.facts["also"] == [str(beech.id)]
    assert issued.position in [one.position for one in concern]


def test_whoever_was_given_a_code_sees_if_the_record_holds_it(alliance: Alliance, client: Client) -> None:
    head = head_of(db.session())
    later = alliance.schools[0].headteacher
    with transaction() as session:
        record(session, later, Act.NEED_WITHDRAW, alliance.schools[0].id)
    held = client.get(f"/record/check?head={head}")
    assert "The record holds this entry, with just this code." in held.words
    assert "Entries since 1 " in held.words
    wrong = client.get(f"/record/check?head={head.position}:{'0' * 64}")
    assert "does not hold entry" in wrong.words
    assert head.hash not in wrong.words, "what should stand is not said"
    refused = client.get("/record/check?head=4211", status=422)
    assert "number of the entry and its code" in refused.errors()["head"]
