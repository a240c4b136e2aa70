"""A batch issues each invoice by itself, and goes on from where it was whatever dies."""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pypdf import PdfReader
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from invoicing.gateways import pdf
from invoicing.gateways.workers import Limits, Workers
from invoicing.invoices import actions as invoice_actions
from invoicing.invoices.batches import actions, jobs, queries
from invoicing.invoices.batches.queries import Progress, Wanted
from invoicing.invoices.batches.rules import Which, fingerprint
from invoicing.invoices.models import Invoice
from marketplace.core import storage
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.ids import new_id
from tests import make
from tests.make import School


@pytest.fixture
def schools(session: Session) -> tuple[School, ...]:  # noqa: ARG001  # it needs the database
    """Three schools that can be paid."""
    return tuple(make.payable_school(school) for school in make.alliance(3).schools)


def started(session: Session, school: School) -> uuid.UUID:
    """A batch of all drafts of a school, by its finance lead; its id."""
    batch_id, wanted = new_id(), Wanted(school.id)
    found = queries.drafts_found(session, school.finance_lead, wanted)
    actions.start_batch(school.finance_lead, batch_id, wanted, [], which=Which.ALL, seen=fingerprint(found))
    return batch_id


def numbers(session: Session) -> list[str]:
    """The last part of each number that was given, in order."""
    session.rollback()
    given = session.scalars(select(Invoice.number).where(Invoice.number.is_not(None)))
    return sorted(str(number)[-4:] for number in given)


@contextmanager
def when_the_second_is_about_to_be_stored(happens: Callable[[], None]) -> Iterator[None]:
    """Call something when the second invoice of a run has its number and its files, and is not stored yet."""
    commits: list[int] = []

    def about_to_store(session: Session) -> None:
        if any(isinstance(row, Invoice) and row.number for row in session.identity_map.values()):
            commits.append(1)
            if len(commits) == 2:
                happens()

    event.listen(Session, "before_commit", about_to_store)
    try:
        yield
    finally:
        event.remove(Session, "before_commit", about_to_store)
    assert len(commits) > 1


def test_what_cannot_be_issued_is_set_aside_without_a_number_and_holds_up_no_other(
    schools: tuple[School, ...], session: Session
) -> None:
    alder, beech, cedar = schools
    drafts = [make.draft_invoice(alder, buyer) for buyer in (beech, beech, cedar, cedar)]
    batch_id = started(session, alder)
    changed = make.invoice(drafts[1])
    invoice_actions.edit_invoice(
        alder.bursar, changed.id, changed.version, make.invoice_terms(beech, make.line("90.00"))
    )
    jobs.go_on()
    assert numbers(session) == ["0001", "0002", "0003"]
    assert queries.progress(session, batch_id) == Progress(waiting=0, issued=3, set_aside=1, stopped=0)
    (left,) = queries.set_aside(session, batch_id)
    assert (left.invoice_id, left.still_draft) == (drafts[1], True)
    assert "changed after it was checked" in left.reason
    assert queries.get_batch(session, alder.bursar, batch_id).finished_at
    with pytest.raises(NotFound):
        queries.get_batch(session, beech.finance_lead, batch_id)


def test_a_stopped_batch_issues_no_more_and_one_sent_twice_is_one(
    schools: tuple[School, ...], session: Session
) -> None:
    alder, beech, _ = schools
    make.draft_invoice(alder, beech)
    with pytest.raises(Forbidden):
        actions.start_batch(alder.bursar, new_id(), Wanted(alder.id), [], which=Which.ALL, seen="")
    batch_id = started(session, alder)
    assert not queries.drafts_found(session, alder.finance_lead, Wanted(alder.id))
    actions.start_batch(alder.finance_lead, batch_id, Wanted(alder.id), [], which=Which.ALL, seen="")
    assert actions.stop_batch(alder.finance_lead, batch_id) == 1
    jobs.go_on()
    assert not numbers(session)
    assert queries.progress(session, batch_id).stopped == 1
    assert actions.stop_batch(alder.finance_lead, batch_id) == 0


@pytest.mark.embedded
def test_a_batch_goes_on_from_where_it_was_when_a_process_dies_and_uses_no_number_twice(
    schools: tuple[School, ...], session: Session
) -> None:
    """First the worker itself is cut off, then a process that draws for it is killed: by kill -9."""
    alder, beech, _ = schools
    drafts = [make.draft_invoice(alder, beech, make.line(f"{price}.00")) for price in range(1, 7)]
    batch_id = started(session, alder)
    dead: list[int] = []

    def cut_off() -> None:
        raise SystemExit

    def kill() -> None:
        (drawing,) = multiprocessing.active_children()
        assert drawing.pid
        os.kill(drawing.pid, signal.SIGKILL)
        dead.append(drawing.pid)

    with when_the_second_is_about_to_be_stored(cut_off), pytest.raises(SystemExit):
        jobs.go_on()
    session.rollback()
    assert queries.progress(session, batch_id) == Progress(waiting=5, issued=1, set_aside=0, stopped=0)
    workers = Workers(1, Limits(documents=100))
    pdf.draw_apart(workers)
    try:
        with when_the_second_is_about_to_be_stored(kill):
            jobs.go_on()
        assert dead[0] not in [child.pid for child in multiprocessing.active_children()]
    finally:
        pdf.draw_apart(None)
        workers.close()
    assert queries.progress(session, batch_id) == Progress(waiting=0, issued=6, set_aside=0, stopped=0)
    assert numbers(session) == [f"{serial:04d}" for serial in range(1, 7)]
    for invoice in map(make.invoice, drafts):
        assert invoice.document_sha256
        words = PdfReader(io.BytesIO(storage.read(invoice.document_sha256))).pages[0].extract_text()
        assert invoice.number
        assert invoice.number in words
        assert str(invoice.total) in words
