"""What waits for a person in the decisions they can read, for their home page."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from sqlalchemy.orm import Session

from marketplace.alliance.board import queries as seating
from marketplace.alliance.board.queries import Seat
from marketplace.alliance.decisions import queries, rules
from marketplace.alliance.decisions.models import Decision
from marketplace.core import clock, policy
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import Task


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Votes that a seat has not given, and votes that can be closed; the next due first."""
    held = seating.held_by(session, actor)
    closes = actor.organisations(Kind.ALLIANCE, *POLICY[Act.DECISION_CARRY].roles)
    if not held and not closes:
        return []
    found = session.scalars(queries.decisions(actor, is_open=True))
    return [task for decision in found for task in _tasks(session, actor, held, decision)]


def _tasks(session: Session, actor: Actor, held: list[Seat], decision: Decision) -> Iterator[Task]:
    for school in queries.schools_to_vote_for(held, decision).values():
        yield Task(
            f"Vote: {decision.question}",
            url_for("decisions.vote", decision_id=decision.id),
            f"{decision.reference}, for {school}",
            due=decision.vote_by,
        )
    if not policy.allows(actor, Act.DECISION_CARRY, decision.alliance_id):
        return
    tally = queries.tally(session, decision)
    if rules.can_close(tally, decision.vote_by, clock.today()):
        yield Task(
            f"Close the vote and record its minute: {decision.question}",
            url_for("decisions.close", decision_id=decision.id),
            f"{decision.reference}, {tally.for_} for and {tally.against} against",
        )
    elif decision.vote_by < clock.today() or not tally.can_be_quorate:
        yield Task(
            f"There is no quorum: {decision.question}",
            url_for("decisions.show", decision_id=decision.id),
            f"{decision.reference}, {tally.present} of {tally.quorum} needed. Ask the others, or withdraw it",
        )
