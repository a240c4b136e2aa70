"""What an account is, and what a leg of an entry must be."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from marketplace.core.money import Money


class AccountKind(StrEnum):
    """What an account counts, in the books of its holder."""

    BANK = "bank"
    RECEIVABLE = "receivable"
    PAYABLE = "payable"
    INCOME = "income"
    EXPENSE = "expense"
    VAT_OUTPUT = "vat_output"
    VAT_INPUT = "vat_input"
    FUND_SHARE = "fund_share"
    FUND_SPENDING = "fund_spending"
    CLEARING = "clearing"
    AT_STRIPE = "at_stripe"

    @property
    def is_credit(self) -> bool:
        """Does such an account usually stand on the credit side, so that people read it turned round?"""
        return self in _CREDIT


_CREDIT = frozenset({AccountKind.PAYABLE, AccountKind.INCOME, AccountKind.VAT_OUTPUT, AccountKind.FUND_SHARE})
ACCOUNT_LABELS: Mapping[AccountKind, str] = {
    AccountKind.BANK: "Bank",
    AccountKind.RECEIVABLE: "Owed to the school",
    AccountKind.PAYABLE: "Owed by the school",
    AccountKind.INCOME: "Income",
    AccountKind.EXPENSE: "Spending",
    AccountKind.VAT_OUTPUT: "VAT charged",
    AccountKind.VAT_INPUT: "VAT to reclaim",
    AccountKind.FUND_SHARE: "Share of the Partnership Fund",
    AccountKind.FUND_SPENDING: "Spending of the Partnership Fund",
    AccountKind.CLEARING: "Settlement between schools",
    AccountKind.AT_STRIPE: "Held by Stripe",
}


@dataclass(frozen=True, slots=True)
class AccountName:
    """What makes an account: whose books, which kind, towards whom, for what purpose."""

    holder_id: uuid.UUID
    kind: AccountKind
    counterparty_id: uuid.UUID | None = None
    purpose: str = ""

    @property
    def code(self) -> str:
        """One text for the four, unique in the ledger."""
        counterparty = self.counterparty_id.hex if self.counterparty_id else ""
        return f"{self.holder_id.hex}:{self.kind}:{counterparty}:{self.purpose}"


@dataclass(frozen=True, slots=True)
class Leg:
    """One transfer to be made: from the credited account to the debited one, more than nothing.

    Both accounts stand in one holder's books: no school's money ever settles another's account.
    Raises ValueError for anything else.
    """

    debit: AccountName
    credit: AccountName
    amount: Money

    def __post_init__(self) -> None:
        if self.amount.pence <= 0:
            raise ValueError("A transfer moves more than nothing.")
        if self.debit == self.credit:
            raise ValueError("A transfer needs two different accounts.")
        if self.debit.holder_id != self.credit.holder_id:
            raise ValueError("A transfer stays within one holder's books.")

    def reversed(self) -> Leg:
        """The leg that undoes this one."""
        return Leg(self.credit, self.debit, self.amount)
