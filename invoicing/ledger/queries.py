"""Questions to the ledger: balances and movements, derived from the transfers each time."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session, aliased

from invoicing.ledger.models import Account, Entry, Transfer
from invoicing.ledger.rules import AccountKind, AccountName
from marketplace.core.money import Money


@dataclass(frozen=True, slots=True)
class Movement:
    """One transfer as an account sees it: debits positive, credits negative."""

    posted_on: date
    description: str
    amount: Money
    entry_id: uuid.UUID
    source_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Posting:
    """One transfer of an entry, in whose books it stands: the account debited, the one credited."""

    posted_on: date
    description: str
    holder_id: uuid.UUID
    debit: AccountKind
    credit: AccountKind
    amount: Money


def balance(session: Session, name: AccountName, *, before: date | None = None) -> Money:
    """Debits less credits of an account, up to but not including a date (all, when none is given)."""
    return balances(session, [name], before=before)[name.code]


def balances(
    session: Session, names: Iterable[AccountName], *, before: date | None = None
) -> dict[str, Money]:
    """Debits less credits by account code; zero for an account never used. One query."""
    codes = [name.code for name in names]
    signed = case((Transfer.debit_id == Account.id, Transfer.amount), else_=-Transfer.amount)
    query = (
        select(Account.code, func.sum(signed))
        .join(Transfer, or_(Transfer.debit_id == Account.id, Transfer.credit_id == Account.id))
        .join(Entry)
        .where(Account.code.in_(codes))
        .group_by(Account.code)
    )
    if before is not None:
        query = query.where(Entry.posted_on < before)
    found: dict[str, Money] = {row[0]: row[1] for row in session.execute(query)}
    return {code: found.get(code, Money(0)) for code in codes}


def movements(session: Session, name: AccountName, start: date, end: date) -> list[Movement]:
    """An account's transfers between two dates, both included, in the order they were posted."""
    query = (
        select(Transfer, Entry, Account.id)
        .join(Entry)
        .join(Account, or_(Transfer.debit_id == Account.id, Transfer.credit_id == Account.id))
        .where(Account.code == name.code, Entry.posted_on.between(start, end))
        .order_by(Entry.posted_on, Entry.posted_at, Transfer.position)
    )
    return [
        Movement(
            posted_on=entry.posted_on,
            description=entry.description,
            amount=transfer.amount if transfer.debit_id == account_id else -transfer.amount,
            entry_id=entry.id,
            source_id=entry.source_id,
        )
        for transfer, entry, account_id in session.execute(query)
    ]


def postings_from(session: Session, source_id: uuid.UUID) -> list[Posting]:
    """Every transfer made from one source, such as an invoice, in the order they were posted."""
    debit, credit = aliased(Account), aliased(Account)
    query = (
        select(Entry.posted_on, Entry.description, debit.holder_id, debit.kind, credit.kind, Transfer.amount)
        .join(Transfer, Transfer.entry_id == Entry.id)
        .join(debit, debit.id == Transfer.debit_id)
        .join(credit, credit.id == Transfer.credit_id)
        .where(Entry.source_id == source_id)
        .order_by(Entry.posted_on, Entry.posted_at, Entry.id, Transfer.position)
    )
    return [Posting(*row) for row in session.execute(query)]


def incomplete_entries(session: Session) -> list[uuid.UUID]:
    """Entries that do not have the number of legs they declared: none, unless somebody tampered."""
    query = (
        select(Entry.id).outerjoin(Transfer).group_by(Entry.id).having(func.count(Transfer.id) != Entry.legs)
    )
    return list(session.scalars(query))
