"""Questions about decisions and confirmations, scoped to who asks."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.alliance.board import queries as seating
from marketplace.alliance.board.queries import IS_A_SEAT
from marketplace.alliance.decisions import rules
from marketplace.alliance.decisions.about import about
from marketplace.alliance.decisions.models import Confirmation, Decision, Vote
from marketplace.alliance.decisions.rules import DecisionStatus, Subject, Tally
from marketplace.alliance.models import Membership, School
from marketplace.alliance.queries import names
from marketplace.alliance.rules import MembershipStatus
from marketplace.core.errors import NotFound
from marketplace.core.events import Event
from marketplace.core.policy import Act, Actor, Kind

WORDS = {
    Act.DECISION_OPEN: "Put to the board",
    Act.DECISION_VOTE: "Voted",
    Act.DECISION_DECLARE: "Declared a conflict of interest",
    Act.DECISION_CARRY: "Closed: carried",
    Act.DECISION_REJECT: "Closed: rejected",
    Act.DECISION_WITHDRAW: "Withdrawn",
    Act.DECISION_LAPSE: "Closed: lapsed",
}


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of the board in one decision, who holds it now, and its answer (None where it has none).

    Nobody is said to hold a seat in a decision that is closed: its votes say who held it then.
    """

    school_id: uuid.UUID
    school: str
    vote: Vote | None
    held_by: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Something that was done to a decision, in words."""

    at: datetime
    words: str
    by: str


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Decisions of the alliances this actor may read."""
    return Decision.alliance_id.in_(actor.alliance_ids)


def get_decision(session: Session, actor: Actor, decision_id: uuid.UUID, *, lock: bool = False) -> Decision:
    """A decision the actor may read, with its votes. Raises NotFound."""
    query = select(Decision).where(Decision.id == decision_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=Decision)
    decision = session.scalars(query).one_or_none()
    if decision is None:
        raise NotFound
    return decision


def decisions(actor: Actor, *, is_open: bool, text: str = "") -> Select[Decision]:
    """The open or the closed decisions this actor may read, with what a list shows of them."""
    status = Decision.status == DecisionStatus.OPEN
    query = (
        select(Decision)
        .where(visible_to(actor), status if is_open else ~status)
        .options(selectinload(Decision.votes), joinedload(Decision.alliance))
    )
    for word in text.split():
        query = query.where(
            or_(
                Decision.question.icontains(word, autoescape=True),
                Decision.reference.icontains(word, autoescape=True),
            )
        )
    if is_open:
        return query.order_by(Decision.vote_by, Decision.id)
    return query.order_by(Decision.closed_at.desc(), Decision.id)


def count(session: Session, query: Select[Any]) -> int:
    """How many rows there are on all pages of a list."""
    return session.scalars(select(func.count()).select_from(query.order_by(None).subquery())).one()


def seats(session: Session, alliance_id: uuid.UUID) -> list[uuid.UUID]:
    """The schools that have a seat on the board now: the full members."""
    query = select(Membership.school_id).where(Membership.alliance_id == alliance_id, IS_A_SEAT)
    return list(session.scalars(query))


def tally(session: Session, decision: Decision) -> Tally:
    """How the seats have answered so far."""
    votes = {vote.school_id: vote.choice for vote in decision.votes}
    if decision.status is DecisionStatus.OPEN:
        return rules.count(votes, seats(session, decision.alliance_id))
    return rules.count(votes, decision.seats_at_close)


def board(session: Session, decision: Decision) -> list[Seat]:
    """The seats by name, each with its answer."""
    given = {vote.school_id: vote for vote in decision.votes}
    if decision.status is DecisionStatus.OPEN:
        return [
            Seat(seat.school_id, seat.school, given.get(seat.school_id), seat.held_by)
            for seat in seating.of_alliance(session, decision.alliance_id)
        ]
    named = names(session, decision.seats_at_close)
    in_order = sorted(named, key=lambda school_id: (named[school_id], school_id))
    return [Seat(school_id, named[school_id], given.get(school_id), "") for school_id in in_order]


def schools_to_vote_for(held: Collection[seating.Seat], decision: Decision) -> dict[uuid.UUID, str]:
    """Those of the seats somebody holds that have not answered an open decision, by the schools' names."""
    answered = {vote.school_id for vote in decision.votes}
    return {
        school_id: school
        for school_id, school in seats_held(held, decision).items()
        if school_id not in answered
    }


def seats_held(held: Collection[seating.Seat], decision: Decision) -> dict[uuid.UUID, str]:
    """Those of the seats somebody holds that count in an open decision, answered or not, by name.

    A seat that has voted may still declare a conflict of interest.
    """
    if decision.status is not DecisionStatus.OPEN:
        return {}
    return {seat.school_id: seat.school for seat in held if seat.alliance_id == decision.alliance_id}


