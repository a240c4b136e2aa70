"""What leaving means for a school: asked of the stages downstream, which know what is running.

Each fills the place with one function (decision record 11). Contracts and published tenders run on.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.alliance.models import Membership
from marketplace.core.money import Money
from marketplace.core.policy import Actor


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that runs on: what it is, and more about it."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What one stage has to say: a heading, a sentence, and the things concerned.

    `share` is what is settled with the school in money, where the stage holds any.
    """

    heading: str
    text: str
    lines: tuple[Line, ...] = ()
    share: Money | None = None


@dataclass(frozen=True, slots=True)
class Afterwards:
    """How one stage's settlement with a school that left stands; `links` are texts with addresses."""

    heading: str
    text: str
    links: tuple[tuple[str, str], ...] = ()


Ask = Callable[[Session, uuid.UUID, uuid.UUID], Consequence | None]
Settle = Callable[[Session, Actor, Membership], Afterwards | None]
_asked: list[Ask] = []
_settling: list[Settle] = []


def ask(question: Ask) -> None:
    """Ask a stage what leaving means, given the school's and the alliance's ids. Called by app.py."""
    if question not in _asked:
        _asked.append(question)


def settle_with(answer: Settle) -> None:
    """Let a stage say how its settlement with a school that left stands. Called by app.py."""
    if answer not in _settling:
        _settling.append(answer)


def afterwards(session: Session, actor: Actor, membership: Membership) -> list[Afterwards]:
    """How the settlement of an ended membership stands, for whoever reads its page. Needs a request."""
    answers = (answer(session, actor, membership) for answer in _settling)
    return [answer for answer in answers if answer is not None]


def consequences(session: Session, school_id: uuid.UUID, alliance_id: uuid.UUID) -> list[Consequence]:
    """What leaving this alliance means for a school, in the order of the river."""
    answers = (question(session, school_id, alliance_id) for question in _asked)
    return [answer for answer in answers if answer is not None]


def as_text(found: list[Consequence]) -> list[str]:
    """Every heading, sentence and line, one after another: for a fingerprint and for e-mails."""
    told = []
    for one in found:
        told += [one.heading, one.text]
        told += [f"- {line.text}{': ' + line.note if line.note else ''}" for line in one.lines]
    return told
