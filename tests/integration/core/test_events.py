"""History is one unbroken chain, and news arrives once."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from marketplace.core import clock, events
from marketplace.core.chain import first_broken_link
from marketplace.core.db import transaction
from marketplace.core.events import Delivery, DeliveryStatus, Event
from marketplace.core.policy import SYSTEM, Act, Actor

SUBJECT = uuid.uuid4()
SECONDS_AT_MOST = 10


def record(act: Act = Act.NEED_POST) -> None:
    with transaction() as session:
        events.record(session, SYSTEM, act, SUBJECT, note="Élan £5")


@pytest.fixture
def heard(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:  # noqa: ARG001  # it needs a database
    """What a subscriber to need.post heard; it fails while the list says so."""
    monkeypatch.setattr(events, "_subscribers", {})
    list_of_acts: list[str] = []

    def hear(_: Session, event: Event) -> None:
        if list_of_acts == ["fail"]:
            list_of_acts.clear()
            raise ValueError("not now")
        list_of_acts.append(event.act)

    events.subscribe("listener", hear, Act.NEED_POST)
    return list_of_acts


def test_the_chain_of_events_is_whole(session: Session) -> None:
    for _ in range(3):
        record()
    assert first_broken_link(session) is None
    assert [event.position for event in session.scalars(select(Event).order_by(Event.position))] == [1, 2, 3]


def test_who_recorded_something_and_goes_on_keeps_nobody_waiting(app: Flask, session: Session) -> None:
    """Held from the first event on, the chain would stop all others, and be one half of a deadlock."""
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite has one writer, and no two that could wait for each other")

    def act() -> None:
        with app.app_context():
            record(Act.NEED_SUBMIT)

    with ThreadPoolExecutor(1) as other, transaction() as acting:
        events.record(acting, SYSTEM, Act.NEED_POST, SUBJECT)
        acting.flush()
        other.submit(act).result(SECONDS_AT_MOST)
    assert acts_on_record(session) == ["need.submit", "need.post"]
    assert first_broken_link(session) is None


def test_what_was_taken_back_is_not_on_record_and_what_stands_is(session: Session) -> None:
    with suppress(InterruptedError), transaction() as acting:
        events.record(acting, SYSTEM, Act.NEED_POST, SUBJECT)
        raise InterruptedError
    with transaction() as acting:
        events.record(acting, SYSTEM, Act.NEED_SUBMIT, SUBJECT)
        with suppress(InterruptedError), acting.begin_nested():
            events.record(acting, SYSTEM, Act.NEED_POST, SUBJECT)
            raise InterruptedError
        with acting.begin_nested():
            events.record(acting, SYSTEM, Act.NEED_WITHDRAW, SUBJECT)
    assert acts_on_record(session) == ["need.submit", "need.withdraw"]
    assert first_broken_link(session) is None


def acts_on_record(session: Session) -> list[str]:
    return list(session.scalars(select(Event.act).order_by(Event.position)))


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("change", ["UPDATE event SET actor_name = 'Nobody'", "DELETE FROM event"])
def test_an_event_can_be_neither_changed_nor_removed(change: str) -> None:
    record()
    with pytest.raises(DatabaseError, match="permanent"), transaction() as session:
        session.execute(text(change))


def test_a_changed_event_is_named_by_the_verifier(session: Session) -> None:
    for _ in range(3):
        record()
    off = {
        "sqlite": "DROP TRIGGER event_no_update",
        "postgresql": "SET LOCAL session_replication_role = replica",
    }[session.get_bind().dialect.name]
    with transaction() as acting:
        acting.execute(text(off))
        acting.execute(text("UPDATE event SET actor_name = 'Nobody' WHERE position = 2"))
    broken = first_broken_link(session)
    assert broken is not None
    assert broken.record.startswith("Event 2 ")


def test_the_verifier_reads_what_is_stored_as_it_was_recorded(session: Session) -> None:
    """It works on texts, and not on the objects of which the hash was taken: both must agree."""
    moments = (datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, 0, 70, tzinfo=UTC))
    facts: dict[str, Any] = {
        "words": 'Zoë “said” \\ "no"\n\u2028€',
        "deep": {"b": [1, None, True], "a": {}},
        "1": "one",
    }
    person = Actor(uuid.uuid4(), 'Łuc "the" \\Ö’Brien')
    for moment in moments:
        with clock.travelling(moment), transaction() as acting:
            events.record(acting, person, Act.NEED_POST, SUBJECT, organisation_id=uuid.uuid4(), **facts)
            events.record(acting, SYSTEM, Act.NEED_POST, SUBJECT)
    assert first_broken_link(session) is None


def test_whose_data_was_touched_cannot_be_hidden_from_them(session: Session) -> None:
    owner, other = uuid.uuid4(), uuid.uuid4()
    with transaction() as acting:
        events.record(
            acting, SYSTEM, Act.NEED_POST, SUBJECT, organisation_id=owner, also=[other, owner, None]
        )
    assert first_broken_link(session) is None
    with pytest.raises(DatabaseError, match="permanent"), transaction() as acting:
        acting.execute(text("DELETE FROM event_concern"))
    off = {
        "sqlite": "DROP TRIGGER event_concern_no_delete",
        "postgresql": "SET LOCAL session_replication_role = replica",
    }[session.get_bind().dialect.name]
    with transaction() as acting:
        acting.execute(text(off))
        acting.execute(text("DELETE FROM event_concern"))
    broken = first_broken_link(session)
    assert broken is not None
    assert str(broken).startswith("Whose data event 1 touched: 0 other organisations stands")


def test_a_subscriber_hears_of_its_acts_once(heard: list[str]) -> None:
    record()
    record(Act.NEED_SUBMIT)
    assert events.deliver_due() == 1
    assert events.deliver_due() == 0
    assert heard == ["need.post"]


def test_a_handler_that_fails_is_tried_again_later(heard: list[str], session: Session) -> None:
    heard.append("fail")
    record()
    assert events.deliver_due() == 0
    waiting = session.scalars(select(Delivery)).one()
    assert (waiting.status, waiting.attempts, waiting.last_error) == (DeliveryStatus.WAITING, 1, "ValueError")
    with transaction() as acting:
        acting.scalars(select(Delivery)).one().due_at = waiting.event.at
    assert events.deliver_due() == 1
    assert heard == ["need.post"]
