"""The pages on which schools answer, governors confirm, and a coordinator settles who buys."""

import uuid
from collections.abc import Callable

from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.mail import Message
from marketplace.core.money import Money
from marketplace.tenders.commitments.rules import Conditions
from tests import make
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]


def today_in(field: str) -> dict[str, str]:
    """Today as it is typed into the three inputs of a date field."""
    today = clock.today()
    parts = {"day": today.day, "month": today.month, "year": today.year}
    return {f"{field}-{part}": str(number) for part, number in parts.items()}


def test_a_school_sets_volumes_and_conditions_and_sees_them_before_it_commits(client_for: ClientFor) -> None:
    tender = make.joining_tender(make.alliance())
    school = tender.lead
    bursar = client_for(school.bursar.person_id)
    answer = f"/tenders/{tender.id}/schools/{school.id}"
    page = bursar.get(f"{answer}/commit")
    assert "No condition" in page.words
    assert page.links()["Change volumes and conditions"] == f"{answer}/edit"
    form = bursar.get(f"{answer}/edit").form()
    line = f"line_{tender.line_ids[0].hex}"
    impossible = {"price_at_most": "0", "saving_at_least": "12.5", "schools_at_least": "3"}
    refused = bursar.submit(form.fill(**{line: "41,000", **impossible}), status=422)
    assert "No supplier can meet a price of £0 or less" in refused.words
    assert refused.form().values[line] == "41,000"
    page = bursar.submit(refused.form().fill(price_at_most="27,500"))
    assert "it pays at most £27,500.00 a year before VAT; it saves at least 12.5%" in page.words
    assert "41,000" in page.words
    assert "You saved what Alder Primary School would buy" in page.words


def test_what_nobody_can_meet_is_said_on_its_own_field(client_for: ClientFor) -> None:
    tender = make.joining_tender(make.alliance())
    bursar = client_for(tender.lead.bursar.person_id)
    edit = f"/tenders/{tender.id}/schools/{tender.lead.id}/edit"
    for field, typed, says in (
        ("saving_at_least", "101", "No supplier can save your school 100% or more"),
        ("schools_at_least", "4", "Only 3 schools are invited"),
        ("price_at_most", "-1", "No supplier can meet a price of £0 or less"),
        ("schools_at_least", "2.5", "must be a whole number"),
    ):
        page = bursar.submit(bursar.get(edit).form().fill(**{field: typed}), status=422)
        assert says in page.words


def test_conditions_are_on_the_schools_own_page_and_nobody_elses(client_for: ClientFor) -> None:
    tender = make.joining_tender(make.alliance())
    make.commit(tender, *tender.schools)
    make.answer(tender, tender.lead, Conditions(price_at_most=Money(19_000_00)))
    assert "£19,000.00" in client_for(tender.lead.bursar.person_id).get(f"/tenders/{tender.id}").words
    for other in (tender.schools[1].headteacher, tender.alliance.coordinator, tender.alliance.auditor):
        assert "£19,000.00" not in client_for(other.person_id).get(f"/tenders/{tender.id}").words


def test_settling_says_who_drops_out_and_why_before_it_is_done(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=4)
    alder, beech, cedar, damson = alliance.schools
    make.ladder(cedar)
    tender = make.joining_tender(alliance)
    make.commit(tender, alder, cedar)
    make.commit(tender, beech, conditions=Conditions(schools_at_least=4))
    coordinator = client_for(alliance.coordinator.person_id)
    page = coordinator.get(f"/tenders/{tender.id}/confirm")
    assert "Damson Primary School Did not answer before" in page.words
    assert "Cedar Primary School Its governing body has not confirmed the commitment." in page.words
    assert "Beech Primary School It wants at least 4 schools to buy; 2 would." in page.words
    make.commit(tender, damson)
    stale = coordinator.submit(page.form().fill(lead_school=str(alder.id)), status=409)
    assert "Who would buy has changed since you opened this page" in stale.words
    page = coordinator.submit(stale.form())
    assert "You settled who buys" in page.words
    assert "Dropped out" in page.words


def test_a_governor_finds_the_commitment_and_records_the_confirmation(client_for: ClientFor) -> None:
    alliance = make.alliance()
    school = alliance.schools[1]
    make.ladder(school)
    tender = make.joining_tender(alliance)
    make.commit(tender, school)
    governor = client_for(school.governor.person_id)
    wait = "Record the governing body’s confirmation: School meals"
    home = governor.get("/")
    assert wait in home.words
    record = home.links()[wait]
    letters = db.session().scalars(select(Message.body).where(Message.subject.contains("please confirm")))
    assert [record in letter for letter in letters] == [True]
    page = governor.get(record)
    assert "£100,800.00 with VAT over the whole term" in page.words
    form = page.form().fill(minute_reference="FGB 2026-11 item 7", **today_in("minuted_on"))
    page = governor.submit(form)
    assert "You recorded the governing body’s confirmation." in page.words
    assert wait not in governor.get("/").words
    late = governor.get(record)
    assert (
        "Nobody asks"
        in governor.submit(
            late.form().fill(minute_reference="Again", **today_in("minuted_on")), status=422
        ).words
    )


def test_a_coordinator_invites_one_more_school_and_a_school_leaves(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=4)
    *early, late = alliance.schools
    tender = make.confirmed_tender(alliance, schools=early)
    coordinator = client_for(alliance.coordinator.person_id)
    page = coordinator.get(f"/tenders/{tender.id}")
    page = coordinator.get(page.links()["Invite one more school"])
    page = coordinator.submit(page.form().fill(who=str(late.id), baseline="9,000"))
    assert "You invited one more school" in page.words
    head = client_for(late.headteacher.person_id)
    commit = f"/tenders/{tender.id}/schools/{late.id}/commit"
    assert "Your school’s volumes are not known yet" in head.get(commit).words
    refused = head.submit(head.get(commit).form(), status=422)
    assert "Enter how many units your school buys" in refused.words
    leaver = client_for(early[2].bursar.person_id)
    page = leaver.get(f"/tenders/{tender.id}/schools/{early[2].id}/decline")
    form = page.form("Take Cedar Primary School out").fill(reason="We merge with another school.")
    page = leaver.submit(form)
    assert "You took Cedar Primary School out of School meals." in page.words
    assert "We merge with another school." in page.words
    colleague = client_for(early[2].headteacher.person_id)
    told = colleague.post(
        f"/tenders/{tender.id}/schools/{early[2].id}/decline",
        {"version": str(tender.version), "reason": "The same."},
        status=409,
    )
    assert "Cedar Bursar has withdrawn Cedar Primary School already" in told.words


def test_the_page_of_another_school_is_not_open(client_for: ClientFor) -> None:
    tender = make.joining_tender(make.alliance())
    other = client_for(tender.schools[1].bursar.person_id)
    other.get(f"/tenders/{tender.id}/schools/{tender.lead.id}/edit", status=403)
    other.get(f"/tenders/{tender.id}/invite-school", status=403)
    stranger = client_for(make.alliance(schools=1, name="Others").schools[0].bursar.person_id)
    stranger.get(f"/tenders/{tender.id}/schools/{tender.lead.id}/edit", status=404)
