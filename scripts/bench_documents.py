"""How fast invoices are drawn, and a thousand of them issued as one job: part of `make bench`.

A thousand drafts are issued on an SQLite database that syncs every write, by the job that the worker runs and
two processes that draw: numbers, e-invoices, entries in the books, letters and all. In the same run the same
pages are drawn by bare WeasyPrint, in this process. Memory is that of all processes together, looked at every
tenth of a second. Ends with 1 when a number is missing or there twice, or when a target is missed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import flask_migrate
from argon2 import PasswordHasher
from sqlalchemy import select
from weasyprint import HTML

from app import create_app
from invoicing.gateways import pdf
from invoicing.gateways.drawing import Enclosure, Order
from invoicing.gateways.workers import Workers, draw_here
from invoicing.invoices import ahead
from invoicing.invoices.actions import particulars_when_issued
from invoicing.invoices.batches import actions, jobs, queries
from invoicing.invoices.batches.queries import Wanted
from invoicing.invoices.batches.rules import Which, fingerprint
from invoicing.invoices.e_invoices import writing
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import VatCategory
from marketplace.alliance import passwords
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.settings import Mode, Settings
from tests import make
from tests.make import School

INVOICES, PAGES, CORES = 1_000, 20, 2
MOST_SECONDS, MOST_MEGABYTES, MOST_WARM_MILLISECONDS = 90, 1_000, 250
GLANCE = 0.1
KILOBYTE, MEGABYTE = 1024, 1024 * 1024


def prepare(invoices: int) -> School:
    """A registered school with so many drafts to its neighbours, by the actions that people use."""
    first, *others = make.alliance(12).schools
    make.payable_school(first, vat_number=make.VAT_NUMBERS[0])
    for other in others:
        make.payable_school(other)
    for place in range(invoices):
        make.draft_invoice(
            first,
            others[place % len(others)],
            make.line(
                f"{40 + place / 100:.2f}",
                "2.5",
                "Network manager",
                unit="hours",
                category=VatCategory.STANDARD,
            ),
            make.line("12.34", "3", "Reading books", category=VatCategory.ZERO),
            purchase_order=f"PO {place}",
        )
    return first


def order(school: School) -> Order:
    """What the first draft is drawn from."""
    found = queries.drafts_found(db.session(), school.finance_lead, Wanted(school.id))
    (draft,) = queries.drafts_shown(db.session(), [found[0][0]])
    content = ahead.content_of(db.session(), draft, particulars_when_issued(draft, 1, clock.today()))
    written = writing.write(content.e_invoice)
    return pdf.order(
        "print/invoice.html",
        Enclosure(written.cii, clock.now()),
        issuer=school.name,
        reference="1",
        document=content.document,
        logo=content.logo,
    )


def seconds_each(draw: object) -> tuple[float, float]:
    """Seconds on the wall, and of the processor, that drawing takes once it is warm."""
    draw()  # type: ignore[operator]
    wall, processor = time.perf_counter(), time.process_time()
    for _ in range(PAGES):
        draw()  # type: ignore[operator]
    return (time.perf_counter() - wall) / PAGES, (time.process_time() - processor) / PAGES


def processor_seconds() -> float:
    """The work of this process and of those it had that have ended."""
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime


def resident() -> int:
    """The bytes in memory of this process and of those that draw."""
    total = 0
    for process_id in ("self", *(str(child.pid) for child in multiprocessing.active_children())):
        try:
            status = Path(f"/proc/{process_id}/status").read_text("ascii")
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)
    return total * KILOBYTE


@contextmanager
def peak() -> Iterator[list[int]]:
    """The most memory that was in use meanwhile, as the one element of a list."""
    most, over = [0], threading.Event()

    def look() -> None:
        while not over.wait(GLANCE):
            most[0] = max(most[0], resident())

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield most
    finally:
        over.set()
        looking.join()


def issue_all(school: School) -> tuple[float, int, list[int]]:
    """Issue every draft as one batch: seconds, the most bytes in memory, and the serial numbers given."""
    wanted = Wanted(school.id)
    seen = fingerprint(queries.drafts_found(db.session(), school.finance_lead, wanted))
    actions.start_batch(school.finance_lead, new_id(), wanted, [], which=Which.ALL, seen=seen)
    with peak() as most:
        began = time.perf_counter()
        while queries.unfinished(db.session()):
            jobs.go_on()
        took = time.perf_counter() - began
    given = db.session.scalars(select(Invoice.number).where(Invoice.number.is_not(None)))
    return took, most[0], sorted(int(str(number).rpartition("-")[2]) for number in given)


def report(school: School, invoices: int) -> int:
    """Measure, print, and say whether the targets are met."""
    wanted = order(school)
    bare, bare_processor = seconds_each(lambda: HTML(string=wanted.html).write_pdf(pdf_variant="pdf/a-3a"))
    ours, ours_processor = seconds_each(lambda: draw_here(wanted))
    workers = Workers()
    pdf.draw_apart(workers)
    try:
        warm, _ = seconds_each(lambda: pdf.draw(wanted))
        before = processor_seconds()
        took, most, given = issue_all(school)
    finally:
        workers.close()
    worked = processor_seconds() - before
    print(f"One page, warm: {warm * 1000:.0f} ms from asking to PDF (target {MOST_WARM_MILLISECONDS})")
    for words, wall, processor in (
        ("bare WeasyPrint, without our style", bare, bare_processor),
        ("ours in one process, to be kept", ours, ours_processor),
    ):
        print(f"  {words}: {1 / wall:.1f} pages a second ({processor * 1000:.0f} ms of work each)")
    each = f"{len(given) / took:.1f} a second"
    print(f"{len(given):,} invoices issued as one job: {took:.1f} s (target {MOST_SECONDS}), {each}")
    idle = f"which two idle cores do in {worked / CORES:.0f} s"
    print(f"  work of all processes: {worked:.0f} s of the processor, {idle}")
    print(f"  most memory, all processes: {most / MEGABYTE:.0f} MB (target {MOST_MEGABYTES})")
    right = given == list(range(1, invoices + 1))
    print("  numbers without gap or twin" if right else "  NUMBERS WRONG")
    fast = took <= MOST_SECONDS * invoices / INVOICES and warm * 1000 <= MOST_WARM_MILLISECONDS
    kept = right and fast and most <= MOST_MEGABYTES * MEGABYTE
    print("  kept" if kept else "  BROKEN")
    return 0 if kept else 1


def main() -> int:
    """Prepare a database of its own, and measure."""
    sys.modules["__main__"].__file__ = None  # else each process that draws loads this script and all of this
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=INVOICES)
    invoices = parser.parse_args().invoices
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # noqa: SLF001
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            secret_key=secrets.token_hex(32),
            database_url=f"sqlite:///{folder}/weald.sqlite",
            files_folder=Path(folder) / "files",
            mode=Mode.TEST,
        )
        with create_app(settings).app_context():
            flask_migrate.upgrade()
            return report(prepare(invoices), invoices)


if __name__ == "__main__":
    sys.exit(main())
