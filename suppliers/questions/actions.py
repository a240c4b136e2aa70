"""What suppliers and schools do with questions about a published tender.

Each action locks the tender first: it cannot be closed between asking and storing, and what is numbered is
numbered once.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.policy import SYSTEM, Act, Actor
from marketplace.tenders import queries as tenders
from marketplace.tenders.amending.models import Amendment
from marketplace.tenders.models import Tender
from marketplace.tenders.packs.assembling import assemble
from marketplace.tenders.uk_notices import issuing
from suppliers.questions import notices, queries, rules
from suppliers.questions.models import Following, Question
from suppliers.questions.rules import QuestionStatus, Rejection


def ask_question(
    actor: Actor, question_id: uuid.UUID, tender_id: uuid.UUID, supplier_id: uuid.UUID, text: str
) -> None:
    """Ask about a published tender for a supplier, which follows it from then on.

    Raises RuleBroken (field `text`) when it is too late by the database's clock, too long, or too much.
    Sent twice, it asks once.
    """
    with transaction() as session:
        tender = _for_supplier(session, actor, tender_id, supplier_id, Act.QUESTION_ASK)
        moment = clock.database_now(session)
        if session.get(Question, question_id) is not None:
            return
        rules.check_may_ask(tender.status, tender.published_at, tender.closes_at, moment)
        own_open = queries.open_questions(session, tender_id, supplier_id)
        rules.check_question(text, [one.text for one in own_open])
        lately = queries.asked_since(session, tender_id, moment - rules.A_DAY, supplier_id)
        rules.check_flood(len(own_open), lately)
        told = queries.asked_since(session, tender_id, moment - rules.MAIL_AT_MOST_EVERY)
        assert actor.person_id
        session.add(
            Question(
                id=question_id,
                tender_id=tender_id,
                supplier_id=supplier_id,
                asked_by=actor.person_id,
                asked_at=moment,
                text=text.strip(),
                status=QuestionStatus.OPEN,
            )
        )
        _follow(session, tender_id, supplier_id, moment)
        session.flush()
        if not told:
            notices.question_asked(session, tender)
        events.record(
            session, actor, Act.QUESTION_ASK, question_id, organisation_id=supplier_id, tender_id=tender_id
        )


def withdraw_question(actor: Actor, question_id: uuid.UUID, version: int) -> None:
    """Take back a question that waits for its answer, for the supplier that asked it."""
    with transaction() as session:
        question = _locked(session, actor, question_id)
        if question.supplier_id not in actor.supplier_ids:
            raise NotFound
        policy.require(actor, Act.QUESTION_WITHDRAW, question.supplier_id)
        if question.status is QuestionStatus.WITHDRAWN:
            return
        expect_version(question, version)
        question.status = rules.move(question.status, QuestionStatus.WITHDRAWN)
        session.flush()
        events.record(
            session,
            actor,
            Act.QUESTION_WITHDRAW,
            question.id,
            organisation_id=question.supplier_id,
            tender_id=question.tender_id,
        )


def answer_question(
    actor: Actor,
    question_id: uuid.UUID,
    version: int,
    *,
    wording: str,
    answer: str,
    amendment_id: uuid.UUID | None = None,
) -> None:
    """Publish a question, in words that do not give its asker away, and its answer, to everybody at once.

    An answer that changes the tender points to the amendment that did. It is published for good; it goes
    into the documents and, where the law lets it, into the feed. Raises RuleBroken (fields `wording`,
    `answer`, `amendment`).
    """
    with transaction() as session:
        question, tender = _to_answer(session, actor, question_id, Act.QUESTION_ANSWER)
        if question.status is QuestionStatus.ANSWERED and version < question.version:
            return
        expect_version(question, version)
        rules.check_still_published(tender.status)
        rules.check_answer(wording, answer)
        question.amendment_id = _amendment(session, tender, amendment_id)
        question.status = rules.move(question.status, QuestionStatus.ANSWERED)
        question.number = queries.next_number(session, tender.id)
        question.wording, question.answer = wording.strip(), answer.strip()
        question.answered_by, question.answered_at = actor.person_id, clock.now()
        session.flush()
        assemble(session, tender)
        if not issuing.change_must_wait(session, tender):
            issuing.tender_changed(session, tender, f"Question {question.number} of a supplier was answered.")
        events.record(
            session,
            actor,
            Act.QUESTION_ANSWER,
            question.id,
            organisation_id=tender.alliance_id,
            tender_id=tender.id,
            number=question.number,
            reworded=question.wording != question.text,
        )


def reject_question(
    actor: Actor,
    question_id: uuid.UUID,
    version: int,
    *,
    why: Rejection | None,
    explanation: str = "",
    repeats_id: uuid.UUID | None = None,
) -> None:
    """Give a question no answer of its own, and tell its asker why.

    Raises RuleBroken (fields `why`, `repeats`, `explanation`).
    """
    with transaction() as session:
        question, tender = _to_answer(session, actor, question_id, Act.QUESTION_REJECT)
        if question.status is QuestionStatus.REJECTED and version < question.version:
            return
        expect_version(question, version)
        rules.check_still_published(tender.status)
        rules.check_rejection(why, explanation, repeats=repeats_id is not None)
        question.status = rules.move(question.status, QuestionStatus.REJECTED)
        question.rejection, question.explanation = why, explanation.strip()
        if why is Rejection.REPEATED and repeats_id is not None:
            question.repeats = queries.get_answered(session, tender.id, repeats_id)
        question.answered_by = actor.person_id
        session.flush()
        notices.question_rejected(session, tender, question)
        events.record(
            session,
            actor,
            Act.QUESTION_REJECT,
            question.id,
            organisation_id=tender.alliance_id,
            tender_id=tender.id,
            why=why,
        )


def follow_tender(actor: Actor, tender_id: uuid.UUID, supplier_id: uuid.UUID) -> None:
    """Let a supplier be told of every answer about a published tender."""
    with transaction() as session:
        _for_supplier(session, actor, tender_id, supplier_id, Act.TENDER_FOLLOW)
        if not _follow(session, tender_id, supplier_id, clock.now()):
            return
        session.flush()
        events.record(
            session, actor, Act.TENDER_FOLLOW, tender_id, organisation_id=supplier_id, supplier_id=supplier_id
        )


def unfollow_tender(actor: Actor, tender_id: uuid.UUID, supplier_id: uuid.UUID) -> None:
    """Let a supplier no longer be told of answers, unless it has begun a quote."""
    with transaction() as session:
        _for_supplier(session, actor, tender_id, supplier_id, Act.TENDER_UNFOLLOW)
        followed = session.get(Following, (tender_id, supplier_id))
        if followed is None:
            return
        session.delete(followed)
        session.flush()
        events.record(
            session,
            actor,
            Act.TENDER_UNFOLLOW,
            tender_id,
            organisation_id=supplier_id,
            supplier_id=supplier_id,
        )


def remind_of_unanswered(tender_id: uuid.UUID) -> bool:
    """Remind those who answer of what has none in time, and again when it holds the closing; was it due?"""
    with transaction() as session:
        policy.require(SYSTEM, Act.QUESTION_REMIND)
        tender = tenders.get_tender(session, SYSTEM, tender_id, lock=True)
        if tender.published_at is None or tender.closes_at is None:
            return False
        due = rules.reminder_due(tender.published_at, tender.closes_at, clock.database_now(session))
        late = [one for one in queries.open_questions(session, tender_id) if one.reminders < due]
        if not late:
            return False
        for question in late:
            question.reminders = due
        session.flush()
        notices.answers_late(session, tender, len(late), holding=due == rules.HOLDING)
        events.record(
            session,
            SYSTEM,
            Act.QUESTION_REMIND,
            tender_id,
            organisation_id=tender.alliance_id,
            questions=len(late),
        )
        return True


def _for_supplier(
    session: Session, actor: Actor, tender_id: uuid.UUID, supplier_id: uuid.UUID, act: Act
) -> Tender:
    """A published tender, locked, for somebody who acts for a supplier. Raises NotFound and Forbidden."""
    if supplier_id not in actor.supplier_ids:
        raise NotFound
    tender = tenders.get_tender(session, actor, tender_id, lock=True)
    policy.require(actor, act, supplier_id)
    if tender.published_at is None:
        raise NotFound
    return tender


def _locked(session: Session, actor: Actor, question_id: uuid.UUID) -> Question:
    """A question with its tender, both locked, the tender first."""
    question = queries.get_question(session, actor, question_id)
    tenders.get_tender(session, actor, question.tender_id, lock=True)
    return queries.get_question(session, actor, question_id, lock=True)


def _to_answer(session: Session, actor: Actor, question_id: uuid.UUID, act: Act) -> tuple[Question, Tender]:
    """A question and its tender, both locked, for somebody who answers for the schools."""
    question = _locked(session, actor, question_id)
    tender = question.tender
    policy.require(actor, act, *queries.answering_organisations(tender))
    return question, tender


def _follow(session: Session, tender_id: uuid.UUID, supplier_id: uuid.UUID, since: datetime) -> bool:
    """Note that a supplier follows a tender; did it not follow it before?"""
    if session.get(Following, (tender_id, supplier_id)) is not None:
        return False
    session.add(Following(tender_id=tender_id, supplier_id=supplier_id, since=since))
    return True


def _amendment(session: Session, tender: Tender, amendment_id: uuid.UUID | None) -> uuid.UUID | None:
    """The id of a change of this tender. Raises RuleBroken for one of another."""
    if amendment_id is None:
        return None
    amendment = session.get(Amendment, amendment_id)
    if amendment is None or amendment.tender_id != tender.id:
        raise RuleBroken("Choose a change of this tender.", "amendment")
    return amendment.id
