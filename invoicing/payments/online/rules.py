"""How far an online payment is, what can be paid online, and the accounts in which it is counted."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum

from invoicing.invoices.rules import UNPAID, InvoiceStatus
from invoicing.ledger.rules import AccountKind, AccountName, Leg
from invoicing.payments.rules import Sides
from marketplace.core import clock, moves
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money

LEAST = Money(30)
MOST = Money(999_999_99)
"""What Stripe takes in sterling at once (docs.stripe.com/currencies, minimum and maximum charge amounts)."""


class OnlineStatus(StrEnum):
    """How far an online payment is. `prepared` is stored with us; whether Stripe knows of it is not sure."""

    PREPARED = "prepared"
    OPEN = "open"
    PENDING = "pending"
    RECEIVED = "received"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


LIVE = frozenset({OnlineStatus.PREPARED, OnlineStatus.OPEN, OnlineStatus.PENDING})
"""While a payment is one of these, no other is begun for the same invoice."""
UNBEGUN = frozenset({OnlineStatus.PREPARED, OnlineStatus.OPEN})
# Stripe's reports come in any order: what was received stays received, whatever is heard of before it
MOVES: Mapping[OnlineStatus, frozenset[OnlineStatus]] = {
    OnlineStatus.PREPARED: frozenset(OnlineStatus) - {OnlineStatus.PREPARED},
    OnlineStatus.OPEN: frozenset(OnlineStatus) - {OnlineStatus.PREPARED, OnlineStatus.OPEN},
    OnlineStatus.PENDING: frozenset({OnlineStatus.RECEIVED, OnlineStatus.FAILED}),
    OnlineStatus.FAILED: frozenset({OnlineStatus.RECEIVED}),
    OnlineStatus.EXPIRED: frozenset({OnlineStatus.PENDING, OnlineStatus.RECEIVED, OnlineStatus.FAILED}),
    OnlineStatus.CANCELLED: frozenset({OnlineStatus.PENDING, OnlineStatus.RECEIVED, OnlineStatus.FAILED}),
    OnlineStatus.RECEIVED: frozenset(),
}
STATUS_LABELS: Mapping[OnlineStatus, str] = {
    OnlineStatus.PREPARED: "Being prepared",
    OnlineStatus.OPEN: "Not paid yet",
    OnlineStatus.PENDING: "On its way",
    OnlineStatus.RECEIVED: "Received",
    OnlineStatus.FAILED: "Failed",
    OnlineStatus.EXPIRED: "Ran out of time",
    OnlineStatus.CANCELLED: "Cancelled",
}
STATUS_COLOURS: Mapping[OnlineStatus, str] = {
    OnlineStatus.PREPARED: "grey",
    OnlineStatus.OPEN: "yellow",
    OnlineStatus.PENDING: "blue",
    OnlineStatus.RECEIVED: "green",
    OnlineStatus.FAILED: "red",
    OnlineStatus.EXPIRED: "grey",
    OnlineStatus.CANCELLED: "grey",
}


class MovementKind(StrEnum):
    """What moved at Stripe, for a payment or for a whole payout."""

    PAYMENT = "payment"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    REINSTATED = "reinstated"
    FEE = "fee"
    PAYOUT = "payout"
    PAYOUT_FAILED = "payout_failed"


MOVEMENT_LABELS: Mapping[MovementKind, str] = {
    MovementKind.PAYMENT: "Paid",
    MovementKind.REFUND: "Refunded",
    MovementKind.REFUND_FAILED: "Refund that could not be paid",
    MovementKind.DISPUTE: "Taken back by the payer’s bank",
    MovementKind.REINSTATED: "Given again by the payer’s bank",
    MovementKind.FEE: "Fee",
    MovementKind.PAYOUT: "Paid out to the bank",
    MovementKind.PAYOUT_FAILED: "Payout that the bank sent back",
}
COMES = frozenset({MovementKind.PAYMENT, MovementKind.REFUND_FAILED, MovementKind.REINSTATED})
"""Movements with which the payer's money comes to the school."""
GOES = frozenset({MovementKind.REFUND, MovementKind.DISPUTE})
"""Movements with which it goes back."""


def move(present: OnlineStatus, wanted: OnlineStatus) -> OnlineStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


def may_become(present: OnlineStatus, wanted: OnlineStatus) -> bool:
    """May a payment that is so far be so? What is heard late, or twice, may not turn it back."""
    return wanted in MOVES[present]


def check_payable(*, status: InvoiceStatus, amount: Money, account: str | None) -> None:
    """Raise RuleBroken unless this much of an invoice can be paid online to this account."""
    if account is None:
        raise RuleBroken("This school takes bank transfers only. Pay with the invoice’s number as reference.")
    if status not in UNPAID or amount <= ZERO:
        raise RuleBroken("This invoice is not waiting for money, so there is nothing to pay.")
    if not LEAST <= amount <= MOST:
        raise RuleBroken(
            f"Between {LEAST} and {MOST} can be paid online at once. Pay this invoice by bank transfer."
        )


def day_of(seconds: int) -> date:
    """The day in England of one of Stripe's moments (seconds since 1970), and never one that is to come."""
    moment = datetime.fromtimestamp(seconds, UTC).astimezone(clock.LONDON)
    return min(moment.date(), clock.today())


def at_stripe(school_id: uuid.UUID) -> AccountName:
    """What Stripe holds for a school, until it is paid out."""
    return AccountName(school_id, AccountKind.AT_STRIPE)


def sides(receiver: uuid.UUID, payer: uuid.UUID) -> Sides:
    """Between what Stripe holds for the school that is paid, and the bank of the one that pays."""
    return Sides(at_stripe(receiver), AccountName(payer, AccountKind.BANK))


def fee_leg(school_id: uuid.UUID, fee: Money) -> Leg:
    """A fee that Stripe kept; a negative one is a fee given back."""
    leg = Leg(AccountName(school_id, AccountKind.EXPENSE), at_stripe(school_id), Money(abs(fee.pence)))
    return leg if fee > ZERO else leg.reversed()


def payout_leg(school_id: uuid.UUID, amount: Money) -> Leg:
    """What Stripe paid to the school's bank; a negative amount is what it took from there."""
    leg = Leg(AccountName(school_id, AccountKind.BANK), at_stripe(school_id), Money(abs(amount.pence)))
    return leg if amount > ZERO else leg.reversed()
