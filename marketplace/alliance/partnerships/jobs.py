"""What follows from decisions and confirmations on partnerships, and what the clock brings."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.alliance.decisions.about import subject_of
from marketplace.alliance.decisions.models import Decision
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.partnerships import actions, agreeing, queries
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.policy import Act


def carry_out(session: Session, event: Event) -> None:
    """Begin or drop a partnership, as a board has decided or a governing body has confirmed."""
    subject, subject_id = subject_of(event)
    if subject is not Subject.PARTNERSHIP:
        return
    partnership = queries.locked_partnership(session, subject_id)
    if event.act in {Act.DECISION_REJECT.value, Act.DECISION_WITHDRAW.value}:
        agreeing.drop(session, partnership, session.get_one(Decision, event.subject_id).minute)
    else:
        agreeing.begin_if_both_agreed(session, partnership)


def watch_partnerships() -> int:
    """Begin agreed partnerships on their first day, and remind of reviews that are due; returns how many."""
    session, today = db.session(), clock.today()
    beginning, reminding = queries.ids_to_begin(session, today), queries.ids_to_remind(session, today)
    session.rollback()
    begun = sum(actions.begin_partnership(partnership_id) for partnership_id in beginning)
    return begun + sum(actions.remind_of_review(review_id) for review_id in reminding)
