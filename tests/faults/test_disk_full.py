"""The disk is full: people are told so, nothing is half written, and it works again once there is room."""

import random
import secrets
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.databases import Database, SqliteDatabase
from tests.faults.audit import audit
from tests.faults.conftest import long_or_short
from tests.faults.customers import Journal, at_work, scene
from tests.faults.forgetful_disk import mounted, why_not
from tests.faults.house import House
from tests.promises import Tally

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.skipif(bool(why_not()), reason=f"No disk can be filled here. {why_not()}"),
]
TIMES_FULL = long_or_short(40, 3)
MOST_ROOM = 400_000
LONGEST = long_or_short(15, 8) / 10


@pytest.mark.long
def test_a_full_disk_is_said_and_nothing_is_half_written(
    app: Flask, database: Database, image: Path, open_house: Callable[..., House], tally: Tally
) -> None:
    """Database, stored files and the queue of jobs share the disk; room runs out at any write."""
    if not isinstance(database, SqliteDatabase):
        pytest.skip("What is tried here is how Weald and SQLite meet a full disk.")
    seed, refused = secrets.randbelow(1_000_000), 0
    chance = random.Random(seed)
    work = scene(app, bidders=2, schools=2)
    house, journal = open_house(data=image), Journal(outages=True)
    with mounted(image) as disk:
        house.move(disk.mounted_at)
        house.open_web()
        house.open_worker()
        house.wait_until_it_answers()
        with at_work(work.customers(house, journal)):
            for _ in range(TIMES_FULL):
                before = journal.told
                disk.leave_room(chance.randrange(MOST_ROOM))
                time.sleep(chance.uniform(LONGEST / 2, LONGEST))
                disk.leave_room(0)
                time.sleep(chance.uniform(LONGEST / 2, LONGEST))
                refused += journal.told > before
                disk.leave_room(None)
                journal.wait_for_work()
        house.close()
        found = audit(house, journal)

    how = f"The disk is full {TIMES_FULL} times"
    tally(2, f"{how}: acknowledged quotes", tries=found.quotes, violations=len(found.lost_quotes))
    tally(4, f"{how}: acknowledged postings", tries=found.postings, violations=len(found.half_posted))
    tally(6, f"{how}: numbers given", tries=found.numbers, violations=len(found.wrong_numbers))
    tally(11, f"{how}: people told so, or served", tries=journal.answers, violations=len(journal.wrong))
    wrong = [*journal.wrong, *found.all]
    assert not wrong, f"seed {seed}: {wrong}"
    assert refused, "Nobody noticed that the disk was full."
