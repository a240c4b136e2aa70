"""What follows from the board's decisions and governing bodies' confirmations, and what the clock brings."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.alliance.decisions.about import subject_of
from marketplace.alliance.decisions.models import Decision
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.memberships import actions, admitting, queries
from marketplace.alliance.memberships.models import MembershipApplication
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.policy import Act

CLOSED = {Act.DECISION_CARRY.value, Act.DECISION_REJECT.value, Act.DECISION_WITHDRAW.value}


def carry_out(session: Session, event: Event) -> None:
    """Admit, refuse or convert, as a board has decided or a governing body has confirmed."""
    subject, subject_id = subject_of(event)
    if subject is Subject.ADMISSION and event.act in CLOSED:
        decision = session.get_one(Decision, event.subject_id)
        application = session.get_one(MembershipApplication, subject_id, with_for_update=True)
        admitting.settle(session, application, decision.status, decision.minute)
    if subject is Subject.CONVERSION:
        membership = queries.locked_membership(session, subject_id)
        if membership is not None:
            admitting.convert_if_both_agreed(session, membership)


def watch_memberships() -> int:
    """End memberships whose last day has passed, and remind of those near their end; returns how many.

    Each in a transaction of its own, so that one that fails does not hold the others.
    """
    session, today = db.session(), clock.today()
    ending, reminding = queries.ids_past_their_end(session, today), queries.ids_to_remind(session, today)
    session.rollback()
    ended = sum(actions.end_membership(membership_id) for membership_id in ending)
    return ended + sum(actions.remind_of_end(membership_id) for membership_id in reminding)
