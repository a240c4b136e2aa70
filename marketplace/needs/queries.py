"""Questions about needs, scoped to who asks."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from marketplace.alliance.decisions.confirming import require_live
from marketplace.alliance.decisions.models import Confirmation
from marketplace.alliance.decisions.queries import live_confirmation
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.delegation.queries import has_other_approver
from marketplace.alliance.delegation.rules import Approver
from marketplace.alliance.models import Membership, Organisation, School
from marketplace.alliance.rules import MembershipStatus
from marketplace.contracts.categories import category
from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.events import Event
from marketplace.core.policy import Act, Actor, Kind
from marketplace.needs import rules
from marketplace.needs.answers import read_answers
from marketplace.needs.models import Need
from marketplace.needs.rules import STATUS_LABELS, NeedContent, NeedStatus

BEYOND_DRAFT = tuple(
    status for status in NeedStatus if status not in {NeedStatus.DRAFT, NeedStatus.WITHDRAWN}
)
TO_BUY_TOGETHER = tuple(status for status in BEYOND_DRAFT if status is not NeedStatus.SUBMITTED)
WORDS = {
    Act.NEED_POST: "Drafted",
    Act.NEED_EDIT: "Changed",
    Act.NEED_SUBMIT: "Submitted for approval",
    Act.NEED_APPROVE: "Approved",
    Act.NEED_RETURN: "Returned to its author",
    Act.NEED_WAIVE: "Fewer quotes allowed",
    Act.NEED_WITHDRAW: "Withdrawn",
}
SORTS = {
    "title": (Need.title,),
    "school": (Organisation.name,),
    "spend": (Need.current_annual_spend,),
    "ends": (Need.contract_ends_on,),
    "posted": (Need.posted_at,),
}
"""Columns that the list sorts by, by the word in its address."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Something that was done to a need, in words."""

    at: datetime
    words: str
    by: str
    reason: str


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Needs this actor may read.

    Their own schools' always; from submission for the coordinators and auditors of the school's
    alliances; once approved for the people of its other schools, so that they can buy together.
    """
    return or_(
        Need.school_id.in_(actor.school_ids),
        and_(
            Need.status.in_(BEYOND_DRAFT),
            Need.school_id.in_(_members(actor.organisations(Kind.ALLIANCE))),
        ),
        and_(Need.status.in_(TO_BUY_TOGETHER), Need.school_id.in_(_members(actor.alliance_ids))),
    )


def _members(alliance_ids: frozenset[uuid.UUID]) -> Select[uuid.UUID]:
    return select(Membership.school_id).where(
        Membership.alliance_id.in_(alliance_ids), Membership.status == MembershipStatus.ACTIVE
    )


def get_need(session: Session, actor: Actor, need_id: uuid.UUID, *, lock: bool = False) -> Need:
    """A need the actor may read. Raises NotFound."""
    query = select(Need).where(Need.id == need_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=Need, key_share=True)
    need = session.scalars(query).one_or_none()
    if need is None:
        raise NotFound
    return need


def content_of(need: Need) -> NeedContent:
    """What a need says, as it was entered."""
    columns = {one.name: getattr(need, one.name) for one in fields(NeedContent) if one.name != "answers"}
    return NeedContent(
        **columns,
        answers=read_answers(category(need.category), need.details),
    )


def search(
    actor: Actor,
    *,
    text: str = "",
    status: NeedStatus | None = None,
    category_id: str | None = None,
    school_id: uuid.UUID | None = None,
) -> Select[Need]:
    """The needs this actor may read, narrowed down; sort and slice it with `sorted_by`."""
    query = (
        select(Need)
        .join(School, School.id == Need.school_id)
        .join(Organisation, Organisation.id == School.id)
        .where(visible_to(actor))
        .options(contains_eager(Need.school).contains_eager(School.organisation))
    )
    if text:
        query = query.where(
            or_(
                Need.title.icontains(text, autoescape=True),
                Need.reference.icontains(text, autoescape=True),
                Need.current_supplier.icontains(text, autoescape=True),
                Organisation.name.icontains(text, autoescape=True),
            )
        )
    if status is not None:
        query = query.where(Need.status == status)
    if category_id:
        query = query.where(Need.category == category_id)
    if school_id is not None:
        query = query.where(Need.school_id == school_id)
    return query


def sorted_by(query: Select[Need], sort: str, *, descending: bool) -> Select[Need]:
    """The query in the order of one of SORTS, with ties always in the same order."""
    columns = SORTS[sort]
    ordered = [column.desc() if descending else column.asc() for column in columns]
    return query.order_by(*(one.nulls_last() for one in ordered), Need.id.desc())


def count(session: Session, query: Select[Need]) -> int:
    """How many needs a query finds."""
    return session.scalar(select(func.count()).select_from(query.with_only_columns(Need.id).subquery())) or 0


def approved(session: Session, actor: Actor, category_id: str | None = None) -> list[Need]:
    """Approved needs that a joint tender can take up, by school: those of the actor's alliances."""
    query = search(actor, status=NeedStatus.APPROVED, category_id=category_id)
    return list(session.scalars(query.order_by(Organisation.name, Need.id)))


def check_approval(session: Session, actor: Actor, need: Need) -> None:
    """Raise Forbidden or RuleBroken unless the actor decides on this need by its band.

    To approve it in the highest bands takes the governing body's confirmation besides.
    """
    rules.check_approval(
        need.approver,
        actor.roles_at(need.school_id),
        is_author=need.posted_by == actor.person_id,
        others=has_other_approver(
            session, need.school_id, need.approver or Approver.HEADTEACHER, need.posted_by
        ),
    )


def confirmation_of(session: Session, need: Need) -> Confirmation | None:
    """The governing body's confirmation of this need that counts today."""
    return live_confirmation(
        session,
        school_id=need.school_id,
        subject=Subject.NEED,
        subject_id=need.id,
        today=clock.today(),
    )


def waits_for_governors(session: Session, need: Need) -> bool:
    """Does a submitted need wait for its governing body before it can be approved?"""
    return (
        need.status is NeedStatus.SUBMITTED
        and need.approver is Approver.GOVERNING_BODY
        and confirmation_of(session, need) is None
    )


def check_confirmed(session: Session, need: Need) -> None:
    """Raise RuleBroken while a need's band asks for a confirmation that does not count today."""
    if need.approver is Approver.GOVERNING_BODY:
        require_live(
            session,
            school_id=need.school_id,
            school=need.school.name,
            subject=Subject.NEED,
            subject_id=need.id,
        )


def may_decide(session: Session, actor: Actor, need: Need) -> bool:
    """Does the actor decide on this need by its band? See `check_approval`."""
    try:
        check_approval(session, actor, need)
    except (Forbidden, RuleBroken):
        return False
    return True


def history(session: Session, need_id: uuid.UUID) -> list[HistoryLine]:
    """What was done to a need, newest first. The caller has loaded the need as its reader."""
    events = session.scalars(select(Event).where(Event.subject_id == need_id).order_by(Event.position.desc()))
    lines: list[HistoryLine] = []
    for event in events:
        line = HistoryLine(event.at, _words(event), event.actor_name, event.facts.get("reason", ""))
        # answering ten pages of questions is one change
        again = (
            event.act == Act.NEED_EDIT and lines and (lines[-1].words, lines[-1].by) == (line.words, line.by)
        )
        if not again:
            lines.append(line)
    return lines


def _words(event: Event) -> str:
    if event.act == Act.NEED_PLACE:
        return f"Became: {STATUS_LABELS[NeedStatus(event.facts['status'])].lower()}"
    return WORDS[Act(event.act)]
