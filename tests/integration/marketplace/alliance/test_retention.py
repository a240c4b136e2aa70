"""What was kept for long enough is deleted, what the law keeps stays, and the record still proves itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import PasswordLink, Person, RoleHolding
from marketplace.alliance.privacy import actions, jobs
from marketplace.alliance.privacy.erasing import erasers
from marketplace.alliance.privacy.rules import FORMER, retention
from marketplace.alliance.sign_ins.models import MissedPassword, SignIn
from marketplace.core import clock, mail
from marketplace.core.chain import first_broken_link
from marketplace.core.db import transaction
from marketplace.core.events import Event
from marketplace.core.mail import Message, MessageStatus
from marketplace.core.policy import Act, Actor
from suppliers.quotes.models import Quote
from tests import make

pytestmark = pytest.mark.usefixtures("app")
NOON = timedelta(hours=12)


def in_months(months: float) -> datetime:
    """Noon on the day so many months of 31 days from now."""
    day = (datetime.now(UTC) + timedelta(days=31 * months)).date()
    return datetime.combine(day, datetime.min.time(), UTC) + NOON


def rows(session: Session, table: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def leave(person: Actor) -> None:
    """Somebody's roles end, as when a supplier's administrator removes them."""
    with transaction() as session:
        session.execute(delete(RoleHolding).where(RoleHolding.person_id == person.person_id))


def test_each_kind_of_data_goes_at_its_time_and_not_before(session: Session) -> None:
    bursar = make.alliance(1).schools[0].bursar
    make.signed_in(bursar)
    with transaction() as writing:
        writing.add(MissedPassword(key="k", missed_at=clock.machine_now()))
        told: dict[str, Any] = {"person_name": "X", "browser": "B", "at": clock.now()}
        mail.write(writing, "x@example.org", "Hello", "alliance_new_device.txt", **told)
        writing.flush()
        for message in writing.scalars(select(Message)):
            message.status, message.sent_at = MessageStatus.SENT, clock.now()
    kept = [rows(session, table) for table in (MissedPassword, Message, SignIn)]
    with clock.travelling(in_months(0.9)):
        found = actions.erase_expired()
    assert found["missed_passwords"] == found["messages"] == found["sign_ins"] == 0
    assert [rows(session, table) for table in (MissedPassword, Message, SignIn)] == kept
    with clock.travelling(in_months(7)):
        found = actions.erase_expired()
    assert (found["missed_passwords"], found["messages"], found["sign_ins"]) == (1, kept[1], 0)
    assert [rows(session, table) for table in (MissedPassword, Message)] == [0, 0]
    assert rows(session, PasswordLink) == 0
    with clock.travelling(in_months(14)):
        assert actions.erase_expired()["sign_ins"] == kept[2]
        assert actions.erase_expired() == {}, "once a day"
    assert rows(session, SignIn) == 0
    erased = session.scalars(select(Event).where(Event.act == Act.RETENTION_ERASE)).all()
    assert len(erased) == 3
    assert first_broken_link(session) is None


def test_somebody_who_left_signs_in_no_more_and_stays_named_in_what_the_law_keeps(session: Session) -> None:
    school = make.alliance(1).schools[0]
    make.draft_need(school)
    name = school.bursar.name
    stays = session.get_one(Person, school.headteacher.person_id).email
    leave(school.bursar)
    with clock.travelling(in_months(11)):
        assert actions.erase_expired()["accounts"] == 0
    with clock.travelling(in_months(13)):
        assert actions.erase_expired()["accounts"] == 1
    session.rollback()
    gone = session.get_one(Person, school.bursar.person_id)
    assert (gone.name, gone.active, gone.password_hash) == (name, False, None)
    assert gone.email.endswith("@erased.invalid")
    assert session.get_one(Person, school.headteacher.person_id).email == stays, "who holds a role stays"
    with clock.travelling(in_months(90)):
        assert actions.erase_expired()["names"] == 1
    session.rollback()
    assert session.get_one(Person, school.bursar.person_id).name == FORMER
    posted = session.scalars(select(Event).where(Event.act == Act.NEED_POST)).first()
    assert posted is not None
    assert posted.actor_name == name, "the record keeps the name it was made with"
    assert first_broken_link(session) is None


def test_a_draft_that_was_never_sent_goes_a_year_after_its_tender_closed(session: Session) -> None:
    tender = make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)
    make.draft_quote(tender, make.supplier())
    sent = make.submitted_quote(tender, make.supplier())
    closed_at = make.tender_row(tender.id).closes_at
    assert closed_at
    with clock.travelling(closed_at + timedelta(days=400)):
        assert actions.erase_expired()["drafts"] == 1
    session.rollback()
    assert list(session.scalars(select(Quote.id))) == [sent]


def test_the_command_says_what_would_be_deleted_and_the_job_deletes_at_night(
    app: Flask, session: Session
) -> None:
    with transaction() as writing:
        writing.add(MissedPassword(key="k", missed_at=clock.machine_now()))
    with clock.travelling(in_months(2)):
        said = app.test_cli_runner().invoke(args=["retention", "--dry-run"]).output
        assert "1  Counts of wrong passwords, from before" in said
        assert "Nothing was deleted." in said
        assert rows(session, MissedPassword) == 1
        jobs.erase_once_a_night()
        assert rows(session, MissedPassword) == 0
        assert "done before" in app.test_cli_runner().invoke(args=["retention"]).output


def test_every_rule_has_something_that_deletes_and_nothing_deletes_without_a_rule() -> None:
    assert sorted(rule.key for rule in retention().erased) == sorted(erasers())
