"""Who changes a supplier's bank account, and when a change takes effect."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from marketplace.alliance.rules import check_bank_account, tidy_address
from marketplace.core import moves
from marketplace.core.errors import RuleBroken

TAKES = timedelta(hours=24)
"""How long after the second person's approval the new account holds: time for the old address to object."""
KNOWN_FOR = timedelta(hours=24)
"""How long a colleague must have been one before the change was proposed, to be its second person."""
LONGEST_TEXT = 1_000


class ChangeStatus(StrEnum):
    """How far a change of a bank account is."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    IN_FORCE = "in_force"
    STOPPED = "stopped"


_S = ChangeStatus
MOVES: dict[ChangeStatus, frozenset[ChangeStatus]] = {
    _S.PROPOSED: frozenset({_S.APPROVED, _S.STOPPED}),
    _S.APPROVED: frozenset({_S.IN_FORCE, _S.STOPPED}),
    _S.IN_FORCE: frozenset(),
    _S.STOPPED: frozenset(),
}
OPEN = frozenset({_S.PROPOSED, _S.APPROVED})


def move(present: ChangeStatus, wanted: ChangeStatus) -> ChangeStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


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


def masked(number: str) -> str:
    """An account number as a letter shows it: its last two figures."""
    return f"••••••{number[-2:]}"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the supplier, and since when they have had a name in Weald."""

    person_id: uuid.UUID
    since: datetime


def needs_a_school(colleagues: Collection[Colleague]) -> bool:
    """Is there nobody but the one who proposes, so that a school is the second person?"""
    return len(colleagues) <= 1


def check_second(
    colleagues: Collection[Colleague], proposed_by: uuid.UUID, proposed_at: datetime, second: uuid.UUID
) -> None:
    """Raise RuleBroken unless this colleague may be the second person of a change."""
    if second == proposed_by:
        raise RuleBroken(
            "You proposed this change. A colleague approves it; if you have none, a school that you work for "
            "checks it by telephone."
        )
    since = next((one.since for one in colleagues if one.person_id == second), None)
    if since is None or since > proposed_at - KNOWN_FOR:
        raise RuleBroken(
            "You were invited less than a day before this change was proposed. A colleague who has been here "
            "longer approves it, or it is proposed again tomorrow."
        )


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


def check_reason(reason: str) -> str:
    """Why a change is stopped. Raises RuleBroken without a reason."""
    tidied = reason.strip()
    if not tidied:
        raise RuleBroken("Say why the change is stopped.", "reason")
    if len(tidied) > LONGEST_TEXT:
        raise RuleBroken(f"Shorten the reason to {LONGEST_TEXT:,} characters or fewer.", "reason")
    return tidied
