import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.alliance.actions import make_organisation
from marketplace.contracts import actions, jobs, queries
from marketplace.contracts.actions import AwardedContract
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import Ending
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.events import Event
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.months import end_months_later
from marketplace.core.policy import Act, Kind
from tests import make


@pytest.fixture
def alliance(app: Flask) -> make.Alliance:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=2)


@pytest.fixture
def school(alliance: make.Alliance) -> make.School:
    return alliance.schools[0]


def test_a_bursar_keeps_the_register(school: make.School) -> None:
    kept = make.contract(school, title="Zoë’s £5 cleaning <b>", notice_days=90)
    assert kept.title == "Zoë’s £5 cleaning <b>"
    assert kept.last_notice_on == kept.ends_on - timedelta(days=90)
    changed = make.contract_content(annual_value=Money(1), notice_days=0)
    actions.edit_contract(school.headteacher, kept.id, 1, changed)
    assert (kept.annual_value, kept.last_notice_on) == (Money(1), kept.ends_on)


def test_a_form_sent_twice_makes_one_contract(session: Session, school: make.School) -> None:
    contract_id = new_id()
    for _ in range(2):
        actions.add_contract(school.bursar, contract_id, school.id, make.contract_content())
    assert session.scalar(select(func.count()).select_from(Contract)) == 1


def test_the_second_of_two_editors_is_told_to_look_again(school: make.School) -> None:
    kept = make.contract(school)
    actions.edit_contract(school.bursar, kept.id, 1, make.contract_content(title="First"))
    with pytest.raises(Stale):
        actions.edit_contract(school.headteacher, kept.id, 1, make.contract_content(title="Second"))
    assert kept.title == "First"


def test_what_cannot_be_right_is_refused(session: Session, school: make.School) -> None:
    with pytest.raises(RuleBroken):
        make.contract(school, annual_value=Money(-1))
    assert session.scalar(select(func.count()).select_from(Contract)) == 0


def test_only_bursars_and_headteachers_of_the_school_write(
    alliance: make.Alliance, school: make.School
) -> None:
    kept = make.contract(school)
    content = make.contract_content()
    for person in (school.governor, school.finance_lead):
        with pytest.raises(Forbidden):
            actions.add_contract(person, new_id(), school.id, content)
        with pytest.raises(Forbidden):
            actions.edit_contract(person, kept.id, 1, content)
    for person in (alliance.coordinator, alliance.auditor):
        with pytest.raises(Forbidden):
            actions.edit_contract(person, kept.id, 1, content)
    other = alliance.schools[1].bursar
    with pytest.raises(NotFound):
        actions.add_contract(other, new_id(), school.id, content)
    with pytest.raises(NotFound):
        actions.edit_contract(other, kept.id, 1, content)


def test_a_contract_is_seen_by_its_school_and_the_alliances_staff(
    session: Session, alliance: make.Alliance, school: make.School
) -> None:
    kept = make.contract(school)
    for reader in (school.governor, alliance.coordinator, alliance.auditor):
        assert queries.get_contract(session, reader, kept.id).id == kept.id
    stranger = make.alliance(schools=1, name="Another Alliance")
    for reader in (alliance.schools[1].bursar, stranger.coordinator, stranger.schools[0].bursar):
        with pytest.raises(NotFound):
            queries.get_contract(session, reader, kept.id)


def awarded(school: make.School, supplier_id: uuid.UUID, award_id: uuid.UUID, **changes: Any) -> Contract:
    """What the awards stage does in an action of its own."""
    content = make.contract_content(**changes)
    with transaction() as session:
        return actions.register_awarded_contract(
            session, AwardedContract(school.id, award_id, "T-2026-0001", supplier_id, content)
        )


def test_an_award_enters_one_contract_a_school_however_often_it_is_told(
    session: Session, alliance: make.Alliance
) -> None:
    with transaction() as making:
        supplier_id = make_organisation(making, Kind.SUPPLIER, "Bright Ltd").id
    award_id = new_id()
    for _ in range(2):
        for school in alliance.schools:
            awarded(school, supplier_id, award_id, title="Lot 1")
        awarded(alliance.schools[0], supplier_id, award_id, title="Lot 2")
    found = session.execute(select(Contract.school_id, Contract.title, Contract.tender_reference)).all()
    assert len(found) == 3
    assert {row.tender_reference for row in found} == {"T-2026-0001"}
    told = session.scalars(select(Event).where(Event.act == Act.CONTRACT_REGISTER)).all()
    assert len(told) == 3
    assert {event.actor_name for event in told} == {"Weald"}


def test_the_register_is_searched_filtered_and_sorted(session: Session, school: make.School) -> None:
    today = clock.today()
    ends = {"soon": 30, "edge": 91, "spring": 150, "autumn": 300, "later": 400, "over": -1}
    for title, days in ends.items():
        make.contract(school, title=title, ends_on=today + timedelta(days=days))

    def found(ending: Ending) -> list[str]:
        query = queries.sorted_by(queries.search(school.bursar, ending=ending), "ends", descending=False)
        return [contract.title for contract in session.scalars(query)]

    assert found(Ending.THREE_MONTHS) == ["soon", "edge"]
    assert found(Ending.SIX_MONTHS) == ["soon", "edge", "spring"]
    assert found(Ending.A_YEAR) == ["soon", "edge", "spring", "autumn"]
    assert found(Ending.LATER) == ["later"]
    assert found(Ending.OVER) == ["over"]
    assert queries.count(session, queries.search(school.bursar, text="SPRI")) == 1
    assert queries.count(session, queries.search(school.bursar, category_id="catering")) == 0


