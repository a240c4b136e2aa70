"""Questions to the ledger about one school's account with another, scoped to who may read its books."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from invoicing.accounts.rules import Movement, OpenItem, Side
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


def get_other(session: Session, school_id: uuid.UUID, other_id: uuid.UUID) -> Organisation:
    """The other party of an account of a school that was checked. Raises NotFound where there is none."""
    account = select(Account.id).where(
        Account.holder_id == school_id, Account.counterparty_id == other_id, Account.kind.in_(OWED)
    )
    other = session.get(Organisation, other_id)
    if other is None or session.scalar(account.limit(1)) is None:
        raise NotFound
    return other


def others(session: Session, school_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Everybody with whom a school has an account, by name."""
    query = select(Account.counterparty_id).where(
        Account.holder_id == school_id, Account.kind.in_(OWED), Account.counterparty_id.is_not(None)
    )
    found = names(session, {one for one in session.scalars(query) if one})
    return dict(sorted(found.items(), key=lambda one: one[1]))


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
    found = []
    for amount, entry, to, by in session.execute(query):
        adds, takes = (one.kind in OWED and one.counterparty_id == other_id for one in (to, by))
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
            )
        )
    return found


def _with(account: Any, other_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(account.counterparty_id == other_id, account.kind.in_(OWED))


def open_items(
    session: Session, school_id: uuid.UUID, side: Side, day: date, other_id: uuid.UUID | None = None
) -> list[OpenItem]:
    """What is open of each invoice on a day, by the ledger: of all others, or of one; the oldest first."""
    left = (
        select(Entry.source_id, Account.counterparty_id, func.sum(_signed(), type_=Transfer.amount.type))
        .join(Transfer, Transfer.entry_id == Entry.id)
        .join(Account, or_(Account.id == Transfer.debit_id, Account.id == Transfer.credit_id))
        .where(
            Account.holder_id == school_id,
            Account.kind == KINDS[side],
            Account.purpose != ON_ACCOUNT,
            Entry.posted_on <= day,
        )
        .group_by(Entry.source_id, Account.counterparty_id)
    )
    if other_id is not None:
        left = left.where(Account.counterparty_id == other_id)
    sign = SIGNS[side]
    amounts = {source: (other, amount * sign) for source, other, amount in session.execute(left)}
    invoices = session.scalars(
        select(Invoice).where(Invoice.id.in_(amounts)).order_by(Invoice.due_on, Invoice.number)
    )
    return [
        OpenItem(
            one.id,
            one.number,
            amounts[one.id][0],
            one.issued_on,
            one.due_on,
            amounts[one.id][1],
            one.disputed,
        )
        for one in invoices
        if amounts[one.id][1] and one.number and one.issued_on and one.due_on
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
    return [
        one.number or ""
        for one in session.scalars(query.order_by(Invoice.number))
        if one.outstanding - one.owed_back != counted.get(one.id, ZERO)
    ]
