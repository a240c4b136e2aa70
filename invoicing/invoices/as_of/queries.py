"""What there was of an invoice on a day: from the stored files and the books, never made again."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from invoicing.invoices.credit_notes.models import CreditNote
from invoicing.invoices.disputes.models import InvoiceDispute
from invoicing.invoices.models import Invoice
from invoicing.ledger.queries import Posting, postings_from
from invoicing.ledger.rules import AccountKind
from marketplace.core import clock
from marketplace.core.money import ZERO, Money

CHARGES = frozenset({AccountKind.INCOME, AccountKind.VAT_OUTPUT})
"""What an invoice or a credit note is posted against; anything else that settles it is a payment."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A stored file as it is downloaded. `sha256` is the hash of its bytes, by which it is kept."""

    name: str
    about: str
    on: date
    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Stood:
    """An issued invoice at the end of a day."""

    files: tuple[KeptFile, ...]
    total: Money
    credited: Money
    paid: Money
    disputed: Money

    @property
    def outstanding(self) -> Money:
        """What was still to be paid."""
        return max(ZERO, self.total - self.credited - self.paid)


def stood(session: Session, invoice: Invoice, day: date) -> Stood | None:
    """An invoice whose reader has been checked, at the end of a day; None when it was not issued by then."""
    if invoice.issued_on is None or invoice.issued_on > day:
        return None
    notes = session.scalars(
        select(CreditNote)
        .where(CreditNote.invoice_id == invoice.id, CreditNote.issued_on <= day)
        .order_by(CreditNote.number)
    ).all()
    files = [
        *_files("Invoice", invoice.number, invoice.issued_on, invoice.document_sha256, invoice.xml_sha256)
    ]
    for note in notes:
        files += _files("Credit note", note.number, note.issued_on, note.document_sha256, note.xml_sha256)
    return Stood(
        files=tuple(files),
        total=invoice.total,
        credited=Money.total(note.total for note in notes),
        paid=_paid(postings_from(session, invoice.id), invoice.issuer_id, day),
        disputed=_disputed(session, invoice.id, day),
    )


def _files(
    what: str, number: str | None, on: date, document: str | None, xml: str | None
) -> Iterable[KeptFile]:
    """The files of a document; one that was issued before there were e-invoices has a PDF alone."""
    if document:
        yield KeptFile(f"{number}.pdf", f"{what} {number} as PDF", on, document, "application/pdf")
    if xml:
        yield KeptFile(f"{number}.xml", f"{what} {number} as e-invoice", on, xml, "application/xml")


def _paid(postings: Iterable[Posting], issuer_id: uuid.UUID, day: date) -> Money:
    """What had settled the invoice in its issuer's books by a day, less what was taken back."""
    paid = ZERO
    for posting in postings:
        if posting.holder_id != issuer_id or posting.posted_on > day:
            continue
        if posting.credit is AccountKind.RECEIVABLE and posting.debit not in CHARGES:
            paid += posting.amount
        elif posting.debit is AccountKind.RECEIVABLE and posting.credit not in CHARGES:
            paid -= posting.amount
    return paid


def _disputed(session: Session, invoice_id: uuid.UUID, day: date) -> Money:
    """How much of an invoice was disputed when a day ended in England."""
    end = datetime.combine(day + timedelta(days=1), time(), clock.LONDON)
    query = select(InvoiceDispute.amount).where(
        InvoiceDispute.invoice_id == invoice_id,
        InvoiceDispute.raised_at < end,
        or_(InvoiceDispute.settled_at.is_(None), InvoiceDispute.settled_at >= end),
    )
    return Money.total(session.scalars(query))
