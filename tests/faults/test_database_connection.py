"""The database drops connections: in the middle of an action, between two, and all at once for a while."""

import random
import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.core import jobs
from marketplace.core.events import Delivery, DeliveryStatus
from tests.databases import Database, PostgresqlDatabase, plain
from tests.faults.audit import audit
from tests.faults.conftest import long_or_short
from tests.faults.customers import Journal, at_work, scene
from tests.faults.house import House
from tests.promises import Tally

LOSSES = long_or_short(150, 5)
LONGEST_PEACE = long_or_short(3, 2) / 10
SECONDS_TO_DELIVER = 60.0
DROP_ALL = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE datname = %s AND pid <> pg_backend_pid() AND pid <> %s"
)


@pytest.fixture
def server(database: Database) -> Iterator[psycopg.Connection]:
    """A connection to the server, of whoever runs it. Skips the test on the embedded database."""
    if not isinstance(database, PostgresqlDatabase):
        pytest.skip("SQLite is a file: there is no connection that could be lost.")
    with psycopg.connect(plain(database.server), autocommit=True) as connection:
        yield connection


def drop_connections(server: psycopg.Connection, database: PostgresqlDatabase) -> int:
    """Lose every connection to the database but the test's own; how many there were."""
    own = database.connection.info.backend_pid
    found = server.execute(DROP_ALL, (database.name, own)).fetchone()
    assert found
    return int(found[0])


@pytest.mark.long
def test_who_works_while_the_database_drops_connections_loses_nothing(
    app: Flask,
    database: PostgresqlDatabase,
    server: psycopg.Connection,
    open_house: Callable[..., House],
    tally: Tally,
) -> None:
    """Each loss is met with a page that says so, or not noticed at all; the next request works."""
    seed, lost = secrets.randbelow(1_000_000), 0
    chance = random.Random(seed)
    work = scene(app, bidders=2, schools=2)
    house, journal = open_house(), Journal(outages=True)
    house.open_web()
    house.open_worker()
    house.wait_until_it_answers()
    with at_work(work.customers(house, journal)):
        for _ in range(LOSSES):
            time.sleep(chance.uniform(0, LONGEST_PEACE))
            lost += drop_connections(server, database)
    between = 0
    for place in range(LOSSES):
        drop_connections(server, database)
        browser = work.browser(house, work.schools[place % len(work.schools)].bursar)
        between += browser.get("/invoices").status != 200
    waiting = wait_for_deliveries(house)
    house.close()
    found = audit(house, journal)

    how = f"{LOSSES} losses of all connections to PostgreSQL ({lost} in all)"
    tally(2, f"{how}: acknowledged quotes", tries=found.quotes, violations=len(found.lost_quotes))
    tally(4, f"{how}: acknowledged postings", tries=found.postings, violations=len(found.half_posted))
    tally(6, f"{how}: numbers given", tries=found.numbers, violations=len(found.wrong_numbers))
    tally(11, f"{how}: people told so, or served", tries=journal.answers, violations=len(journal.wrong))
    tally(11, "The request after a loss between two requests works", tries=LOSSES, violations=between)
    tally(11, "The worker goes on after its connections are lost", tries=1, violations=int(waiting > 0))
    wrong = [*journal.wrong, *found.all]
    assert not wrong, f"seed {seed}: {wrong}"
    assert not between
    assert not waiting, house.said("worker")[-3000:]


def test_programs_that_start_at_once_on_a_new_database_all_start(
    app: Flask, database: PostgresqlDatabase, server: psycopg.Connection
) -> None:
    assert not server.closed
    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            with database.beside() as new:
                settings = replace(app.extensions["settings"], database_url=new.url)
                for one in [threads.submit(jobs._queue, settings) for _ in range(8)]:
                    one.result().storage.close()


def wait_for_deliveries(house: House) -> int:
    """How many deliveries still wait after a minute."""
    deadline = time.monotonic() + SECONDS_TO_DELIVER
    while True:
        with house.session() as session:
            waiting = session.scalar(
                select(func.count()).where(Delivery.status == DeliveryStatus.WAITING).select_from(Delivery)
            )
        if not waiting or time.monotonic() > deadline:
            return waiting or 0
        time.sleep(0.2)
