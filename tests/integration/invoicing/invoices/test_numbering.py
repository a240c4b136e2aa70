"""Numbers of invoices have no gap and no twin, whatever fails and whoever is quicker."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.invoices import actions
from invoicing.invoices.models import Invoice
from invoicing.ledger.queries import incomplete_entries
from marketplace.core import clock
from marketplace.core.errors import Stale
from tests import make


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


def test_people_who_issue_at_the_same_moment_get_numbers_without_gap_or_twin(
    app: Flask, session: Session
) -> None:
    alder, beech, cedar = (make.payable_school(school) for school in make.alliance(3).schools)
    drafts = [
        (issuer, make.draft_invoice(issuer, buyer))
        for _ in range(4)
        for issuer, buyer in ((alder, beech), (alder, cedar), (beech, cedar))
    ]
    seen = [(issuer, draft_id, make.invoice(draft_id).version) for issuer, draft_id in drafts]

    def issue(turn: int) -> None:
        issuer, draft_id, version = seen[turn % len(seen)]
        spoilt = turn % 4 == 3
        with app.app_context(), suppress(Stale):
            actions.issue_invoices(issuer.finance_lead, [(draft_id, version + 7 if spoilt else version)])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(issue, range(2 * len(seen) + 1)))
    issued = {
        draft_id for turn in range(2 * len(seen) + 1) if turn % 4 != 3 for draft_id in [seen[turn % 12][1]]
    }
    session.rollback()
    serials = _serials(session)
    assert sum(len(numbers) for numbers in serials.values()) == len(issued)
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in serials.values())
    assert not incomplete_entries(session)
