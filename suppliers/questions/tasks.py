"""What questions ask of people: on the home page, and on the page of their tender."""

from __future__ import annotations

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.clock import LONDON
from marketplace.core.policy import Actor
from marketplace.core.web import Task, moment
from marketplace.tenders.models import Tender
from marketplace.tenders.planning.rules import answered_until
from marketplace.tenders.progress import NextStep, StepLink
from marketplace.tenders.rules import TenderStatus
from suppliers.questions import notices, queries
from suppliers.questions.models import Question
from suppliers.questions.rules import QuestionStatus


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Questions to answer, for a coordinator and for the people of a lead school."""
    query = (
        select(Tender, func.count(Question.id))
        .join(Question, Question.tender_id == Tender.id)
        .where(
            Tender.status == TenderStatus.PUBLISHED,
            Question.status == QuestionStatus.OPEN,
            queries.answered_by(actor),
        )
        .group_by(Tender.id)
        .order_by(Tender.closes_at, Tender.id)
    )
    tasks = []
    for tender, number in session.execute(query):
        assert tender.published_at
        assert tender.closes_at
        until = answered_until(tender.published_at, tender.closes_at)
        passed = tender.closes_at <= clock.now()
        tasks.append(
            Task(
                f"Answer {_questions(number)}: {tender.title}",
                url_for("questions.show_asked", tender_id=tender.id),
                "The deadline has passed. The quotes cannot be opened before you answer."
                if passed
                else f"By {moment(until)}.",
                until.astimezone(LONDON).date(),
            )
        )
    return tasks


def offered_steps(session: Session, actor: Actor, tender: Tender) -> list[StepLink]:
    """From the tender's page to its questions: to answer them, or to read what was answered."""
    if tender.published_at is None:
        return []
    if queries.may_oversee(actor, tender):
        waiting = queries.unanswered(session, tender.id)
        to_answer = waiting and tender.status is TenderStatus.PUBLISHED and queries.may_answer(actor, tender)
        text = f"Answer {_questions(waiting)}" if to_answer else "Questions of suppliers"
        return [StepLink(text, url_for("questions.show_asked", tender_id=tender.id))]
    return [StepLink("Questions and answers", url_for("questions.index", tender_id=tender.id))]


def next_step(session: Session, tender: Tender) -> NextStep | None:
    """Who has to answer before a tender whose deadline has passed can be closed; None for any other."""
    if tender.status is not TenderStatus.PUBLISHED or tender.closes_at is None:
        return None
    if tender.closes_at > clock.now():
        return None
    waiting = queries.unanswered(session, tender.id)
    if not waiting:
        return None
    wait = "waits" if waiting == 1 else "wait"
    words = (
        f"The deadline has passed, and {_questions(waiting)} of suppliers {wait}. "
        "Answer or reject; only then does the tender close, and quotes can be opened."
    )
    return NextStep(words, tuple(person.name for person in notices.answerers(session, tender)))


def _questions(number: int) -> str:
    return "1 question" if number == 1 else f"{number:,} questions"
