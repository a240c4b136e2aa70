"""What a decision or confirmation is about, in words: told by the stage that knows it.

This stage knows a subject only by its kind and id. Whoever asks for decisions or confirmations
downstream fills the place for its subject (decision record 11).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from marketplace.alliance.decisions.rules import Subject
from marketplace.core.events import Event
from marketplace.core.policy import Actor


@dataclass(frozen=True, slots=True)
class About:
    """A subject as its reader may see it: a title, facts as (name, value), and its own page.

    `endpoint` with `values` is that page. `asks` are the schools whose governing bodies are asked to
    confirm the subject now. `when_withdrawn` is a sentence: what happens when a confirmation of it is taken
    back. `concerns` are the schools that it is about: who belongs to one of them has a
    conflict of interest in a vote on it.
    """

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    endpoint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    asks: frozenset[uuid.UUID] = frozenset()
    concerns: frozenset[uuid.UUID] = frozenset()
    when_withdrawn: str = ""

    @property
    def href(self) -> str:
        """The address of its own page; blank where it has none. Needs a request."""
        return url_for(self.endpoint, **self.values) if self.endpoint else ""


Describe = Callable[[Session, Actor, uuid.UUID], About | None]
_describers: dict[Subject, Describe] = {}


def describe_with(subject: Subject, describe: Describe) -> None:
    """Say how things of a subject are described. Called by the composition root."""
    _describers[subject] = describe


def subject_of(event: Event) -> tuple[Subject, uuid.UUID]:
    """What the event of a decision or a confirmation is about: its subject and that thing's id."""
    return Subject(event.facts["subject"]), uuid.UUID(event.facts["about_id"])


def about(session: Session, actor: Actor, subject: Subject, subject_id: uuid.UUID) -> About | None:
    """The subject as this reader may see it; None when they may not, or nobody describes it."""
    describe = _describers.get(subject)
    return describe(session, actor, subject_id) if describe else None
