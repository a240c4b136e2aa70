"""`kill -9` of the web server and the worker, while quotes are submitted and invoices are posted."""

import random
import secrets
import time
from collections.abc import Callable

import pytest
from flask import Flask

from tests.databases import Database, PostgresqlDatabase, SqliteDatabase
from tests.faults.audit import audit, leaks, strangers_see
from tests.faults.conftest import long_or_short
from tests.faults.customers import Journal, at_work, scene
from tests.faults.house import House, named
from tests.promises import Tally

KILLS = {SqliteDatabase: long_or_short(220, 6), PostgresqlDatabase: 60}
STRANGERS = long_or_short(100, 5)
LONGEST_LIFE = 0.8


def kill_somebody(house: House, chance: random.Random) -> None:
    """Kill one of the programs, or both, and start it again."""
    match chance.choice(("web", "web", "processes", "worker", "both")):
        case "web":
            house.kill_web()
            house.open_web()
        case "processes":
            house.kill_web_process()
        case "worker":
            house.kill_worker()
            house.open_worker()
        case _:
            house.close()
            house.open_web()
            house.open_worker()


@pytest.mark.long
@pytest.mark.embedded
def test_who_was_told_that_it_is_done_finds_it_done_whatever_is_killed(
    app: Flask, database: Database, open_house: Callable[..., House], tally: Tally
) -> None:
    """On PostgreSQL in the long form only: `make test` asks it of the embedded database."""
    seed, killed = secrets.randbelow(1_000_000), 0
    chance = random.Random(seed)
    work = scene(app, bidders=2, schools=2)
    house, journal = open_house(), Journal()
    house.open_web()
    house.open_worker()
    house.wait_until_it_answers()
    with at_work(work.customers(house, journal)):
        while killed < KILLS[type(database)] and not journal.wrong:
            journal.wait_for_work()
            time.sleep(chance.uniform(0, LONGEST_LIFE))
            kill_somebody(house, chance)
            killed += 1
    house.kill_worker()
    house.wait_until_it_answers()
    asked, seen = strangers_see(house, work, journal, STRANGERS)
    house.close()
    found, leaked = audit(house, journal), leaks(house)

    how = f"{killed} kills (-9) of web and worker on {named(database)}"
    tally(1, f"{how}: sealed quotes sought on the disk", tries=found.quotes, violations=len(leaked))
    tally(2, f"{how}: acknowledged quotes", tries=found.quotes, violations=len(found.lost_quotes))
    tally(4, f"{how}: acknowledged postings", tries=found.postings, violations=len(found.half_posted))
    tally(6, f"{how}: numbers given", tries=found.numbers, violations=len(found.wrong_numbers))
    tally(7, f"{how}: strangers at quotes and invoices", tries=asked, violations=len(seen))
    tally(11, f"{how}: work went on", tries=killed, violations=len(journal.wrong))
    wrong = [*journal.wrong, *found.all, *leaked, *seen]
    assert not wrong, f"seed {seed}: {wrong}"
    assert journal.broken, "Nobody noticed a kill."
