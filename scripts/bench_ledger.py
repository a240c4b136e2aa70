"""How fast invoices are posted, beside what SQLite itself can do: part of `make bench`.

Posts the entry of an invoice with VAT in both schools' books, with its event, each in a transaction of its
own by the one door through which money is written. Beside it, in the same file and with the same settings
(write-ahead log, synchronous=FULL), one row is inserted and committed at a time. Both take turns, so that
other work on the machine meets both alike. Prints both rates and their ratio.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
import uuid
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import flask_migrate

from app import create_app
from invoicing.ledger import queries
from invoicing.ledger.actions import post
from invoicing.ledger.rules import AccountKind, AccountName, Leg
from marketplace.alliance.models import Organisation
from marketplace.core import clock, events
from marketplace.core.db import db, transaction
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import SYSTEM, Act, Kind
from marketplace.core.settings import Mode, Settings

TURNS, A_TURN = 10, 50
NET, VAT = Money(100_00), Money(20_00)


def legs(issuer: uuid.UUID, buyer: uuid.UUID) -> list[Leg]:
    """What an invoice with VAT charges, in both schools' books."""
    receivable = AccountName(issuer, AccountKind.RECEIVABLE, buyer)
    payable = AccountName(buyer, AccountKind.PAYABLE, issuer)
    return [
        Leg(receivable, AccountName(issuer, AccountKind.INCOME), NET),
        Leg(AccountName(buyer, AccountKind.EXPENSE), payable, NET),
        Leg(receivable, AccountName(issuer, AccountKind.VAT_OUTPUT), VAT),
        Leg(AccountName(buyer, AccountKind.VAT_INPUT), payable, VAT),
    ]


def two_schools() -> tuple[uuid.UUID, uuid.UUID]:
    """Whose books are written."""
    with transaction() as session:
        both = [Organisation(kind=Kind.SCHOOL, name=name, created_at=clock.now()) for name in ("Ash", "Elm")]
        session.add_all(both)
        session.flush()
        return both[0].id, both[1].id


def post_some(issuer: uuid.UUID, buyer: uuid.UUID) -> None:
    """Post some invoices, each with its event in a transaction of its own."""
    for _ in range(A_TURN):
        entry_id = new_id()
        with transaction() as session:
            post(
                session,
                entry_id,
                posted_on=clock.today(),
                description="Invoice",
                source_id=entry_id,
                legs=legs(issuer, buyer),
            )
            events.record(session, SYSTEM, Act.INVOICE_ISSUE, entry_id, organisation_id=issuer)


def insert_some(connection: sqlite3.Connection) -> None:
    """Insert and commit rows one at a time, past everything of ours."""
    for _ in range(A_TURN):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO bench (id, at, amount) VALUES (?, ?, ?)",
            (uuid.uuid4().hex, datetime.now(UTC).isoformat(), 12_000),
        )
        connection.execute("COMMIT")


def measure(file: Path) -> tuple[float, float]:
    """Seconds of posting and of raw transactions, in turns."""
    issuer, buyer = two_schools()
    post_some(issuer, buyer)
    posting = inserting = 0.0
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE bench (id TEXT PRIMARY KEY, at TEXT, amount INTEGER)")
        for _ in range(TURNS):
            began = time.perf_counter()
            post_some(issuer, buyer)
            between = time.perf_counter()
            insert_some(connection)
            posting += between - began
            inserting += time.perf_counter() - between
    owed = queries.balance(db.session(), AccountName(issuer, AccountKind.RECEIVABLE, buyer))
    assert owed == (NET + VAT) * (A_TURN * (TURNS + 1)), "what was posted is not what stands"
    return posting, inserting


def main() -> None:
    """Measure in a database of its own on the disk, and print."""
    with tempfile.TemporaryDirectory(prefix="weald-bench-") as folder:
        file = Path(folder) / "weald.sqlite"
        settings = Settings(
            secret_key="x" * 48, database_url=f"sqlite:///{file}", files_folder=Path(folder), mode=Mode.TEST
        )
        app = create_app(settings)
        with app.app_context():
            flask_migrate.upgrade()
            posting, inserting = measure(file)
            db.session.remove()
            db.engine.dispose()
    counted = TURNS * A_TURN
    ratio = posting / inserting
    print(
        f"Ledger: {counted / posting:,.0f} invoices of 4 legs posted a second with their events; "
        f"{counted / inserting:,.0f} raw SQLite transactions a second: 1 to {ratio:.1f}"
    )


if __name__ == "__main__":
    main()
