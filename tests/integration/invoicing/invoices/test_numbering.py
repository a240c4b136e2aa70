"""Numbers of invoices have no gap and no twin, whatever fails and whoever is quicker."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.invoices import actions
from invoicing.invoices.actions import series
from invoicing.invoices.models import Invoice
from invoicing.ledger.queries import incomplete_entries
from marketplace.alliance.models import School as SchoolRow
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import RuleBroken, Stale
from tests import make

FAIL = {2, 5, 8}
"""Of ten attempts, those that issue a second draft too, which was changed: so the first is taken back."""


def _serials(session: Session) -> dict[str, list[int]]:
    """The numbers given, by URN, as they stand."""
    found: dict[str, list[int]] = {}
    for number in session.scalars(select(Invoice.number).where(Invoice.number.is_not(None))):
        assert number
        urn, year, serial = number.split("-")
        assert year == str(clock.today().year)
        found.setdefault(urn, []).append(int(serial))
    return {urn: sorted(serials) for urn, serials in found.items()}


def test_an_attempt_that_fails_uses_no_number(app: Flask, session: Session) -> None:
    assert app.testing
    alder, beech = (make.payable_school(school) for school in make.alliance(2).schools)
    for _ in range(3):
        good, bad = make.draft_invoice(alder, beech), make.draft_invoice(alder, beech)
        with pytest.raises(Stale):
            actions.issue_invoices(alder.finance_lead, [(good, make.invoice(good).version), (bad, 99)])
        make.issue(alder, good)
    assert _serials(session) == {alder.urn: [1, 2, 3]}


def test_the_series_of_schools_do_not_touch(app: Flask, session: Session) -> None:
    assert app.testing
    alder, beech = (make.payable_school(school) for school in make.alliance(2).schools)
    for issuer, buyer in ((alder, beech), (beech, alder), (alder, beech)):
        make.issued_invoice(issuer, buyer)
    assert _serials(session) == {alder.urn: [1, 2], beech.urn: [1]}


def test_abuse_18_twelve_people_at_once_failures_and_a_killed_process_leave_no_gap_and_no_twin(
    app: Flask, session: Session
) -> None:
    """Three in ten attempts fail after they took a number, and a process is killed while it holds one."""
    alder, beech, cedar = (make.payable_school(school) for school in make.alliance(3).schools)
    drafts = [
        (issuer, make.draft_invoice(issuer, buyer))
        for _ in range(4)
        for issuer, buyer in ((alder, beech), (alder, cedar), (beech, cedar))
    ]
    seen = [(issuer, draft_id, make.invoice(draft_id).version) for issuer, draft_id in drafts]
    spoilt = {issuer.id: make.draft_invoice(issuer, cedar) for issuer in (alder, beech)}
    wanted = series(db.session().get_one(SchoolRow, alder.id), clock.today().year)

    def issue(turn: int) -> None:
        issuer, draft_id, version = seen[turn % len(seen)]
        chosen = [(draft_id, version), *([(spoilt[issuer.id], 99)] if turn % 10 in FAIL else [])]
        with app.app_context(), suppress(Stale, RuleBroken):
            actions.issue_invoices(issuer.finance_lead, chosen)

    with _process_that_holds_a_number(wanted) as holding, ThreadPoolExecutor(12) as threads:
        attempts = [threads.submit(issue, turn) for turn in range(2 * len(seen))]
        holding.kill()
        for attempt in attempts:
            attempt.result()
    assert holding.returncode == -signal.SIGKILL
    session.rollback()
    serials = _serials(session)
    assert {urn: len(numbers) for urn, numbers in serials.items()} == {alder.urn: 8, beech.urn: 4}
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in serials.values())
    assert not incomplete_entries(session)


def _process_that_holds_a_number(wanted: str) -> subprocess.Popen[str]:
    """Another process that has taken the next number of a series and does not end its transaction."""
    program = (
        "import sys, sqlalchemy as sa; from sqlalchemy.orm import Session;"
        "from marketplace.core import db, ids;"
        "engine = sa.create_engine(sys.argv[1], execution_options={'weald_writes': True});"
        "db.set_up_sqlite(engine);"
        "session = Session(engine); session.info['acting'] = True;"
        "print(ids.next_number(session, sys.argv[2]), flush=True);"
        "sys.stdin.read()"
    )
    url = db.engine.url.render_as_string(hide_password=False)
    started = subprocess.Popen(
        [sys.executable, "-c", program, url, wanted],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(actions.__file__).parents[2],
    )
    assert started.stdout
    assert started.stdout.readline() == "1\n"
    return started
