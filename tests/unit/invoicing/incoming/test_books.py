"""A supplier's documents leave the books in balance, and what is owed is what is open of them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.incoming.books import rules
from invoicing.incoming.books.rules import Charge
from invoicing.incoming.payments import rules as payments
from invoicing.incoming.payments.rules import Payable, Way
from invoicing.ledger.rules import AccountKind, AccountName, Leg
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money

SCHOOL, SUPPLIER = uuid.uuid4(), uuid.uuid4()
OWED, SPENT = rules.payable(SCHOOL, SUPPLIER), rules.spending(SCHOOL, "cleaning")
VAT, BANK = AccountName(SCHOOL, AccountKind.VAT_INPUT), AccountName(SCHOOL, AccountKind.BANK)
AMOUNTS = st.integers(1, 500_00).map(Money)
CHARGES = st.builds(
    Charge,
    net=AMOUNTS,
    vat=st.lists(st.integers(-50, 100_00).map(Money), max_size=3).map(tuple),
    paid=st.sampled_from([ZERO, ZERO, Money(3_00)]),
    rounding=st.sampled_from([ZERO, Money(1), Money(-1)]),
)

DEEDS = st.sampled_from(["invoice", "credit", "dispute", "pay"])


class Books:
    """Accounts, and beside them in plain sums what invoices, notes and payments come to."""

    def __init__(self) -> None:
        self.accounts: dict[str, int] = defaultdict(int)

    def post(self, legs: list[Leg]) -> None:
        for leg in legs:
            assert leg.debit.holder_id == leg.credit.holder_id == SCHOOL
            self.accounts[leg.debit.code] += leg.amount.pence
            self.accounts[leg.credit.code] -= leg.amount.pence


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from(["invoice", "credit", "dispute", "pay"]), CHARGES, AMOUNTS), max_size=12
    )
)
def test_whatever_suppliers_charge_credit_and_are_paid_the_books_add_to_nothing_and_owe_what_is_open(
    deeds: list[tuple[str, Charge, Money]],
) -> None:
    books, opened, vat, paid_out = Books(), 0, 0, 0
    for what, charge, amount in deeds:
        legs = rules.legs_of(charge, OWED, SPENT, credit=what == "credit")
        if what == "pay":
            books.post([Leg(OWED, BANK, amount)])
            opened, paid_out = opened - amount.pence, paid_out + amount.pence
            continue
        books.post(legs)
        if what == "dispute":
            books.post([leg.reversed() for leg in legs])
            continue
        sign = -1 if what == "credit" else 1
        opened += sign * charge.due.pence
        vat += sign * Money.total(charge.vat).pence
        paid_out += sign * charge.paid.pence
    assert sum(books.accounts.values()) == 0
    assert -books.accounts[OWED.code] == opened
    assert books.accounts[VAT.code] == vat
    assert -books.accounts[BANK.code] == paid_out


@pytest.mark.parametrize(
    ("due_on", "received_on", "supplied_on", "last"),
    [
        (None, date(2026, 11, 3), None, date(2026, 12, 2)),
        (None, date(2026, 11, 3), date(2026, 11, 20), date(2026, 12, 19)),
        (date(2026, 11, 17), date(2026, 11, 3), None, date(2026, 11, 17)),
        (date(2027, 2, 1), date(2026, 11, 3), None, date(2026, 12, 2)),
    ],
    ids=["nothing agreed", "delivered later", "agreed earlier", "agreed too late for a public authority"],
)
def test_a_school_pays_within_thirty_days_or_on_the_day_agreed_before(
    due_on: date | None, received_on: date, supplied_on: date | None, last: date
) -> None:
    assert rules.pay_by(due_on, received_on, supplied_on) == last


@pytest.mark.parametrize(
    ("posted_on", "sentence"),
    [(date(2026, 11, 2), "must be 3 November 2026"), (date(2026, 11, 11), "not after today")],
)
def test_a_document_stands_in_the_books_from_its_own_date_on(posted_on: date, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        rules.check_day(posted_on, date(2026, 11, 3), date(2026, 11, 10))
    with pytest.raises(RuleBroken, match="has not come yet"):
        rules.check_day(posted_on, date(2026, 11, 11), date(2026, 11, 10))


def test_what_cannot_be_credited_disputed_or_paid_says_what_to_do() -> None:
    with pytest.raises(RuleBroken, match=r"only £10\.00 of invoice 7 is left"):
        rules.check_credit(Money(10_01), Money(10_00), "7")
    with pytest.raises(RuleBroken, match="undo that first"):
        rules.check_can_be_disputed(Money(1), ZERO)
    with pytest.raises(RuleBroken, match="ask for a credit note"):
        rules.check_owed(Money(-1))
    with pytest.raises(RuleBroken, match="somebody else records its payment"):
        payments.check_second_person(SCHOOL, SCHOOL)
    with pytest.raises(RuleBroken, match=r"£5\.00 or less: that is what is still to come"):
        payments.check_amount(Way.PAID_BACK, Money(5_01), Money(9_00), Money(5_00))


def test_money_is_laid_on_what_is_to_be_paid_first_and_what_is_over_is_left() -> None:
    first = Payable(uuid.uuid4(), "2", Money(60_00), date(2026, 11, 1))
    second = Payable(uuid.uuid4(), "1", Money(50_00), date(2026, 12, 1))
    assert payments.lay(Money(100_00), [second, first]) == [(first, Money(60_00)), (second, Money(40_00))]
    assert payments.lay(Money(100_00), [first]) == [(first, Money(60_00))]
    with pytest.raises(RuleBroken, match="used up before invoice 1"):
        payments.lay(Money(60_00), [first, second])
    with pytest.raises(RuleBroken, match="Choose the invoice"):
        payments.lay(Money(60_00), [])
