"""What waits for people in the needs of their schools: for the home page, e-mail and confirmations."""

from __future__ import annotations

import uuid

from flask import url_for
from sqlalchemy import and_, or_
from sqlalchemy.orm import Session

from marketplace.alliance.decisions.about import About
from marketplace.alliance.decisions.queries import confirmed
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.delegation.queries import people_to_ask
from marketplace.alliance.delegation.rules import Approver
from marketplace.contracts.categories import label
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import Task
from marketplace.needs import queries
from marketplace.needs.models import Need
from marketplace.needs.rules import NeedStatus


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Needs that wait for this person: drafts to finish, submitted ones to confirm or approve.

    A need is on the list of those whom its band asks; those who may also approve it find it among the
    needs.
    """
    query = (
        queries.search(actor)
        .where(
            or_(
                and_(Need.status == NeedStatus.SUBMITTED, Need.school_id.in_(actor.school_ids)),
                and_(Need.status == NeedStatus.DRAFT, Need.posted_by == actor.person_id),
            )
        )
        .order_by(Need.id)
    )
    found = list(session.scalars(query))
    to_confirm = _unconfirmed(session, found)
    governs = actor.organisations(Kind.SCHOOL, *POLICY[Act.CONFIRMATION_RECORD].roles)
    asked: dict[tuple[uuid.UUID, Approver, uuid.UUID], bool] = {}
    tasks = []
    for need in found:
        if need.status is NeedStatus.DRAFT:
            tasks.append(_draft(need))
        elif need.id in to_confirm:
            if need.school_id in governs:
                tasks.append(_to_confirm(need))
        else:
            key = (need.school_id, need.approver or Approver.HEADTEACHER, need.posted_by)
            if key not in asked:
                asked[key] = actor.person_id in {one.id for one in people_to_ask(session, *key)}
            if asked[key]:
                tasks.append(_to_approve(need))
    return tasks


def _unconfirmed(session: Session, found: list[Need]) -> set[uuid.UUID]:
    """Which of these needs wait for their governing body first."""
    asking = {
        need.id
        for need in found
        if need.status is NeedStatus.SUBMITTED and need.approver is Approver.GOVERNING_BODY
    }
    return asking - confirmed(session, Subject.NEED, asking, clock.today()) if asking else set()


def _draft(need: Need) -> Task:
    if need.return_reason:
        return Task(
            f"Change the need “{need.title}” and submit it again",
            url_for("needs.edit_need", need_id=need.id),
            f"Returned: {need.return_reason}",
        )
    return Task(
        f"Finish your draft “{need.title}”",
        url_for("needs.edit_need", need_id=need.id),
        f"{need.school.name}, {need.reference}",
    )


def _to_approve(need: Need) -> Task:
    return Task(
        f"Approve the need “{need.title}”",
        url_for("needs.approve_need", need_id=need.id),
        f"{need.school.name}, {need.reference}",
    )


def _to_confirm(need: Need) -> Task:
    return Task(
        f"Record the governing body’s confirmation of the need “{need.title}”",
        confirmation_address(need),
        f"{need.school.name}, {need.reference}",
    )


def confirmation_address(need: Need) -> str:
    """The page on which a governor records the confirmation of a need."""
    return url_for(
        "decisions.record_confirmation",
        subject=Subject.NEED.value,
        subject_id=need.id,
        school_id=need.school_id,
    )


def about(session: Session, actor: Actor, need_id: uuid.UUID) -> About | None:
    """A need as the page of its confirmation tells of it; None when the actor may not read it."""
    try:
        need = queries.get_need(session, actor, need_id)
    except NotFound:
        return None
    value = str(need.value) if need.value else "Not known yet, so it counts as above every threshold"
    asks = frozenset({need.school_id} if need.id in _unconfirmed(session, [need]) else ())
    return About(
        title=f"{need.title} ({need.reference})",
        facts=(
            ("School", need.school.name),
            ("Category", label(need.category)),
            ("Value over the whole term, with VAT", value),
        ),
        endpoint="needs.show",
        values={"need_id": need.id},
        asks=asks,
    )
