"""The chain of events: is it whole, and does it hold the head that somebody was given?

Each event holds the hash of the one before it, so the last one's hash, the head, stands for the whole record.
Whoever was given a head can show later that nothing before it was changed, by anybody.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from json.encoder import encode_basestring_ascii as in_json
from typing import Any, NamedTuple

from sqlalchemy import Text, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from marketplace.core.errors import RuleBroken
from marketplace.core.events import ALSO, GENESIS, ChainHead, Event, EventConcern, canonical

AT_ONCE = 5_000
NOTHING = "{}"
GIVEN = re.compile(r"\s*([0-9][0-9,]{0,12})[\s:]+([0-9a-fA-F]{64})\s*", re.ASCII)
LARGEST = 2**31 - 1
"""What the column of positions holds."""


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """Where the chain breaks: at which event or head, what stands there and what should."""

    record: str
    stands: str
    should: str

    def __str__(self) -> str:
        return f"{self.record}: {self.stands} stands, {self.should} should."


class Head(NamedTuple):
    """An event by its place in the chain and its hash: what is given to people to keep."""

    position: int
    hash: str

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}"


class _Link(NamedTuple):
    """An event as it is stored, in text: objects for a million of them would take most of the time."""

    position: int
    id: str
    at: Any
    act: str
    actor_id: str | None
    actor_name: str
    subject_id: str
    organisation_id: str | None
    facts: str
    previous_hash: str
    hash: str


_STORED = (
    Event.position,
    cast(Event.id, Text),
    type_coerce(Event.at, Text),
    Event.act,
    cast(Event.actor_id, Text),
    Event.actor_name,
    cast(Event.subject_id, Text),
    cast(Event.organisation_id, Text),
    cast(Event.facts, Text),
    Event.previous_hash,
    Event.hash,
)
"""The columns of a link. A moment comes as the database's own library gives it: a text or a datetime."""


def first_broken_link(session: Session) -> BrokenLink | None:
    """The first event that does not follow from the one before it; None when the chain is whole."""
    head, fingerprint = Head(0, GENESIS), _fingerprints()
    in_order = select(*_STORED).order_by(Event.position).execution_options(yield_per=AT_ONCE)
    with closing(session.execute(in_order)) as found:
        for rows in found.partitions():
            for row in rows:
                link = _Link._make(row)
                known = fingerprint(link)
                if (link.position, link.previous_hash, link.hash) != (head.position + 1, head.hash, known):
                    return _broken(link, Head(head.position + 1, known), head.hash)
                head = Head(link.position, known)
            if broken := _wrongly_found(session, rows):
                return broken
    stored = session.get_one(ChainHead, 1)
    if (stored.position, stored.hash) != head:
        should = f"event {head.position}, the last one"
        return BrokenLink("The head of the chain", f"event {stored.position}", should)
    return None


def _broken(link: _Link, should: Head, previous: str) -> BrokenLink:
    def in_words(position: int, before: str, own: str) -> str:
        return f"position {position}, {before[:12]}… → {own[:12]}…"

    return BrokenLink(
        f"Event {link.position} ({link.act})",
        in_words(link.position, link.previous_hash, link.hash),
        in_words(should.position, previous, should.hash),
    )


def _wrongly_found(session: Session, rows: Sequence[Any]) -> BrokenLink | None:
    """The first event of these that is not found by just those organisations that it names in its facts."""
    links = [_Link._make(row) for row in rows]
    named = {link.position: _others(link.facts) for link in links if f'"{ALSO}"' in link.facts}
    first, last = links[0].position, links[-1].position
    concerns = select(EventConcern.position, cast(EventConcern.organisation_id, Text)).where(
        EventConcern.position.between(first, last)
    )
    found: dict[int, set[str]] = {}
    for position, organisation_id in session.execute(concerns):
        found.setdefault(position, set()).add(_dashed(organisation_id))
    for position in sorted(named.keys() | found.keys()):
        stands, should = found.get(position, set()), named.get(position, set())
        if stands != should:
            record = f"Whose data event {position} touched"
            return BrokenLink(
                record, f"{len(stands)} other organisations", f"the {len(should)} that it names"
            )
    return None


def _others(facts: str) -> set[str]:
    return set(json.loads(facts).get(ALSO, ()))


def _fingerprints() -> Callable[[_Link], str]:
    """What finds the hash that a link should have: as `events.fingerprint` does, from what is stored."""
    dashed, sha256 = _remembered(_dashed), hashlib.sha256

    def fingerprint(link: _Link) -> str:
        try:
            content = (
                f'["{link.previous_hash}",{link.position},"{_dashed(link.id)}","{_iso(link.at)}",'
                f'{in_json(link.act)},"{dashed(link.actor_id)}",{in_json(link.actor_name)},'
                f'"{dashed(link.subject_id)}","{dashed(link.organisation_id)}",{_facts(link.facts)}]'
            )
        except ValueError:
            return "nothing that can be read"
        return sha256(content.encode()).hexdigest()

    return fingerprint


def _remembered(find: Callable[[str | None], str]) -> Callable[[str | None], str]:
    """The same, faster for what was asked before, such as who did it."""
    known: dict[str | None, str] = {}

    def found(asked: str | None) -> str:
        answer = known.get(asked)
        if answer is None:
            if len(known) > AT_ONCE:
                known.clear()
            answer = known[asked] = find(asked)
        return answer

    return found


def _dashed(stored: str | None) -> str:
    """An id as Python writes it. SQLite keeps its 32 digits alone."""
    if stored is None or len(stored) != 32:  # noqa: PLR2004  # the digits of an id
        return str(stored)
    return f"{stored[:8]}-{stored[8:12]}-{stored[12:16]}-{stored[16:20]}-{stored[20:]}"


def _iso(stored: str | datetime) -> str:
    """A moment as Python writes it in UTC. SQLite keeps a text without its zone, always with six places."""
    if isinstance(stored, datetime):
        return stored.astimezone(UTC).isoformat()
    return stored.replace(" ", "T").removesuffix(".000000") + "+00:00"


def _facts(stored: str) -> str:
    """Facts in their one order. Raises ValueError for what is no JSON."""
    return stored if stored == NOTHING else canonical(json.loads(stored))


def given_head(text: str) -> Head:
    """The head that somebody types or pastes, as "4211:3f0c…". Raises RuleBroken, on the field "head"."""
    told = GIVEN.fullmatch(text)
    position = int(told[1].replace(",", "")) if told else 0
    if told is None or position > LARGEST:
        raise RuleBroken(
            "Enter the number of the entry and its code of 64 letters and figures, with a colon between "
            "them, as they stand in the e-mail or on the receipt.",
            "head",
        )
    return Head(position, told[2].lower())


def find_head(session: Session, head: Head) -> datetime | None:
    """When the event was recorded that a head names; None when the chain does not hold it."""
    query = select(Event.at).where(Event.position == head.position, Event.hash == head.hash)
    return session.scalar(query)


def head_of(session: Session) -> Head:
    """The head of the chain as it is now."""
    stored = session.get_one(ChainHead, 1, populate_existing=True)
    return Head(stored.position, stored.hash)


def count(session: Session) -> int:
    """How many events there are."""
    return session.scalar(select(func.count()).select_from(Event)) or 0
