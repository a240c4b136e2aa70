"""The books: balanced by construction, permanent, and the same however they are asked."""

from __future__ import annotations

import random
import uuid
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

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
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from tests import make

DAY = date(2026, 11, 22)
BEFORE = DAY - timedelta(days=1)
POSTED = datetime(2026, 11, 30, 9, tzinfo=UTC)


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
    assert [one.position for one in session.query(Transfer).order_by(Transfer.position)] == [1, 2]


def test_an_account_is_opened_as_what_it_was_named(session: Session) -> None:
    ours, theirs = make.alliance(2).schools
    owed = AccountName(ours.id, AccountKind.RECEIVABLE, theirs.id, "Hall")
    enter(new_id(), Leg(owed, income(ours.id), Money(1)))
    account = session.query(Account).filter_by(code=owed.code).one()
    assert AccountName(account.holder_id, account.kind, account.counterparty_id, account.purpose) == owed


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
    with pytest.raises(ValueError, match=r"^An entry needs a leg"):
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


def test_movements_are_told_in_order_as_the_account_sees_them_with_what_they_are_of(
    session: Session, alder: uuid.UUID
) -> None:
    """By their dates, whenever they were posted; on one day as posted; an entry's in order."""
    later, first, second = new_id(), new_id(), new_id()
    for entry_id, on, amounts in ((later, DAY, [1]), (first, BEFORE, [2, 3]), (second, BEFORE, [4])):
        with clock.travelling(POSTED + timedelta(minutes=len(amounts))):
            legs = [Leg(income(alder), bank(alder), Money(pence)) for pence in amounts]
            enter(entry_id, *legs, on=on)
    moved = queries.movements(session, bank(alder), BEFORE, DAY)
    assert [(one.entry_id, one.posted_on, one.amount.pence) for one in moved] == [
        (second, BEFORE, -4),
        (first, BEFORE, -2),
        (first, BEFORE, -3),
        (later, DAY, -1),
    ]
    assert {(one.description, one.source_id == one.entry_id) for one in moved} == {("Minibus", True)}


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
    source, others = new_id(), new_id()
    entries = sorted(new_id() for _ in range(4))
    # by date, then as they were posted, and what was posted at one moment in the order of its ids
    told_third, told_last, told_first, told_second = entries
    for entry_id, minute, on, pence in (
        (told_third, 2, BEFORE, 5),
        (told_second, 1, BEFORE, 3),
        (told_first, 1, BEFORE, 1),
        (told_last, 0, DAY, 7),
    ):
        with clock.travelling(POSTED + timedelta(minutes=minute)), transaction() as acting:
            legs = [Leg(bank(alder), income(alder), Money(amount)) for amount in (pence, pence + 1)]
            post(acting, entry_id, posted_on=on, description=f"{on}", source_id=source, legs=legs)
    enter(others, Leg(bank(alder), income(alder), Money(9)))
    told = queries.postings_from(session, source)
    assert [posting.amount.pence for posting in told] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [posting.posted_on for posting in told] == [BEFORE] * 6 + [DAY] * 2
    assert {(posting.debit, posting.credit, posting.holder_id) for posting in told} == {
        (AccountKind.BANK, AccountKind.INCOME, alder)
    }
    assert all(posting.description == f"{posting.posted_on}" for posting in told)


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


def test_abuse_16_an_entry_whose_only_leg_is_missing_is_noticed(session: Session) -> None:
    entry_id = new_id()
    with transaction() as acting:
        acting.add(
            Entry(id=entry_id, posted_on=DAY, posted_at=POSTED, description="x", source_id=entry_id, legs=1)
        )
    assert queries.incomplete_entries(session) == [entry_id]
