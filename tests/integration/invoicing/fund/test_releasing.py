"""A claim of a school with a delegation ladder goes by it before it goes to the other schools."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from invoicing.fund import actions, queries, tasks
from invoicing.fund.models import Claim
from invoicing.fund.rules import ClaimStatus
from marketplace.alliance.decisions import actions as decisions
from marketplace.alliance.decisions.rules import Subject
from marketplace.core import clock, events, mail
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import Actor, Role
from tests import make
from tests.web.client import Client

SMALL, MEDIUM, LARGE = Money(500_00), Money(20_000_00), Money(50_000_00)


@pytest.fixture
def held(app: Flask) -> make.Fund:  # noqa: ARG001  # it needs the context
    """A fund of three schools that holds £60,000; the first school has a ladder."""
    held = make.partnership_fund(make.alliance(schools=3))
    make.received_round(held, Money(60_000_00))
    make.ladder(held.schools[0])
    return held


def row(session: Session, claim_id: Any) -> Claim:
    session.rollback()
    return session.get_one(Claim, claim_id)


def approve_elsewhere(held: make.Fund, claim_id: Any) -> None:
    other = held.schools[1]
    actions.approve_claim(other.headteacher, new_id(), claim_id, other.id)


def test_other_schools_decide_only_after_the_claims_own_school(held: make.Fund, session: Session) -> None:
    school = held.schools[0]
    claim_id = make.claim(held, school, MEDIUM)
    assert row(session, claim_id).status is ClaimStatus.AT_SCHOOL
    assert "Alder Headteacher" in mail.newest(session, "approve your school’s claim")[0].body
    assert mail.newest(session, "decide on a claim") == []
    with pytest.raises(RuleBroken, match="Its own school has not approved"):
        approve_elsewhere(held, claim_id)
    with pytest.raises(Forbidden):
        actions.release_claim(school.bursar, claim_id)
    with pytest.raises(Forbidden):
        actions.release_claim(held.schools[1].headteacher, claim_id)
    for _ in range(2):
        actions.release_claim(school.headteacher, claim_id)
    assert mail.newest(session, "decide on a claim")
    approve_elsewhere(held, claim_id)
    assert row(session, claim_id).released_by == school.headteacher.person_id


def test_a_small_claim_is_released_by_a_bursar_who_did_not_make_it(held: make.Fund, session: Session) -> None:
    school = held.schools[0]
    second = make.person(school.id, Role.BURSAR, name="Second Bursar")
    claim_id = make.claim(held, school, SMALL)
    with pytest.raises(RuleBroken, match="You made this claim yourself"):
        actions.release_claim(school.bursar, claim_id)
    actions.release_claim(second, claim_id)
    assert row(session, claim_id).status is ClaimStatus.SUBMITTED


def test_a_large_claim_waits_for_the_governing_body(held: make.Fund, session: Session, app: Flask) -> None:
    school = held.schools[0]
    claim_id = make.claim(held, school, LARGE)
    with pytest.raises(RuleBroken, match="has not confirmed this"):
        actions.release_claim(school.headteacher, claim_id)
    with app.test_request_context():

        def waiting(person: Actor) -> list[str]:
            return [task.text for task in tasks.waiting_for(session, person)]

        assert waiting(school.headteacher) == []
        assert waiting(school.governor)[0].startswith("Record the governing body’s confirmation of the claim")
        decisions.record_confirmation(
            school.governor,
            new_id(),
            Subject.CLAIM,
            claim_id,
            school.id,
            minute_reference="FGB 12",
            minuted_on=clock.today(),
        )
        while events.deliver_due():
            pass
        assert waiting(school.headteacher) == ["Approve your school’s claim of £50,000.00"]
    assert "Alder Headteacher" in mail.newest(session, "approve your school’s claim")[0].body
    actions.release_claim(school.headteacher, claim_id)


def test_the_claims_own_school_can_refuse_it_while_it_waits_there(held: make.Fund, session: Session) -> None:
    school = held.schools[0]
    claim_id = make.claim(held, school, MEDIUM)
    with pytest.raises(Forbidden):
        actions.refuse_claim(held.schools[1].headteacher, claim_id, "Not ours to say yet.")
    actions.refuse_claim(school.headteacher, claim_id, "We pay for this ourselves.")
    assert row(session, claim_id).status is ClaimStatus.REFUSED


def test_a_school_without_a_ladder_claims_as_before(held: make.Fund, session: Session) -> None:
    claim_id = make.claim(held, held.schools[1], MEDIUM)
    assert row(session, claim_id).status is ClaimStatus.SUBMITTED
    with pytest.raises(Forbidden):
        actions.release_claim(held.schools[1].headteacher, claim_id)


def test_what_waits_in_its_school_counts_as_promised(held: make.Fund, session: Session) -> None:
    make.claim(held, held.schools[0], MEDIUM)
    stranger = make.alliance(schools=1, name="Another Alliance").schools[0]
    with pytest.raises(NotFound):
        queries.get_fund(session, stranger.bursar, held.id)
    assert queries.promised(session, queries.get_fund(session, held.schools[0].bursar, held.id)) == MEDIUM


def test_the_headteacher_approves_the_schools_claim_from_the_home_page(held: make.Fund, app: Flask) -> None:
    school = held.schools[0]
    make.claim(held, school, MEDIUM)
    assert school.headteacher.person_id
    browser = Client(app, school.headteacher.person_id)
    asked = browser.get(browser.get("/").links()["Approve your school’s claim of £20,000.00"])
    done = browser.submit(asked.form(f"Approve it for {school.name}"))
    assert "Other schools decide on it now." in done.words
    assert "Approved in its school" in done.words
