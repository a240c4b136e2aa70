from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.alliance import queries as alliance_queries
from marketplace.alliance.decisions import actions as deciding
from marketplace.alliance.decisions import queries as decisions
from marketplace.alliance.decisions.rules import Choice, DecisionStatus, Subject
from marketplace.alliance.memberships import actions, jobs, leaving, queries, rules, tasks
from marketplace.alliance.memberships.models import Departure, MembershipApplication
from marketplace.alliance.memberships.rules import ApplicationStatus
from marketplace.alliance.models import Membership, Person
from marketplace.alliance.rules import MembershipKind, MembershipStatus
from marketplace.core import clock, events, mail
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import Actor
from tests import make
from tests.make import decisions as making_decisions
from tests.make import fund as making_fund
from tests.make import memberships as making

pytestmark = pytest.mark.usefixtures("app")


def letters_to(session: Session, person: Actor) -> list[str]:
    address = session.get_one(Person, person.person_id).email
    return [message.subject for message in mail.newest(session, address)]


def test_a_board_admits_an_associate_for_a_year(session: Session) -> None:
    alliance = make.alliance(schools=3)
    school = making.outsider()
    application_id = making.application(alliance, school)
    assert letters_to(session, alliance.coordinator)[0].startswith("Oakfield School applies to join")
    making.decided(alliance, Subject.ADMISSION, application_id, Choice.FOR, Choice.CONFLICT, Choice.FOR)
    assert making.application_row(application_id).status is ApplicationStatus.ADMITTED
    membership = making.membership_of(alliance, school)
    assert (membership.kind, membership.joined_on) == (MembershipKind.ASSOCIATE, clock.today())
    assert membership.ends_on == rules.last_day(clock.today(), MembershipKind.ASSOCIATE, 12)
    assert alliance.id in making.again(school).bursar.alliance_ids
    assert letters_to(session, school.bursar)[0].startswith("Oakfield School belongs to")
    assert school.id not in decisions.seats(session, alliance.id)


def test_a_full_member_has_a_seat_from_the_day_it_is_admitted(session: Session) -> None:
    alliance = make.alliance(schools=1)
    school = making.outsider()
    application_id = making.application(alliance, school, kind=MembershipKind.FULL)
    making.decided(alliance, Subject.ADMISSION, application_id)
    membership = making.membership_of(alliance, school)
    assert (membership.kind, membership.ends_on) == (MembershipKind.FULL, None)
    assert school.id in decisions.seats(session, alliance.id)


def test_a_school_that_is_not_admitted_is_told_why_and_may_apply_again(session: Session) -> None:
    alliance = make.alliance(schools=1)
    school = making.outsider()
    application_id = making.application(alliance, school, reserves=Money(-5_00))
    making.decided(alliance, Subject.ADMISSION, application_id, Choice.AGAINST)
    row = making.application_row(application_id)
    assert (row.status, row.answer) == (ApplicationStatus.REJECTED, making_decisions.MINUTE)
    assert not alliance_queries.alliance_ids_of_school(session, school.id)
    assert letters_to(session, school.headteacher)[0].startswith("Your application to")
    making.application(alliance, school)
    question = making.decision_on(Subject.ADMISSION, application_id).question
    assert question == "Shall Oakfield School be admitted as an associate for 12 months?"


def test_a_question_that_is_taken_back_returns_the_application() -> None:
    alliance = make.alliance(schools=1)
    application_id = making.application(alliance, making.outsider())
    decision = making.decision_on(Subject.ADMISSION, application_id)
    deciding.withdraw_decision(alliance.coordinator, decision.id, "Please send the accounts.")
    events.deliver_due()
    row = making.application_row(application_id)
    assert (row.status, row.answer) == (ApplicationStatus.RETURNED, "Please send the accounts.")


def test_a_school_withdraws_its_application_and_the_vote_with_it() -> None:
    alliance = make.alliance(schools=1)
    school = making.outsider()
    application_id = making.application(alliance, school)
    actions.withdraw_application(school.headteacher, application_id, "We wait a year.")
    actions.withdraw_application(school.headteacher, application_id, "We wait a year.")
    events.deliver_due()
    assert making.application_row(application_id).status is ApplicationStatus.WITHDRAWN
    assert making.decision_on(Subject.ADMISSION, application_id).status is DecisionStatus.WITHDRAWN


def test_one_application_at_a_time_waits_for_a_board(session: Session) -> None:
    alliance = make.alliance(schools=1)
    school = making.outsider()
    application_id = making.application(alliance, school)
    actions.apply_to_join(school.headteacher, application_id, alliance.id, school.id, making.wish())
    with pytest.raises(RuleBroken, match="an application that waits for this board"):
        making.application(alliance, school)
    with pytest.raises(RuleBroken, match="belongs to this alliance already"):
        making.application(alliance, alliance.schools[0])
    with pytest.raises(Forbidden):
        actions.apply_to_join(school.bursar, new_id(), alliance.id, school.id, making.wish())
    with pytest.raises(NotFound):
        actions.apply_to_join(school.headteacher, new_id(), school.id, school.id, making.wish())
    with pytest.raises(NotFound):
        actions.apply_to_join(
            alliance.schools[0].headteacher, new_id(), alliance.id, school.id, making.wish()
        )
    assert session.scalar(select(func.count()).select_from(MembershipApplication)) == 1


