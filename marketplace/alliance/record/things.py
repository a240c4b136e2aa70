"""What entries of the record are about: a place that every stage fills with what its readers may open."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, SQLColumnExpression, select
from sqlalchemy.orm import Session

from marketplace.alliance.record.rules import POINTING
from marketplace.core.events import Event
from marketplace.core.policy import Actor

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Known:
    """A kind of thing: its ids, what it is called, who may read which, and the page that shows one.

    Without an endpoint there is no such page.
    """

    ids: Any
    name: SQLColumnExpression[str]
    visible_to: Callable[[Actor], ColumnElement[bool]]
    endpoint: str = ""
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that the reader may see."""

    id: uuid.UUID
    name: str
    endpoint: str
    argument: str

    @property
    def href(self) -> str:
        """The address of its page; blank when there is none."""
        asked: dict[str, Any] = {self.argument: self.id}
        return url_for(self.endpoint, **asked) if self.endpoint else ""


_known: list[Known] = []


def know(*known: Known) -> None:
    """Let entries of the record name things of these kinds, the first that fits. Called by the root."""
    _known.extend(one for one in known if one not in _known)


def of_event(event: Event) -> list[uuid.UUID]:
    """The ids of what an event may be about, the closest first."""
    pointed = [event.facts[name] for name in POINTING if isinstance(event.facts.get(name), str)]
    return [event.subject_id, *(uuid.UUID(one) for one in pointed)]


def find(session: Session, actor: Actor, wanted: Iterable[uuid.UUID]) -> dict[uuid.UUID, Thing]:
    """The things with these ids that the actor may read, in a fixed number of queries for any 500."""
    found: dict[uuid.UUID, Thing] = {}
    ids = sorted(set(wanted))
    for start in range(0, len(ids), AT_ONCE):
        _find_some(session, actor, ids[start : start + AT_ONCE], found)
    return found


def _find_some(
    session: Session, actor: Actor, ids: Collection[uuid.UUID], found: dict[uuid.UUID, Thing]
) -> None:
    for kind in _known:
        query = select(kind.ids.label("id"), kind.name.label("name"))
        for row in session.execute(query.where(kind.ids.in_(ids), kind.visible_to(actor))):
            found.setdefault(row.id, Thing(row.id, row.name, kind.endpoint, kind.argument))
