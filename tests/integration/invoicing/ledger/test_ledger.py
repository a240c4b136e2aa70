"""The books: balanced by construction, permanent, and the same however they are asked."""

from __future__ import annotations

import random
import uuid
from contextlib import suppress
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from invoicing.ledger import queries
from invoicing.ledger.actions import post
from invoicing.ledger.models import Account, Entry, Transfer
from invoicing.ledger.rules import AccountKind, AccountName, Leg
from invoicing.verification import books
from invoicing.verification.rules import Found
from marketplace.core.db import transaction
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from tests import make

DAY = date(2026, 11, 22)


@pytest.fixture
def alder(app: Flask) -> uuid.UUID:  # noqa: ARG001  # it needs the database
    """A school whose books are written."""
    return make.alliance(1).schools[0].id


def bank(holder: uuid.UUID) -> AccountName:
    return AccountName(holder, AccountKind.BANK)


def income(holder: uuid.UUID) -> AccountName:
    return AccountName(holder, AccountKind.INCOME)


def enter(entry_id: uuid.UUID, *legs: Leg, on: date = DAY) -> None:
    with transaction() as session:
        post(session, entry_id, posted_on=on, description="Minibus", source_id=entry_id, legs=legs)


def test_what_is_posted_moves_both_balances_by_the_same(session: Session, alder: uuid.UUID) -> None:
    enter(new_id(), Leg(bank(alder), income(alder), Money(500)), Leg(bank(alder), income(alder), Money(7)))
    assert queries.balance(session, bank(alder)) == Money(507)
    assert queries.balance(session, income(alder)) == Money(-507)


def test_an_entry_sent_twice_is_posted_once(session: Session, alder: uuid.UUID) -> None:
    entry_id = new_id()
    for _ in range(2):
        enter(entry_id, Leg(bank(alder), income(alder), Money(500)))
    assert queries.balance(session, bank(alder)) == Money(500)


def test_an_entry_that_says_something_else_under_the_same_id_is_refused(alder: uuid.UUID) -> None:
    entry_id = new_id()
    enter(entry_id, Leg(bank(alder), income(alder), Money(500)))
    with pytest.raises(ValueError, match="something else"):
        enter(entry_id, Leg(bank(alder), income(alder), Money(501)))


@pytest.mark.usefixtures("app")
def test_an_entry_without_a_leg_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a leg"):
        enter(new_id())


def test_what_goes_wrong_half_way_leaves_nothing_in_the_books(session: Session, alder: uuid.UUID) -> None:
    with suppress(ZeroDivisionError), transaction() as acting:
        leg = Leg(bank(alder), income(alder), Money(500))
        post(acting, new_id(), posted_on=DAY, description="x", source_id=new_id(), legs=[leg])
        raise ZeroDivisionError
    assert queries.balance(session, bank(alder)) == Money(0)
    assert session.query(Entry).count() == 0


def test_a_balance_before_a_date_leaves_that_day_out(session: Session, alder: uuid.UUID) -> None:
    enter(new_id(), Leg(bank(alder), income(alder), Money(1)), on=DAY - timedelta(days=1))
    enter(new_id(), Leg(bank(alder), income(alder), Money(10)), on=DAY)
    assert queries.balance(session, bank(alder), before=DAY) == Money(1)
    assert queries.balance(session, bank(alder), before=DAY + timedelta(days=1)) == Money(11)


def test_an_account_that_was_never_used_holds_nothing(session: Session, alder: uuid.UUID) -> None:
    assert queries.balance(session, AccountName(alder, AccountKind.VAT_INPUT)) == Money(0)


