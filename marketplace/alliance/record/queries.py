"""Questions about what was done: whose record who may read, and the entries of one."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Membership, Organisation, RoleHolding
from marketplace.alliance.record import things
from marketplace.alliance.record.rules import POINTING, READERS, SEARCHED, details
from marketplace.alliance.record.things import Thing
from marketplace.core.clock import LONDON
from marketplace.core.errors import NotFound
from marketplace.core.events import Event, EventConcern
from marketplace.core.policy import Act, Actor, Kind, Role
from marketplace.core.sentences import SENTENCES, told


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for: by words, by person, by chapters of acts, in days, about one thing."""

    text: str = ""
    person_id: uuid.UUID | None = None
    subjects: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    about_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the record as its reader is told it; `thing` is what it is about, if they may see it."""

    position: int
    at: datetime
    who: str
    what: str
    details: str
    thing: Thing | None
    hash: str


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The organisations whose record this actor may read; an auditor's are those of member schools too."""
    own = [one for kind, roles in READERS.items() for one in actor.organisations(kind, *roles)]
    audited = select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.organisations(Kind.ALLIANCE, Role.AUDITOR))
    )
    return or_(Organisation.id.in_(own), Organisation.id.in_(audited))


def reads_a_record(actor: Actor) -> bool:
    """May this actor read the record of any organisation?"""
    return any(actor.organisations(kind, *roles) for kind, roles in READERS.items())


def organisations(session: Session, actor: Actor) -> list[Organisation]:
    """The organisations whose record this actor may read, alliances first, by name."""
    query = select(Organisation).where(visible_to(actor)).order_by(Organisation.kind, Organisation.name)
    return list(session.scalars(query))


def get_organisation(session: Session, actor: Actor, organisation_id: uuid.UUID) -> Organisation:
    """An organisation whose record this actor may read. Raises NotFound."""
    query = select(Organisation).where(Organisation.id == organisation_id, visible_to(actor))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def of_organisation(organisation_id: uuid.UUID) -> ColumnElement[bool]:
    """What was done with an organisation's data, and what its people did that is nobody's data but theirs.

    The second are signing in, failing to, and choosing a password or passphrase.
    """
    concerning = select(EventConcern.position).where(EventConcern.organisation_id == organisation_id)
    people = select(RoleHolding.person_id).where(RoleHolding.organisation_id == organisation_id)
    return or_(
        Event.organisation_id == organisation_id,
        Event.position.in_(concerning),
        and_(
            Event.organisation_id.is_(None),
            or_(Event.actor_id.in_(people), Event.subject_id.in_(people)),
        ),
    )


def entries(organisation_id: uuid.UUID, wanted: Wanted) -> Select[Event]:
    """The entries of an organisation's record that were asked for, newest first. Ask who may read it."""
    query = select(Event).where(of_organisation(organisation_id)).order_by(Event.position.desc())
    if wanted.text:
        query = query.where(_says(wanted.text))
    if wanted.person_id is not None:
        query = query.where(Event.actor_id == wanted.person_id)
    if wanted.subjects:
        query = query.where(Event.act.in_([act for act in Act if act.split(".")[0] in wanted.subjects]))
    if wanted.since is not None:
        query = query.where(Event.at >= _midnight(wanted.since))
    if wanted.until is not None:
        query = query.where(Event.at < _midnight(wanted.until + timedelta(days=1)))
    if wanted.about_id is not None:
        pointed = [Event.facts[name].as_string() == str(wanted.about_id) for name in POINTING]
        query = query.where(or_(Event.subject_id == wanted.about_id, *pointed))
    return query


def _says(text: str) -> ColumnElement[bool]:
    """Does what the reader is told of an event contain these words?"""
    acts = [act.value for act, words in SENTENCES.items() if text.lower() in words.lower()]
    facts = [Event.facts[name].as_string().icontains(text, autoescape=True) for name in SEARCHED]
    return or_(Event.actor_name.icontains(text, autoescape=True), Event.act.in_(acts), *facts)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)


def count(session: Session, query: Select[Event]) -> int:
    """How many entries a query finds."""
    positions = query.with_only_columns(Event.position).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(positions)) or 0


def people(session: Session, organisation_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Who did something with an organisation's data, by name: each person by the name they had last."""
    query = (
        select(Event.actor_id, func.max(Event.actor_name).label("name"))
        .where(of_organisation(organisation_id), Event.actor_id.is_not(None))
        .group_by(Event.actor_id)
        .order_by("name", Event.actor_id)
    )
    return {row.actor_id: row.name for row in session.execute(query)}


def told_to(session: Session, actor: Actor, events: Sequence[Event]) -> Iterable[Entry]:
    """These events as this reader is told them, with links to what they may open."""
    found = things.find(session, actor, (one for event in events for one in things.of_event(event)))
    for event in events:
        about = next((found[one] for one in things.of_event(event) if one in found), None)
        yield Entry(
            event.position,
            event.at,
            event.actor_name,
            told(event.act, event.actor_name),
            details(event.facts),
            about,
            event.hash,
        )
