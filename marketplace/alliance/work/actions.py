"""What people do with activities: add, ask a school to lead, answer, log hours, finish."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from marketplace.alliance.models import Organisation
from marketplace.alliance.queries import member_schools, people_with_role
from marketplace.alliance.work import queries, rules
from marketplace.alliance.work.models import Activity, HoursEntry, LeadRequest
from marketplace.alliance.work.rules import ActivityKind, ActivityStatus, Answer, Stage
from marketplace.core import clock, events, mail, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound
from marketplace.core.forms import expect_version
from marketplace.core.moves import move
from marketplace.core.policy import POLICY, Act, Actor


def add_activity(
    actor: Actor, activity_id: uuid.UUID, alliance_id: uuid.UUID, kind: ActivityKind, title: str
) -> None:
    """Add something that one school will lead for the others. Raises RuleBroken."""
    with transaction() as session:
        if alliance_id not in actor.alliance_ids:
            raise NotFound
        members = [school.id for school in member_schools(session, alliance_id)]
        policy.require(actor, Act.ACTIVITY_ADD, alliance_id, *members)
        if session.get(Activity, activity_id) is not None:
            return
        given = rules.check_text(title, "title", "Enter what is to be done.", rules.LONGEST_TITLE)
        session.add(
            Activity(id=activity_id, alliance_id=alliance_id, kind=kind, title=given, added_at=clock.now())
        )
        events.record(session, actor, Act.ACTIVITY_ADD, activity_id, organisation_id=alliance_id, kind=kind)


def ask_to_lead(actor: Actor, activity_id: uuid.UUID, version: int, school_id: uuid.UUID) -> None:
    """Ask a school to lead; its headteachers and bursars are told, with why it was suggested.

    A school that declined may be asked again. Raises RuleBroken for no member and for the present lead.
    """
    with transaction() as session:
        activity = queries.get_activity(session, actor, activity_id, lock=True)
        policy.require(actor, Act.LEAD_ASK, activity.alliance_id)
        members = {school.id: school.name for school in member_schools(session, activity.alliance_id)}
        request = session.get(LeadRequest, (activity.id, school_id))
        if request is not None and request.answer is Answer.ASKED:
            return
        expect_version(activity, version)
        rules.check_open(activity.status)
        rules.check_can_lead(school_id, members, activity.lead_school_id)
        suggested = queries.suggestion_for(session, activity)
        why = suggested.reason if suggested and suggested.school_id == school_id else ""
        if request is None:
            request = LeadRequest(activity_id=activity.id, school_id=school_id, answer=Answer.ASKED)
            session.add(request)
        else:
            request.answer = move(rules.ANSWER_MOVES, request.answer, Answer.ASKED)
        request.why_asked, request.asked_at = why, clock.now()
        request.answered_at, request.answered_by, request.reason = None, None, ""
        session.flush()
        events.record(
            session, actor, Act.LEAD_ASK, activity.id, organisation_id=activity.alliance_id, school=school_id
        )
        for person in people_with_role(session, [school_id], *POLICY[Act.LEAD_ACCEPT].roles):
            mail.write(
                session,
                person.email,
                f"Will {members[school_id]} lead this?",
                "work_lead_asked.txt",
                person_name=person.name,
                activity=activity,
                school_name=members[school_id],
                why=why,
            )


def accept_lead(actor: Actor, activity_id: uuid.UUID, school_id: uuid.UUID) -> None:
    """Say for a school that it leads. The lead before it, if there was one, is followed by it."""
    with transaction() as session:
        activity, request = _asked(session, actor, activity_id, school_id)
        policy.require(actor, Act.LEAD_ACCEPT, school_id)
        if request.answer is Answer.ACCEPTED and activity.lead_school_id == school_id:
            return
        rules.check_open(activity.status)
        request.answer = move(rules.ANSWER_MOVES, request.answer, Answer.ACCEPTED)
        request.answered_at, request.answered_by = clock.now(), actor.person_id
        activity.lead_school_id = school_id
        events.record(session, actor, Act.LEAD_ACCEPT, activity.id, organisation_id=school_id)
        _tell_coordinators(session, activity, request)


def decline_lead(actor: Actor, activity_id: uuid.UUID, school_id: uuid.UUID, reason: str) -> None:
    """Say for a school that it does not lead, and why; it is recorded, and nothing else follows from it."""
    with transaction() as session:
        activity, request = _asked(session, actor, activity_id, school_id)
        policy.require(actor, Act.LEAD_DECLINE, school_id)
        if request.answer is Answer.DECLINED:
            return
        given = rules.check_text(reason, "reason", "Enter why your school declines.", rules.LONGEST_REASON)
        request.answer = move(rules.ANSWER_MOVES, request.answer, Answer.DECLINED)
        request.answered_at, request.answered_by, request.reason = clock.now(), actor.person_id, given
        events.record(session, actor, Act.LEAD_DECLINE, activity.id, organisation_id=school_id, reason=given)
        _tell_coordinators(session, activity, request)


def log_hours(
    actor: Actor,
    entry_id: uuid.UUID,
    activity_id: uuid.UUID,
    school_id: uuid.UUID,
    *,
    stage: Stage,
    spent: Decimal,
    worked_on: date,
    note: str = "",
) -> None:
    """Log hours (to the quarter) that the actor spent on an activity for their school."""
    with transaction() as session:
        activity = queries.get_activity(session, actor, activity_id, lock=True)
        if school_id not in queries.logging_schools(session, actor, activity.alliance_id):
            raise NotFound
        policy.require(actor, Act.HOURS_LOG, school_id)
        if session.get(HoursEntry, entry_id) is not None:
            return
        rules.check_open(activity.status)
        minutes = rules.minutes_of(spent)
        rules.check_worked_on(worked_on, clock.today())
        session.add(
            HoursEntry(
                id=entry_id,
                activity_id=activity.id,
                school_id=school_id,
                person_id=actor.person_id,
                stage=stage,
                minutes=minutes,
                worked_on=worked_on,
                note=note[: rules.LONGEST_NOTE],
                logged_at=clock.now(),
            )
        )
        events.record(
            session,
            actor,
            Act.HOURS_LOG,
            activity.id,
            organisation_id=school_id,
            minutes=minutes,
            stage=stage,
        )


def take_back_hours(actor: Actor, entry_id: uuid.UUID) -> uuid.UUID:
    """Take back hours that the actor logged by mistake; returns the activity's id. Raises NotFound."""
    with transaction() as session:
        entry = queries.own_entry(session, actor, entry_id)
        policy.require(actor, Act.HOURS_TAKE_BACK, entry.school_id)
        entry.taken_back_at = clock.now()
        events.record(
            session,
            actor,
            Act.HOURS_TAKE_BACK,
            entry.activity_id,
            organisation_id=entry.school_id,
            minutes=entry.minutes,
        )
        return entry.activity_id


