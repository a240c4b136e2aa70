"""Power cuts, on a disk that forgets what was not synced."""

import contextlib
import io
import random
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from marketplace.core import storage
from tests.databases import Database, SqliteDatabase
from tests.faults.audit import audit
from tests.faults.conftest import long_or_short
from tests.faults.customers import Journal, at_work, scene
from tests.faults.forgetful_disk import Disk, mounted, why_not
from tests.faults.house import House
from tests.promises import Tally

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.skipif(bool(why_not()), reason=f"No power can be cut here. {why_not()}"),
]
CUTS = long_or_short(60, 2)
LONGEST_LIFE = 1.0


def commit_some(disk: Disk, synchronous: str, rows: int) -> int:
    """Commit rows to a database on a disk; how many it had before."""
    with closing(sqlite3.connect(disk.mounted_at / "rows.sqlite", isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE IF NOT EXISTS kept (row)")
        had: int = connection.execute("SELECT count(*) FROM kept").fetchone()[0]
        for row in range(rows):
            connection.execute("INSERT INTO kept VALUES (?)", (row,))
        disk.cut(None)
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute("INSERT INTO kept VALUES (-1)")
            pytest.fail("A disk without power took a row.")
    return had


@pytest.mark.parametrize(("synchronous", "left"), [("FULL", 25), ("NORMAL", 0)])
def test_the_disk_forgets_what_is_not_synced_and_nothing_else(
    image: Path, synchronous: str, left: int
) -> None:
    """So a power cut in these tests can lose something, and does where somebody does not sync."""
    with mounted(image) as disk:
        assert commit_some(disk, "FULL", 5) == 0
    with mounted(image) as disk:
        assert commit_some(disk, synchronous, 20) == 5
    with mounted(image) as disk:
        assert commit_some(disk, "FULL", 0) == max(left, 5)


@pytest.mark.parametrize("content", [b"first", b"second"])
def test_a_stored_file_outlives_a_power_cut_with_the_folder_that_was_made_for_it(
    app: Flask, image: Path, content: bytes
) -> None:
    known = app.extensions["settings"]
    try:
        with mounted(image) as disk:
            app.extensions["settings"] = replace(known, files_folder=disk.mounted_at / "files" / "kept")
            written = storage.write(io.BytesIO(content))
            disk.cut(None)
        with mounted(image) as disk:
            app.extensions["settings"] = replace(known, files_folder=disk.mounted_at / "files" / "kept")
            assert storage.read(written.sha256) == content
    finally:
        app.extensions["settings"] = known


@pytest.mark.long
def test_what_was_acknowledged_outlives_every_power_cut(
    app: Flask, database: Database, image: Path, open_house: Callable[..., House], tally: Tally
) -> None:
    """Half of the cuts lose everything that was not synced, the others a part of it, block by block."""
    if not isinstance(database, SqliteDatabase):
        pytest.skip("The power of PostgreSQL is not cut: what is tried here is how Weald uses SQLite.")
    seed = secrets.randbelow(1_000_000)
    chance = random.Random(seed)
    work = scene(app, bidders=2, schools=2)
    house, journal = open_house(data=image), Journal()
    with at_work(work.customers(house, journal)) as finish:
        while journal.cuts < CUTS and not journal.wrong:
            with mounted(image) as disk:
                live_until_cut(house, journal, disk, chance)
        with mounted(image) as disk:
            house.move(disk.mounted_at)
            house.open_web()
            journal.cutting = False
            finish()
            house.close()
            found = audit(house, journal)

    how = f"{journal.cuts} power cuts"
    tally(2, f"{how}: acknowledged quotes", tries=found.quotes, violations=len(found.lost_quotes))
    tally(4, f"{how}: acknowledged postings", tries=found.postings, violations=len(found.half_posted))
    tally(6, f"{how}: numbers given", tries=found.numbers, violations=len(found.wrong_numbers))
    tally(11, f"{how}: work went on", tries=journal.cuts, violations=len(journal.wrong))
    wrong = [*journal.wrong, *found.all]
    assert not wrong, f"seed {seed}: {wrong}"


def live_until_cut(house: House, journal: Journal, disk: Disk, chance: random.Random) -> None:
    """Open the house on a disk, let people work, cut the power, and let the programs die with it."""
    house.move(disk.mounted_at)
    house.open_web()
    house.open_worker()
    journal.cutting = False
    journal.wait_for_work()
    time.sleep(chance.uniform(0, LONGEST_LIFE))
    journal.cutting = True
    journal.cuts += 1
    disk.cut(chance.choice((None, chance.randrange(1_000_000))))
    house.close()
