"""Questions about questions, scoped to who asks.

A supplier sees its own. Those who answer for a tender, and the alliance's auditor, see what was asked but
not by whom: that the coordinator and the auditor read once quotes are open, unless they score them. What
was answered is everybody's, and says nothing of its asker.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.core import policy
from marketplace.core.errors import NotFound
from marketplace.core.policy import POLICY, Act, Actor, Kind, Role
from marketplace.tenders.answers import PublishedAnswer
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import Seat, TenderStatus
from suppliers.questions import rules
from suppliers.questions.models import Following, Question
from suppliers.questions.rules import QuestionStatus

Quoting = Callable[[Session, uuid.UUID], Collection[uuid.UUID]]
_quoting: list[Quoting] = []
ONCE_OPEN = frozenset({TenderStatus.OPENED, TenderStatus.PRICES_OPENED})


def tell_also(quoting: Quoting) -> None:
    """Say which suppliers have begun a quote for a tender: they are told too. For the composition root."""
    _quoting[:] = [quoting]


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Questions this actor may read as asked: their own suppliers', and those they answer or audit."""
    overseen = select(Tender.id).where(
        or_(answered_by(actor), Tender.alliance_id.in_(actor.organisations(Kind.ALLIANCE, Role.AUDITOR)))
    )
    return or_(Question.supplier_id.in_(actor.supplier_ids), Question.tender_id.in_(overseen))


def answered_by(actor: Actor) -> ColumnElement[bool]:
    """Tenders whose questions this actor answers: their coordinator, and the lead school's people."""
    roles = POLICY[Act.QUESTION_ANSWER].roles
    return or_(
        Tender.alliance_id.in_(actor.organisations(Kind.ALLIANCE, *roles)),
        Tender.lead_school_id.in_(actor.organisations(Kind.SCHOOL, *roles)),
    )


def may_answer(actor: Actor, tender: Tender) -> bool:
    """Is this somebody who answers the questions about this tender?"""
    return policy.allows(actor, Act.QUESTION_ANSWER, *answering_organisations(tender))


def may_oversee(actor: Actor, tender: Tender) -> bool:
    """May this actor read questions that have no answer: to answer them, or as the auditor?"""
    audited = actor.organisations(Kind.ALLIANCE, Role.AUDITOR)
    return may_answer(actor, tender) or tender.alliance_id in audited


def answering_organisations(tender: Tender) -> tuple[uuid.UUID, ...]:
    """For whom questions about a tender are answered: the alliance, and the lead school."""
    return tuple(one for one in (tender.alliance_id, tender.lead_school_id) if one)


def sees_askers(actor: Actor, tender: Tender) -> bool:
    """May this actor read who asked: for the record, once nothing can depend on it any more?"""
    if ONCE_OPEN.isdisjoint(step.status for step in tender.steps):
        return False
    scores = any(seat.person_id == actor.person_id and seat.seat is Seat.EVALUATOR for seat in tender.panel)
    seated = actor.organisations(Kind.ALLIANCE, Role.COORDINATOR, Role.AUDITOR)
    return tender.alliance_id in seated and not scores


def get_question(session: Session, actor: Actor, question_id: uuid.UUID, *, lock: bool = False) -> Question:
    """A question that the actor may read as it was asked. Raises NotFound."""
    query = select(Question).where(Question.id == question_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=Question).execution_options(populate_existing=True)
    question = session.scalars(query).one_or_none()
    if question is None:
        raise NotFound
    return question


def own_questions(session: Session, actor: Actor, tender_id: uuid.UUID) -> Sequence[Question]:
    """What the actor's suppliers asked about a tender, the newest first."""
    query = select(Question).where(
        Question.tender_id == tender_id, Question.supplier_id.in_(actor.supplier_ids)
    )
    return session.scalars(query.order_by(Question.asked_at.desc(), Question.id.desc())).all()


def asked(
    tender_id: uuid.UUID, *, search: str = "", status: QuestionStatus | None = None
) -> Select[Question]:
    """All questions about a tender for those who oversee them: what waits first, then the newest."""
    waits = Question.status == QuestionStatus.OPEN
    query = (
        select(Question)
        .where(Question.tender_id == tender_id)
        .order_by(waits.desc(), Question.asked_at.desc(), Question.id.desc())
        .options(joinedload(Question.supplier), joinedload(Question.answerer), joinedload(Question.repeats))
    )
    if status is not None:
        query = query.where(Question.status == status)
    return _containing(query, search, Question.text, Question.wording, Question.answer)


