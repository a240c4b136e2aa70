from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.alliance.queries import people_with_role
from marketplace.core import clock, events, mail
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.events import Event
from marketplace.core.months import months_later
from marketplace.core.policy import Act
from marketplace.needs.rules import Joint
from marketplace.needs.suggestions import actions, jobs, queries, tasks
from marketplace.needs.suggestions.models import NeedRequest
from marketplace.needs.suggestions.queries import Findings
from tests import make
from tests.web.client import listening


def last_of_month(months: int) -> date:
    """The last day of the month so many months from now."""
    return months_later(clock.today().replace(day=1), months + 1) - timedelta(days=1)


def insured(school: make.School, months: int = 10, **changes: Any) -> None:
    """An insurance contract of the school that ends with the month so many months from now."""
    usual: dict[str, Any] = {"category": "insurance", "title": "Insurance", "ends_on": last_of_month(months)}
    make.contract(school, **{**usual, **changes})


def suggested(session: Session, alliance: make.Alliance) -> Findings:
    """What is suggested now."""
    session.rollback()
    return queries.findings(session, alliance.id, clock.today())


def schools_of(found: Findings) -> list[set[str]]:
    """Who is in each suggestion."""
    return [set(one.schools.values()) for one in found.suggestions]


def test_registers_and_needs_of_an_alliance_become_suggestions(app: Flask, session: Session) -> None:
    alliance = make.alliance(schools=4)
    alder, beech, cedar, damson = alliance.schools
    insured(alder, renewal_months=12, notice_days=0, notice_months=3)
    insured(beech, months=8, extension_months=(12,))
    start = last_of_month(10) + timedelta(days=1)
    make.approved_need(cedar, "insurance", contract_ends_on=start - timedelta(days=1), wanted_from=start)
    insured(damson)
    make.approved_need(
        damson, "insurance", contract_ends_on=start - timedelta(days=1), wanted_from=start, joint=Joint.NO
    )
    with app.test_request_context():
        (found,) = suggested(session, alliance).suggestions
        assert set(found.schools) == {alder.id, beech.id, cedar.id}
        assert found.plan.starts_on == start
        assert {key[1] for key in suggested(session, alliance).known.unwilling} == {damson.id}
        assert not tasks.waiting_for(session, alliance.coordinator)
        events.deliver_due()
        (task,) = tasks.waiting_for(session, alliance.coordinator)
        assert (task.text, task.due) == ("1 suggestion to buy together", found.decide_by)
        assert not tasks.waiting_for(session, alliance.auditor)


@pytest.mark.usefixtures("app")
def test_suggestions_are_counted_once_a_day_for_each_alliance() -> None:
    one, two = make.alliance(schools=1), make.alliance(schools=1, name="Other Alliance")
    events.deliver_due()
    jobs.count_once_a_day()
    assert jobs.count_once_a_day() == 0
    with clock.travelling(clock.now() + timedelta(days=1)):
        assert jobs.count_once_a_day() == 2
        assert not actions.count_suggestions(one.id)
        assert not actions.count_suggestions(two.id)


def test_who_may_read_an_alliances_suggestions(session: Session) -> None:
    alliance, other = make.alliance(schools=1), make.alliance(schools=1, name="Other Alliance")
    school = alliance.schools[0]
    for reader in (alliance.coordinator, alliance.auditor, school.bursar, school.headteacher):
        assert queries.get_alliance(session, reader, alliance.id).id == alliance.id
    for stranger in (school.governor, school.finance_lead, other.coordinator, other.schools[0].bursar):
        with pytest.raises(NotFound):
            queries.get_alliance(session, stranger, alliance.id)


def test_a_neighbour_is_shown_only_while_its_headteacher_agrees(session: Session) -> None:
    alliance, neighbours = make.alliance(schools=1), make.alliance(schools=1, name="Neighbours")
    own, neighbour = alliance.schools[0], neighbours.schools[0]
    insured(own)
    insured(neighbour)
    assert not suggested(session, alliance).suggestions
    actions.give_consent(neighbour.headteacher, neighbour.id)
    actions.give_consent(neighbour.headteacher, neighbour.id)
    (found,) = suggested(session, alliance).suggestions
    assert set(found.schools) == {own.id, neighbour.id}
    assert not suggested(session, neighbours).suggestions, "the other side has not agreed"
    actions.withdraw_consent(neighbour.headteacher, neighbour.id)
    assert not suggested(session, alliance).suggestions
    told = session.scalars(select(Event.act).where(Event.subject_id == neighbour.id).order_by(Event.position))
    assert [act for act in told if act.startswith("consent")] == [Act.CONSENT_GIVE, Act.CONSENT_WITHDRAW]


