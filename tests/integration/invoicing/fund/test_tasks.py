"""What the fund puts on people's home pages: only what they can do, until it is done."""

import uuid

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from invoicing.fund import actions, queries
from invoicing.fund.rules import ClaimStatus
from invoicing.fund.tasks import waiting_for
from marketplace.core.money import Money
from marketplace.core.policy import Actor
from tests import make
from tests.make import fund as making

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def held(app: Flask) -> make.Fund:  # noqa: ARG001  # it needs the context
    return make.partnership_fund(make.alliance(schools=4))


def tasks(app: Flask, session: Session, actor: Actor) -> list[str]:
    with app.test_request_context():
        return [task.text for task in waiting_for(session, actor)]


def test_a_governor_is_asked_to_confirm_until_it_is_confirmed(
    held: make.Fund, app: Flask, session: Session
) -> None:
    round_id = make.proposed_round(held, Money(4 * 255_00))
    school = held.schools[0]
    assert tasks(app, session, school.governor) == [f"Confirm {school.name}’s contribution of £210.00"]
    assert not tasks(app, session, school.headteacher)
    making.confirm(held, round_id, school)
    assert not tasks(app, session, school.governor)


def test_the_coordinator_is_asked_to_record_what_was_confirmed(
    held: make.Fund, app: Flask, session: Session
) -> None:
    round_id = make.proposed_round(held)
    assert not tasks(app, session, held.alliance.coordinator)
    contribution_id = making.confirm(held, round_id, held.schools[0])
    asked = "Record the contributions that have come in: Contributions of £6,000.00"
    assert tasks(app, session, held.alliance.coordinator) == [asked]
    making.receive(held, contribution_id)
    assert not tasks(app, session, held.alliance.coordinator)


def test_people_of_other_schools_are_asked_to_decide_until_their_school_has(
    held: make.Fund, app: Flask, session: Session
) -> None:
    make.received_round(held)
    alder, beech, cedar, damson = held.schools
    claim_id = make.claim(held, alder, Money(500_00))
    asked = [f"Decide on {alder.name}’s claim of £500.00"]
    assert not tasks(app, session, alder.headteacher)
    assert not tasks(app, session, beech.bursar)
    assert tasks(app, session, beech.headteacher) == tasks(app, session, beech.governor) == asked
    making.approve(claim_id, beech)
    assert not tasks(app, session, beech.governor)
    assert tasks(app, session, cedar.headteacher) == asked
    making.approve(claim_id, cedar)
    assert not tasks(app, session, damson.headteacher)
    assert tasks(app, session, held.alliance.coordinator) == [f"Pay {alder.name}’s claim of £500.00"]
    making.pay(held, claim_id)
    assert not tasks(app, session, held.alliance.coordinator)


def test_a_refused_claim_waits_for_nobody(held: make.Fund, app: Flask, session: Session) -> None:
    make.received_round(held)
    claim_id = make.claim(held, held.schools[0])
    actions.refuse_claim(held.schools[1].governor, claim_id, "No")
    for person in (held.schools[2].headteacher, held.alliance.coordinator):
        assert not tasks(app, session, person)


def test_the_auditor_and_other_alliances_have_nothing_to_do(
    held: make.Fund, app: Flask, session: Session
) -> None:
    make.received_round(held)
    make.claim(held, held.schools[0])
    make.approved_claim(held, held.schools[0])
    other = make.alliance(schools=1, name="Elsewhere")
    for person in (held.alliance.auditor, other.coordinator, other.schools[0].headteacher):
        assert not tasks(app, session, person)


def test_more_claims_need_no_more_queries(held: make.Fund, app: Flask, session: Session) -> None:
    make.received_round(held)
    make.claim(held, held.schools[0])
    few = _queries(app, session, held.schools[1].headteacher)
    for _ in range(5):
        make.claim(held, held.schools[0])
    assert _queries(app, session, held.schools[1].headteacher) == few


def _queries(app: Flask, session: Session, actor: Actor) -> int:
    session.rollback()
    counted: list[object] = []

    def count(*sent: object) -> None:
        counted.append(sent)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", count)
    try:
        tasks(app, session, actor)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(counted)


def test_the_list_of_claims_is_searched_filtered_and_sorted(held: make.Fund, session: Session) -> None:
    make.received_round(held)
    fund = queries.get_fund(session, held.alliance.auditor, held.id)
    small = make.claim(held, held.schools[0], Money(1_00), "Chairs 100%")
    large = make.approved_claim(held, held.schools[1], Money(900_00), "Music day")

    def found(**wanted: object) -> list[uuid.UUID]:
        query = queries.claims_of(fund, queries.ClaimFilter(**wanted))  # type: ignore[arg-type]
        rows = session.scalars(query).all()
        assert queries.count(session, query) == len(rows)
        return [claim.id for claim in rows]

    assert found() == [large, small]
    assert found(order="amount", descending=False) == [small, large]
    assert found(order="school", descending=False) == [small, large]
    assert found(order="no such column") == [large, small]
    assert found(text="music BEECH") == [large]
    assert found(text="100%") == [small]
    assert not found(text="100_")
    assert found(status=ClaimStatus.APPROVED) == [large]