def own_schools(session: Session, actor: Actor, decision: Decision) -> list[str]:
    """The schools that a decision is about and where this actor has a role, by name: a conflict."""
    found = about(session, actor, decision.subject, decision.subject_id)
    own = found.concerns & actor.school_ids if found else frozenset()
    return sorted(names(session, own).values()) if own else []


def open_decision_on(
    session: Session, subject: Subject, subject_id: uuid.UUID, *, lock: bool = False
) -> Decision | None:
    """The decision that is open on a subject. Whoever asks has loaded the subject as its reader."""
    query = select(Decision).where(
        Decision.subject == subject,
        Decision.subject_id == subject_id,
        Decision.status == DecisionStatus.OPEN,
    )
    if lock:
        query = query.with_for_update(of=Decision)
    return session.scalars(query).one_or_none()


def decisions_on(session: Session, subject: Subject, subject_id: uuid.UUID) -> list[Decision]:
    """Every decision on a subject, the newest first. Whoever asks has loaded the subject as its reader."""
    query = (
        select(Decision)
        .where(Decision.subject == subject, Decision.subject_id == subject_id)
        .order_by(Decision.opened_at.desc(), Decision.id)
    )
    return list(session.scalars(query))


def history(session: Session, decision: Decision) -> list[HistoryLine]:
    """What was done to a decision, newest first."""
    query = (
        select(Event)
        .where(Event.subject_id == decision.id, Event.act.in_([act.value for act in WORDS]))
        .order_by(Event.position.desc())
    )
    return [
        HistoryLine(event.at, WORDS[Act(event.act)], event.actor_name) for event in session.scalars(query)
    ]


def confirmations_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Confirmations of the actor's own schools, and of the members of alliances whose officer they are."""
    officers_of = actor.organisations(Kind.ALLIANCE)
    members = select(Membership.school_id).where(
        Membership.alliance_id.in_(officers_of), Membership.status == MembershipStatus.ACTIVE
    )
    return or_(Confirmation.school_id.in_(actor.school_ids), Confirmation.school_id.in_(members))


def get_confirmation(
    session: Session, actor: Actor, confirmation_id: uuid.UUID, *, lock: bool = False
) -> Confirmation:
    """A confirmation the actor may read. Raises NotFound."""
    query = select(Confirmation).where(Confirmation.id == confirmation_id, confirmations_visible_to(actor))
    if lock:
        query = query.with_for_update(of=Confirmation)
    confirmation = session.scalars(query).one_or_none()
    if confirmation is None:
        raise NotFound
    return confirmation


def recorded(session: Session, actor: Actor, confirmation_id: uuid.UUID) -> bool:
    """Has this actor recorded this confirmation already?"""
    found = session.get(Confirmation, confirmation_id)
    return found is not None and found.recorded_by == actor.person_id


def confirmations(actor: Actor) -> Select[Confirmation]:
    """The confirmations this actor may read, the newest first."""
    return (
        select(Confirmation)
        .where(confirmations_visible_to(actor))
        .options(joinedload(Confirmation.school).joinedload(School.organisation))
        .order_by(Confirmation.recorded_at.desc(), Confirmation.id)
    )


def confirmed(
    session: Session, subject: Subject, subject_ids: Collection[uuid.UUID], today: date
) -> set[uuid.UUID]:
    """Which of several things of one kind a governing body has confirmed so that it counts on a day.

    For subjects that one school alone is asked about, such as its own needs.
    """
    query = select(Confirmation.subject_id).where(
        Confirmation.subject == subject,
        Confirmation.subject_id.in_(subject_ids),
        Confirmation.withdrawn_at.is_(None),
        or_(Confirmation.expires_on.is_(None), Confirmation.expires_on >= today),
    )
    return set(session.scalars(query))


def live_confirmation(
    session: Session, *, school_id: uuid.UUID, subject: Subject, subject_id: uuid.UUID, today: date
) -> Confirmation | None:
    """The newest confirmation of a subject by a school's governing body that counts on a day.

    One that was withdrawn counts for nothing, nor does one that ended on an earlier day.
    """
    query = (
        select(Confirmation)
        .where(
            Confirmation.school_id == school_id,
            Confirmation.subject == subject,
            Confirmation.subject_id == subject_id,
            Confirmation.withdrawn_at.is_(None),
            or_(Confirmation.expires_on.is_(None), Confirmation.expires_on >= today),
        )
        .order_by(Confirmation.recorded_at.desc(), Confirmation.id.desc())
        .limit(1)
    )
    return session.scalars(query).first()
