"""Posting to the ledger: the one door through which money is written."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from invoicing.ledger.models import Account, Entry, Transfer
from invoicing.ledger.periods.queries import check_open
from invoicing.ledger.rules import AccountName, Leg
from marketplace.core import clock, events


def post(
    session: Session,
    entry_id: uuid.UUID,
    *,
    posted_on: date,
    description: str,
    source_id: uuid.UUID,
    legs: Sequence[Leg],
) -> Entry:
    """Add an entry within the caller's action. A shared step.

    The caller makes the id, so a retry is the same entry. Raises ValueError when an entry with this
    id says something else: that is a fault in the program, never a person's mistake. Raises RuleBroken
    when the books of one of the holders are closed on that day: the person dates it in the open month.
    The chain of events is held from here on: lock what else the action needs before (record 100).
    """
    if not legs:
        raise ValueError("An entry needs a leg.")
    known = session.get(Entry, entry_id)
    if known is not None:
        said = [(t.debit.code, t.credit.code, t.amount) for t in known.transfers]
        if said != [(leg.debit.code, leg.credit.code, leg.amount) for leg in legs]:
            raise ValueError(f"Entry {entry_id} was posted already and says something else.")
        return known
    # whoever closes a month holds the chain, too: none closes between this look and the posting
    events.hold_chain(session)
    check_open(session, {leg.debit.holder_id for leg in legs}, posted_on)
    entry = Entry(
        id=entry_id,
        posted_on=posted_on,
        posted_at=clock.now(),
        description=description,
        source_id=source_id,
        legs=len(legs),
    )
    accounts = _account_ids(session, {name for leg in legs for name in (leg.debit, leg.credit)})
    session.add(entry)
    session.flush()
    session.add_all(
        Transfer(
            entry_id=entry_id,
            position=position,
            debit_id=accounts[leg.debit.code],
            credit_id=accounts[leg.credit.code],
            amount=leg.amount,
        )
        for position, leg in enumerate(legs, start=1)
    )
    session.flush()
    return entry


def _account_ids(session: Session, names: Collection[AccountName]) -> Mapping[str, uuid.UUID]:
    """The accounts' ids by code, in one query where all are known; an account is opened when first used."""
    find = select(Account.code, Account.id).where(Account.code.in_([name.code for name in names]))
    found = {row.code: row.id for row in session.execute(find)}
    missing = [name for name in names if name.code not in found]
    if not missing:
        return found
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    # opened in one order by everybody, so that two who open the same ones do not wait for each other
    for name in sorted(missing, key=lambda one: one.code):
        session.execute(
            dialect.insert(Account)
            .values(
                code=name.code,
                holder_id=name.holder_id,
                kind=name.kind,
                counterparty_id=name.counterparty_id,
                purpose=name.purpose,
            )
            .on_conflict_do_nothing()
        )
    return {row.code: row.id for row in session.execute(find)}
