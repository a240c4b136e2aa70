"""The head of the record goes out, and gives away whoever writes the record anew."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from marketplace.alliance.record.heads import actions, queries
from marketplace.core import clock
from marketplace.core.chain import GIVEN, find_head, first_broken_link, given_head, head_of
from marketplace.core.db import transaction
from marketplace.core.events import ChainHead, Event, fingerprint
from marketplace.core.mail import Message
from marketplace.core.policy import Act
from tests import make
from tests.make import Alliance

pytestmark = pytest.mark.usefixtures("app")
TUESDAY = datetime(2026, 11, 24, 8, 0, tzinfo=clock.LONDON)
WEDNESDAY = TUESDAY.replace(day=25)
NEXT_MONDAY = TUESDAY.replace(day=30)


def letters(session: Session) -> list[Message]:
    session.rollback()
    query = select(Message).where(Message.subject.startswith("Proof of the record"))
    return list(session.scalars(query.order_by(Message.recipient, Message.id)))


@pytest.fixture
def alliance() -> Alliance:
    made = make.alliance(2)
    make.signed_in(made.schools[0].bursar)
    return made


def without_the_trigger(session: Session) -> None:
    sqlite = session.get_bind().dialect.name == "sqlite"
    session.execute(
        text("DROP TRIGGER event_no_update" if sqlite else "SET LOCAL session_replication_role = replica")
    )


def test_each_organisation_with_new_entries_gets_the_head_once_a_day_and_all_on_mondays(
    session: Session, alliance: Alliance
) -> None:
    head = head_of(session)
    with clock.travelling(TUESDAY):
        assert actions.send_heads() == 3
        assert actions.send_heads() == 0
    sent = letters(session)
    assert len(sent) == 3
    assert all(str(head) in letter.body for letter in sent)
    assert any(f"the data of {alliance.name}" in letter.body for letter in sent)
    with clock.travelling(WEDNESDAY):
        assert actions.send_heads() == 0, "nothing was done with anybody’s data since"
    with clock.travelling(NEXT_MONDAY):
        assert actions.send_heads() == 3
    assert "No entry was made in the record" in letters(session)[-1].body


def test_abuse_05_a_record_written_anew_from_the_first_entry_is_given_away_by_the_head_that_was_mailed(
    app: Flask, session: Session, alliance: Alliance
) -> None:
    """Whoever has the database can make every hash fit again; the mailboxes of the schools he has not."""
    with clock.travelling(TUESDAY):
        actions.send_heads()
    lines = letters(session)[0].body.splitlines()
    mailed = given_head(next(line for line in lines if GIVEN.fullmatch(line)))
    assert find_head(session, mailed) is not None
    verify = app.test_cli_runner().invoke
    assert verify(args=["verify", "--head", str(mailed)]).exit_code == 0
    with transaction() as writing:
        without_the_trigger(writing)
        previous = "0" * 64
        for event in writing.scalars(select(Event).order_by(Event.position)):
            event.actor_name = event.actor_name.replace(alliance.coordinator.name, "Nobody")
            event.at = event.at.replace(year=2020)
            event.previous_hash = previous
            previous = event.hash = fingerprint(event)
        writing.execute(update(ChainHead).values(hash=previous))
    session.rollback()
    assert first_broken_link(session) is None, "by itself the record fits together again"
    assert queries.held(session, mailed) is None
    answer = verify(args=["verify", "--head", str(mailed)])
    assert answer.exit_code == 1
    assert f"Entry {mailed.position}: not in the record with this code." in answer.output


def test_the_head_that_was_sent_is_an_entry_itself(session: Session, alliance: Alliance) -> None:
    head = head_of(session)
    with clock.travelling(TUESDAY):
        actions.send_heads()
    session.rollback()
    entry = session.scalars(select(Event).where(Event.act == Act.HEAD_SEND)).one()
    assert (entry.facts["position"], entry.facts["head"]) == head
    assert alliance.id not in (entry.organisation_id, entry.subject_id)
