"""Questions to the ledger about one school's account with another, scoped to who may read its books."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from invoicing.accounts.rules import Movement, OpenItem, Side
from invoicing.incoming.books.models import Creditor, SupplierPosting
from invoicing.incoming.books.rules import SUPPLIER
from invoicing.incoming.models import SupplierInvoice
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import UNPAID
from invoicing.ledger.models import Account, Entry, Transfer
from invoicing.ledger.rules import AccountKind
from invoicing.payments.rules import ON_ACCOUNT
from marketplace.alliance.models import Membership, Organisation, School
from marketplace.alliance.queries import names
from marketplace.core.errors import NotFound
from marketplace.core.money import ZERO, Money
from marketplace.core.permissions.permission import MANAGERS
from marketplace.core.policy import Actor, Kind, Role

OWED = (AccountKind.RECEIVABLE, AccountKind.PAYABLE)
KINDS = {Side.DEBTORS: AccountKind.RECEIVABLE, Side.CREDITORS: AccountKind.PAYABLE}
SIGNS = {Side.DEBTORS: 1, Side.CREDITORS: -1}


class Other(NamedTuple):
    """With whom a school has an account: another school, or a supplier of its own."""

    id: uuid.UUID
    name: str


def reads_accounts(actor: Actor) -> bool:
    """May this actor read any school's accounts?"""
    return bool(
        actor.organisations(Kind.SCHOOL, *MANAGERS) or actor.organisations(Kind.ALLIANCE, Role.AUDITOR)
    )


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Schools whose accounts this actor may read: their own, and those that they audit."""
    audited = select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.organisations(Kind.ALLIANCE, Role.AUDITOR))
    )
    return or_(School.id.in_(actor.organisations(Kind.SCHOOL, *MANAGERS)), School.id.in_(audited))


def schools(session: Session, actor: Actor) -> list[School]:
    """The schools whose accounts this actor may read, by name."""
    query = select(School).join(Organisation, Organisation.id == School.id).where(visible_to(actor))
    return list(session.scalars(query.order_by(Organisation.name)))


def get_school(session: Session, actor: Actor, school_id: uuid.UUID) -> School:
    """A school whose accounts the actor may read. Raises NotFound."""
    found = session.scalars(select(School).where(School.id == school_id, visible_to(actor))).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_other(session: Session, school_id: uuid.UUID, other_id: uuid.UUID) -> Other:
    """The other party of an account of a school that was checked. Raises NotFound where there is none."""
    found = others(session, school_id).get(other_id)
    if found is None:
        raise NotFound
    return Other(other_id, found)


def others(session: Session, school_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Everybody with whom a school has an account, by name: other schools, and its suppliers."""
    query = select(Account.counterparty_id).where(
        Account.holder_id == school_id, Account.kind.in_(OWED), Account.counterparty_id.is_not(None)
    )
    found = dict(names(session, {one for one in session.scalars(query) if one}))
    suppliers = select(Creditor.id, Creditor.name).where(Creditor.school_id == school_id)
    found.update({row.id: row.name for row in session.execute(suppliers)})
    return dict(sorted(found.items(), key=lambda one: (one[1].casefold(), one[0])))


def movements(session: Session, school_id: uuid.UUID, other_id: uuid.UUID, until: date) -> list[Movement]:
    """Everything on a school's account with another until a day, in the order in which it was posted.

    What moves within the account, such as money on account used for an invoice, changes nothing of it.
    """
    debit, credit = aliased(Account), aliased(Account)
    query = (
        select(Transfer.amount, Entry, debit, credit)
        .join(Entry, Entry.id == Transfer.entry_id)
        .join(debit, debit.id == Transfer.debit_id)
        .join(credit, credit.id == Transfer.credit_id)
        .where(
            Entry.posted_on <= until,
            debit.holder_id == school_id,
            or_(_with(debit, other_id), _with(credit, other_id)),
        )
        .order_by(Entry.posted_on, Entry.posted_at, Entry.id, Transfer.position)
    )
    taken_out = _taken_out(session, other_id)
    found = []
    for amount, entry, to, by in session.execute(query):
        adds, takes = (one.kind in OWED and _other_of(one) == other_id for one in (to, by))
        if adds and takes:
            continue
        own, against = (to, by) if adds else (by, to)
        found.append(
            Movement(
                entry.posted_on,
                entry.id,
                entry.source_id,
                entry.description,
                own.kind,
                own.purpose == ON_ACCOUNT,
                against.kind,
                amount if adds else -amount,
                entry.id in taken_out,
            )
        )
    return found


