"""Activities that schools share, made by the actions that people use."""

import uuid
from decimal import Decimal

from marketplace.alliance.work import actions, queries
from marketplace.alliance.work.models import Activity
from marketplace.alliance.work.rules import ActivityKind, Stage
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.policy import Actor
from tests.make.alliance import Alliance, School


def activity(buying: Alliance, title: str = "Paper on shared staff") -> uuid.UUID:
    """An activity without a lead; its id."""
    activity_id = new_id()
    actions.add_activity(buying.coordinator, activity_id, buying.id, ActivityKind.BOARD_PAPER, title)
    return activity_id


def activity_row(activity_id: uuid.UUID, reader: Actor) -> Activity:
    """An activity as it is now."""
    session = db.session()
    session.rollback()
    return queries.get_activity(session, reader, activity_id)


def ask_to_lead(buying: Alliance, activity_id: uuid.UUID, school: School) -> None:
    """The coordinator asks a school to lead."""
    version = activity_row(activity_id, buying.coordinator).version
    actions.ask_to_lead(buying.coordinator, activity_id, version, school.id)


def hours(
    activity_id: uuid.UUID, school: School, spent: str = "2.5", stage: Stage = Stage.PREPARATION
) -> None:
    """Hours that a school's bursar logged today."""
    actions.log_hours(
        school.bursar,
        new_id(),
        activity_id,
        school.id,
        stage=stage,
        spent=Decimal(spent),
        worked_on=clock.today(),
    )
