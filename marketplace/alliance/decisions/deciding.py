"""The steps by which any stage puts a question to the board. They take the action's own session.

What was carried or rejected is told by the events `decision.carry` and `decision.reject`; the stage that
asked subscribes to them, and `about.subject_of` says what such an event is about.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from marketplace.alliance.decisions import notices, queries, rules
from marketplace.alliance.decisions.models import Decision
from marketplace.alliance.decisions.rules import DecisionStatus, Subject
from marketplace.core import clock, events, policy
from marketplace.core.errors import RuleBroken
from marketplace.core.ids import next_reference
from marketplace.core.policy import SYSTEM, Act, Actor


def open_decision(
    session: Session,
    actor: Actor,
    decision_id: uuid.UUID,
    *,
    alliance_id: uuid.UUID,
    subject: Subject,
    subject_id: uuid.UUID,
    question: str,
    carried: str,
    vote_by: date | None = None,
) -> Decision:
    """Put a question to an alliance's board; every seat is asked by e-mail to vote. A shared step.

    `carried` says in a sentence what follows when it is carried. `vote_by` is the last day on which
    every seat is waited for: two weeks from today unless said. The caller has asked whether the actor may
    do what needs the decision. Raises RuleBroken while the subject waits for another decision, and
    when the alliance has no full member who could vote.
    """
    known = session.get(Decision, decision_id)
    if known is not None:
        return known
    if queries.open_decision_on(session, subject, subject_id):
        raise RuleBroken("The board is deciding on this already. Wait for its vote.")
    if not queries.seats(session, alliance_id):
        raise RuleBroken(
            "This alliance has no full member yet, so nobody can vote. Ask the administrator of this "
            "installation to admit the founding members."
        )
    assert actor.person_id, "people put questions to the board"
    now = clock.now()
    decision = Decision(
        id=decision_id,
        reference=next_reference(session, "D", now),
        alliance_id=alliance_id,
        subject=subject,
        subject_id=subject_id,
        question=rules.check_question(question),
        carried=carried,
        vote_by=vote_by or clock.today() + rules.VOTE_LASTS,
        opened_by=actor.person_id,
        opened_at=now,
    )
    session.add(decision)
    session.flush()
    record(session, actor, Act.DECISION_OPEN, decision)
    notices.ask_for_votes(session, decision)
    return decision


def withdraw(session: Session, actor: Actor, decision: Decision, reason: str) -> None:
    """Take a question back from the board, with a reason; the seats are told. A shared step.

    The decision is locked by the caller. Raises RuleBroken when it is closed.
    """
    assert actor.person_id, "people withdraw questions"
    given = rules.check_text(reason, "reason", "Say why the question is withdrawn.", rules.LONGEST_REASON)
    decision.closed_by = actor.person_id
    _close(session, decision, DecisionStatus.WITHDRAWN, given)
    record(session, actor, Act.DECISION_WITHDRAW, decision)
    notices.tell_closed(session, decision)


def lapse(session: Session, decision: Decision, reason: str) -> None:
    """Close a question without an answer, because what it is about has ended; the seats are told.

    A shared step of the clock: nobody has closed it. The decision is locked by the caller.
    """
    policy.require(SYSTEM, Act.DECISION_LAPSE)
    _close(session, decision, DecisionStatus.LAPSED, reason)
    record(session, SYSTEM, Act.DECISION_LAPSE, decision)
    notices.tell_closed(session, decision)


def _close(session: Session, decision: Decision, wanted: DecisionStatus, reason: str) -> None:
    decision.status = rules.move(decision.status, wanted)
    decision.board = [str(school_id) for school_id in queries.seats(session, decision.alliance_id)]
    decision.minute, decision.closed_at = reason, clock.now()
    session.flush()


def record(session: Session, actor: Actor, act: Act, decision: Decision, **facts: Any) -> None:
    """The event of something done to a decision, with the subject that it is about."""
    events.record(
        session,
        actor,
        act,
        decision.id,
        organisation_id=decision.alliance_id,
        subject=decision.subject,
        about_id=decision.subject_id,
        **facts,
    )