def _taken_out(session: Session, creditor_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The entries that took documents of a supplier out of the books; none of a school."""
    query = (
        select(SupplierPosting.entry_id)
        .join(SupplierInvoice, SupplierInvoice.id == SupplierPosting.invoice_id)
        .where(SupplierInvoice.creditor_id == creditor_id, SupplierPosting.reverses_id.is_not(None))
    )
    return frozenset(session.scalars(query))


def _with(account: Any, other_id: uuid.UUID) -> ColumnElement[bool]:
    """Is an account one with a school, or with a supplier?"""
    is_other = or_(account.counterparty_id == other_id, account.purpose == f"{SUPPLIER}{other_id.hex}")
    return and_(is_other, account.kind.in_(OWED))


def _other_of(account: Account) -> uuid.UUID | None:
    """With whom an account is."""
    if account.purpose.startswith(SUPPLIER):
        return uuid.UUID(account.purpose.removeprefix(SUPPLIER))
    return account.counterparty_id


def open_items(
    session: Session, school_id: uuid.UUID, side: Side, day: date, other_id: uuid.UUID | None = None
) -> list[OpenItem]:
    """What is open of each invoice on a day, by the ledger: of all others, or of one; the oldest first."""
    left = (
        select(Entry.source_id, func.sum(_signed(), type_=Transfer.amount.type))
        .join(Transfer, Transfer.entry_id == Entry.id)
        .join(Account, or_(Account.id == Transfer.debit_id, Account.id == Transfer.credit_id))
        .where(
            Account.holder_id == school_id,
            Account.kind == KINDS[side],
            Account.purpose != ON_ACCOUNT,
            Entry.posted_on <= day,
        )
        .group_by(Entry.source_id)
    )
    if other_id is not None:
        left = left.where(_with(Account, other_id))
    sign = SIGNS[side]
    amounts = {source: amount * sign for source, amount in session.execute(left) if amount}
    found = _of_schools(session, side, amounts) + _of_suppliers(session, amounts)
    return sorted(found, key=lambda one: (one.due_on, one.number, one.invoice_id))


def _of_schools(session: Session, side: Side, amounts: Mapping[uuid.UUID, Money]) -> list[OpenItem]:
    invoices = session.scalars(select(Invoice).where(Invoice.id.in_(amounts)))
    return [
        OpenItem(
            one.id,
            one.number,
            one.buyer_id if side is Side.DEBTORS else one.issuer_id,
            one.issued_on,
            one.due_on,
            amounts[one.id],
            one.disputed,
        )
        for one in invoices
        if one.number and one.issued_on and one.due_on
    ]


def _of_suppliers(session: Session, amounts: Mapping[uuid.UUID, Money]) -> list[OpenItem]:
    """Suppliers' invoices that are open; one that is disputed as a whole is out of the books."""
    invoices = session.scalars(select(SupplierInvoice).where(SupplierInvoice.id.in_(amounts)))
    return [
        OpenItem(
            one.id,
            one.number,
            one.creditor_id,
            one.issued_on,
            one.pay_by or one.issued_on,
            amounts[one.id],
            ZERO,
            "incoming.show",
        )
        for one in invoices
        if one.creditor_id
    ]


def held(
    session: Session, school_id: uuid.UUID, side: Side, day: date, other_id: uuid.UUID | None = None
) -> dict[uuid.UUID, Money]:
    """What is kept on account on a day, by school; as less to be paid, so negative.

    A school that is owed keeps what others paid too much; one that owes has paid others too much.
    """
    opposite = KINDS[Side.CREDITORS if side is Side.DEBTORS else Side.DEBTORS]
    query = (
        select(Account.counterparty_id, func.sum(_signed(), type_=Transfer.amount.type))
        .join(Transfer, or_(Account.id == Transfer.debit_id, Account.id == Transfer.credit_id))
        .join(Entry, Entry.id == Transfer.entry_id)
        .where(
            Account.holder_id == school_id,
            Account.kind == opposite,
            Account.purpose == ON_ACCOUNT,
            Entry.posted_on <= day,
        )
        .group_by(Account.counterparty_id)
    )
    if other_id is not None:
        query = query.where(Account.counterparty_id == other_id)
    sign = SIGNS[side]
    return {other: amount * sign for other, amount in session.execute(query) if amount}


def _signed() -> ColumnElement[Any]:
    return case((Transfer.debit_id == Account.id, Transfer.amount), else_=-Transfer.amount)


def differing(session: Session, school_id: uuid.UUID, side: Side, items: Collection[OpenItem]) -> list[str]:
    """The numbers of invoices that say something else than the ledger of today: none, unless by a fault."""
    counted = {one.invoice_id: one.amount for one in items}
    mine = Invoice.issuer_id if side is Side.DEBTORS else Invoice.buyer_id
    query = select(Invoice).where(mine == school_id, or_(Invoice.status.in_(UNPAID), Invoice.id.in_(counted)))
    wrong = [
        one.number or ""
        for one in session.scalars(query.order_by(Invoice.number))
        if one.outstanding - one.owed_back != counted.get(one.id, ZERO)
    ]
    if side is Side.DEBTORS:
        return wrong
    of_suppliers = select(SupplierInvoice).where(
        SupplierInvoice.school_id == school_id, SupplierInvoice.entry_id.is_not(None)
    )
    return wrong + [
        one.number
        for one in session.scalars(of_suppliers.order_by(SupplierInvoice.number, SupplierInvoice.id))
        if one.open != counted.get(one.id, ZERO)
    ]
