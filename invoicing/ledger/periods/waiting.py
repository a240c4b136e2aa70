"""What must be finished before a month closes: asked of the stages downstream (decision record 11)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import date

from sqlalchemy.orm import Session

from invoicing.ledger.periods.rules import Unfinished

Question = Callable[[Session, uuid.UUID, date, date], Iterable[Unfinished]]
_asked: list[Question] = []


def ask(question: Question) -> None:
    """Ask a stage what a holder has that is not finished and dated between two days, both included."""
    if question not in _asked:
        _asked.append(question)


def unfinished(session: Session, holder_id: uuid.UUID, starts_on: date, ends_on: date) -> list[Unfinished]:
    """Everything in the way of closing from one day to another in the order of the river."""
    return [one for question in _asked for one in question(session, holder_id, starts_on, ends_on)]
