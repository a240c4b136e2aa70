"""What suppliers asked about a published tender, and what schools answered: from the stage downstream.

A tender whose deadline has passed is not closed while a question has no answer (see `actions.close_tender`).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus


@dataclass(frozen=True, slots=True)
class PublishedAnswer:
    """A question and its answer as everybody reads them; they never say who asked.

    `number` counts a tender's answers in the order in which they were published. `amended_at` is the
    moment of the change to the tender that the answer points to, if it points to one.
    """

    id: uuid.UUID
    number: int
    question: str
    answer: str
    answered_at: datetime
    amended_at: datetime | None


Known = Callable[[Session, uuid.UUID], Sequence[PublishedAnswer]]
Counter = Callable[[Session, uuid.UUID], int]
_known: list[Known] = []
_counters: list[Counter] = []


def know_with(known: Known, unanswered: Counter) -> None:
    """Say what was answered about a tender, and how many questions wait. Called by the composition root."""
    _known[:], _counters[:] = [known], [unanswered]


def published_answers(session: Session, tender_id: uuid.UUID) -> tuple[PublishedAnswer, ...]:
    """What everybody may read, in the order of publication."""
    return tuple(answer for known in _known for answer in known(session, tender_id))


def unanswered_questions(session: Session, tender_id: uuid.UUID) -> int:
    """How many questions about a tender wait for an answer."""
    return sum(counter(session, tender_id) for counter in _counters)


def is_held(session: Session, tender: Tender, now: datetime) -> bool:
    """Has the deadline passed, and does the tender stay unclosed because of a question without an answer?"""
    return (
        tender.status is TenderStatus.PUBLISHED
        and tender.closes_at is not None
        and tender.closes_at <= now
        and unanswered_questions(session, tender.id) > 0
    )
