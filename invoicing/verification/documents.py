"""Do documents agree with their lines, with what was paid and credited of them, and with the ledger?"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from invoicing.bank.models import Receipt
from invoicing.bank.proposals.models import PaymentProposal
from invoicing.bank.proposals.rules import ProposalKind, ProposalStatus
from invoicing.invoices.credit_notes.models import CreditNote, CreditNoteLine, CreditNoteVat
from invoicing.invoices.disputes.models import InvoiceDispute
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.rules import SENT, VatCategory, status_when_paid, totals, vat_breakdown
from invoicing.ledger.models import Account
from invoicing.ledger.rules import AccountKind
from invoicing.payments.models import Payment
from invoicing.payments.online.models import OnlineMovement, OnlinePayment
from invoicing.payments.online.rules import GOES
from invoicing.verification.books import sides
from invoicing.verification.rules import Found
from marketplace.alliance.models import Organisation, School
from marketplace.core.money import ZERO, Money, line_amount

AT_ONCE = 2_000
MONEY = Invoice.total.type


class Line(NamedTuple):
    """A line as the VAT breakdown reads it."""

    position: int
    net: Money
    quantity: Any
    unit_price: Any
    category: VatCategory
    rate_basis_points: int
    exemption_reason: str


def named(number: str | None, invoice_id: uuid.UUID) -> str:
    """An invoice as people know it."""
    return f"Invoice {number}" if number else f"Draft invoice {invoice_id}"


def lines_of_invoices(session: Session, found: Found) -> None:
    """Every invoice comes to what its lines come to: quantity times price, VAT by category, total."""
    query = (
        select(
            Invoice.id,
            Invoice.number,
            Invoice.net,
            Invoice.vat,
            Invoice.total,
            InvoiceLine.position,
            InvoiceLine.net,
            InvoiceLine.quantity,
            InvoiceLine.unit_price,
            InvoiceLine.category,
            InvoiceLine.rate_basis_points,
            InvoiceLine.exemption_reason,
        )
        .outerjoin(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .order_by(Invoice.id, InvoiceLine.position)
        .execution_options(yield_per=AT_ONCE)
    )
    for (invoice_id, number, net, vat, total), rows in groupby(session.execute(query), lambda row: row[:5]):
        found.counted += 1
        record = named(number, invoice_id)
        lines = [Line._make(row[5:]) for row in rows if row[5] is not None]
        for line in lines:
            found.expect(
                f"{record}, line {line.position}", line.net, line_amount(line.unit_price, line.quantity)
            )
        sums = totals(vat_breakdown(lines))
        found.expect(f"{record}, before VAT", net, sums.net)
        found.expect(f"{record}, VAT", vat, sums.vat)
        found.expect(f"{record}, total", total, sums.total)


def lines_of_credit_notes(session: Session, found: Found) -> None:
    """Every credit note comes to what its lines and VAT come to, and takes back no more than a line has."""
    by_lines = _sum_of(CreditNoteLine.net, CreditNoteLine.credit_note_id)
    taxable = _sum_of(CreditNoteVat.taxable, CreditNoteVat.credit_note_id)
    vat = _sum_of(CreditNoteVat.vat, CreditNoteVat.credit_note_id)
    query = select(CreditNote, by_lines, taxable, vat).order_by(CreditNote.id)
    for note, of_lines, of_taxable, of_vat in session.execute(query.execution_options(yield_per=AT_ONCE)):
        found.counted += 1
        record = f"Credit note {note.number}"
        found.expect(f"{record}, before VAT", note.net, of_lines or ZERO)
        found.expect(f"{record}, taxable amounts", of_taxable or ZERO, note.net)
        found.expect(f"{record}, VAT", note.vat, of_vat or ZERO)
        found.expect(f"{record}, total", note.total, note.net + note.vat)
    credited = func.sum(CreditNoteLine.net, type_=MONEY)
    too_much = (
        select(Invoice.number, Invoice.id, InvoiceLine.position, InvoiceLine.net, credited)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .join(CreditNoteLine, CreditNoteLine.invoice_line_id == InvoiceLine.id)
        .group_by(Invoice.number, Invoice.id, InvoiceLine.position, InvoiceLine.net)
        .having(credited > InvoiceLine.net)
    )
    for number, invoice_id, position, net, taken in session.execute(too_much):
        found.differs(f"{named(number, invoice_id)}, line {position}, credited", taken, f"{net} or less")


def _sum_of(amount: Any, of: Any) -> Any:
    return select(func.sum(amount, type_=MONEY)).where(of == CreditNote.id).scalar_subquery()


def outstanding(session: Session, found: Found) -> None:
    """What an invoice says was paid, credited and is disputed is what payments, notes and disputes say."""
    paid = _of_invoice(Payment.amount, Payment.invoice_id == Invoice.id)
    undone = _of_invoice(
        Payment.amount,
        Payment.invoice_id == Invoice.id,
        Receipt.payment_id == Payment.id,
        Receipt.undoing_id.is_not(None),
    )
    given_up = _of_invoice(
        PaymentProposal.amount,
        PaymentProposal.invoice_id == Invoice.id,
        PaymentProposal.kind == ProposalKind.WRITE_OFF,
        PaymentProposal.status == ProposalStatus.APPROVED,
    )
    credited = _of_invoice(CreditNote.total, CreditNote.invoice_id == Invoice.id)
    went_back = _of_invoice(
        OnlineMovement.amount - OnlineMovement.on_account,
        OnlineMovement.kind.in_(GOES),
        OnlineMovement.payment_id == OnlinePayment.id,
        OnlinePayment.invoice_id == Invoice.id,
    )
    disputed = _of_invoice(
        InvoiceDispute.amount, InvoiceDispute.invoice_id == Invoice.id, InvoiceDispute.settled_at.is_(None)
    )
    query = select(
        Invoice.id,
        Invoice.number,
        Invoice.status,
        Invoice.total,
        Invoice.paid,
        Invoice.credited,
        Invoice.disputed,
        paid,
        went_back,
        undone,
        given_up,
        credited,
        disputed,
    ).execution_options(yield_per=AT_ONCE)
    for row in session.execute(query):
        invoice_id, number, status, total, says_paid, says_credited, says_disputed, *sums = row
        came_in, back, by_mistake, by_write_offs, by_notes, by_disputes = (amount or ZERO for amount in sums)
        by_payments = came_in - back - by_mistake
        found.counted += 1
        record = named(number, invoice_id)
        found.expect(f"{record}, paid", says_paid, by_payments + by_write_offs)
        found.expect(f"{record}, credited", says_credited, by_notes)
        if status in SENT:
            should = status_when_paid(total, by_payments + by_write_offs, by_notes)
            found.expect(f"{record}, status", status.value, should.value)
        if bool(says_disputed) != bool(by_disputes) or says_disputed > by_disputes:
            found.differs(f"{record}, disputed", says_disputed, f"{by_disputes} or less, by its open dispute")


def _of_invoice(amount: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(func.sum(amount, type_=MONEY)).where(*conditions).scalar_subquery()


def owed(session: Session, found: Found) -> None:
    """What schools owe one another by their documents is what both their books say."""
    documents = {
        (issuer_id, buyer_id): total - credited - paid
        for issuer_id, buyer_id, total, credited, paid in session.execute(
            select(
                Invoice.issuer_id,
                Invoice.buyer_id,
                func.sum(Invoice.total, type_=MONEY),
                func.sum(Invoice.credited, type_=MONEY),
                func.sum(Invoice.paid, type_=MONEY),
            )
            .where(Invoice.status.in_(SENT))
            .group_by(Invoice.issuer_id, Invoice.buyer_id)
        )
    }
    names = {row.id: row.name for row in session.execute(select(Organisation.id, Organisation.name))}
    receivable, payable = _standing(session, AccountKind.RECEIVABLE), _standing(session, AccountKind.PAYABLE)
    pairs = {*documents, *receivable, *((creditor, debtor) for debtor, creditor in payable)}
    for issuer_id, buyer_id in sorted(pairs):
        found.counted += 1
        should = documents.get((issuer_id, buyer_id), ZERO)
        owing = f"{names[buyer_id]} owes {names[issuer_id]}"
        in_its = receivable.get((issuer_id, buyer_id), ZERO)
        found.expect(f"What {owing}, in the books of the school that is owed", in_its, should)
        in_its = -payable.get((buyer_id, issuer_id), ZERO)
        found.expect(f"What {owing}, in the books of the school that owes", in_its, should)


def _standing(session: Session, kind: AccountKind) -> Mapping[tuple[uuid.UUID, uuid.UUID], Money]:
    """What accounts for documents hold, by holder and other school."""
    moved, other = sides(), aliased(School)
    query = (
        select(Account.holder_id, Account.counterparty_id, func.sum(moved.c.pence))
        .join(moved, moved.c.account_id == Account.id)
        .join(School, School.id == Account.holder_id)
        .join(other, other.id == Account.counterparty_id)
        .where(Account.kind == kind, Account.purpose == "")
        .group_by(Account.holder_id, Account.counterparty_id)
    )
    return {(row[0], row[1]): Money(int(row[2])) for row in session.execute(query)}
