"""What the name of an account at Stripe looks like, and who may agree to it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.errors import Forbidden, RuleBroken

ACCOUNT = re.compile(r"acct_[A-Za-z0-9]{8,40}")
COUNTRY = "GB"


class AccountStatus(StrEnum):
    """How far a school's account at Stripe is; payments go to the one that is in use."""

    PROPOSED = "proposed"
    IN_USE = "in_use"
    REFUSED = "refused"
    CLOSED = "closed"


MOVES: Mapping[AccountStatus, frozenset[AccountStatus]] = {
    AccountStatus.PROPOSED: frozenset({AccountStatus.IN_USE, AccountStatus.REFUSED}),
    AccountStatus.IN_USE: frozenset({AccountStatus.CLOSED}),
    AccountStatus.REFUSED: frozenset(),
    AccountStatus.CLOSED: frozenset(),
}
STATUS_LABELS: Mapping[AccountStatus, str] = {
    AccountStatus.PROPOSED: "Waits for a second person",
    AccountStatus.IN_USE: "Takes payments",
    AccountStatus.REFUSED: "Refused",
    AccountStatus.CLOSED: "No longer used",
}
STATUS_COLOURS: Mapping[AccountStatus, str] = {
    AccountStatus.PROPOSED: "yellow",
    AccountStatus.IN_USE: "green",
    AccountStatus.REFUSED: "grey",
    AccountStatus.CLOSED: "grey",
}


def move(present: AccountStatus, wanted: AccountStatus) -> AccountStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


def check_account(account: str) -> str:
    """The account's name as Stripe writes it. Raises RuleBroken (field `account`)."""
    account = account.strip()
    if not ACCOUNT.fullmatch(account):
        raise RuleBroken(
            "Enter the account ID: acct_ and the letters and digits after it. "
            "It stands in Stripe under Settings, Business, Account details.",
            "account",
        )
    return account


def check_takes_payments(*, takes_payments: bool, country: str) -> None:
    """Raise RuleBroken (field `account`) unless the account can take payments in the United Kingdom."""
    if country != COUNTRY:
        raise RuleBroken("This account is not in the United Kingdom. Enter your school’s own.", "account")
    if not takes_payments:
        raise RuleBroken(
            "Stripe does not let this account take payments yet. Finish its set-up there first.", "account"
        )


def check_second_person(person_id: uuid.UUID | None, proposed_by: uuid.UUID) -> None:
    """No single person says where a school's money goes. Raises Forbidden for who proposed it."""
    if person_id is None or person_id == proposed_by:
        raise Forbidden(
            "You proposed this account, so another person of your school decides: a headteacher or a "
            "finance lead."
        )
