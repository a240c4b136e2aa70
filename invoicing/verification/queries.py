"""All checks, one after the other, of one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.verification import books, documents, keeping, postings, suppliers
from invoicing.verification.rules import Check, Found, Outcome
from marketplace.core import clock
from marketplace.core.events import Event
from marketplace.core.figures import Figure
from marketplace.core.policy import Act

Look = Callable[[Session, Found], None]
CHECKS: Mapping[Check, Look] = {
    Check("Events", "{} in one chain, each following from the one before it"): keeping.chain,
    Check("Entries", "{} with all their legs, each within one holder’s books"): books.entries,
    Check("Balances", "{} transfers and closings replayed to what every account holds"): books.balances,
    Check("Both books", "{} entries stand the same in both schools’ books"): books.both_books,
    Check("Owed", "{} pairs of schools owe by their books what they owe by their documents"): documents.owed,
    Check("Suppliers", "{} are owed by the books what their open invoices come to"): suppliers.owed,
    Check("VAT to reclaim", "{} schools count by their books what their documents say"): suppliers.vat,
    Check("Supplier invoices", "{} come to what their lines and VAT come to"): suppliers.sums,
    Check("Invoices", "{} come to what their lines come to"): documents.lines_of_invoices,
    Check("Credit notes", "{} come to what their lines come to"): documents.lines_of_credit_notes,
    Check("Outstanding", "{} invoices say what was paid and credited of them"): documents.outstanding,
    Check("Postings", "{} documents stand in the ledger with their amounts"): postings.posted,
    Check("Numbers", "{} without a gap in their series"): keeping.numbers,
    Check("Files", "{} in the store with the content by whose hash they are kept"): keeping.files,
    Check("Funds", "{} that were never below zero and agree with their bank"): keeping.fund,
    Check("Quotes", "{} as on their receipts"): keeping.quotes,
}


def verify(session: Session) -> Iterator[Outcome]:
    """What each check finds. All look at one moment, whatever is written meanwhile."""
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    for check, look in CHECKS.items():
        found = Found()
        look(session, found)
        session.expunge_all()
        yield Outcome(check, found.counted, found.differing, found.kept)
    session.rollback()


def verified_today(session: Session) -> bool:
    """Has the nightly verification of this day been recorded?"""
    midnight = datetime.combine(clock.today(), time(), clock.LONDON)
    query = select(Event.id).where(Event.act == Act.BOOKS_VERIFY.value, Event.at >= midnight).limit(1)
    return session.scalar(query) is not None


def figures(session: Session) -> Iterable[Figure]:
    """How long ago the last nightly verification was, and how much differed; nothing before the first."""
    query = select(Event.at, Event.facts).where(Event.act == Act.BOOKS_VERIFY.value)
    last = session.execute(query.order_by(Event.position.desc()).limit(1)).first()
    if last is None:
        return []
    age = round((clock.now() - last.at).total_seconds())
    differing = sum(last.facts["differing"].values())
    return [
        Figure("weald_verified_seconds_ago", "How long ago everything was verified.", max(0, age)),
        Figure("weald_verification_differing", "Records that did not agree then.", differing),
    ]
