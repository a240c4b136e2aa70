"""Putting suppliers' documents into the books of the schools that owe them, and taking them out again.

Shared steps of the actions that decide about documents and record payments.
"""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.incoming.books import rules
from invoicing.incoming.books.models import Creditor, SupplierPosting
from invoicing.incoming.books.rules import Charge
from invoicing.incoming.models import SupplierInvoice
from invoicing.incoming.parties import Known, reasons_they_are_one
from invoicing.incoming.rules import KIND_LABELS, Kind
from invoicing.ledger.actions import post
from invoicing.ledger.models import Account, Entry
from invoicing.ledger.rules import AccountName, Leg
from invoicing.payments.actions import lock_money_of
from marketplace.core import clock
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import Actor


def enter(
    session: Session,
    actor: Actor,
    invoice: SupplierInvoice,
    posted_on: date,
    *,
    takes_back: SupplierInvoice | None = None,
) -> None:
    """Put a document that the caller has locked and accepts into the books. A shared step.

    A credit note comes with the locked invoice that it takes back from. Raises RuleBroken, among others when
    the books are closed on that day.
    """
    rules.check_day(posted_on, invoice.issued_on, clock.today())
    rules.check_owed(invoice.due)
    if takes_back is not None:
        rules.check_credit(invoice.due, takes_back.creditable, takes_back.number)
    creditor = takes_back.creditor if takes_back else _creditor(session, invoice)
    assert creditor, "an invoice in the books is owed to somebody"
    legs = rules.legs_of(
        charge_of(invoice),
        rules.payable(invoice.school_id, creditor.id),
        rules.spending(invoice.school_id, invoice.contract.category if invoice.contract else ""),
        credit=invoice.kind is Kind.CREDIT_NOTE,
    )
    source = takes_back or invoice
    entry_id = _post(session, actor, invoice, source.id, posted_on=posted_on, legs=legs)
    invoice.creditor_id, invoice.entry_id, invoice.posted_on = creditor.id, entry_id, posted_on
    invoice.credits_id = takes_back.id if takes_back else None
    if takes_back is not None:
        takes_back.credited += invoice.due
        return
    received_on = invoice.received_at.astimezone(clock.LONDON).date()
    invoice.pay_by = rules.pay_by(invoice.due_on, received_on, invoice.supplied_on)


def take_out(session: Session, actor: Actor, invoice: SupplierInvoice) -> None:
    """Turn round the entry of a document that is accepted no more, today. A shared step; RuleBroken.

    A credit note comes with its invoice locked. Does nothing for what never was in the books.
    """
    rules.check_can_be_disputed(invoice.settled, invoice.credited)
    stood = invoice.entry_id
    if stood is None:
        return
    invoice.entry_id, invoice.posted_on = None, None
    legs = [leg.reversed() for leg in _stands(session, stood)]
    source_id = invoice.credits_id or invoice.id
    _post(session, actor, invoice, source_id, posted_on=clock.today(), legs=legs, reverses_id=stood)
    if invoice.takes_back is not None:
        invoice.takes_back.credited -= invoice.due
    invoice.credits_id = None


def settle(session: Session, invoice: SupplierInvoice, amount: Money) -> None:
    """Count money as paid of an invoice that the caller has locked; less than nothing came back."""
    invoice.settled += amount
    session.flush()


def charge_of(invoice: SupplierInvoice) -> Charge:
    """What a document charges, as the books count it."""
    vat = tuple(tax.vat for tax in invoice.taxes)
    return Charge(invoice.net, vat, invoice.paid, invoice.rounding)


def _post(
    session: Session,
    actor: Actor,
    invoice: SupplierInvoice,
    source_id: uuid.UUID,
    *,
    posted_on: date,
    legs: list[Leg],
    reverses_id: uuid.UUID | None = None,
) -> uuid.UUID:
    assert actor.person_id, "people decide about suppliers' documents"
    named = f"{KIND_LABELS[invoice.kind]} {invoice.number} of {invoice.supplier_name}"
    entry = post(
        session,
        new_id(),
        posted_on=posted_on,
        description=named if reverses_id is None else f"Disputed: {named[0].lower()}{named[1:]}",
        source_id=source_id,
        legs=legs,
    )
    session.add(
        SupplierPosting(
            entry_id=entry.id,
            invoice_id=invoice.id,
            reverses_id=reverses_id,
            posted_on=posted_on,
            posted_by=actor.person_id,
            posted_at=clock.now(),
            reason=invoice.reason,
        )
    )
    return entry.id


def _stands(session: Session, entry_id: uuid.UUID) -> list[Leg]:
    """The legs of an entry, read back from the books."""
    entry = session.get_one(Entry, entry_id)
    return [Leg(_name(one.debit), _name(one.credit), one.amount) for one in entry.transfers]


def _name(account: Account) -> AccountName:
    return AccountName(account.holder_id, account.kind, account.counterparty_id, account.purpose)


def _creditor(session: Session, invoice: SupplierInvoice) -> Creditor:
    """The supplier's place in the school's books, made when there is none; new numbers are added to it."""
    # two invoices of a new supplier, accepted at once, must find one another's creditor
    lock_money_of(session, invoice.school_id)
    said = Known(invoice.supplier_name, invoice.supplier_company_number, invoice.supplier_vat_number)
    query = select(Creditor).where(Creditor.school_id == invoice.school_id).order_by(Creditor.id)
    for one in session.scalars(query.execution_options(populate_existing=True)):
        if reasons_they_are_one(said, Known(one.name, one.company_number, one.vat_number)):
            one.company_number = one.company_number or said.company_number
            one.vat_number = one.vat_number or said.vat_number
            return one
    made = Creditor(
        school_id=invoice.school_id,
        name=said.name,
        company_number=said.company_number,
        vat_number=said.vat_number,
        opened_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made
