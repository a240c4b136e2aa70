"""Is what must stay still there: the chain of events, numbers, files, quotes, and the fund's money?"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from invoicing.fund import books as fund_books
from invoicing.fund.models import Fund
from invoicing.fund.shares import Pot
from invoicing.invoices.credit_notes.models import CreditNote
from invoicing.invoices.models import Invoice
from invoicing.verification.rules import Found
from marketplace.alliance.models import Organisation, School
from marketplace.core import events, storage
from marketplace.core.chain import first_broken_link
from marketplace.core.ids import Counter
from marketplace.core.money import ZERO, Money
from marketplace.core.storage import StoredFile
from suppliers.quotes import verifying
from suppliers.quotes.models import Quote

AT_ONCE = 2_000


def chain(session: Session, found: Found) -> None:
    """Every event follows from the one before it, and the head is the last."""
    found.counted = session.scalar(select(func.count()).select_from(events.Event)) or 0
    broken = first_broken_link(session)
    if broken is not None:
        found.differs(broken.record, broken.stands, broken.should)


def numbers(session: Session, found: Found) -> None:
    """Numbers of invoices and credit notes go from 1 without a gap, in each school's series of a year."""
    urns = {row.id: row.urn for row in session.execute(select(School.id, School.urn))}
    counters = {row.series: row.last for row in session.execute(select(Counter.series, Counter.last))}
    for kind, mark, issuer_id, told in _series(session):
        for year, serials in _by_year(told, mark).items():
            found.counted += len(serials)
            last = counters.get(f"{kind}-{issuer_id.hex}-{year}", 0)
            beginning = f"{urns[issuer_id]}-{year}-{mark}"
            for serial in sorted(set(range(1, last + 1)) - serials):
                found.differs(f"Number {beginning}{serial:04d}", "no document", "one document")
            for serial in sorted(serials - set(range(1, last + 1))):
                found.differs(f"Number {beginning}{serial:04d}", "one document", f"none after {last:04d}")


def _series(session: Session) -> Iterator[tuple[str, str, uuid.UUID, list[str]]]:
    """Every school's numbers of each kind of document."""
    for kind, mark, issuer, number in (
        ("invoice", "", Invoice.issuer_id, Invoice.number),
        ("credit-note", "C", CreditNote.issuer_id, CreditNote.number),
    ):
        query = select(issuer, number).where(number.is_not(None)).order_by(issuer)
        rows = session.execute(query.execution_options(yield_per=AT_ONCE))
        for issuer_id, numbered in groupby(rows, lambda row: row[0]):
            yield kind, mark, issuer_id, [str(row[1]) for row in numbered]


def _by_year(told: list[str], mark: str) -> dict[str, set[int]]:
    """The serial numbers in each year of numbers such as 100001-2026-0003 or 100001-2026-C0003."""
    years: dict[str, set[int]] = defaultdict(set)
    for number in told:
        _, year, serial = number.split("-")
        years[year].add(int(serial.removeprefix(mark)))
    return years


def files(session: Session, found: Found) -> None:
    """Every stored file is in the store, and its content has the hash by which it is kept."""
    query = select(StoredFile.sha256, StoredFile.media_type).order_by(StoredFile.sha256)
    for sha256, media_type in session.execute(query.execution_options(yield_per=AT_ONCE)):
        found.counted += 1
        stands = storage.hash_of(sha256)
        if stands != sha256:
            found.differs(
                f"File {sha256} ({media_type})",
                f"content with the hash {stands}" if stands else "nothing in the store",
                "content with that hash",
            )


def quotes(session: Session, found: Found) -> None:
    """Every quote is as on its receipt."""
    found.counted = (
        session.scalar(select(func.count()).select_from(Quote).where(Quote.reference.is_not(None))) or 0
    )
    for line in verifying.of_quotes(session):
        found.differs("Quote", line, "as on its receipt")


def fund(session: Session, found: Found) -> None:
    """At the end of no day is a share of the fund below zero for any purpose; shares agree with the bank."""
    for held in session.scalars(select(Fund).order_by(Fund.id)).all():
        found.counted += 1
        books = fund_books.read_books(session, held)
        names = {row.id: row.name for row in session.execute(select(Organisation.id, Organisation.name))}
        pots: dict[Pot, Money] = defaultdict(lambda: ZERO)
        for day, moved in groupby(books.movements, lambda one: one.posted_on):
            for one in moved:
                pots[one.pot] += one.amount
            for pot, share in pots.items():
                if share < ZERO:
                    kept = f" for {pot.purpose.label.lower()}" if pot.purpose else ""
                    record = f"Share of {names[pot.holder_id]} in {held.name}{kept} on {day:%d %B %Y}"
                    found.differs(record, share, f"{ZERO} or more")
        banked = Money.total(amount for _, amount in books.bank)
        found.expect(f"Bank account of {held.name}", banked, books.balance)
