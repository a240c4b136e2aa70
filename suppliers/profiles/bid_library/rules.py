"""What an answer in the library is, and how it is found."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from marketplace.core.errors import RuleBroken

LONGEST_QUESTION = 2_000
LONGEST_ANSWER = 30_000
MOST_ANSWERS = 500
WORD = re.compile(r"\w{3,}")


@dataclass(frozen=True, slots=True)
class Answer:
    """A question in the supplier's or the schools' words, and the answer to it."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """An answer given or kept earlier: where it is from, and when. `kept_id` is that of a kept one."""

    key: str
    question: str
    answer: str
    source: str
    at: datetime
    kept_id: uuid.UUID | None = None


def check_answer(answer: Answer) -> Answer:
    """The answer as we keep it. Raises RuleBroken naming the field that is wrong."""
    question, text = answer.question.strip(), answer.answer.strip()
    if not question:
        raise RuleBroken("Enter the question, or a few words by which you find the answer again.", "question")
    if not text:
        raise RuleBroken("Enter the answer.", "answer")
    if len(question) > LONGEST_QUESTION:
        raise RuleBroken(f"Shorten the question to {LONGEST_QUESTION:,} characters or fewer.", "question")
    if len(text) > LONGEST_ANSWER:
        raise RuleBroken(f"Shorten the answer to {LONGEST_ANSWER:,} characters or fewer.", "answer")
    return Answer(question, text)


def words(text: str) -> set[str]:
    """The words of a text that tell it from others: three letters or more, in lower case."""
    return set(WORD.findall(text.casefold()))


def best_first(earlier: Iterable[Earlier], search: str) -> list[Earlier]:
    """The answers that share a word with a search, those that share most first, then the newest.

    A word in the question counts twice. A blank search finds all, the newest first.
    """
    wanted = words(search)
    found = []
    for one in earlier:
        score = 2 * len(wanted & words(one.question)) + len(wanted & words(one.answer))
        if score or not wanted:
            found.append((score, one))
    return [one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].at), reverse=True)]