def test_figures_are_for_the_school_the_board_and_the_officers_only(session: Session) -> None:
    alliance, other = make.alliance(schools=1), make.alliance(schools=1, name="Elsewhere")
    school = making.outsider()
    application_id = making.application(alliance, school)
    member = alliance.schools[0]
    for reader in (school.bursar, member.headteacher, alliance.coordinator, alliance.auditor):
        assert queries.get_application(session, reader, application_id).school_id == school.id
    for stranger in (member.bursar, member.governor, other.coordinator, other.schools[0].headteacher):
        with pytest.raises(NotFound):
            queries.get_application(session, stranger, application_id)


def test_an_associate_becomes_full_only_when_board_and_governing_body_both_agree(session: Session) -> None:
    alliance = make.alliance(schools=1)
    school = making.associate(alliance)
    membership_id = making.membership_of(alliance, school).id
    actions.ask_for_conversion(school.headteacher, membership_id)
    assert letters_to(session, school.governor)[0].startswith("Please confirm: Oakfield School")
    making.decided(alliance, Subject.CONVERSION, membership_id)
    assert making.membership_of(alliance, school).kind is MembershipKind.ASSOCIATE
    with pytest.raises(RuleBroken, match="carried it already"):
        actions.ask_for_conversion(alliance.coordinator, membership_id)
    deciding.record_confirmation(
        school.governor,
        new_id(),
        Subject.CONVERSION,
        membership_id,
        school.id,
        minute_reference="FGB 9",
        minuted_on=clock.today(),
    )
    events.deliver_due()
    membership = making.membership_of(alliance, school)
    assert (membership.kind, membership.ends_on) == (MembershipKind.FULL, None)
    assert school.id in decisions.seats(session, alliance.id)


def test_a_confirmation_alone_or_one_that_ended_converts_nothing() -> None:
    alliance = make.alliance(schools=1)
    school = making.associate(alliance)
    membership_id = making.membership_of(alliance, school).id
    actions.ask_for_conversion(alliance.coordinator, membership_id)
    making_decisions.confirmation(school, Subject.CONVERSION, membership_id, expires_on=clock.today())
    events.deliver_due()
    assert making.membership_of(alliance, school).kind is MembershipKind.ASSOCIATE
    with clock.travelling(clock.now() + timedelta(days=1)):
        making.decided(alliance, Subject.CONVERSION, membership_id)
    assert making.membership_of(alliance, school).kind is MembershipKind.ASSOCIATE


def test_an_associate_is_reminded_once_and_its_membership_ends_by_itself(
    session: Session, app: Flask
) -> None:
    alliance = make.alliance(schools=1)
    school = making.associate(alliance)
    membership = making.membership_of(alliance, school)
    ends_on = membership.ends_on
    assert ends_on
    last_noon = datetime.combine(ends_on, time(12), UTC)
    with clock.travelling(last_noon - timedelta(days=61)):
        assert jobs.watch_memberships() == 0
    with clock.travelling(last_noon - timedelta(days=60)):
        assert jobs.watch_memberships() == 1
        assert jobs.watch_memberships() == 0
        for person in (school.headteacher, school.governor, alliance.coordinator):
            assert letters_to(session, person)[0].endswith("is near its end")
        with app.test_request_context():
            (task,) = tasks.waiting_for(session, school.headteacher)
            assert task.due == ends_on
            assert tasks.waiting_for(session, alliance.coordinator) == [task]
            assert not tasks.waiting_for(session, school.bursar)
    with clock.travelling(last_noon):
        assert jobs.watch_memberships() == 0
        assert making.membership_of(alliance, school).status is MembershipStatus.ACTIVE
    with clock.travelling(last_noon + timedelta(days=1)):
        assert jobs.watch_memberships() == 1
        assert jobs.watch_memberships() == 0
    ended = making.membership_of(alliance, school)
    assert (ended.status, ended.left_on) == (MembershipStatus.LEFT, ends_on)
    assert letters_to(session, school.bursar)[0].endswith("has ended")
    assert letters_to(session, alliance.schools[0].headteacher)[0].endswith("has ended")


def test_a_vote_on_a_conversion_lapses_with_the_membership_and_says_so(session: Session) -> None:
    alliance = make.alliance(schools=3)
    school = making.associate(alliance)
    membership = making.membership_of(alliance, school)
    membership_id, ends_on = membership.id, membership.ends_on
    assert ends_on
    actions.ask_for_conversion(alliance.coordinator, membership_id)
    decision_id = making.decision_on(Subject.CONVERSION, membership_id).id
    making_decisions.vote(decision_id, alliance.schools[0])
    with clock.travelling(clock.now() + timedelta(days=(ends_on - clock.today()).days + 1)):
        assert jobs.watch_memberships() == 1
        row = making_decisions.decision_row(decision_id)
        assert (row.status, row.closed_by, len(row.seats_at_close)) == (DecisionStatus.LAPSED, None, 3)
        assert "ended by itself" in row.minute
        told = letters_to(session, alliance.schools[1].headteacher)
        assert any(letter.startswith("Lapsed: Shall") for letter in told)
        with pytest.raises(RuleBroken, match="lapsed already"):
            making_decisions.vote(decision_id, alliance.schools[1])
        events.deliver_due()
        assert making.membership_of(alliance, school).kind is MembershipKind.ASSOCIATE


