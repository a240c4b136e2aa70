"""Do suppliers' documents agree with themselves, with what was paid of them, and with the ledger?"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased

from invoicing.incoming.books.models import Creditor, SupplierPosting
from invoicing.incoming.books.rules import payable
from invoicing.incoming.models import SupplierInvoice, SupplierInvoiceLine, SupplierInvoiceTax
from invoicing.incoming.payments.models import SupplierPayment
from invoicing.incoming.payments.rules import Way
from invoicing.incoming.rules import KIND_LABELS, DocumentStatus, Kind
from invoicing.invoices.credit_notes.models import CreditNote
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import SENT
from invoicing.ledger.models import Account
from invoicing.ledger.rules import AccountKind
from invoicing.verification.books import sides
from invoicing.verification.rules import Found
from marketplace.alliance.models import Organisation
from marketplace.core.money import ZERO, Money

AT_ONCE = 500
MONEY = SupplierInvoice.total.type


def named(invoice: SupplierInvoice) -> str:
    """A document as people know it."""
    return f"{KIND_LABELS[invoice.kind]} {invoice.number} of {invoice.supplier_name}"


def sums(session: Session, found: Found) -> None:
    """A document comes to its lines and VAT; what was paid and credited of it is what payments and notes say.

    One that is accepted stands in the books by an entry that nothing has turned round.
    """
    note = aliased(SupplierInvoice)
    went_out = func.sum(
        case((SupplierPayment.way == Way.PAID, SupplierPayment.amount), else_=-SupplierPayment.amount),
        type_=MONEY,
    )
    query = (
        select(
            SupplierInvoice,
            _of(func.sum(SupplierInvoiceLine.net, type_=MONEY), SupplierInvoiceLine.invoice_id),
            _of(func.sum(SupplierInvoiceTax.taxable, type_=MONEY), SupplierInvoiceTax.invoice_id),
            _of(func.sum(SupplierInvoiceTax.vat, type_=MONEY), SupplierInvoiceTax.invoice_id),
            _of(went_out, SupplierPayment.invoice_id, SupplierPayment.undone_by.is_(None)),
            _of(func.sum(note.due, type_=MONEY), note.credits_id, note.entry_id.is_not(None)),
        )
        .order_by(SupplierInvoice.id)
        .execution_options(yield_per=AT_ONCE)
    )
    for one, *rest in session.execute(query):
        lines, taxable, vat, paid, credited = (amount or ZERO for amount in rest)
        found.counted += 1
        record = named(one)
        found.expect(f"{record}, before VAT by its lines", one.net, lines - one.allowances + one.charges)
        found.expect(f"{record}, before VAT by its VAT", one.net, taxable)
        found.expect(f"{record}, VAT", one.vat, vat)
        found.expect(f"{record}, paid", one.settled, paid)
        found.expect(f"{record}, credited", one.credited, credited)
    _standing(session, found)


def _of(total: Any, owner: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(total).where(owner == SupplierInvoice.id, *conditions).scalar_subquery()


def _standing(session: Session, found: Found) -> None:
    """The entry that a document names is its last one, and it is not turned round."""
    reversing = aliased(SupplierPosting)
    query = (
        select(SupplierPosting.invoice_id, SupplierPosting.entry_id)
        .outerjoin(reversing, reversing.reverses_id == SupplierPosting.entry_id)
        .where(SupplierPosting.reverses_id.is_(None), reversing.entry_id.is_(None))
    )
    stands: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for invoice_id, entry_id in session.execute(query):
        stands[invoice_id].append(entry_id)
    documents = select(SupplierInvoice).where(
        SupplierInvoice.entry_id.is_not(None) | SupplierInvoice.id.in_(stands)
    )
    for one in session.scalars(documents.order_by(SupplierInvoice.id)):
        should = [one.entry_id] if one.entry_id and one.status is DocumentStatus.ACCEPTED else []
        if stands[one.id] != should:
            found.differs(
                f"{named(one)}, entries that stand", len(stands[one.id]), "the one that the document names"
            )


def owed(session: Session, found: Found) -> None:
    """What a school owes each supplier by its books is what is open of that supplier's invoices."""
    open_of: dict[uuid.UUID, Money] = defaultdict(lambda: ZERO)
    documents = select(SupplierInvoice).where(
        SupplierInvoice.entry_id.is_not(None), SupplierInvoice.kind == Kind.INVOICE
    )
    for one in session.scalars(documents.execution_options(yield_per=AT_ONCE)):
        assert one.creditor_id, "the database checks it"
        open_of[one.creditor_id] += one.open
    books = _balances(session, AccountKind.PAYABLE)
    creditors = session.execute(
        select(Creditor.id, Creditor.school_id, Creditor.name, Organisation.name)
        .join(Organisation, Organisation.id == Creditor.school_id)
        .order_by(Creditor.id)
    )
    for creditor_id, school_id, supplier, school in creditors:
        found.counted += 1
        stands = -books.get(payable(school_id, creditor_id).code, ZERO)
        record = f"What {school} owes {supplier}, in its books"
        found.expect(record, stands, open_of.get(creditor_id, ZERO))


def vat(session: Session, found: Found) -> None:
    """The VAT to reclaim of each school is that of its invoices received, of other schools and suppliers."""
    said: dict[uuid.UUID, Money] = defaultdict(lambda: ZERO)
    parts = (
        (Invoice.buyer_id, Invoice.vat, 1, (Invoice.status.in_(SENT),), None),
        (Invoice.buyer_id, CreditNote.vat, -1, (), CreditNote),
        (SupplierInvoice.school_id, SupplierInvoice.vat, 1, _entered(Kind.INVOICE), None),
        (SupplierInvoice.school_id, SupplierInvoice.vat, -1, _entered(Kind.CREDIT_NOTE), None),
    )
    for school, amount, sign, conditions, joined in parts:
        query = select(school, func.sum(amount, type_=MONEY)).where(*conditions).group_by(school)
        if joined is not None:
            query = query.select_from(joined).join(Invoice, Invoice.id == CreditNote.invoice_id)
        for school_id, total in session.execute(query):
            said[school_id] += total * sign
    books = _balances(session, AccountKind.VAT_INPUT, by_holder=True)
    names = {row.id: row.name for row in session.execute(select(Organisation.id, Organisation.name))}
    for school_id in sorted(said.keys() | {uuid.UUID(one) for one in books}):
        found.counted += 1
        stands = books.get(str(school_id), ZERO)
        found.expect(f"VAT to reclaim of {names[school_id]}, in its books", stands, said[school_id])


def _entered(kind: Kind) -> tuple[ColumnElement[bool], ...]:
    return SupplierInvoice.entry_id.is_not(None), SupplierInvoice.kind == kind


def _balances(session: Session, kind: AccountKind, *, by_holder: bool = False) -> Mapping[str, Money]:
    """Debits less credits of accounts of a kind, by code or by whose they are."""
    moved = sides()
    query = (
        select(Account.code, Account.holder_id, func.sum(moved.c.pence))
        .join(moved, moved.c.account_id == Account.id)
        .where(Account.kind == kind)
        .group_by(Account.code, Account.holder_id)
    )
    found: dict[str, Money] = defaultdict(lambda: ZERO)
    for code, holder_id, pence in session.execute(query):
        found[str(holder_id) if by_holder else code] += Money(int(pence))
    return found
