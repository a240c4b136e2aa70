"""Events: one append-only, hash-chained table, both audit trail and outbox.

An action records events in its own transaction. They join the chain as its last step before it is stored,
so that whoever recorded something keeps nobody waiting while it goes on. Each subscriber downstream gets a
delivery row in the same transaction; the worker hands deliveries to their handlers, each in one transaction
with its own mark of completion, so a handler's work is stored exactly once.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, or_, select
from sqlalchemy.event import listen
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column, relationship

from marketplace.core import clock, logs
from marketplace.core.db import Base, db, transaction
from marketplace.core.ids import new_id
from marketplace.core.policy import Act, Actor

log = logs.of(__name__)
GENESIS = "0" * 64
HELD = "chain_head"
RECORDED = "recorded"
ALSO = "also"
"""The fact that names the other organisations whose data an event touched: so the chain holds them too."""
MOST_DELIVERIES_A_RUN = 1_000
LONGEST_WAIT = timedelta(hours=1)


class Event(Base):
    """Something that was done: by whom, to what, when; chained to the event before it."""

    __tablename__ = "event"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    position: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(index=True)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    actor_name: Mapped[str]
    subject_id: Mapped[uuid.UUID] = mapped_column(index=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class EventConcern(Base):
    """Another organisation whose data an event touched, beside the one that the event names."""

    __tablename__ = "event_concern"

    organisation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(ForeignKey("event.position"), primary_key=True, index=True)


class ChainHead(Base):
    """The last event's position and hash: one row, held by the transaction that adds an event."""

    __tablename__ = "chain_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int]
    hash: Mapped[str]


class DeliveryStatus(StrEnum):
    """How far a delivery is."""

    WAITING = "waiting"
    DONE = "done"


class Delivery(Base):
    """One event on its way to one subscriber."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_status_due_at", "status", "due_at"),)

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    subscriber: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[DeliveryStatus] = mapped_column(default=DeliveryStatus.WAITING)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")

    event: Mapped[Event] = relationship()


Handler = Callable[[Session, Event], None]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A stage's wish to hear of an act. The name is stored with each delivery: never reuse one."""

    name: str
    acts: frozenset[Act]
    handler: Handler


_subscribers: dict[str, Subscriber] = {}