def answered(tender_id: uuid.UUID, *, search: str = "") -> Select[Question]:
    """What everybody may read about a tender, the newest first."""
    query = (
        select(Question)
        .where(Question.tender_id == tender_id, Question.status == QuestionStatus.ANSWERED)
        .order_by(Question.number.desc())
        .options(joinedload(Question.amendment))
    )
    return _containing(query, search, Question.wording, Question.answer)


def _containing(query: Select[Question], search: str, *columns: Any) -> Select[Question]:
    if not search:
        return query
    return query.where(or_(*(column.icontains(search, autoescape=True) for column in columns)))


def count(session: Session, query: Select[Question]) -> int:
    """How many questions a query finds."""
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def known_answers(session: Session, tender_id: uuid.UUID) -> tuple[PublishedAnswer, ...]:
    """What everybody may read about a tender, in the order of publication."""
    return tuple(shown(one) for one in reversed(session.scalars(answered(tender_id)).all()))


def shown(question: Question) -> PublishedAnswer:
    """An answered question without anything that says who asked."""
    assert question.number
    assert question.answered_at
    return PublishedAnswer(
        question.id,
        question.number,
        question.wording,
        question.answer,
        question.answered_at,
        question.amendment.made_at if question.amendment else None,
    )


def unanswered(session: Session, tender_id: uuid.UUID) -> int:
    """How many questions about a tender wait for an answer."""
    query = select(func.count()).where(
        Question.tender_id == tender_id, Question.status == QuestionStatus.OPEN
    )
    return session.scalar(query) or 0


def open_questions(
    session: Session, tender_id: uuid.UUID, supplier_id: uuid.UUID | None = None
) -> Sequence[Question]:
    """The questions about a tender that wait, of one supplier or of all, the oldest first."""
    query = select(Question).where(Question.tender_id == tender_id, Question.status == QuestionStatus.OPEN)
    if supplier_id is not None:
        query = query.where(Question.supplier_id == supplier_id)
    return session.scalars(query.order_by(Question.asked_at, Question.id)).all()


def asked_since(
    session: Session, tender_id: uuid.UUID, moment: datetime, supplier_id: uuid.UUID | None = None
) -> int:
    """How many questions were asked about a tender after a moment, by one supplier or by all."""
    query = select(func.count()).where(Question.tender_id == tender_id, Question.asked_at > moment)
    if supplier_id is not None:
        query = query.where(Question.supplier_id == supplier_id)
    return session.scalar(query) or 0


def next_number(session: Session, tender_id: uuid.UUID) -> int:
    """The number of the next answer of a tender. Lock the tender first."""
    query = select(func.count()).where(Question.tender_id == tender_id, Question.number.is_not(None))
    return 1 + (session.scalar(query) or 0)


def get_answered(session: Session, tender_id: uuid.UUID, question_id: uuid.UUID) -> Question:
    """An answered question of this tender, for a rejection to point to. Raises NotFound."""
    query = answered(tender_id).where(Question.id == question_id)
    question = session.scalars(query).one_or_none()
    if question is None:
        raise NotFound
    return question


def following(session: Session, actor: Actor, tender_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Those of the actor's suppliers that follow a tender."""
    query = select(Following.supplier_id).where(
        Following.tender_id == tender_id, Following.supplier_id.in_(actor.supplier_ids)
    )
    return frozenset(session.scalars(query))


def suppliers_to_tell(session: Session, tender_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The suppliers that are told of an answer: they follow the tender, or have begun a quote."""
    found = set(session.scalars(select(Following.supplier_id).where(Following.tender_id == tender_id)))
    for quoting in _quoting:
        found |= set(quoting(session, tender_id))
    return frozenset(found)


def tenders_to_remind_of(session: Session) -> list[Tender]:
    """Published tenders with a question that waits and of which not every reminder was sent."""
    waiting = select(Question.tender_id).where(
        Question.status == QuestionStatus.OPEN, Question.reminders < rules.LAST_REMINDER
    )
    query = select(Tender).where(Tender.status == TenderStatus.PUBLISHED, Tender.id.in_(waiting))
    return list(session.scalars(query.order_by(Tender.closes_at, Tender.id)))