def finish_activity(actor: Actor, activity_id: uuid.UUID, version: int) -> None:
    """Say that an activity is done: no more hours are logged for it."""
    with transaction() as session:
        activity = queries.get_activity(session, actor, activity_id, lock=True)
        policy.require(actor, Act.ACTIVITY_FINISH, *_finishing(activity))
        if activity.status is ActivityStatus.DONE:
            return
        expect_version(activity, version)
        activity.status = rules.move(activity.status, ActivityStatus.DONE)
        activity.done_at = clock.now()
        events.record(session, actor, Act.ACTIVITY_FINISH, activity.id, organisation_id=activity.alliance_id)


def resume_activity(actor: Actor, activity_id: uuid.UUID, version: int) -> None:
    """Take up again an activity that was said to be done."""
    with transaction() as session:
        activity = queries.get_activity(session, actor, activity_id, lock=True)
        policy.require(actor, Act.ACTIVITY_RESUME, *_finishing(activity))
        if activity.status is ActivityStatus.OPEN:
            return
        expect_version(activity, version)
        activity.status = rules.move(activity.status, ActivityStatus.OPEN)
        activity.done_at = None
        events.record(session, actor, Act.ACTIVITY_RESUME, activity.id, organisation_id=activity.alliance_id)


def _finishing(activity: Activity) -> list[uuid.UUID]:
    """The organisations whose people may say that an activity is done: the alliance and the lead school."""
    lead = [activity.lead_school_id] if activity.lead_school_id else []
    return [activity.alliance_id, *lead]


def follow_lead_of_tender(
    session: Session,
    actor: Actor,
    *,
    alliance_id: uuid.UUID,
    tender_id: uuid.UUID,
    title: str,
    lead: uuid.UUID,
) -> None:
    """Note which school leads a tender, as an activity of its own. A shared step for the tenders stage."""
    activity = queries.about(session, tender_id)
    if activity is not None and activity.lead_school_id == lead:
        return
    if activity is None:
        activity = Activity(
            alliance_id=alliance_id,
            kind=ActivityKind.TENDER,
            title=title,
            subject_id=tender_id,
            status=ActivityStatus.OPEN,
            added_at=clock.now(),
        )
        session.add(activity)
    activity.lead_school_id = lead
    session.flush()
    events.record(
        session,
        actor,
        Act.ACTIVITY_ADD,
        activity.id,
        organisation_id=alliance_id,
        school=lead,
        tender=tender_id,
    )


def _asked(
    session: Session, actor: Actor, activity_id: uuid.UUID, school_id: uuid.UUID
) -> tuple[Activity, LeadRequest]:
    """An activity and the request that a school lead it. Raises NotFound when it was not asked."""
    activity = queries.get_activity(session, actor, activity_id, lock=True)
    request = session.get(LeadRequest, (activity.id, school_id), with_for_update=True)
    if request is None or school_id not in actor.school_ids:
        raise NotFound
    return activity, request


def _tell_coordinators(session: Session, activity: Activity, request: LeadRequest) -> None:
    accepted = request.answer is Answer.ACCEPTED
    alliance = session.get_one(Organisation, activity.alliance_id)
    for person in people_with_role(session, [alliance.id], *POLICY[Act.LEAD_ASK].roles):
        mail.write(
            session,
            person.email,
            f"{request.school.name} {'leads' if accepted else 'does not lead'}: {activity.title}",
            "work_lead_answered.txt",
            person_name=person.name,
            activity=activity,
            school_name=request.school.name,
            accepted=accepted,
            reason=request.reason,
        )
