"""What suggestions put on people's home pages."""

from __future__ import annotations

from flask import url_for
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Organisation, Person
from marketplace.contracts import categories
from marketplace.core import clock
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import Task, day
from marketplace.needs.models import Need
from marketplace.needs.suggestions.models import NeedRequest
from marketplace.needs.suggestions.queries import counts


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """What suggestions ask of this person: a coordinator looks at them, a bursar posts the need asked for."""
    return [*_to_look_at(session, actor), *_to_post(session, actor)]


def _to_look_at(session: Session, actor: Actor) -> list[Task]:
    tasks = []
    for found in counts(session, actor.organisations(Kind.ALLIANCE, *POLICY[Act.NEED_REQUEST].roles)):
        more = [f"{found.number - len(found.named)} more"] if found.number > len(found.named) else []
        number = "1 suggestion" if found.number == 1 else f"{found.number} suggestions"
        href = url_for("suggestions.list_suggestions", alliance=found.alliance_id)
        detail = "; ".join([*found.named, *more])
        tasks.append(Task(f"{number} to buy together", href, detail, found.decide_by))
    return tasks


def _to_post(session: Session, actor: Actor) -> list[Task]:
    """The needs that a coordinator asked this person's schools to post, and that nobody has posted since."""
    posted = exists().where(
        Need.school_id == NeedRequest.school_id,
        Need.category == NeedRequest.category,
        Need.posted_at >= NeedRequest.asked_at,
    )
    query = (
        select(NeedRequest, Organisation.name, Person.name.label("by"))
        .join(Organisation, Organisation.id == NeedRequest.school_id)
        .join(Person, Person.id == NeedRequest.asked_by)
        .where(
            NeedRequest.school_id.in_(actor.organisations(Kind.SCHOOL, *POLICY[Act.NEED_POST].roles)),
            NeedRequest.starts_on > clock.today(),
            ~posted,
        )
        .order_by(NeedRequest.asked_at, NeedRequest.id)
    )
    return [
        Task(
            f"Post a need: {categories.label(request.category)}",
            url_for("needs.post_need", school_id=request.school_id, category_id=request.category),
            f"{school}. {by} asks, so that you can buy together from {day(request.starts_on)}.",
        )
        for request, school, by in session.execute(query)
    ]