def subscribe(name: str, handler: Handler, *acts: Act) -> None:
    """Tell a handler of every later event with one of these acts. Called by the composition root."""
    _subscribers[name] = Subscriber(name, frozenset(acts), handler)


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What an action did and has not put into the chain yet, and within which part of the action."""

    actor: Actor
    act: Act
    subject_id: uuid.UUID
    organisation_id: uuid.UUID | None
    others: list[uuid.UUID]
    facts: dict[str, Any]
    part: SessionTransaction | None


def record(
    session: Session,
    actor: Actor,
    act: Act,
    subject_id: uuid.UUID,
    *,
    organisation_id: uuid.UUID | None = None,
    also: Iterable[uuid.UUID | None] = (),
    **facts: Any,
) -> None:
    """Say what an action did: an event, which joins the chain when the action ends.

    Facts carry no price and no secret. `organisation_id` names whose data was touched, so that they can be
    shown what was done with it; `also` names others whose data it was too, such as the buyer of an invoice.
    What a person did by a token says by which.
    """
    if actor.token_id is not None:
        facts["token"] = actor.token_id
    others = sorted({other for other in also if other not in (None, organisation_id)}, key=str)
    if others:
        facts[ALSO] = others
    stored = json.loads(json.dumps(facts, default=str))
    part = session.get_nested_transaction()
    session.info.setdefault(RECORDED, []).append(
        _Recorded(actor, act, subject_id, organisation_id, others, stored, part)
    )


def chain_recorded(session: Session) -> list[Event]:
    """Add what the action recorded to the chain, with a delivery for each subscriber; returns the events.

    Done by itself when an action ends. Whoever needs the event within the action, as for a receipt, calls it
    as the last step: from then on the head is held, and nothing may be locked.
    """
    session.flush()
    recorded = session.info.pop(RECORDED, [])
    chained = [_chain(session, one) for one in recorded]
    session.flush()
    for one, event in zip(recorded, chained, strict=True):
        session.add_all(EventConcern(organisation_id=other, position=event.position) for other in one.others)
        _hand_out(session, event, one.act)
    session.flush()
    return chained


def _chain(session: Session, recorded: _Recorded) -> Event:
    head = hold_chain(session)
    event = Event(
        id=new_id(),
        position=head.position + 1,
        at=clock.now(),
        act=recorded.act.value,
        actor_id=recorded.actor.person_id,
        actor_name=recorded.actor.name,
        subject_id=recorded.subject_id,
        organisation_id=recorded.organisation_id,
        facts=recorded.facts,
        previous_hash=head.hash,
    )
    event.hash = fingerprint(event)
    head.position, head.hash = event.position, event.hash
    session.add(event)
    return event


def _hand_out(session: Session, event: Event, act: Act) -> None:
    """Add a delivery of an event for each subscriber to its act."""
    for subscriber in _subscribers.values():
        if act in subscriber.acts:
            session.add(Delivery(event_id=event.id, subscriber=subscriber.name, due_at=event.at))
            session.info["wake"] = True


def _chain_at_the_end(session: Session) -> None:
    if not session.in_nested_transaction():
        chain_recorded(session)


def hold_chain(session: Session) -> ChainHead:
    """The head of the chain, held until the action ends: meanwhile no other action records what it did.

    An action that must not miss another one's change takes it before it looks.
    """
    held: ChainHead | None = session.info.get(HELD)
    if held is None:
        held = session.get_one(ChainHead, 1, with_for_update=True, populate_existing=True)
        session.info[HELD] = held
    return held


def _let_go(session: Session, ended: SessionTransaction) -> None:
    """Forget the head and what was recorded: with the action, or with a part of it that was taken back."""
    session.info.pop(HELD, None)
    recorded = session.info.pop(RECORDED, ())
    if ended.nested:
        session.info[RECORDED] = [one for one in recorded if one.part is not ended]


def _let_go_at_the_end(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(HELD, None)


listen(Session, "before_commit", _chain_at_the_end)
listen(Session, "after_soft_rollback", _let_go)
listen(Session, "after_transaction_end", _let_go_at_the_end)


def fingerprint(event: Event) -> str:
    """SHA-256 over the previous hash and every stored field, as canonical JSON."""
    content = canonical(
        [
            event.previous_hash,
            event.position,
            str(event.id),
            event.at.isoformat(),
            event.act,
            str(event.actor_id),
            event.actor_name,
            str(event.subject_id),
            str(event.organisation_id),
            event.facts,
        ]
    )
    return hashlib.sha256(content.encode()).hexdigest()


canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def deliver_due(stopping: Callable[[], bool] = lambda: False) -> int:
    """Hand every delivery that is due to its handler; returns how many succeeded.

    A handler that raises is rolled back and tried again later, with doubling waits up to an hour.
    Handlers may record events of their own; those are delivered in the same run, unless it is stopped.
    """
    delivered = 0
    for _ in range(MOST_DELIVERIES_A_RUN):
        if stopping():
            break
        due = db.session.execute(
            select(Delivery.event_id, Delivery.subscriber)
            .join(Event)
            .where(Delivery.status == DeliveryStatus.WAITING, _is_due())
            .order_by(Event.position)
            .limit(1)
        ).first()
        db.session.rollback()
        if due is None:
            break
        delivered += _deliver(due.event_id, due.subscriber)
    return delivered


def _is_due() -> ColumnElement[bool]:
    """A first try is due at once: a clock that was set back since does not hold it up."""
    return or_(Delivery.attempts == 0, Delivery.due_at <= clock.now())


def _deliver(event_id: uuid.UUID, name: str) -> bool:
    """Run one handler and mark its delivery done, in one transaction."""
    try:
        with transaction() as session:
            delivery = _waiting(session, event_id, name)
            if delivery is None:
                return False
            _subscribers[name].handler(session, delivery.event)
            delivery.status = DeliveryStatus.DONE
    except Exception as error:
        log.exception("delivery.failed", event_id=str(event_id), subscriber=name)
        with transaction() as session:
            delivery = _waiting(session, event_id, name)
            if delivery is not None:
                delivery.attempts += 1
                delivery.last_error = type(error).__name__
                delivery.due_at = clock.now() + min(timedelta(seconds=2**delivery.attempts), LONGEST_WAIT)
        return False
    return True


def _waiting(session: Session, event_id: uuid.UUID, name: str) -> Delivery | None:
    """The delivery, locked, if nobody else has it and it still waits."""
    return session.scalars(
        select(Delivery)
        .where(
            Delivery.event_id == event_id,
            Delivery.subscriber == name,
            Delivery.status == DeliveryStatus.WAITING,
        )
        .with_for_update(skip_locked=True)
    ).one_or_none()
