"""Who asks what until when, how many, and how a question ends. Plain Python."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.clock import LONDON
from marketplace.core.errors import RuleBroken
from marketplace.core.working_days import in_words
from marketplace.tenders.planning.rules import answered_until, asked_until
from marketplace.tenders.rules import TenderStatus, accepts_quotes

LONGEST_QUESTION, LONGEST_ANSWER = 2_000, 6_000
MOST_OPEN, MOST_A_DAY = 20, 50
A_DAY = timedelta(days=1)
MAIL_AT_MOST_EVERY = timedelta(hours=1)
LATE, HOLDING = 1, 2
LAST_REMINDER = HOLDING
"""Reminders of a question: that the day for answers has passed, then that it holds the closing."""


class QuestionStatus(StrEnum):
    """How far a question is. While it is open it holds the closing of its tender."""

    OPEN = "open"
    ANSWERED = "answered"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


_S = QuestionStatus
MOVES: Mapping[QuestionStatus, frozenset[QuestionStatus]] = {
    _S.OPEN: frozenset({_S.ANSWERED, _S.REJECTED, _S.WITHDRAWN}),
    _S.ANSWERED: frozenset(),
    _S.REJECTED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
STATUS_LABELS: Mapping[QuestionStatus, str] = {
    _S.OPEN: "Waits for an answer",
    _S.ANSWERED: "Answered",
    _S.REJECTED: "Rejected",
    _S.WITHDRAWN: "Withdrawn",
}
STATUS_COLOURS: Mapping[QuestionStatus, str] = {
    _S.OPEN: "yellow",
    _S.ANSWERED: "green",
    _S.REJECTED: "red",
    _S.WITHDRAWN: "grey",
}


def move(present: QuestionStatus, wanted: QuestionStatus) -> QuestionStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


class Rejection(StrEnum):
    """Why a question gets no answer of its own."""

    REPEATED = "repeated"
    NO_QUESTION = "no_question"
    ELSEWHERE = "elsewhere"


REJECTION_LABELS: Mapping[Rejection, str] = {
    Rejection.REPEATED: "It repeats a question that is answered",
    Rejection.NO_QUESTION: "It asks nothing",
    Rejection.ELSEWHERE: "It is not about this tender",
}


def check_may_ask(
    status: TenderStatus, published_at: datetime | None, closes_at: datetime | None, moment: datetime
) -> None:
    """Raise RuleBroken unless questions are taken at this moment: the database's, read under the lock."""
    if published_at is None or closes_at is None or not accepts_quotes(status, closes_at, moment):
        raise RuleBroken("This tender is not open, so no question can be asked about it.")
    until = asked_until(published_at, closes_at)
    if moment >= until:
        raise RuleBroken(
            f"Questions could be asked until {_said(until)}. After that, quote on what is published, and say "
            "in your quote what you have assumed."
        )


def check_question(text: str, own_open: Collection[str]) -> None:
    """A question that can be answered, and that its supplier has not asked already. Raises RuleBroken."""
    _check_text(text, LONGEST_QUESTION, "Enter your question.", "text")
    if text.strip().casefold() in {one.strip().casefold() for one in own_open}:
        raise RuleBroken("You have asked this already. It waits for its answer.", "text")


def check_flood(own_open: int, asked_within_a_day: int) -> None:
    """Raise RuleBroken when one supplier asks so much about one tender that nobody could answer it."""
    if own_open >= MOST_OPEN:
        raise RuleBroken(
            f"{MOST_OPEN} of your questions about this tender wait for an answer, and that is the most. Wait "
            "for some answers, or withdraw questions that you no longer need.",
            "text",
        )
    if asked_within_a_day >= MOST_A_DAY:
        raise RuleBroken(
            f"You have asked {MOST_A_DAY} questions about this tender within a day, and that is the most. "
            "Ask again tomorrow.",
            "text",
        )


def reminder_due(published_at: datetime, closes_at: datetime, moment: datetime) -> int:
    """Which reminder of a question without an answer is due by now: none, LATE or HOLDING."""
    if moment >= closes_at:
        return HOLDING
    return LATE if moment >= answered_until(published_at, closes_at) else 0


def check_still_published(status: TenderStatus) -> None:
    """Raise RuleBroken for a tender that has ended or closed: answers change nothing of it any more."""
    if status is not TenderStatus.PUBLISHED:
        raise RuleBroken("This tender is not open any more, so its questions cannot be changed.")


def check_answer(wording: str, answer: str) -> None:
    """What everybody is about to read: the question's words and the answer. Raises RuleBroken."""
    _check_text(wording, LONGEST_QUESTION, "Enter the question as everybody will read it.", "wording")
    _check_text(answer, LONGEST_ANSWER, "Enter the answer.", "answer")


def check_rejection(why: Rejection | None, explanation: str, *, repeats: bool) -> None:
    """A rejection says why, in words that its asker can use. Raises RuleBroken."""
    if why is None:
        raise RuleBroken("Choose why the question gets no answer.", "why")
    if why is Rejection.REPEATED and not repeats:
        raise RuleBroken("Choose the answered question that it repeats.", "repeats")
    if why is not Rejection.REPEATED and not explanation.strip():
        raise RuleBroken("Explain to whoever asked why there is no answer.", "explanation")
    if len(explanation) > LONGEST_QUESTION:
        raise RuleBroken(f"Shorten the explanation to {LONGEST_QUESTION:,} characters.", "explanation")


def _check_text(text: str, longest: int, missing: str, field: str) -> None:
    if not text.strip():
        raise RuleBroken(missing, field)
    if len(text) > longest:
        raise RuleBroken(
            f"This has {len(text):,} characters. Shorten it to {longest:,}, or make two of it.", field
        )


def _said(moment: datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{in_words(local.date())} at {local:%H:%M} {local:%Z}"
