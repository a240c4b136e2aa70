"""Who is told by e-mail of a decision. Each function writes in the action's own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from marketplace.alliance.board.queries import people_on
from marketplace.alliance.decisions import queries
from marketplace.alliance.decisions.models import Decision
from marketplace.alliance.models import Person
from marketplace.alliance.queries import people_with_role
from marketplace.core import mail
from marketplace.core.policy import POLICY, Act


def ask_for_votes(session: Session, decision: Decision) -> None:
    """Ask everybody who holds a seat to vote."""
    _tell(
        session,
        people_on(session, decision.alliance_id),
        f"Please vote: {decision.question}",
        "decisions_vote.txt",
        decision,
    )


def ask_to_close(session: Session, decision: Decision) -> None:
    """Tell the coordinator that the outcome is settled and the minute can be recorded."""
    _tell(
        session,
        people_with_role(session, [decision.alliance_id], *POLICY[Act.DECISION_CARRY].roles),
        f"The board has voted: {decision.question}",
        "decisions_close.txt",
        decision,
    )


def tell_closed(session: Session, decision: Decision) -> None:
    """Tell everybody who holds a seat how a decision ended."""
    _tell(
        session,
        people_on(session, decision.alliance_id),
        f"{decision.status.label}: {decision.question}",
        "decisions_closed.txt",
        decision,
        tally=queries.tally(session, decision),
    )


def _tell(
    session: Session,
    people: Iterable[Person],
    subject: str,
    template: str,
    decision: Decision,
    **context: Any,
) -> None:
    for person in people:
        mail.write(
            session, person.email, subject, template, person_name=person.name, decision=decision, **context
        )