def test_opening_and_movements_make_the_closing_balance(session: Session, alder: uuid.UUID) -> None:
    seed = random.randrange(10**9)
    chance = random.Random(seed)
    for _ in range(25):
        legs = [Leg(bank(alder), income(alder), Money(chance.randrange(1, 10**6)))]
        if chance.random() < 0.4:
            legs = [Leg(leg.credit, leg.debit, leg.amount) for leg in legs]
        enter(new_id(), *legs, on=DAY + timedelta(days=chance.randrange(-40, 40)))
    start, end = DAY - timedelta(days=10), DAY + timedelta(days=10)
    for account in (bank(alder), income(alder)):
        moved = Money.total(move.amount for move in queries.movements(session, account, start, end))
        opening = queries.balance(session, account, before=start)
        closing = queries.balance(session, account, before=end + timedelta(days=1))
        assert opening + moved == closing, f"seed {seed}"
    both = queries.balances(session, [bank(alder), income(alder)])
    assert Money.total(both.values()) == Money(0), f"seed {seed}"
    assert not queries.incomplete_entries(session)


def test_abuse_16_replayed_one_by_one_the_transfers_come_to_the_balances(
    session: Session, alder: uuid.UUID
) -> None:
    seed = random.randrange(10**9)
    chance = random.Random(seed)
    accounts = [AccountName(alder, kind, purpose=purpose) for kind in AccountKind for purpose in ("", "Hall")]
    should = dict.fromkeys((account.code for account in accounts), Money(0))
    for _ in range(12):
        pairs = [chance.sample(accounts, 2) for _ in range(4)]
        legs = [Leg(one, other, Money(chance.randrange(1, 10**9))) for one, other in pairs]
        enter(new_id(), *legs)
        for leg in legs:
            should[leg.debit.code] += leg.amount
            should[leg.credit.code] -= leg.amount
    assert queries.balances(session, accounts) == should, f"seed {seed}"
    found = Found()
    books.balances(session, found)
    assert (found.counted, found.kept) == (12 * 4, []), f"seed {seed}"


def test_postings_of_a_source_are_told_in_order_and_without_those_of_others(
    session: Session, alder: uuid.UUID
) -> None:
    first, second = new_id(), new_id()
    enter(first, Leg(bank(alder), income(alder), Money(1)), Leg(bank(alder), income(alder), Money(2)))
    enter(second, Leg(bank(alder), income(alder), Money(9)))
    told = queries.postings_from(session, first)
    assert [(posting.holder_id, posting.amount) for posting in told] == [(alder, Money(1)), (alder, Money(2))]
    assert {(posting.debit, posting.credit) for posting in told} == {(AccountKind.BANK, AccountKind.INCOME)}


@pytest.mark.parametrize("table", ["ledger_account", "ledger_entry", "ledger_transfer"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_abuse_16_the_database_refuses_to_change_the_books(
    session: Session, alder: uuid.UUID, table: str, change: str
) -> None:
    enter(new_id(), Leg(bank(alder), income(alder), Money(500)))
    with pytest.raises(DBAPIError, match="permanent"), transaction() as acting:
        acting.execute(text(change.format(table)))
    assert queries.balance(session, bank(alder)) == Money(500)


def add_transfer(entry_id: uuid.UUID, debit: AccountName, credit: AccountName, amount: Money) -> None:
    """Write a transfer past the one door."""
    with transaction() as acting:
        ids = {account.code: account.id for account in acting.query(Account)}
        acting.add(
            Transfer(
                entry_id=entry_id,
                position=9,
                debit_id=ids[debit.code],
                credit_id=ids[credit.code],
                amount=amount,
            )
        )


def test_the_database_refuses_a_transfer_of_nothing_or_to_itself(alder: uuid.UUID) -> None:
    entry_id = new_id()
    enter(entry_id, Leg(bank(alder), income(alder), Money(500)))
    for pence, credit in ((0, income(alder)), (-5, income(alder)), (5, bank(alder))):
        with pytest.raises(IntegrityError):
            add_transfer(entry_id, bank(alder), credit, Money(pence))


def test_abuse_16_a_leg_added_behind_our_back_is_noticed(session: Session, alder: uuid.UUID) -> None:
    entry_id = new_id()
    enter(entry_id, Leg(bank(alder), income(alder), Money(500)))
    add_transfer(entry_id, bank(alder), income(alder), Money(1))
    assert queries.incomplete_entries(session) == [entry_id]
