"""Who changes a supplier's bank account, and when a change takes effect."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from marketplace.alliance.rules import check_bank_account, tidy_address
from marketplace.alliance.school_accounts.rules import (
    KNOWN_FOR,
    LONGEST_TEXT,
    MOVES,
    OPEN,
    TAKES,
    ChangeStatus,
    Colleague,
    check_reason,
    check_second,
    masked,
    move,
)
from marketplace.core.errors import RuleBroken

__all__ = [
    "KNOWN_FOR",
    "MOVES",
    "OF_A_SUPPLIER",
    "OPEN",
    "TAKES",
    "Account",
    "ChangeStatus",
    "Colleague",
    "check_account",
    "check_called",
    "check_reason",
    "check_second",
    "masked",
    "move",
    "needs_a_school",
]
OF_A_SUPPLIER = (
    "You proposed this change. A colleague approves it; if you have none, a school that you work for "
    "checks it by telephone."
)


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account, and the address to which what concerns it is written."""

    name: str
    sort_code: str
    number: str
    email: str


def check_account(account: Account) -> Account:
    """The account as we keep it. Raises RuleBroken naming the field that is wrong."""
    name, sort_code, number = check_bank_account(account.name, account.sort_code, account.number)
    if not name:
        raise RuleBroken("Enter the name of the account as the bank has it.", "account_name")
    return Account(name, sort_code, number, tidy_address(account.email, "account_email"))


def needs_a_school(colleagues: Collection[Colleague]) -> bool:
    """Is there nobody but the one who proposes, so that a school is the second person?"""
    return len(colleagues) <= 1


def check_called(spoke_to: str, number_from: str) -> tuple[str, str]:
    """What a finance lead says about the call, as we keep it. Raises RuleBroken."""
    told = (
        (spoke_to.strip(), "spoke_to", "Enter whom you spoke to."),
        (
            number_from.strip(),
            "number_from",
            "Say which number you called and where you had it from: never from a message about the change.",
        ),
    )
    for text, field, missing in told:
        if not text:
            raise RuleBroken(missing, field)
        if len(text) > LONGEST_TEXT:
            raise RuleBroken(f"Shorten this to {LONGEST_TEXT:,} characters or fewer.", field)
    return told[0][0], told[1][0]
