"""What people do with decisions and confirmations. Votes take turns: each locks its decision first."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy.orm import Session

from marketplace.alliance.board import queries as seating
from marketplace.alliance.board.rules import check_holder
from marketplace.alliance.decisions import about, confirming, deciding, notices, queries, rules
from marketplace.alliance.decisions.models import Decision, Vote
from marketplace.alliance.decisions.rules import Choice, DecisionStatus, Subject
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.documents import Upload
from marketplace.core.errors import NotFound, RuleBroken, Stale
from marketplace.core.policy import Act, Actor


def vote(
    actor: Actor, decision_id: uuid.UUID, school_id: uuid.UUID, choice: Choice, explanation: str = ""
) -> None:
    """Answer for a school's seat: for, against, abstain, or a conflict of interest, which is no vote.

    The same answer sent twice is counted once. Raises RuleBroken for a second answer of the same seat,
    for a vote on a school where the voter has a role, and after the vote is closed; Forbidden for a
    school without a seat and for whoever does not hold it.
    """
    with transaction() as session:
        decision = queries.get_decision(session, actor, decision_id, lock=True)
        conflict = choice is Choice.CONFLICT
        policy.require(actor, Act.DECISION_DECLARE if conflict else Act.DECISION_VOTE, school_id)
        sitting = {seat.school_id: seat for seat in seating.of_alliance(session, decision.alliance_id)}
        rules.check_seat(school_id, sitting)
        seat = sitting[school_id]
        check_holder(actor.person_id, seat.holders, seat.school)
        before = session.get(Vote, (decision.id, school_id))
        said = explanation.strip()
        if before and (before.person_id, before.choice, before.explanation) == (
            actor.person_id,
            choice,
            said,
        ):
            return
        rules.check_open(decision.status)
        rules.check_impartial(choice, queries.own_schools(session, actor, decision))
        rules.check_vote(
            choice, said, before.choice if before else None, seat.school, before.person.name if before else ""
        )
        if before is None:
            before = Vote(decision_id=decision.id, school_id=school_id)
            session.add(before)
        before.person_id, before.voted_at = _person(actor), clock.now()
        before.choice, before.explanation = choice, said
        session.flush()
        session.refresh(decision, ["votes"])
        deciding.record(
            session,
            actor,
            Act.DECISION_DECLARE if conflict else Act.DECISION_VOTE,
            decision,
            school_id=school_id,
            choice=choice,
        )
        if _can_close(session, decision):
            notices.ask_to_close(session, decision)


def _can_close(session: Session, decision: Decision) -> bool:
    return rules.can_close(queries.tally(session, decision), decision.vote_by, clock.today())


def close_decision(actor: Actor, decision_id: uuid.UUID, seen: DecisionStatus, minute: str) -> None:
    """Close a vote by its outcome and record the board's minute; the seats are told.

    `seen` is the outcome that the coordinator was shown: Stale when a vote has changed it since.
    Raises RuleBroken without a quorum, and while missing seats could change the outcome.
    """
    with transaction() as session:
        decision = queries.get_decision(session, actor, decision_id, lock=True)
        policy.require(actor, Act.DECISION_CARRY, decision.alliance_id)
        if (decision.status, decision.closed_by, decision.minute) == (seen, actor.person_id, minute.strip()):
            return
        rules.check_open(decision.status)
        tally = queries.tally(session, decision)
        rules.check_can_close(tally, decision.vote_by, clock.today())
        if tally.outcome is not seen:
            raise Stale("Another vote has come in since you looked, and it changes the outcome.")
        given = rules.check_text(minute, "minute", "Enter the board’s minute.", rules.LONGEST_MINUTE)
        carried = seen is DecisionStatus.CARRIED
        decision.status = rules.move(decision.status, seen)
        decision.board = [str(one) for one in queries.seats(session, decision.alliance_id)]
        decision.minute, decision.closed_by, decision.closed_at = given, actor.person_id, clock.now()
        session.flush()
        deciding.record(session, actor, Act.DECISION_CARRY if carried else Act.DECISION_REJECT, decision)
        notices.tell_closed(session, decision)


def withdraw_decision(actor: Actor, decision_id: uuid.UUID, reason: str) -> None:
    """Take a question back from the board, with a reason. Sent twice, it is withdrawn once."""
    with transaction() as session:
        decision = queries.get_decision(session, actor, decision_id, lock=True)
        policy.require(actor, Act.DECISION_WITHDRAW, decision.alliance_id)
        if (decision.status, decision.closed_by) == (DecisionStatus.WITHDRAWN, actor.person_id):
            return
        deciding.withdraw(session, actor, decision, reason)


def record_confirmation(
    actor: Actor,
    confirmation_id: uuid.UUID,
    subject: Subject,
    subject_id: uuid.UUID,
    school_id: uuid.UUID,
    *,
    minute_reference: str,
    minuted_on: date,
    expires_on: date | None = None,
    document: Upload | None = None,
) -> None:
    """Record what a governing body confirmed, on a subject that asks its school for a confirmation.

    Raises NotFound for a subject that the actor may not see, RuleBroken when it asks nothing of the school.
    """
    with transaction() as session:
        found = about.about(session, actor, subject, subject_id)
        if found is None or school_id not in actor.school_ids:
            raise NotFound
        policy.require(actor, Act.CONFIRMATION_RECORD, school_id)
        if school_id not in found.asks and not queries.recorded(session, actor, confirmation_id):
            raise RuleBroken(
                "Nobody asks your governing body to confirm this now. It may have been confirmed, or have "
                "ended, meanwhile."
            )
        confirming.confirm(
            session,
            actor,
            confirmation_id,
            school_id=school_id,
            subject=subject,
            subject_id=subject_id,
            minute_reference=minute_reference,
            minuted_on=minuted_on,
            expires_on=expires_on,
            document=document,
        )


def withdraw_confirmation(actor: Actor, confirmation_id: uuid.UUID, reason: str) -> None:
    """Say that the governing body takes its confirmation back: from now on it counts for nothing.

    What was done on the strength of it stays done. Sent twice, it is withdrawn once.
    """
    with transaction() as session:
        confirmation = queries.get_confirmation(session, actor, confirmation_id, lock=True)
        policy.require(actor, Act.CONFIRMATION_WITHDRAW, confirmation.school_id)
        if confirmation.withdrawn_at is not None:
            return
        given = rules.check_text(
            reason, "reason", "Say why the governing body takes it back.", rules.LONGEST_REASON
        )
        confirmation.withdrawn_at, confirmation.withdrawn_by = clock.now(), actor.person_id
        confirmation.withdrawal_reason = given
        session.flush()
        events.record(
            session,
            actor,
            Act.CONFIRMATION_WITHDRAW,
            confirmation.id,
            organisation_id=confirmation.school_id,
            subject=confirmation.subject,
            about_id=confirmation.subject_id,
            reason=given,
        )


def _person(actor: Actor) -> uuid.UUID:
    assert actor.person_id, "people decide"
    return actor.person_id
