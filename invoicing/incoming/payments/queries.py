"""Questions about payments to suppliers, scoped to those who read the school's suppliers' invoices."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from invoicing.bank.matching import OpenInvoice, Suggestion, suggest
from invoicing.bank.models import BankLine
from invoicing.bank.offered import Spent
from invoicing.incoming.models import SupplierInvoice
from invoicing.incoming.payments.models import SupplierPayment
from invoicing.incoming.payments.rules import Payable
from invoicing.incoming.queries import visible_to
from invoicing.incoming.rules import Kind
from marketplace.core.errors import NotFound
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Actor


def get_payment(session: Session, actor: Actor, payment_id: uuid.UUID) -> SupplierPayment:
    """A payment to a supplier that the actor may read. Raises NotFound."""
    query = (
        select(SupplierPayment)
        .join(SupplierInvoice, SupplierInvoice.id == SupplierPayment.invoice_id)
        .where(SupplierPayment.id == payment_id, visible_to(actor))
        .options(joinedload(SupplierPayment.invoice))
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def payments_of(session: Session, invoice_id: uuid.UUID) -> Sequence[SupplierPayment]:
    """What was paid of an invoice and came back, the oldest first; those undone, too."""
    query = (
        select(SupplierPayment)
        .where(SupplierPayment.invoice_id == invoice_id)
        .options(joinedload(SupplierPayment.recorder))
        .order_by(SupplierPayment.paid_on, SupplierPayment.id)
    )
    return session.scalars(query).all()


def payable_invoices(session: Session, school_id: uuid.UUID) -> list[SupplierInvoice]:
    """The suppliers' invoices that a school has still to pay, the one to be paid first first."""
    query = (
        select(SupplierInvoice)
        .where(
            SupplierInvoice.school_id == school_id,
            SupplierInvoice.kind == Kind.INVOICE,
            SupplierInvoice.entry_id.is_not(None),
        )
        .order_by(SupplierInvoice.pay_by, SupplierInvoice.number, SupplierInvoice.id)
    )
    return [one for one in session.scalars(query) if one.outstanding]


def as_payables(invoices: Collection[SupplierInvoice]) -> list[Payable]:
    """Invoices as the rules lay money on them."""
    return [Payable(one.id, one.number, one.outstanding, one.pay_by or one.issued_on) for one in invoices]


def suggestions(line: BankLine, invoices: Collection[SupplierInvoice]) -> list[Suggestion]:
    """The invoices that money which went out may have paid, the likeliest first, with the reasons."""
    known = [
        OpenInvoice(
            one.id,
            one.number,
            one.creditor_id or one.id,
            one.supplier_name,
            one.outstanding,
            one.issued_on,
            one.pay_by or one.issued_on,
        )
        for one in invoices
    ]
    return suggest(-line.amount, f"{line.reference} {line.payer}", line.payer, known)


def standing_of_line(session: Session, line_id: uuid.UUID) -> Sequence[SupplierPayment]:
    """What a line of a bank's statement paid, without what was undone."""
    query = (
        select(SupplierPayment)
        .where(SupplierPayment.line_id == line_id, SupplierPayment.undone_by.is_(None))
        .options(joinedload(SupplierPayment.invoice))
        .order_by(SupplierPayment.id)
    )
    return session.scalars(query).all()


def left_of(line: BankLine, payments: Collection[SupplierPayment]) -> Money:
    """What of money that went out is not matched with an invoice yet."""
    return max(ZERO, -line.amount - Money.total(one.amount for one in payments))


def spent_on(session: Session, line: BankLine) -> list[Spent]:
    """What a line of a bank's statement paid, for its page."""
    return [
        Spent(
            f"Paid of invoice {one.invoice.number} of {one.invoice.supplier_name}",
            one.amount,
            url_for("incoming.show", invoice_id=one.invoice_id),
        )
        for one in standing_of_line(session, line.id)
    ]
