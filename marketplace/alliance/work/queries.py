"""Questions about activities and hours, scoped to who asks: everybody of an alliance may read them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.alliance.models import Organisation, School
from marketplace.alliance.queries import member_schools
from marketplace.alliance.work import rules
from marketplace.alliance.work.models import Activity, HoursEntry, LeadRequest
from marketplace.alliance.work.rules import ActivityStatus, Answer, SchoolWork, Stage, Suggestion
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.policy import POLICY, Act, Actor, Kind


@dataclass(frozen=True, slots=True)
class StageHours:
    """The minutes that one school logged for one stage of an activity."""

    school: str
    stage: Stage
    minutes: int


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Activities this actor may read: those of their alliances."""
    return Activity.alliance_id.in_(actor.alliance_ids)


def get_activity(session: Session, actor: Actor, activity_id: uuid.UUID, *, lock: bool = False) -> Activity:
    """An activity the actor may read. Raises NotFound."""
    query = select(Activity).where(Activity.id == activity_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=Activity)
    activity = session.scalars(query).one_or_none()
    if activity is None:
        raise NotFound
    return activity


def activities(actor: Actor, status: ActivityStatus, *, text: str = "") -> Select[Activity]:
    """The activities of the actor's alliances, newest first."""
    query = (
        select(Activity)
        .where(visible_to(actor), Activity.status == status)
        .options(joinedload(Activity.lead_school), joinedload(Activity.alliance))
        .order_by(Activity.added_at.desc(), Activity.id)
    )
    return query.where(Activity.title.icontains(text, autoescape=True)) if text else query


def count(session: Session, query: Select[Activity]) -> int:
    """How many activities a query finds."""
    rows = query.with_only_columns(Activity.id).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(rows)) or 0


def about(session: Session, subject_id: uuid.UUID) -> Activity | None:
    """The activity about a tender, if there is one."""
    return session.scalars(select(Activity).where(Activity.subject_id == subject_id)).one_or_none()


def minutes_of_schools(
    session: Session, alliance_id: uuid.UUID, since: date, until: date
) -> Mapping[uuid.UUID, int]:
    """The minutes that schools logged for an alliance within a time, both days included."""
    query = (
        select(HoursEntry.school_id, func.sum(HoursEntry.minutes))
        .join(Activity, Activity.id == HoursEntry.activity_id)
        .where(
            Activity.alliance_id == alliance_id,
            HoursEntry.taken_back_at.is_(None),
            HoursEntry.worked_on.between(since, until),
        )
        .group_by(HoursEntry.school_id)
    )
    return {school_id: int(minutes) for school_id, minutes in session.execute(query)}


def work_of(
    session: Session, alliance_id: uuid.UUID, since: date | None = None, until: date | None = None
) -> list[SchoolWork]:
    """What each member school of an alliance has done: within the last two years, unless said."""
    today = clock.today()
    minutes = minutes_of_schools(session, alliance_id, since or today - rules.COUNTED_FOR, until or today)
    led = dict(
        session.execute(
            select(Activity.lead_school_id, func.count())
            .where(Activity.alliance_id == alliance_id, Activity.lead_school_id.is_not(None))
            .group_by(Activity.lead_school_id)
        ).all()
    )
    return [
        SchoolWork(school.id, school.name, school.pupils, minutes.get(school.id, 0), led.get(school.id, 0))
        for school in member_schools(session, alliance_id)
    ]


def suggestion_for(session: Session, activity: Activity) -> Suggestion | None:
    """The school to ask next to lead an activity.

    None when it has a lead or is done, while a school that was asked has not answered, and when everybody
    declined.
    """
    waits = any(one.answer is Answer.ASKED for one in activity.requests)
    if activity.lead_school_id is not None or activity.status is not ActivityStatus.OPEN or waits:
        return None
    declined = {one.school_id for one in activity.requests if one.answer is Answer.DECLINED}
    return rules.next_lead(work_of(session, activity.alliance_id), declined)


def stage_hours(session: Session, activity_id: uuid.UUID) -> list[StageHours]:
    """The hours of an activity by school and stage, by the school's name."""
    query = (
        select(Organisation.name, HoursEntry.stage, func.sum(HoursEntry.minutes))
        .join(School, School.id == HoursEntry.school_id)
        .join(Organisation, Organisation.id == School.id)
        .where(HoursEntry.activity_id == activity_id, HoursEntry.taken_back_at.is_(None))
        .group_by(Organisation.name, HoursEntry.stage)
        .order_by(Organisation.name)
    )
    return [StageHours(name, stage, int(minutes)) for name, stage, minutes in session.execute(query)]


def entries(session: Session, activity_id: uuid.UUID) -> list[HoursEntry]:
    """What was logged for an activity and not taken back, newest day first."""
    query = (
        select(HoursEntry)
        .where(HoursEntry.activity_id == activity_id, HoursEntry.taken_back_at.is_(None))
        .options(joinedload(HoursEntry.person), joinedload(HoursEntry.school))
        .order_by(HoursEntry.worked_on.desc(), HoursEntry.id.desc())
    )
    return list(session.scalars(query))


def own_entry(session: Session, actor: Actor, entry_id: uuid.UUID) -> HoursEntry:
    """Hours that the actor logged and has not taken back, locked. Raises NotFound."""
    query = (
        select(HoursEntry)
        .join(Activity, Activity.id == HoursEntry.activity_id)
        .where(
            HoursEntry.id == entry_id,
            HoursEntry.person_id == actor.person_id,
            HoursEntry.taken_back_at.is_(None),
            visible_to(actor),
        )
        .with_for_update(of=HoursEntry)
    )
    entry = session.scalars(query).one_or_none()
    if entry is None:
        raise NotFound
    return entry


def logging_schools(session: Session, actor: Actor, alliance_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """The actor's own member schools of an alliance, for which they may log hours: id to name."""
    own = actor.organisations(Kind.SCHOOL, *POLICY[Act.HOURS_LOG].roles)
    return {school.id: school.name for school in member_schools(session, alliance_id) if school.id in own}


def adding_alliances(session: Session, actor: Actor) -> dict[uuid.UUID, str]:
    """The alliances in which the actor may add an activity, by name."""
    coordinated = actor.organisations(Kind.ALLIANCE, *POLICY[Act.ACTIVITY_ADD].roles)
    heads = actor.organisations(Kind.SCHOOL, *POLICY[Act.ACTIVITY_ADD].roles)
    query = select(Organisation).where(Organisation.id.in_(actor.alliance_ids)).order_by(Organisation.name)
    return {
        one.id: one.name
        for one in session.scalars(query)
        if one.id in coordinated or heads & {school.id for school in member_schools(session, one.id)}
    }


def asked_of(session: Session, actor: Actor) -> list[LeadRequest]:
    """Requests to lead that the actor may answer for a school, oldest first."""
    answering: Collection[uuid.UUID] = actor.organisations(Kind.SCHOOL, *POLICY[Act.LEAD_ACCEPT].roles)
    query = (
        select(LeadRequest)
        .join(Activity, Activity.id == LeadRequest.activity_id)
        .where(
            LeadRequest.school_id.in_(answering),
            LeadRequest.answer == Answer.ASKED,
            Activity.status == ActivityStatus.OPEN,
            visible_to(actor),
        )
        .options(selectinload(LeadRequest.activity), selectinload(LeadRequest.school))
        .order_by(LeadRequest.asked_at)
    )
    return list(session.scalars(query))
