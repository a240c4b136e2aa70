"""Debts are aged by the day they were due; a statement's movements lead from its opening to its closing."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.accounts import rules
from invoicing.accounts.rules import Band, Movement, OpenItem, Period, What
from invoicing.ledger.rules import AccountKind
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money

DUE = date(2026, 3, 31)
OTHER = uuid.UUID(int=7)


@pytest.mark.parametrize(
    ("days", "band"),
    [
        (-30, Band.NOT_DUE),
        (0, Band.NOT_DUE),
        (1, Band.TO_30),
        (30, Band.TO_30),
        (31, Band.TO_60),
        (60, Band.TO_60),
        (61, Band.TO_90),
        (90, Band.TO_90),
        (91, Band.OVER_90),
        (4_000, Band.OVER_90),
    ],
)
def test_days_count_from_the_day_after_it_was_due(days: int, band: Band) -> None:
    assert rules.band(DUE, DUE + timedelta(days=days)) is band


def item(pence: int, days_late: int, disputed: int = 0) -> OpenItem:
    due = DUE - timedelta(days=days_late)
    return OpenItem(uuid.uuid4(), "1", OTHER, due, due, Money(pence), Money(disputed))


def test_what_is_owed_back_and_on_account_lowers_what_is_to_be_paid() -> None:
    (row,) = rules.aged([item(500, 0), item(300, 45, 100), item(-200, 70)], {OTHER: Money(-50)}, DUE)
    assert row.bands == {**dict.fromkeys(Band, ZERO), Band.NOT_DUE: Money(500), Band.TO_60: Money(300)}
    assert (row.held, row.disputed, row.total) == (Money(-250), Money(100), Money(550))
    assert rules.sum_of([row, row]).total == Money(1_100)


def movement(pence: int, own: AccountKind, against: AccountKind, *, held: bool = False) -> Movement:
    return Movement(DUE, uuid.uuid4(), uuid.uuid4(), "", own, held, against, Money(pence))


RECEIVABLE, PAYABLE = AccountKind.RECEIVABLE, AccountKind.PAYABLE


@pytest.mark.parametrize(
    ("moved", "what"),
    [
        (movement(9, RECEIVABLE, AccountKind.INCOME), What.INVOICE_TO),
        (movement(9, RECEIVABLE, AccountKind.VAT_OUTPUT), What.INVOICE_TO),
        (movement(-9, RECEIVABLE, AccountKind.INCOME), What.CREDIT_TO),
        (movement(-9, RECEIVABLE, AccountKind.EXPENSE), What.WRITTEN_OFF),
        (movement(-9, PAYABLE, AccountKind.EXPENSE), What.INVOICE_FROM),
        (movement(9, PAYABLE, AccountKind.VAT_INPUT), What.CREDIT_FROM),
        (movement(9, PAYABLE, AccountKind.INCOME), What.WRITTEN_OFF),
        (movement(-9, RECEIVABLE, AccountKind.BANK), What.PAID_IN),
        (movement(9, RECEIVABLE, AccountKind.BANK), What.PAID_IN),
        (movement(9, PAYABLE, AccountKind.BANK), What.PAID_OUT),
        (movement(-9, PAYABLE, AccountKind.BANK, held=True), What.PAID_IN),
        (movement(9, PAYABLE, AccountKind.BANK, held=True), What.PAID_OUT),
        (movement(-9, RECEIVABLE, AccountKind.CLEARING), What.SETTLED),
    ],
)
def test_a_movement_says_what_it_is_by_its_two_accounts(moved: Movement, what: What) -> None:
    assert moved.what is what


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(-500, 500).filter(bool)), max_size=30))
def test_opening_and_movements_make_the_closing_balance(moved: list[tuple[int, int]]) -> None:
    start = date(2026, 1, 1)
    everything = [
        Movement(
            start + timedelta(days=day),
            uuid.UUID(int=place // 2),
            OTHER,
            "",
            RECEIVABLE,
            False,  # noqa: FBT003  # its place in the tuple
            AccountKind.BANK,
            Money(pence),
        )
        for place, (day, pence) in enumerate(sorted(moved))
    ]
    period = Period(start + timedelta(days=30), start + timedelta(days=60))
    stated = rules.statement(everything, period)
    assert stated.opening == Money.total(one.amount for one in everything if one.posted_on < period.start)
    assert stated.closing == Money.total(one.amount for one in everything if one.posted_on <= period.end)
    assert stated.closing == (stated.lines[-1].balance if stated.lines else stated.opening)
    following = rules.statement(
        everything, Period(period.end + timedelta(days=1), start + timedelta(days=90))
    )
    assert following.opening == stated.closing


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(RuleBroken, match="must not be before"):
        Period(DUE, DUE - timedelta(days=1))
