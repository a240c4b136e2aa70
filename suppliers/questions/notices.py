"""What people are told by e-mail about questions. No message says who asked, but to who asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.queries import people_with_role
from marketplace.core import mail
from marketplace.core.policy import POLICY, Act
from marketplace.tenders.models import Tender
from marketplace.tenders.planning.rules import answered_until
from suppliers.profiles.queries import people_who_bid
from suppliers.questions import queries
from suppliers.questions.models import Question
from suppliers.questions.rules import REJECTION_LABELS


def question_asked(session: Session, tender: Tender) -> None:
    """Ask those who answer to answer in time; the questions themselves they read on the page."""
    assert tender.published_at
    assert tender.closes_at
    _write(
        session,
        answerers(session, tender),
        f"Suppliers ask about {tender.title}",
        "questions_asked.txt",
        tender,
        answer_by=answered_until(tender.published_at, tender.closes_at),
    )


def question_answered(session: Session, question: Question) -> None:
    """Tell who asked, everybody who follows the tender, and everybody with a draft or a quote."""
    tender = question.tender
    own = people_who_bid(session, question.supplier_id)
    subject = f"Question {question.number} answered: {tender.title}"
    _write(session, own, subject, "questions_yours_answered.txt", tender, question=question)
    known = {person.id for person in own}
    told = queries.suppliers_to_tell(session, tender.id) - {question.supplier_id}
    others = (person for supplier_id in sorted(told) for person in people_who_bid(session, supplier_id))
    _write(
        session,
        (person for person in others if person.id not in known),
        subject,
        "questions_answered.txt",
        tender,
        question=question,
    )


def question_rejected(session: Session, tender: Tender, question: Question) -> None:
    """Tell who asked why there is no answer, and that they may ask in other words."""
    assert question.rejection
    _write(
        session,
        people_who_bid(session, question.supplier_id),
        f"Your question has no answer: {tender.title}",
        "questions_rejected.txt",
        tender,
        question=question,
        why=REJECTION_LABELS[question.rejection],
    )


def answers_late(session: Session, tender: Tender, questions: int, *, holding: bool) -> None:
    """Remind those who answer that time has passed, or that nothing can be opened before they answer."""
    subject = f"Quotes cannot be opened: {tender.title}" if holding else f"Answer today: {tender.title}"
    people = answerers(session, tender)
    _write(session, people, subject, "questions_late.txt", tender, questions=questions, holding=holding)


def answerers(session: Session, tender: Tender) -> list[Person]:
    """Who answers the questions about a tender."""
    roles = POLICY[Act.QUESTION_ANSWER].roles
    return people_with_role(session, queries.answering_organisations(tender), *roles)


def _write(
    session: Session, people: Iterable[Person], subject: str, template: str, tender: Tender, **more: Any
) -> None:
    for person in {person.id: person for person in people}.values():
        mail.write(session, person.email, subject, template, person_name=person.name, tender=tender, **more)
