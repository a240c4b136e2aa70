import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.alliance.board import actions, queries, rules
from marketplace.alliance.board.models import SeatNaming
from marketplace.alliance.decisions import actions as deciding
from marketplace.alliance.decisions import queries as decisions
from marketplace.alliance.decisions import tasks
from marketplace.alliance.decisions.models import Vote
from marketplace.alliance.decisions.rules import Choice, Subject
from marketplace.alliance.memberships import queries as memberships
from marketplace.alliance.models import Person
from marketplace.core import mail
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.events import Event
from marketplace.core.ids import new_id
from marketplace.core.policy import Act, Actor, Role
from tests import make
from tests.make import board as making
from tests.make import decisions as questions
from tests.make import memberships as belonging

pytestmark = pytest.mark.usefixtures("app")


def subjects(session: Session, actor: Actor) -> list[str]:
    address = session.get_one(Person, actor.person_id).email
    return [message.subject for message in mail.newest(session, address)]


def test_a_senior_leader_whom_the_head_names_votes_and_the_head_does_not(session: Session) -> None:
    alliance = make.alliance(schools=3)
    school = alliance.schools[0]
    deputy = making.deputy(alliance, school)
    decision_id = questions.open_decision(alliance)
    assert subjects(session, deputy)[0].startswith("Please vote")
    assert not any(one.startswith("Please vote") for one in subjects(session, school.headteacher))
    with pytest.raises(Forbidden, match="held by Dora Deputy"):
        deciding.vote(school.headteacher, decision_id, school.id, Choice.FOR)
    deciding.vote(deputy, decision_id, school.id, Choice.FOR)
    given = session.scalars(select(Vote)).one()
    assert (given.school_id, given.person_id) == (school.id, deputy.person_id)
    row = questions.decision_row(decision_id)
    assert next(seat.held_by for seat in decisions.board(session, row)) == "Dora Deputy"


def test_a_school_has_one_vote_whoever_holds_its_seat_meanwhile(session: Session) -> None:
    alliance = make.alliance(schools=3)
    school = alliance.schools[0]
    decision_id = questions.open_decision(alliance)
    questions.vote(decision_id, school)
    deputy = making.deputy(alliance, school)
    with pytest.raises(RuleBroken, match=f"answered already: “For”, by {school.headteacher.name}"):
        deciding.vote(deputy, decision_id, school.id, Choice.AGAINST)
    assert session.scalar(select(func.count()).select_from(Vote)) == 1
    tally = decisions.tally(session, questions.decision_row(decision_id))
    assert (tally.for_, tally.against, tally.seats) == (1, 0, 3)


def test_the_history_says_who_was_named_when_and_by_whom(session: Session) -> None:
    alliance = make.alliance(schools=1)
    school = alliance.schools[0]
    deputy = making.deputy(alliance, school)
    making.name(alliance, school, school.headteacher)
    membership_id = making.seat(alliance, school).membership_id
    told = [(one.person_id, one.named_by) for one in queries.history(session, membership_id)]
    head = school.headteacher.person_id
    assert told == [(head, head), (deputy.person_id, head)]
    assert making.seat(alliance, school).held_by == school.headteacher.name
    assert subjects(session, deputy)[0] == f"The seat of {school.name} on the Strategic Board"
    events = session.scalars(select(Event).where(Event.act == Act.SEAT_NAME)).all()
    assert [event.subject_id for event in events] == [membership_id] * 2


def test_only_a_leader_of_the_school_is_named_and_only_by_its_head(session: Session) -> None:
    alliance = make.alliance(schools=2)
    school, other = alliance.schools
    present = making.seat(alliance, school)
    seen = rules.seen(present.holders)
    for somebody in (school.bursar, school.governor, other.headteacher):
        assert somebody.person_id
        with pytest.raises(RuleBroken, match="headteacher or a senior leader"):
            actions.name_holder(school.headteacher, new_id(), present.membership_id, somebody.person_id, seen)
    deputy = make.person(school.id, Role.SENIOR_LEADER, name="Dora Deputy")
    assert deputy.person_id
    for stranger in (deputy, school.bursar, other.headteacher, alliance.coordinator):
        with pytest.raises(Forbidden):
            actions.name_holder(stranger, new_id(), present.membership_id, deputy.person_id, seen)
    elsewhere = make.alliance(schools=1, name="Other Schools").schools[0].headteacher
    with pytest.raises(NotFound):
        actions.name_holder(elsewhere, new_id(), present.membership_id, deputy.person_id, seen)
    naming_id = new_id()
    for _ in range(2):
        actions.name_holder(school.headteacher, naming_id, present.membership_id, deputy.person_id, seen)
    with pytest.raises(Stale):
        actions.name_holder(school.headteacher, new_id(), present.membership_id, deputy.person_id, seen)
    assert session.scalar(select(func.count()).select_from(SeatNaming)) == 1


def test_the_seat_falls_back_to_the_head_when_whoever_holds_it_leaves_the_school(session: Session) -> None:
    alliance = make.alliance(schools=1)
    school = alliance.schools[0]
    deputy = making.deputy(alliance, school)
    with transaction() as writing:
        writing.get_one(Person, deputy.person_id).active = False
    assert making.seat(alliance, school).held_by == school.headteacher.name
    decision_id = questions.open_decision(alliance)
    deciding.vote(school.headteacher, decision_id, school.id, Choice.FOR)
    assert session.scalars(select(Vote.person_id)).one() == school.headteacher.person_id


def test_whoever_holds_the_seat_reads_the_finances_that_the_board_decides_on(session: Session) -> None:
    alliance = make.alliance(schools=1)
    school = alliance.schools[0]
    application_id = belonging.application(alliance, belonging.outsider())
    leader = make.person(school.id, Role.SENIOR_LEADER, name="Dora Deputy")
    with pytest.raises(NotFound):
        memberships.get_application(session, leader, application_id)
    making.name(alliance, school, leader)
    session.rollback()
    assert memberships.get_application(session, leader, application_id).id == application_id
    assert memberships.get_application(session, school.headteacher, application_id).id == application_id
    making.name(alliance, school, school.headteacher)
    session.rollback()
    with pytest.raises(NotFound):
        memberships.get_application(session, leader, application_id)


def test_the_task_is_on_the_holders_home_page_only(session: Session, app: Flask) -> None:
    alliance = make.alliance(schools=2)
    school = alliance.schools[0]
    deputy = making.deputy(alliance, school)
    questions.open_decision(alliance)
    with app.test_request_context():
        found = [task.text for task in tasks.waiting_for(session, deputy)]
        assert found == ["Vote: Shall Oakfield join as an associate?"]
        assert not tasks.waiting_for(session, school.headteacher)


def test_who_has_a_role_in_the_school_it_is_about_can_only_declare_the_conflict(session: Session) -> None:
    alliance = make.alliance(schools=2)
    school, other = alliance.schools
    applicant = belonging.outsider()
    application_id = belonging.application(alliance, applicant)
    both = making.also(school.headteacher, applicant.id, Role.HEADTEACHER)
    decision = belonging.decision_on(Subject.ADMISSION, application_id)
    for choice in (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN):
        with pytest.raises(RuleBroken, match=f"about {applicant.name}, where you hold a role yourself"):
            deciding.vote(both, decision.id, school.id, choice)
    deciding.vote(both, decision.id, school.id, Choice.CONFLICT, "I head both.")
    deciding.vote(other.headteacher, decision.id, other.id, Choice.FOR)
    tally = decisions.tally(session, questions.decision_row(decision.id))
    assert (tally.for_, tally.conflicts, tally.can_be_quorate) == (1, 1, False)
