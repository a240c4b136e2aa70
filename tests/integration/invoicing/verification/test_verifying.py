"""Whatever is changed behind our back, the verifier names it: which record, what stands, what should."""

from __future__ import annotations

import csv
import io
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from invoicing.verification import jobs, queries
from invoicing.verification.rules import Found
from marketplace.core import clock, storage
from marketplace.core.db import transaction
from marketplace.core.events import Event
from marketplace.core.mail import Message
from marketplace.core.policy import Act
from marketplace.core.settings import PROJECT
from tests import make
from tests.make import money

NIGHT = datetime(2026, 11, 13, 2, 1, tzinfo=UTC)
CHECKS = {check.name: look for check, look in queries.CHECKS.items()}
TAMPERED = PROJECT / "tests" / "data" / "tampering.csv"
"""What somebody does with the database behind our back, and how the check for it names the record."""


def put_guards_to_sleep(session: Session) -> None:
    """What an operator can do who has the database: neither triggers nor keys hold."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
        return
    session.execute(text("PRAGMA defer_foreign_keys = ON"))
    session.execute(text("PRAGMA ignore_check_constraints = ON"))
    triggers = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
    for trigger in triggers:
        session.execute(text(f'DROP TRIGGER "{trigger}"'))


def missed(session: Session, check: str, statement: str, said: str) -> list[str]:
    """What a check says of a tampering that is taken back at once; nothing when it names it."""
    tampering, found = session.begin_nested(), Found()
    session.execute(text(statement))
    CHECKS[check](session, found)
    tampering.rollback()
    session.expire_all()
    told = [str(one) for one in found.kept]
    return [] if any(said in one for one in told) else [f"{check}: {statement}", *told]


@pytest.mark.usefixtures("app")
def test_whatever_is_changed_behind_our_back_is_named_by_the_check_for_it() -> None:
    money.some_of_everything()
    with TAMPERED.open(newline="", encoding="utf-8") as lines:
        tampered = list(csv.DictReader(lines))
    with transaction() as session:
        put_guards_to_sleep(session)
        assert [line for one in tampered for line in missed(session, **one)] == []
        session.rollback()
    assert {one["check"] for one in tampered} == set(CHECKS) - {"Quotes"}
    outcomes = list(queries.verify(make.fresh()))
    assert [one.check.name for one in outcomes if one.differing or not one.counted] == ["Quotes"]


def test_the_command_says_what_differs_and_exits_with_one_and_the_night_tells_who_must_know(
    app: Flask, files_folder: Path
) -> None:
    settled = money.some_of_everything()
    runner = app.test_cli_runner()
    well = runner.invoke(args=["verify"])
    assert (well.exit_code, well.output.splitlines()[-1]) == (0, "Nothing differs.")
    assert [line.partition(":")[0] for line in well.output.splitlines()[:-1]] == list(CHECKS)
    with clock.travelling(NIGHT):
        assert jobs.verify_once_a_night()
        assert not jobs.verify_once_a_night()
    with transaction() as session:
        put_guards_to_sleep(session)
        session.execute(text("UPDATE invoice_line SET net = net + 1 WHERE position = 2"))
        stored = storage.store(session, io.BytesIO(b"of this test %d" % time.time_ns()), "text/plain")
        damaged = files_folder / stored.sha256[:2] / stored.sha256[2:]
    damaged.write_bytes(b"something else")
    answer = runner.invoke(args=["verify"])
    assert answer.exit_code == 1
    assert "Invoices: 2 looked at, DIFFERENCES: 3" in answer.output
    assert "line 2: £100.00 stands, £99.99 should" in answer.output
    assert f"File {damaged.parent.name}{damaged.name} (text/plain): content with the hash " in answer.output
    with clock.travelling(NIGHT + timedelta(hours=22)):
        assert not jobs.verify_once_a_night(), "before two in the morning"
    with clock.travelling(NIGHT + timedelta(days=1)):
        assert jobs.verify_once_a_night()
    session = make.fresh()
    nights = session.scalars(
        select(Event.facts).where(Event.act == Act.BOOKS_VERIFY).order_by(Event.position)
    )
    assert [night["differing"] for night in nights] == [{}, {"Invoices": 3, "Files": 1}]
    (letter,) = session.scalars(select(Message).where(Message.subject.startswith("Something stored")))
    assert settled.alliance.auditor.name in letter.body
    assert "Invoices: 2 looked at, DIFFERENCES: 3" in letter.body
    assert "£99.99" not in letter.body, "an auditor of another alliance would read it, too"
    damaged.unlink()
