"""Two web servers and two workers on one PostgreSQL and one bucket lose nothing and do nothing twice."""

import http.client
import os
import random
import secrets
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import func, select

from marketplace.core import storage
from marketplace.core.events import Delivery, DeliveryStatus
from marketplace.core.mail import Message, MessageStatus
from marketplace.core.stores.kept import Store
from tests import buckets, make
from tests.databases import Database
from tests.faults.audit import audit
from tests.faults.browser import Answer, Browser
from tests.faults.conftest import LONG, long_or_short
from tests.faults.customers import Journal, at_work, scene
from tests.faults.house import House, opened
from tests.faults.nursery import HOST, Nursery
from tests.promises import Tally

pytestmark = pytest.mark.skipif(
    not LONG or os.environ.get("TEST_DATABASE") != "postgresql",
    reason="several machines share a PostgreSQL, and files that nothing else has made: make test-faults",
)
ACKNOWLEDGED = long_or_short(150, 20)
KILLS = long_or_short(20, 2)
SECONDS_TO_DRAIN = 90.0
LONGEST_LIFE = 1.0
GLANCE = 0.1


class Postbox:
    """A mail server that counts how often it was given each message."""

    def __init__(self) -> None:
        self.given: Counter[str] = Counter()

    async def handle_DATA(self, _: object, __: object, envelope: object) -> str:  # noqa: N802  # aiosmtpd's name
        content: bytes = envelope.content  # type: ignore[attr-defined]  # as above
        named = str(message_from_bytes(content)["Message-ID"]).partition("@")[0]
        self.given[named.rpartition(".")[2]] += 1
        return "250 taken"


@dataclass(frozen=True)
class Outside:
    """What both houses use: a bucket for files, and a mail server."""

    bucket: buckets.Bucket
    letters: Postbox
    environment: Mapping[str, str]
    folder: Store

    def fill(self) -> None:
        """Put into the bucket what the scene refers to and an earlier test of this run left in the folder."""
        for sha256 in make.fresh().scalars(select(storage.StoredFile.sha256)):
            if not storage.is_kept(sha256):
                with closing(self.folder.open(sha256)) as content:
                    storage.write(content)