def test_a_school_far_away_is_no_neighbour(session: Session) -> None:
    alliance = make.alliance(schools=1)
    far = make.alliance(schools=0, name="Far Alliance")
    distant = make.school(far.id, Easting=600_000, Northing=300_000)
    insured(alliance.schools[0])
    insured(distant)
    actions.give_consent(distant.headteacher, distant.id)
    assert not suggested(session, alliance).suggestions


def test_two_neighbours_alone_are_no_suggestion_of_an_alliance(session: Session) -> None:
    alliance, neighbours = make.alliance(schools=1), make.alliance(schools=2, name="Neighbours")
    for school in neighbours.schools:
        insured(school)
        actions.give_consent(school.headteacher, school.id)
    assert not suggested(session, alliance).suggestions
    assert schools_of(suggested(session, neighbours)) == [{one.name for one in neighbours.schools}]


def test_only_a_headteacher_of_the_school_decides_about_neighbours(session: Session) -> None:
    alliance = make.alliance(schools=2)
    school, other = alliance.schools
    for decide in (actions.give_consent, actions.withdraw_consent):
        with pytest.raises(Forbidden):
            decide(school.bursar, school.id)
        for stranger in (other.headteacher, alliance.coordinator):
            with pytest.raises(NotFound):
                decide(stranger, school.id)
    assert not queries.consenting(session, [school.id])


def test_schools_without_a_need_are_asked_once_and_the_task_goes_when_they_post(
    app: Flask, session: Session
) -> None:
    alliance = make.alliance(schools=3)
    alder, beech, _ = alliance.schools
    insured(alder)
    insured(beech)
    (found,) = suggested(session, alliance).suggestions
    asked = (alliance.id, "insurance", found.plan.starts_on)
    assert actions.request_needs(alliance.coordinator, *asked) == 2
    with pytest.raises(RuleBroken, match="was asked for one"):
        actions.request_needs(alliance.coordinator, *asked)
    assert session.scalar(select(func.count()).select_from(NeedRequest)) == 2
    letters = session.scalars(
        select(mail.Message).where(mail.Message.subject.startswith("Please post a need"))
    )
    assert {letter.recipient for letter in letters} == {
        person.email
        for school in (alder, beech)
        for person in people_with_role(session, [school.id], *queries.READING_SCHOOLS)
    }
    with app.test_request_context():
        (task,) = tasks.waiting_for(session, alder.bursar)
        assert task.text == "Post a need: Insurance"
        make.draft_need(alder, "insurance")
        session.rollback()
        assert not tasks.waiting_for(session, alder.bursar)
        assert len(tasks.waiting_for(session, beech.bursar)) == 1


def test_only_a_coordinator_asks_for_needs_and_only_for_what_is_suggested(session: Session) -> None:
    alliance = make.alliance(schools=2)
    for school in alliance.schools:
        insured(school)
    (found,) = suggested(session, alliance).suggestions
    for reader in (alliance.auditor, alliance.schools[0].headteacher):
        with pytest.raises(Forbidden):
            actions.request_needs(reader, alliance.id, "insurance", found.plan.starts_on)
    with pytest.raises(NotFound, match="not there any more"):
        actions.request_needs(alliance.coordinator, alliance.id, "gas", found.plan.starts_on)


def test_the_questions_do_not_grow_with_the_schools(app: Flask, session: Session) -> None:

    assert app.testing
    alliance = make.alliance(schools=5)
    engine = session.get_bind()
    counts = []
    for school in alliance.schools:
        insured(school)
        session.rollback()
        with listening(engine) as heard:  # type: ignore[arg-type]  # an engine, as tests bind it
            queries.findings(session, alliance.id, clock.today())
        counts.append(len([one for one in heard if one.startswith("SELECT")]))
    assert len(set(counts)) == 1
