"""Does the ledger agree with itself? Replayed from its transfers, never read from a stored balance."""

from __future__ import annotations

import uuid
from collections import defaultdict

from sqlalchemy import BigInteger, ColumnElement, Subquery, case, func, select, type_coerce, union_all
from sqlalchemy.orm import Session, aliased

from invoicing.ledger.models import Account, Entry, Transfer
from invoicing.ledger.periods import queries as periods
from invoicing.ledger.periods.models import Closing
from invoicing.ledger.periods.rules import in_words
from invoicing.ledger.rules import AccountKind
from invoicing.verification.rules import Found
from marketplace.alliance.models import Organisation, School
from marketplace.core.money import Money

AT_ONCE = 5_000
Debit, Credit = aliased(Account), aliased(Account)
PENCE: ColumnElement[int] = type_coerce(Transfer.amount, BigInteger)


def entries(session: Session, found: Found) -> None:
    """Every entry has the legs it declared, each of them within one holder's books."""
    found.counted = session.scalar(select(func.count()).select_from(Entry)) or 0
    legs = (
        select(Entry.id, Entry.description, Entry.legs, func.count(Transfer.id))
        .outerjoin(Transfer)
        .group_by(Entry.id, Entry.description, Entry.legs)
        .having(func.count(Transfer.id) != Entry.legs)
    )
    for entry_id, description, declared, counted in session.execute(legs):
        found.differs(f"Entry {entry_id} ({description})", f"{counted} legs", f"{declared} legs")
    crossing = (
        select(Entry.id, Entry.description, Transfer.position)
        .join(Transfer)
        .join(Debit, Debit.id == Transfer.debit_id)
        .join(Credit, Credit.id == Transfer.credit_id)
        .where(Debit.holder_id != Credit.holder_id)
    )
    for entry_id, description, position in session.execute(crossing):
        found.differs(f"Leg {position} of entry {entry_id} ({description})", "two holders", "one holder")


def balances(session: Session, found: Found) -> None:
    """Replayed by transfers, accounts hold what the queries say, and those of a holder add to nothing.

    The balances that were kept when a period closed are those of the ledger still.
    """
    replayed: dict[uuid.UUID, int] = defaultdict(int)
    moves = select(Transfer.debit_id, Transfer.credit_id, PENCE).execution_options(yield_per=AT_ONCE)
    for debit_id, credit_id, pence in session.execute(moves):
        found.counted += 1
        replayed[debit_id] += pence
        replayed[credit_id] -= pence
    moved = sides()
    summed = select(moved.c.account_id, func.sum(moved.c.pence)).group_by(moved.c.account_id)
    told = {row[0]: row[1] for row in session.execute(summed)}
    holders: dict[uuid.UUID, int] = defaultdict(int)
    for account in session.scalars(select(Account).order_by(Account.code)):
        held = replayed[account.id]
        holders[account.holder_id] += held
        found.expect(f"Account {account.code}", Money(int(told.get(account.id, 0))), Money(held))
    for holder_id, held in holders.items():
        if held:
            name = session.get_one(Organisation, holder_id).name
            found.differs(f"All accounts of {name}", Money(held), Money(0))
    _closings(session, found)


def sides() -> Subquery:
    """Both sides of every transfer: account, entry and pence, debits positive and credits negative."""
    return union_all(
        select(Transfer.debit_id.label("account_id"), Transfer.entry_id, PENCE.label("pence")),
        select(Transfer.credit_id, Transfer.entry_id, -PENCE),
    ).subquery()


def _closings(session: Session, found: Found) -> None:
    standing = select(Closing).where(Closing.reopening_id.is_(None)).order_by(Closing.id)
    for closing in session.scalars(standing).all():
        found.counted += 1
        name = session.get_one(Organisation, closing.holder_id).name
        now = periods.balances_at(session, closing.holder_id, closing.until)
        for kind in AccountKind:
            kept = Money(closing.balances.get(kind.value, 0))
            record = f"Balance of {kind.value} of {name}, closed up to {in_words(closing.until)}"
            found.expect(record, now.get(kind, Money(0)), kept)


def both_books(session: Session, found: Found) -> None:
    """What an entry makes one school owe another stands in the books of both, by the same amount."""
    found.counted = session.scalar(select(func.count()).select_from(Entry)) or 0
    moved, other = sides(), aliased(School)
    is_owed = Account.kind == AccountKind.RECEIVABLE
    creditor = case((is_owed, Account.holder_id), else_=Account.counterparty_id)
    debtor = case((is_owed, Account.counterparty_id), else_=Account.holder_id)
    more = func.sum(moved.c.pence)
    query = (
        select(Entry.id, Entry.description, more)
        .join(moved, moved.c.entry_id == Entry.id)
        .join(Account, Account.id == moved.c.account_id)
        .join(School, School.id == Account.holder_id)
        .join(other, other.id == Account.counterparty_id)
        .where(Account.kind.in_([AccountKind.RECEIVABLE, AccountKind.PAYABLE]))
        .group_by(Entry.id, Entry.description, creditor, debtor, Account.purpose)
        .having(more != 0)
    )
    for entry_id, description, pence in session.execute(query):
        found.differs(
            f"Entry {entry_id} ({description})",
            f"{Money(int(pence))} more in the books of the school that is owed",
            "the same amount in both schools’ books",
        )