@pytest.fixture
def outside(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    """A bucket, which the test itself uses too, and a mail server."""
    kept, folder = Postbox(), storage.kept_in()
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    server = Controller(kept, hostname=HOST, port=port)
    server.start()
    with buckets.running() as endpoint:
        bucket = buckets.made(endpoint)
        shared = replace(app.extensions["settings"], files_store=bucket.address, s3_endpoint=endpoint)
        monkeypatch.setitem(app.extensions, "settings", shared)
        yield Outside(bucket, kept, {**bucket.settings(), "SMTP_URL": f"smtp://{HOST}:{port}"}, folder)
    server.stop()


@dataclass(frozen=True, slots=True)
class WanderingBrowser(Browser):
    """A browser that is led to another web server each time, as it happens to come."""

    ports: tuple[int, ...] = ()

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask whoever comes."""
        return Browser(random.choice(self.ports), self.cookie, self.token).ask(method, path, body, headers)


@dataclass(frozen=True)
class Town:
    """Houses that share everything but their walls."""

    houses: tuple[House, ...]

    def browser(self, cookie: str = "", token: str = "") -> Browser:
        """A browser of somebody with this session, at no house in particular."""
        ports = tuple(house.port for house in self.houses)
        return WanderingBrowser(ports[0], cookie, token, ports)

    def kill_somebody(self, chance: random.Random) -> None:
        """Kill the web server or the worker of a house, and start it again."""
        house = chance.choice(self.houses)
        if chance.random() < 0.5:
            house.kill_web()
            house.open_web()
        else:
            house.kill_worker()
            house.open_worker()


@pytest.fixture
def town(
    nursery: Nursery, app: Flask, database: Database, tmp_path: Path, outside: Outside
) -> Iterator[Town]:
    """Two houses, in which nothing runs yet."""
    with ExitStack() as stack:
        houses = []
        for name in ("north", "south"):
            folder = tmp_path / name
            folder.mkdir()
            house = opened(nursery, app, database, folder, data=folder / "own", **outside.environment)
            houses.append(stack.enter_context(house))
        yield Town(tuple(houses))


def acknowledged(journal: Journal) -> int:
    return len(journal.quotes) + len(journal.invoices) + len(journal.payments)


def wait_until(true: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(GLANCE)
    return True


def downloaded(house: House, cookie: str, path: str) -> bytes:
    """A file as one house gives it."""
    connection = http.client.HTTPConnection(HOST, house.port, timeout=40)
    try:
        connection.request("GET", path, headers={"Cookie": cookie})
        return connection.getresponse().read()
    finally:
        connection.close()


def everything_is_done(house: House) -> bool:
    """Has every event reached whom it was for, and was every letter sent?"""
    with house.session() as session:
        waiting = session.scalar(
            select(func.count()).select_from(Delivery).where(Delivery.status == DeliveryStatus.WAITING)
        )
        letters = session.scalar(
            select(func.count()).select_from(Message).where(Message.status == MessageStatus.WAITING)
        )
    return not waiting and not letters


def files_in(town: Town) -> set[Path]:
    """What lies in the houses' own folders."""
    return {one for house in town.houses for one in house.files.parent.rglob("*") if one.is_file()}


def work_is_done_twice(house: House, letters: Postbox) -> list[str]:
    """Letters that were sent twice, or never, though nobody died."""
    with house.session() as session:
        written = [str(one) for one in session.scalars(select(Message.id))]
    return [f"{one} was sent {times} times" for one in written if (times := letters.given[one]) != 1]


def test_several_web_servers_and_workers_lose_nothing_and_keep_nothing_of_their_own(
    app: Flask, town: Town, outside: Outside, tally: Tally
) -> None:
    seed, killed = secrets.randbelow(1_000_000), 0
    chance, journal, before = random.Random(seed), Journal(outages=True), files_in(town)
    work = scene(app, bidders=2, schools=2)
    outside.fill()
    for house in town.houses:
        house.open_web()
        house.open_worker()
    for house in town.houses:
        house.wait_until_it_answers()
    with at_work(work.customers(town, journal)):  # type: ignore[arg-type]  # it asks for browsers only
        assert wait_until(lambda: acknowledged(journal) >= ACKNOWLEDGED or bool(journal.wrong), 300)
    first = town.houses[0]
    drained = wait_until(lambda: everything_is_done(first), SECONDS_TO_DRAIN)
    wrong_letters = work_is_done_twice(first, outside.letters)

    with at_work(work.customers(town, journal)):  # type: ignore[arg-type]  # as above
        while killed < KILLS and not journal.wrong:
            time.sleep(chance.uniform(0, LONGEST_LIFE))
            town.kill_somebody(chance)
            killed += 1
    for house in town.houses:
        house.kill_worker()
        house.wait_until_it_answers()
    cookie = work.sessions[work.schools[0].bursar.person_id][0]
    path = f"/invoices/{next(iter(journal.invoices))}/pdf"
    shown = [downloaded(house, cookie, path) for house in town.houses]
    found = audit(first, journal)
    own = files_in(town) - before

    how = "two web servers and two workers on one PostgreSQL and one bucket"
    tally(2, f"{how}, {killed} kills: quotes", tries=found.quotes, violations=len(found.lost_quotes))
    tally(4, f"{how}, {killed} kills: postings", tries=found.postings, violations=len(found.half_posted))
    tally(6, f"{how}, {killed} kills: numbers", tries=found.numbers, violations=len(found.wrong_numbers))
    letters = sum(outside.letters.given.values())
    tally(11, f"{how}: letters, each once", tries=letters, violations=len(wrong_letters) + (not drained))
    assert not [*journal.wrong, *found.all, *wrong_letters], f"seed {seed}"
    assert drained, "something waits that nobody does"
    assert shown[0].startswith(b"%PDF")
    assert shown[0] == shown[1], "both give the same file"
    assert not own, "a house keeps nothing of its own"
    assert letters