def test_a_full_member_does_not_end_by_itself() -> None:
    alliance = make.alliance(schools=1)
    with clock.travelling(clock.now() + timedelta(days=4_000)):
        assert jobs.watch_memberships() == 0
    assert making.membership_of(alliance, alliance.schools[0]).status is MembershipStatus.ACTIVE


def test_a_school_leaves_at_any_time_and_what_runs_is_listed_and_runs_on(session: Session) -> None:
    alliance = make.alliance(schools=3)
    school = alliance.schools[0]
    contract = make.contract(school, title="Boiler care")
    held = make.partnership_fund(alliance)
    make.received_round(held, Money(90_00))
    share = making_fund.contributions(held, making_fund.proposed_round(held, Money(30_00)))
    found = leaving.consequences(session, school.id, alliance.id)
    assert [one.heading for one in found] == ["Contracts", "Partnership Fund"]
    assert found[0].lines[0].text == "Boiler care"
    assert found[1].share
    assert share[school.id].round.reference in found[1].lines[0].text
    contract_id = contract.id
    membership_id = making.leave(alliance, school)
    making_again = session.get_one(Departure, membership_id)
    assert making_again.fund_share == found[1].share
    assert making_again.listed["parts"][0]["lines"][0][0] == "Boiler care"
    ended = making.membership_of(alliance, school)
    assert (ended.status, ended.left_on) == (MembershipStatus.LEFT, clock.today())
    assert session.get_one(type(contract), contract_id).runs_until > clock.today()
    for person in (school.bursar, alliance.schools[1].headteacher, alliance.coordinator):
        assert letters_to(session, person)[0] == f"{school.name} has left {alliance.name}"
    assert not make.actor(school.bursar.person_id).alliance_ids
    former = make.actor(school.headteacher.person_id)
    assert queries.get_membership(session, former, membership_id).id == membership_id


def test_open_commitments_are_listed_before_a_school_leaves(session: Session) -> None:
    alliance = make.alliance(schools=3)
    make.published_tender(alliance)
    found = leaving.consequences(session, alliance.schools[0].id, alliance.id)
    (commitments,) = [one for one in found if one.heading == "Commitments to joint tenders"]
    assert commitments.lines[0].note == "The school stays bound. Now: Open for quotes"


def test_only_the_headteacher_takes_a_school_out_and_only_after_seeing_what_runs(session: Session) -> None:
    alliance = make.alliance(schools=2)
    school, other = alliance.schools
    membership_id = making.membership_of(alliance, school).id
    seen = rules.fingerprint(leaving.as_text(leaving.consequences(session, school.id, alliance.id)))
    for person in (school.bursar, school.governor, other.headteacher, alliance.coordinator):
        with pytest.raises(Forbidden):
            actions.leave_alliance(person, membership_id, "We go.", seen)
    make.contract(school)
    with pytest.raises(Stale, match="has changed since you looked"):
        actions.leave_alliance(school.headteacher, membership_id, "We go.", seen)
    assert making.membership_of(alliance, school).status is MembershipStatus.ACTIVE
    making.leave(alliance, school)
    actions.leave_alliance(school.headteacher, membership_id, "We go again.", seen)
    assert session.scalar(select(func.count()).select_from(Departure)) == 1


def test_a_school_that_leaves_takes_its_vote_with_it(session: Session) -> None:
    alliance = make.alliance(schools=3)
    decision_id = making_decisions.open_decision(alliance)
    making_decisions.vote(decision_id, alliance.schools[0])
    making.leave(alliance, alliance.schools[0])
    tally = decisions.tally(session, making_decisions.decision_row(decision_id))
    assert (tally.seats, tally.for_) == (2, 0)


def test_a_school_is_in_two_alliances_and_each_sees_only_its_own(session: Session) -> None:
    one, two = make.alliance(schools=2), make.alliance(schools=1, name="Elsewhere")
    shared = making.founder(two, one.schools[0])
    assert shared.headteacher.alliance_ids == {one.id, two.id}
    of_two = {row.school_id for row in session.scalars(queries.members(two.coordinator))}
    assert of_two == {two.schools[0].id, shared.id}
    of_one = {row.school_id for row in session.scalars(queries.members(one.coordinator))}
    assert of_one == {school.id for school in one.schools}
    elsewhere = making.membership_of(two, shared).id
    with pytest.raises(NotFound):
        queries.get_membership(session, one.coordinator, elsewhere)
    making.leave(one, shared)
    assert make.actor(shared.headteacher.person_id).alliance_ids == {two.id}
    assert session.scalar(select(func.count()).select_from(Membership)) == 4
