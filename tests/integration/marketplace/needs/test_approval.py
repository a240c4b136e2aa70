"""A need goes to the right person by its value."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.alliance.decisions import actions as decisions
from marketplace.alliance.decisions.rules import Subject
from marketplace.core import clock, events, mail
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import Actor, Role
from marketplace.needs import actions, queries
from marketplace.needs import tasks as tasks_of
from marketplace.needs.rules import NeedStatus
from tests import make
from tests.make.decisions import confirmation

SMALL, MEDIUM, LARGE = Money(2_000_00), Money(10_000_00), Money(90_000_00)


@pytest.fixture
def school(app: object) -> make.School:  # noqa: ARG001  # it needs the database
    found = make.alliance(schools=1).schools[0]
    make.ladder(found)
    return found


@pytest.fixture
def second_bursar(school: make.School) -> Actor:
    return make.person(school.id, Role.BURSAR, name="Second Bursar")


def approve(person: Actor, need_id: object) -> None:
    actions.approve_need(person, need_id, make.need(need_id).version)  # type: ignore[arg-type]  # an id


def test_a_small_need_goes_to_another_bursar(
    session: Session, school: make.School, second_bursar: Actor
) -> None:
    need_id = make.submitted_need(school, current_annual_spend=SMALL)
    (asked,) = mail.newest(session, "Approve the need")
    assert "Second Bursar" in asked.body
    with pytest.raises(RuleBroken, match="somebody else of your school"):
        approve(school.bursar, need_id)
    approve(second_bursar, need_id)
    assert make.need(need_id).status is NeedStatus.APPROVED


def test_where_the_bursar_is_alone_a_small_need_goes_to_the_headteacher(
    session: Session, school: make.School
) -> None:
    need_id = make.submitted_need(school, current_annual_spend=SMALL)
    assert "Alder Headteacher" in mail.newest(session, "Approve the need")[0].body
    approve(school.headteacher, need_id)
    assert make.need(need_id).approved_by == school.headteacher.person_id


def test_a_medium_need_is_not_for_any_bursar(school: make.School, second_bursar: Actor) -> None:
    need_id = make.submitted_need(school, current_annual_spend=MEDIUM)
    with pytest.raises(Forbidden):
        approve(second_bursar, need_id)
    with pytest.raises(Forbidden):
        actions.return_need(second_bursar, need_id, make.need(need_id).version, "No.")
    approve(school.headteacher, need_id)


def test_the_band_is_found_by_the_value_of_the_whole_term_with_vat(school: make.School) -> None:
    need_id = make.submitted_need(school, current_annual_spend=Money(8_000_00), term_months=36)
    need = make.need(need_id)
    assert need.value == Money(28_800_00)
    assert need.least_quotes == 3


def test_a_headteacher_does_not_approve_their_own_need_where_another_could(school: make.School) -> None:
    deputy = make.person(school.id, Role.HEADTEACHER, name="Deputy Head")
    need_id = new_id()
    actions.post_need(
        school.headteacher, need_id, school.id, "catering", make.content(current_annual_spend=MEDIUM)
    )
    actions.submit_need(school.headteacher, need_id, 1)
    with pytest.raises(RuleBroken, match="posted this need yourself"):
        approve(school.headteacher, need_id)
    approve(deputy, need_id)


def test_the_task_is_on_the_home_page_of_whom_the_band_asks(
    app: object, session: Session, school: make.School, second_bursar: Actor
) -> None:
    make.submitted_need(school, current_annual_spend=SMALL, title="Small")
    make.submitted_need(school, current_annual_spend=MEDIUM, title="Medium")
    with app.test_request_context():  # type: ignore[attr-defined]  # links need a request

        def tasks(person: Actor) -> list[str]:
            return [task.text for task in tasks_of.waiting_for(session, person)]

        assert tasks(second_bursar) == ["Approve the need “Small”"]
        assert tasks(school.headteacher) == ["Approve the need “Medium”"]
        assert tasks(school.bursar) == []


def test_fewer_quotes_are_allowed_with_a_reason_that_stays_on_the_need(
    session: Session, school: make.School
) -> None:
    need_id = make.submitted_need(school, current_annual_spend=MEDIUM)
    for quotes, reason, field in ((3, "Few firms.", "quotes"), (1, " ", "reason")):
        with pytest.raises(RuleBroken) as refused:
            actions.waive_quotes(school.headteacher, new_id(), need_id, quotes, reason)
        assert refused.value.field == field
    with pytest.raises(Forbidden):
        actions.waive_quotes(school.bursar, new_id(), need_id, 1, "Few firms.")
    waiver_id = new_id()
    for _ in range(2):
        actions.waive_quotes(school.headteacher, waiver_id, need_id, 1, "One firm serves the valley.")
    (waiver,) = make.need(need_id).waivers
    assert (waiver.quotes, waiver.reason, waiver.giver.name) == (
        1,
        "One firm serves the valley.",
        "Alder Headteacher",
    )
    assert "One firm serves the valley." in mail.newest(session, "Fewer quotes")[0].body
    assert queries.history(session, need_id)[0].words == "Fewer quotes allowed"


def test_nothing_is_waived_for_a_draft_or_without_a_ladder(school: make.School) -> None:
    with pytest.raises(RuleBroken, match="draft"):
        actions.waive_quotes(school.headteacher, new_id(), make.draft_need(school), 0, "Why not.")
    other = make.alliance(schools=1, name="Another Alliance").schools[0]
    need_id = make.submitted_need(other)
    with pytest.raises(RuleBroken, match="nothing to waive"):
        actions.waive_quotes(other.headteacher, new_id(), need_id, 0, "Why not.")


def test_a_large_need_waits_for_the_governing_body_and_then_for_the_headteacher(
    app: object, session: Session, school: make.School
) -> None:
    need_id = make.submitted_need(school, current_annual_spend=LARGE, title="Large")
    assert "Alder Governor" in mail.newest(session, "Confirm the need")[0].body
    with pytest.raises(RuleBroken, match="has not confirmed this"):
        approve(school.headteacher, need_id)
    with app.test_request_context():  # type: ignore[attr-defined]  # links need a request
        assert tasks_of.waiting_for(session, school.headteacher) == []
        (task,) = tasks_of.waiting_for(session, school.governor)
        assert task.href.endswith(f"/need/{need_id}/{school.id}")
        decisions.record_confirmation(
            school.governor,
            new_id(),
            Subject.NEED,
            need_id,
            school.id,
            minute_reference="FGB 12",
            minuted_on=clock.today(),
        )
        while events.deliver_due():
            pass
        assert "Alder Headteacher" in mail.newest(session, "Approve the need")[0].body
        assert tasks_of.waiting_for(session, school.governor) == []
        assert [one.text for one in tasks_of.waiting_for(session, school.headteacher)] == [
            "Approve the need “Large”"
        ]
    approve(school.headteacher, need_id)


def test_a_confirmation_that_ended_yesterday_lets_nobody_approve(school: make.School) -> None:
    need_id = make.submitted_need(school, current_annual_spend=LARGE)
    confirmation(school, Subject.NEED, need_id, expires_on=clock.today())
    tomorrow = clock.now() + timedelta(days=1)
    with clock.travelling(tomorrow), pytest.raises(RuleBroken, match="has ended"):
        approve(school.headteacher, need_id)
    approve(school.headteacher, need_id)
