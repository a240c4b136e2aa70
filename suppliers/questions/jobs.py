"""What happens for questions when they are answered, and by the clock."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from suppliers.questions import actions, notices, queries, rules
from suppliers.questions.models import Question


def tell_of_answer(session: Session, event: Event) -> None:
    """Write to everybody whom an answer concerns."""
    notices.question_answered(session, session.get_one(Question, event.subject_id))


def remind_of_unanswered() -> int:
    """Remind those who answer, of every tender whose answers are late; returns of how many."""
    session = db.session()
    now = clock.database_now(session)
    late = [
        tender.id
        for tender in queries.tenders_to_remind_of(session)
        if tender.published_at
        and tender.closes_at
        and rules.reminder_due(tender.published_at, tender.closes_at, now)
    ]
    session.rollback()
    return sum(actions.remind_of_unanswered(tender_id) for tender_id in late)
