"""Schools are warned in time, once, in one letter a day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.actions import add_person
from marketplace.contracts import actions
from marketplace.contracts.jobs import renew_due_contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.warnings.jobs import warn_once_a_day
from marketplace.core import clock
from marketplace.core.events import Event
from marketplace.core.mail import Message
from marketplace.core.policy import ADMINISTRATOR, Act, Role
from tests import make


@pytest.fixture
def alliance(app: Flask) -> make.Alliance:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=2)


@pytest.fixture
def school(alliance: make.Alliance) -> make.School:
    return alliance.schools[0]


@contextmanager
def on_day(days: int, hour: int = 8) -> Iterator[None]:
    """So many days from today, at an hour in England."""
    day = clock.today() + timedelta(days=days)
    with clock.travelling(datetime.combine(day, time(hour), tzinfo=clock.LONDON)):
        yield


def due_in(school: make.School, days: int, title: str = "Cleaning", renewal_months: int = 0) -> Contract:
    """A contract whose last safe notice date is so many days away."""
    ends_on = clock.today() + timedelta(days=days + 90)
    return make.contract(school, title=title, ends_on=ends_on, notice_days=90, renewal_months=renewal_months)


def letters(session: Session) -> list[Message]:
    """The warnings written so far, the oldest first."""
    session.rollback()
    query = select(Message).where(Message.subject.contains("Decide by") | Message.subject.contains("decide"))
    return list(session.scalars(query.order_by(Message.written_at, Message.recipient)))


def test_a_school_is_warned_four_times_and_no_day_twice(session: Session, school: make.School) -> None:
    due_in(school, 185, renewal_months=12)
    warned = []
    for day in range(190):
        with on_day(day):
            went = warn_once_a_day()
            assert warn_once_a_day() == 0, "a second run on the same day"
            if went:
                warned.append(185 - day)
    assert warned == [180, 120, 60, 30]
    assert len(letters(session)) == 8, "the bursar and the headteacher, four times"


def test_a_missed_day_costs_a_day_and_no_warning(session: Session, school: make.School) -> None:
    due_in(school, 122)
    for day, warnings in ((1, 2), (9, 4), (10, 4)):
        with on_day(day):
            warn_once_a_day()
        assert len(letters(session)) == warnings


def test_everybody_gets_one_letter_that_names_all_and_says_what_to_do(
    session: Session, alliance: make.Alliance, school: make.School
) -> None:
    kept = due_in(school, 30, "Cleaning <b>", renewal_months=12)
    due_in(school, 100, "Gas")
    due_in(school, 300, "Far away")
    make.contract(school, title="Audit", ends_on=clock.today() + timedelta(days=50), notice_days=0)
    due_in(alliance.schools[1], 20, "Elsewhere")
    with on_day(0):
        assert warn_once_a_day() == 4
    letter = next(one for one in letters(session) if one.recipient.startswith("bursar") or "3" in one.subject)
    assert letter.subject.startswith("3 contracts to decide about, the first by")
    assert letter.body.index("Cleaning <b>") < letter.body.index("Audit") < letter.body.index("Gas")
    assert "If nobody does, it renews for 12 months." in letter.body
    assert "No notice is needed." in letter.body
    assert f"/contracts/{kept.id}" in letter.body
    assert "/needs/post" in letter.body
    assert "Far away" not in letter.body
    assert "Elsewhere" not in letter.body


def test_who_keeps_the_registers_of_two_schools_gets_one_letter_about_both(
    session: Session, alliance: make.Alliance
) -> None:
    seats = [(school.id, Role.BURSAR) for school in alliance.schools]
    add_person(ADMINISTRATOR, "Two Schools", "two@example.org", seats)
    for number, school in enumerate(alliance.schools):
        due_in(school, 40 + number, f"Contract {number}")
    with on_day(0):
        warn_once_a_day()
    (letter,) = [one for one in letters(session) if one.recipient == "two@example.org"]
    assert letter.subject.startswith("2 contracts to decide about")
    assert all(school.name in letter.body for school in alliance.schools)


def test_nobody_is_written_to_at_night(session: Session, school: make.School) -> None:
    due_in(school, 60)
    with on_day(0, hour=3):
        assert warn_once_a_day() == 0
    assert not letters(session)


def test_a_contract_that_has_renewed_itself_is_warned_of_for_its_next_end(
    session: Session, school: make.School
) -> None:
    due_in(school, 10, renewal_months=6)
    for day in (0, 15):
        with on_day(day):
            renew_due_contracts()
            warn_once_a_day()
    assert len(letters(session)) == 4
    warned = select(Event).where(Event.act == Act.CONTRACT_WARN).order_by(Event.position)
    told = session.scalars(warned).all()
    assert [list(event.facts["contracts"].values()) for event in told] == [[30], [180]]
    assert {event.organisation_id for event in told} == {school.id}


def test_a_contract_whose_dates_were_changed_is_warned_of_anew(session: Session, school: make.School) -> None:
    kept = due_in(school, 25)
    with on_day(0):
        warn_once_a_day()
    content = make.contract_content(ends_on=kept.ends_on + timedelta(days=60), notice_days=90)
    actions.edit_contract(school.bursar, kept.id, kept.version, content)
    with on_day(1):
        warn_once_a_day()
    assert len(letters(session)) == 4
