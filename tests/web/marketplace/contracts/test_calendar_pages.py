"""A person's contracts in their own calendar, and the whole register as a picture."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import RoleHolding
from marketplace.contracts import actions
from marketplace.contracts.calendars.models import CalendarFeed
from marketplace.core import clock
from marketplace.core.db import transaction
from tests import make
from tests.web.client import Client
from tests.web.page import Page

ClientFor = Callable[[uuid.UUID | None], Client]
ADDRESS = re.compile(r"http://localhost:8000(/contracts/calendar/[\w-]{43}\.ics)")


@pytest.fixture
def alliance(app: Flask) -> make.Alliance:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=2)


@pytest.fixture
def school(alliance: make.Alliance) -> make.School:
    return alliance.schools[0]


@pytest.fixture
def bursar(client_for: ClientFor, school: make.School) -> Client:
    return client_for(school.bursar.person_id)


@pytest.fixture
def stranger(client_for: ClientFor) -> Client:
    """A calendar program: it knows the address and nothing else."""
    return client_for(None)


def make_address(client: Client, button: str = "Make a calendar address") -> str:
    """The address that the page shows once."""
    page = client.submit(client.get("/contracts/calendar").form(button))
    return address_on(page)


def address_on(page: Page) -> str:
    found = ADDRESS.search(page.words)
    assert found, page.words
    return found[1]


@dataclass(frozen=True)
class Seen:
    """An event as a calendar program sees it."""

    day: date
    summary: str
    description: str
    sequence: int


def events(client: Client, address: str) -> dict[str, Seen]:
    """The events of a feed by their UIDs."""
    answer = client.download(address)
    assert answer.mimetype == "text/calendar"
    calendar: Any = icalendar.Calendar.from_ical(answer.data)
    return {
        str(event["uid"]): Seen(
            event["dtstart"].dt, str(event["summary"]), str(event["description"]), int(event["sequence"])
        )
        for event in calendar.walk("VEVENT")
    }


def test_the_feed_has_the_last_safe_day_and_the_end_of_each_contract(
    bursar: Client, stranger: Client, school: make.School, alliance: make.Alliance
) -> None:
    renewing = make.contract(school, title="Gas, all “sites”; x\\y", renewal_months=12)
    ending = make.contract(school, title="Audit", notice_days=0)
    make.contract(school, title="Over", ends_on=clock.today() - timedelta(days=1))
    make.contract(alliance.schools[1], title="Elsewhere")
    found = events(stranger, make_address(bursar))
    assert {uid.split("@")[0] for uid in found} == {
        f"notice-{renewing.id}",
        f"end-{renewing.id}",
        f"end-{ending.id}",
    }
    notice = found[f"notice-{renewing.id}@localhost"]
    assert notice.day == renewing.last_notice_on
    assert "Gas, all “sites”; x\\y" in notice.summary
    assert f"/contracts/{renewing.id}" in notice.description


def test_an_event_keeps_its_uid_when_its_day_moves(
    bursar: Client, stranger: Client, school: make.School
) -> None:
    kept = make.contract(school)
    address = make_address(bursar)
    before = events(stranger, address)
    content = make.contract_content(ends_on=kept.ends_on + timedelta(days=31))
    actions.edit_contract(school.bursar, kept.id, 1, content)
    after = events(stranger, address)
    assert set(before) == set(after)
    uid = f"end-{kept.id}@localhost"
    assert after[uid].day == before[uid].day + timedelta(days=31)
    assert after[uid].sequence > before[uid].sequence


def test_the_feed_may_be_kept_by_its_reader_only_and_an_unchanged_one_is_not_sent_again(
    bursar: Client, stranger: Client, school: make.School
) -> None:
    make.contract(school)
    address = make_address(bursar)
    answer = stranger.download(address)
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    again = stranger.open(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_address_is_shown_once_and_kept_as_a_hash(bursar: Client, session: Session) -> None:
    address = make_address(bursar)
    token = address.rpartition("/")[2].removesuffix(".ics")
    kept = session.scalars(select(CalendarFeed)).one()
    assert token not in kept.token_hash
    assert token not in bursar.get("/contracts/calendar").words


def test_a_form_sent_twice_makes_one_address(bursar: Client, stranger: Client) -> None:
    form = bursar.get("/contracts/calendar").form("Make a calendar address")
    address = address_on(bursar.submit(form))
    assert "was shown already" in bursar.submit(form).words
    stranger.download(address)


def test_a_new_address_and_revoking_make_the_old_one_lead_nowhere(bursar: Client, stranger: Client) -> None:
    first = make_address(bursar)
    second = make_address(bursar, "Make a new address")
    stranger.download(first, status=404)
    stranger.download(second)
    bursar.post("/contracts/calendar/revoke")
    stranger.download(second, status=404)
    bursar.post("/contracts/calendar/revoke", status=404)
    stranger.download("/contracts/calendar/guessed.ics", status=404)


def test_whoever_loses_a_role_loses_its_contracts_in_the_feed_too(
    bursar: Client, stranger: Client, school: make.School
) -> None:
    make.contract(school)
    address = make_address(bursar)
    with transaction() as session:
        session.execute(delete(RoleHolding).where(RoleHolding.person_id == school.bursar.person_id))
    assert not events(stranger, address)


def test_the_picture_holds_the_whole_register_and_a_table_that_says_the_same(
    bursar: Client, school: make.School
) -> None:
    for number in range(60):
        make.contract(
            school,
            title=f"Contract {number}",
            category=("gas", "waste", "catering")[number % 3],
            ends_on=clock.today() + timedelta(days=10 + 20 * number),
            notice_days=5,
            renewal_months=12 if number % 2 else 0,
            extension_months=(12,) if number % 5 == 0 else (),
        )
    make.contract(school, title="Over", ends_on=clock.today() - timedelta(days=1))
    page = bursar.get("/contracts/timeline")
    assert len(page.texts("tbody th")) == 60
    assert "Gas (20)" in page.words
    assert "Renews for 12 months" in page.words
    assert "Over" not in page.words
    filtered = bursar.get("/contracts/timeline?category=waste")
    assert len(filtered.texts("tbody th")) == 20
    assert "No contract found" in bursar.get("/contracts/timeline?q=nothing+like+it").words


def test_an_empty_picture_says_what_to_do(bursar: Client) -> None:
    assert "Nothing to show yet" in bursar.get("/contracts/timeline").words
