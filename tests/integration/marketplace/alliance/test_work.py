"""Activities and hours, by the actions that people use."""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from marketplace.alliance.work import actions, queries
from marketplace.alliance.work.models import HoursEntry
from marketplace.alliance.work.rules import ActivityKind, ActivityStatus, Answer, Stage
from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.tenders.drafting.proposal import suggested_lead
from tests import make


def test_a_school_asked_to_lead_accepts_and_is_the_lead(session: Session) -> None:
    alliance = make.alliance()
    activity_id = make.activity(alliance)
    make.ask_to_lead(alliance, activity_id, alliance.schools[1])
    actions.accept_lead(alliance.schools[1].headteacher, activity_id, alliance.schools[1].id)
    actions.accept_lead(alliance.schools[1].headteacher, activity_id, alliance.schools[1].id)
    activity = make.activity_row(activity_id, alliance.auditor)
    assert activity.lead_school_id == alliance.schools[1].id
    assert queries.suggestion_for(session, activity) is None


def test_declining_is_recorded_with_its_reason_and_the_next_school_is_suggested(session: Session) -> None:
    alliance = make.alliance()
    activity_id = make.activity(alliance)
    first = queries.suggestion_for(session, make.activity_row(activity_id, alliance.coordinator))
    assert first
    asked = next(school for school in alliance.schools if school.id == first.school_id)
    make.ask_to_lead(alliance, activity_id, asked)
    with pytest.raises(RuleBroken, match="Enter why"):
        actions.decline_lead(asked.bursar, activity_id, asked.id, " ")
    actions.decline_lead(asked.bursar, activity_id, asked.id, "Our inspection is that month.")
    activity = make.activity_row(activity_id, alliance.coordinator)
    (request,) = activity.requests
    assert (request.answer, request.reason) == (Answer.DECLINED, "Our inspection is that month.")
    second = queries.suggestion_for(session, activity)
    assert second
    assert second.school_id != first.school_id


@pytest.mark.usefixtures("app")
def test_a_school_answers_for_itself_only() -> None:
    alliance = make.alliance()
    activity_id = make.activity(alliance)
    alder, beech, _ = alliance.schools
    make.ask_to_lead(alliance, activity_id, alder)
    with pytest.raises(NotFound):
        actions.accept_lead(beech.headteacher, activity_id, alder.id)
    with pytest.raises(NotFound):
        actions.accept_lead(beech.headteacher, activity_id, beech.id)
    with pytest.raises(Forbidden):
        actions.accept_lead(alder.governor, activity_id, alder.id)
    assert make.activity_row(activity_id, alliance.auditor).lead_school_id is None


def test_hours_logged_twice_by_a_double_click_count_once_and_can_be_taken_back(session: Session) -> None:
    alliance = make.alliance()
    alder = alliance.schools[0]
    activity_id, entry_id = make.activity(alliance), new_id()
    for _ in range(2):
        actions.log_hours(
            alder.governor,
            entry_id,
            activity_id,
            alder.id,
            stage=Stage.MEETINGS,
            spent=Decimal("1.5"),
            worked_on=clock.today(),
        )
    assert queries.minutes_of_schools(session, alliance.id, clock.today(), clock.today()) == {alder.id: 90}
    with pytest.raises(NotFound):
        actions.take_back_hours(alder.bursar, entry_id)
    actions.take_back_hours(alder.governor, entry_id)
    assert not queries.minutes_of_schools(session, alliance.id, clock.today(), clock.today())
    assert session.get_one(HoursEntry, entry_id).minutes == 90, "what was logged stays on record"


@pytest.mark.usefixtures("app")
def test_nobody_logs_hours_for_another_school_or_for_what_is_done() -> None:
    alliance = make.alliance()
    alder, beech, _ = alliance.schools
    activity_id = make.activity(alliance)
    make.hours(activity_id, alder)
    with pytest.raises(NotFound):
        actions.log_hours(
            alder.bursar,
            new_id(),
            activity_id,
            beech.id,
            stage=Stage.MEETINGS,
            spent=Decimal(1),
            worked_on=clock.today(),
        )
    version = make.activity_row(activity_id, alliance.coordinator).version
    actions.finish_activity(alliance.coordinator, activity_id, version)
    with pytest.raises(RuleBroken, match="This activity is done"):
        make.hours(activity_id, alder)
    with pytest.raises(Stale):
        actions.resume_activity(alliance.coordinator, activity_id, version)
    actions.resume_activity(alliance.coordinator, activity_id, version + 1)
    assert make.activity_row(activity_id, alliance.auditor).status is ActivityStatus.OPEN


@pytest.mark.usefixtures("app")
def test_another_alliance_sees_nothing_of_it() -> None:
    alliance, other = make.alliance(), make.alliance(schools=1, name="Elsewhere Alliance")
    activity_id = make.activity(alliance)
    with pytest.raises(NotFound):
        make.activity_row(activity_id, other.coordinator)
    with pytest.raises(NotFound):
        actions.add_activity(other.coordinator, new_id(), alliance.id, ActivityKind.OTHER, "Not theirs")


def test_the_lead_of_a_tender_is_an_activity_from_the_day_its_buyers_are_settled(session: Session) -> None:
    alliance = make.alliance()
    tender = make.confirmed_tender(alliance)
    activity = queries.about(session, tender.id)
    assert activity
    assert (activity.kind, activity.lead_school_id) == (ActivityKind.TENDER, tender.lead.id)
    led = {work.school_id: work.led for work in queries.work_of(session, alliance.id)}
    assert led == {school.id: int(school.id == tender.lead.id) for school in alliance.schools}


def test_a_draft_from_needs_is_led_by_the_school_that_has_done_least_for_its_size(session: Session) -> None:
    alliance = make.alliance()
    alder, beech, cedar = alliance.schools
    activity_id = make.activity(alliance)
    make.hours(activity_id, alder, "6")
    make.hours(activity_id, cedar, "3")
    needs = [make.approved_need(school) for school in alliance.schools]
    tender_id = make.draft_tender(alliance, need_ids=needs).id
    session.rollback()
    assert make.tender_row(tender_id).lead_school_id == alder.id, "the builder names its first school"
    assert suggested_lead(session, make.tender_row(tender_id)) == beech.id


def test_who_is_asked_hears_why_and_the_coordinator_hears_the_answer(session: Session) -> None:
    alliance = make.alliance()
    activity_id = make.activity(alliance)
    make.ask_to_lead(alliance, activity_id, alliance.schools[0])
    actions.accept_lead(alliance.schools[0].bursar, activity_id, alliance.schools[0].id)
    subjects = [message.subject for message in session.query(Message).all()]
    assert subjects.count(f"Will {alliance.schools[0].name} lead this?") == 2
    assert f"{alliance.schools[0].name} leads: Paper on shared staff" in subjects
