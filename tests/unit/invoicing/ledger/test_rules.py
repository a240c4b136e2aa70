"""A leg that could let one school's money pay for another cannot be made."""

from __future__ import annotations

import uuid

import pytest

from invoicing.ledger.rules import ACCOUNT_LABELS, AccountKind, AccountName, Leg
from marketplace.core.money import Money

ALDER, BEECH = uuid.UUID(int=1), uuid.UUID(int=2)
BANK = AccountName(ALDER, AccountKind.BANK)
INCOME = AccountName(ALDER, AccountKind.INCOME)


def test_a_leg_stays_in_one_set_of_books() -> None:
    with pytest.raises(ValueError, match=r"^A transfer stays within one holder"):
        Leg(BANK, AccountName(BEECH, AccountKind.BANK), Money(1))


@pytest.mark.parametrize("pence", [0, -1])
def test_a_leg_moves_more_than_nothing(pence: int) -> None:
    with pytest.raises(ValueError, match=r"^A transfer moves more than nothing"):
        Leg(BANK, INCOME, Money(pence))


def test_a_leg_needs_two_accounts() -> None:
    with pytest.raises(ValueError, match=r"^A transfer needs two different"):
        Leg(BANK, AccountName(ALDER, AccountKind.BANK), Money(1))


def test_a_leg_and_its_reverse_leave_both_accounts_as_they_were() -> None:
    leg = Leg(BANK, INCOME, Money(500))
    assert leg.reversed() == Leg(INCOME, BANK, Money(500))
    assert leg.reversed().reversed() == leg


def test_accounts_that_differ_in_anything_have_different_codes() -> None:
    accounts = [
        AccountName(ALDER, AccountKind.RECEIVABLE),
        AccountName(ALDER, AccountKind.RECEIVABLE, BEECH),
        AccountName(BEECH, AccountKind.RECEIVABLE, ALDER),
        AccountName(ALDER, AccountKind.PAYABLE, BEECH),
        AccountName(ALDER, AccountKind.RECEIVABLE, BEECH, "catering"),
    ]
    assert len({account.code for account in accounts}) == len(accounts)


def test_every_kind_of_account_has_words() -> None:
    assert set(ACCOUNT_LABELS) == set(AccountKind)
