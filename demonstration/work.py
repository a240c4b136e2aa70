"""The work that the demonstration's schools share: who leads what, and the hours that they logged."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from demonstration.cast import Cast
from demonstration.purchases import ALDHELM, FERNLEIGH, HARROW, KINGFISHER, MANOR, MILLBROOK, OAKMERE
from marketplace.alliance.work import actions
from marketplace.alliance.work.models import Activity
from marketplace.alliance.work.rules import ActivityKind, Stage
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.policy import Actor

Logged = tuple[str, Stage, str]
LED: Sequence[Logged] = (
    ("lead", Stage.PREPARATION, "7.5"),
    ("lead", Stage.MEETINGS, "3"),
    ("other", Stage.MEETINGS, "1.5"),
    ("lead", Stage.SUPPLIERS, "2.25"),
    ("other", Stage.EVALUATION, "4"),
)
TRAINING: Sequence[Logged] = (
    (MANOR, Stage.PREPARATION, "6"),
    (MANOR, Stage.MEETINGS, "7.5"),
    (FERNLEIGH, Stage.MEETINGS, "2"),
    (MILLBROOK, Stage.FOLLOW_UP, "1.25"),
)
PAPER: Sequence[Logged] = ((ALDHELM, Stage.PREPARATION, "3.5"), (OAKMERE, Stage.MEETINGS, "1"))


def share(cast: Cast) -> None:
    """Tenders have taken hours; a training day is done, a paper is led, and a school is asked to lead one."""
    for place, activity in enumerate(_tenders_led()):
        _log_tender(cast, activity, place)
    training = _add(cast, -45, ActivityKind.TRAINING_DAY, "Safeguarding training day")
    _lead(cast, training, MANOR, -44)
    _log(cast, training, TRAINING, -40)
    with cast.calendar.on(-35):
        actions.finish_activity(cast.coordinator, training, _version(training))
    paper = _add(cast, -20, ActivityKind.BOARD_PAPER, "Paper on a shared network technician")
    _decline(cast, paper, KINGFISHER, -19, "Our inspection is that week; gladly the next one.")
    _lead(cast, paper, ALDHELM, -18)
    _log(cast, paper, PAPER, -12)
    waiting = _add(cast, -3, ActivityKind.TRAINING_DAY, "Day for teaching assistants")
    _ask(cast, waiting, HARROW, -2)


def _tenders_led() -> list[Activity]:
    session = db.session()
    session.rollback()
    return list(session.scalars(select(Activity).order_by(Activity.added_at, Activity.id)))


def _log_tender(cast: Cast, activity: Activity, place: int) -> None:
    """The lead school and one other log what a tender took; later tenders took a little longer."""
    lead = next(school for school in cast.schools.values() if school.id == activity.lead_school_id)
    other = cast.schools[(HARROW, FERNLEIGH, MILLBROOK, ALDHELM)[place % 4]]
    activity_id = activity.id
    for day, (who, stage, spent) in enumerate(LED[: 3 + place % 3]):
        school = lead if who == "lead" else other
        with cast.calendar.on(-60 + 3 * place + day):
            _enter(activity_id, school.id, school.bursar, stage, Decimal(spent) + Decimal(place) / 4)


def _log(cast: Cast, activity_id: uuid.UUID, logged: Sequence[Logged], offset: int) -> None:
    for urn, stage, spent in logged:
        with cast.calendar.on(offset):
            school = cast.schools[urn]
            _enter(activity_id, school.id, school.bursar, stage, Decimal(spent))


def _enter(activity_id: uuid.UUID, school_id: uuid.UUID, bursar: Actor, stage: Stage, spent: Decimal) -> None:
    actions.log_hours(
        bursar, new_id(), activity_id, school_id, stage=stage, spent=spent, worked_on=clock.today()
    )


def _add(cast: Cast, offset: int, kind: ActivityKind, title: str) -> uuid.UUID:
    activity_id = new_id()
    with cast.calendar.on(offset):
        actions.add_activity(cast.coordinator, activity_id, cast.alliance_id, kind, title)
    return activity_id


def _ask(cast: Cast, activity_id: uuid.UUID, urn: str, offset: int) -> None:
    with cast.calendar.on(offset):
        actions.ask_to_lead(cast.coordinator, activity_id, _version(activity_id), cast.schools[urn].id)


def _lead(cast: Cast, activity_id: uuid.UUID, urn: str, offset: int) -> None:
    """A school is asked to lead, and accepts."""
    _ask(cast, activity_id, urn, offset)
    with cast.calendar.on(offset, hour=15):
        actions.accept_lead(cast.schools[urn].headteacher, activity_id, cast.schools[urn].id)


def _decline(cast: Cast, activity_id: uuid.UUID, urn: str, offset: int, reason: str) -> None:
    """A school is asked to lead, and declines."""
    _ask(cast, activity_id, urn, offset)
    with cast.calendar.on(offset, hour=15):
        actions.decline_lead(cast.schools[urn].headteacher, activity_id, cast.schools[urn].id, reason)


def _version(activity_id: uuid.UUID) -> int:
    session = db.session()
    session.rollback()
    return session.get_one(Activity, activity_id).version
