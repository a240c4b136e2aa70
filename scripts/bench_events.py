"""How long a million events take to verify, beside reading and hashing them: part of `make bench`.

Makes a chain of events such as actions record, verifies it, changes one byte in the middle and sees that the
verifier names that event. Beside it, the same rows are read by the database's own library and their hashes
are taken once more: less than that no verifier can do. By default in an SQLite file of its own; with
--database in the empty PostgreSQL database at that address.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import flask_migrate
from sqlalchemy import insert, text, update

from app import create_app
from marketplace.core.chain import first_broken_link
from marketplace.core.db import db
from marketplace.core.events import ALSO, GENESIS, ChainHead, Event, EventConcern, fingerprint
from marketplace.core.ids import new_id
from marketplace.core.policy import Act
from marketplace.core.settings import Mode, Settings

EVENTS, A_BATCH = 1_000_000, 10_000
MOST_SECONDS = 60
PEOPLE = [(uuid.uuid4(), name) for name in ("Ruth Adeyemi", "Zoë Łuczak", "Seán O’Brien", "Priya Raman")]
SCHOOLS = [uuid.uuid4() for _ in range(400)]
BEGAN = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
ACTS = (Act.INVOICE_ISSUE, Act.NEED_EDIT, Act.PERSON_SIGN_IN, Act.PAYMENT_RECORD, Act.TENDER_EDIT)


def facts_of(number: int, act: Act) -> dict[str, Any]:
    """What such an event says, as actions say it."""
    if act is Act.INVOICE_ISSUE:
        return {"number": f"100001-2026-{number:07}", ALSO: [str(SCHOOLS[(number + 7) % len(SCHOOLS)])]}
    if act is Act.PAYMENT_RECORD:
        return {"number": f"100001-2026-{number:07}", "payment_id": str(uuid.UUID(int=number))}
    if act is Act.TENDER_EDIT:
        return {"part": "requirements", "reason": "Größere Mengen für das Frühjahr, “as agreed”"}
    return {}


def events(count: int) -> Iterator[Event]:
    """A chain of so many."""
    previous = GENESIS
    for number in range(1, count + 1):
        act = ACTS[number % len(ACTS)]
        person_id, name = PEOPLE[number % len(PEOPLE)]
        event = Event(
            id=new_id(),
            position=number,
            at=BEGAN + timedelta(seconds=7 * number, microseconds=number % 3),
            act=act.value,
            actor_id=person_id,
            actor_name=name,
            subject_id=uuid.UUID(int=number * 31),
            organisation_id=SCHOOLS[number % len(SCHOOLS)] if act is not Act.PERSON_SIGN_IN else None,
            facts=facts_of(number, act),
            previous_hash=previous,
        )
        previous = event.hash = fingerprint(event)
        yield event


def store(count: int) -> None:
    """Store them in large transactions, as no action would, and the head after them."""
    columns = [column.key for column in Event.__table__.columns]
    with db.engine.begin() as connection:
        rows: list[dict[str, Any]] = []
        for event in events(count):
            rows.append({name: getattr(event, name) for name in columns})
            if len(rows) == A_BATCH or event.position == count:
                connection.execute(insert(Event), rows)
                concerns = [
                    {"organisation_id": uuid.UUID(other), "position": row["position"]}
                    for row in rows
                    for other in row["facts"].get(ALSO, ())
                ]
                connection.execute(insert(EventConcern), concerns)
                rows.clear()
        connection.execute(update(ChainHead).values(position=event.position, hash=event.hash))


def read_and_hash() -> None:
    """The least that can be done: read every row as it is stored, and take one hash of it."""
    raw = db.engine.raw_connection()
    try:
        options = {"name": "bench"} if db.engine.dialect.name == "postgresql" else {}
        cursor = raw.cursor(**options)
        cursor.execute("SELECT * FROM event ORDER BY position")
        while rows := cursor.fetchmany(5_000):
            for row in rows:
                hashlib.sha256(repr(row).encode()).hexdigest()
        cursor.close()
    finally:
        raw.close()


def change_one(position: int) -> None:
    """Change one letter of an event, past the triggers."""
    sqlite = db.engine.dialect.name == "sqlite"
    off = "DROP TRIGGER event_no_update" if sqlite else "SET LOCAL session_replication_role = replica"
    with db.engine.begin() as connection:
        connection.execute(text(off))
        connection.execute(
            text("UPDATE event SET actor_name = 'X' || substr(actor_name, 2) WHERE position = :position"),
            {"position": position},
        )


def measure(count: int) -> None:
    """Store, verify, read barely, tamper and verify again; print what was measured."""
    store(count)
    began, used = time.perf_counter(), time.process_time()
    whole = first_broken_link(db.session())
    took, used = time.perf_counter() - began, time.process_time() - used
    assert whole is None, whole
    db.session.rollback()
    began = time.perf_counter()
    read_and_hash()
    bare = time.perf_counter() - began
    change_one(count // 2)
    broken = first_broken_link(db.session())
    assert broken is not None, "the changed event was not found"
    assert broken.record.startswith(f"Event {count // 2} "), broken
    db.session.rollback()
    print(
        f"Events: {count:,} verified in {took:.1f} s ({used:.1f} s of processor time, "
        f"{count / took:,.0f} a second) on {db.engine.dialect.name}; "
        f"only to read and hash them takes {bare:.1f} s: 1 to {took / bare:.1f}; a changed letter was named"
    )
    if used > MOST_SECONDS * count / EVENTS:
        sys.exit(f"More than {MOST_SECONDS} seconds of processor time for a million.")


def main() -> None:
    """Measure in a database of its own on the disk, or in the one that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--database", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="weald-bench-") as folder:
        settings = Settings(
            secret_key="x" * 48,
            database_url=asked.database or f"sqlite:///{Path(folder) / 'weald.sqlite'}",
            files_folder=Path(folder),
            mode=Mode.TEST,
        )
        app = create_app(settings)
        with app.app_context():
            flask_migrate.upgrade()
            measure(asked.events)
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