def test_a_contract_renews_itself_by_the_clock_once_and_for_all(
    session: Session, school: make.School
) -> None:
    today = clock.today()
    ends_on = today + timedelta(days=90)
    kept = make.contract(school, ends_on=ends_on, notice_days=90, renewal_months=12)
    make.contract(school, ends_on=ends_on, notice_days=90)
    assert (kept.runs_until, kept.last_notice_on) == (ends_on, today)
    assert jobs.renew_due_contracts() == 0
    with clock.travelling(clock.now() + timedelta(days=1)):
        assert jobs.renew_due_contracts() == 1
        assert jobs.renew_due_contracts() == 0
    session.refresh(kept)
    assert kept.ends_on == ends_on
    assert kept.runs_until == end_months_later(ends_on, 12)
    assert kept.last_notice_on == kept.runs_until - timedelta(days=90)
    renewed = session.scalars(select(Event).where(Event.act == Act.CONTRACT_RENEW)).one()
    assert renewed.facts == {"until": kept.runs_until.isoformat()}


def test_a_contract_entered_after_it_renewed_runs_to_its_next_end(school: make.School) -> None:
    ends_on = clock.today() - timedelta(days=10)
    kept = make.contract(school, ends_on=ends_on, notice_months=1, notice_days=0, renewal_months=12)
    assert kept.runs_until == end_months_later(ends_on, 12)


def test_the_last_notice_days_that_are_near_wait_for_bursar_and_head(
    app: Flask, session: Session, alliance: make.Alliance, school: make.School
) -> None:
    today = clock.today()
    make.contract(school, title="Near", ends_on=today + timedelta(days=120), notice_days=90)
    make.contract(school, title="Far", ends_on=today + timedelta(days=300), notice_days=119)
    make.contract(school, title="Too late", ends_on=today + timedelta(days=80), notice_days=90)
    make.contract(school, title="Ahead", ends_on=today + timedelta(days=270), notice_days=90)
    make.contract(school, title="Ends", ends_on=today + timedelta(days=40), notice_days=0)
    with app.test_request_context():
        for person in (school.bursar, school.headteacher):
            notice, end, ahead = queries.waiting_for(session, person)
            assert notice.text.startswith("Give notice or renew: Near")
            assert notice.due == today + timedelta(days=30)
            assert end.text.startswith("About to end: Ends")
            assert end.due == today + timedelta(days=40)
            assert ahead.text == "Decide in good time about Ahead"
            assert ahead.due == today + timedelta(days=180)
        for person in (school.governor, alliance.coordinator, alliance.schools[1].bursar):
            assert not queries.waiting_for(session, person)


def test_a_baseline_is_what_running_contracts_of_a_category_cost_a_year(
    session: Session, alliance: make.Alliance, school: make.School
) -> None:
    today = clock.today()
    for pounds in (1_000, 250):
        make.contract(school, category="gas", annual_value=Money(pounds * 100))
    make.contract(school, category="gas", ends_on=today - timedelta(days=1))
    make.contract(school, category="gas", starts_on=today + timedelta(days=1), notice_days=0)
    make.contract(school, category="waste", annual_value=Money(7))
    assert queries.baseline_for(session, school.id, "gas", today) == Money(1_250_00)
    assert queries.baseline_for(session, school.id, "catering", today) is None
    other = alliance.schools[1].id
    assert queries.baselines_for(session, [school.id, other], "waste", today) == {school.id: Money(7)}


def test_a_contract_that_has_renewed_itself_still_counts_as_todays_spend(
    session: Session, school: make.School
) -> None:
    today = clock.today()
    make.contract(
        school, category="gas", ends_on=today - timedelta(days=40), renewal_months=12, annual_value=Money(9)
    )
    assert queries.baseline_for(session, school.id, "gas", today) == Money(9)


def test_the_contracts_to_decide_about_in_good_time_are_counted_in_one_line(
    app: Flask, session: Session, school: make.School
) -> None:
    for days in (61, 100, 180):
        make.contract(school, ends_on=clock.today() + timedelta(days=days), notice_days=0)
    with app.test_request_context():
        (task,) = queries.waiting_for(session, school.bursar)
    assert task.text == "Decide in good time about 3 contracts"
    assert task.due == clock.today() + timedelta(days=61)


def test_two_contracts_of_a_school_never_have_the_same_reference(
    alliance: make.Alliance, school: make.School
) -> None:
    make.contract(school, reference="C-1")
    make.contract(alliance.schools[1], reference="C-1")
    with pytest.raises(RuleBroken, match="has this reference") as refusal:
        make.contract(school, reference="c-1")
    assert refusal.value.field == "reference"
    other = make.contract(school, reference="C-2")
    with pytest.raises(RuleBroken):
        actions.edit_contract(school.bursar, other.id, 1, make.contract_content(reference="C-1"))
    actions.edit_contract(school.bursar, other.id, 1, make.contract_content(reference="C-2", title="Same"))
