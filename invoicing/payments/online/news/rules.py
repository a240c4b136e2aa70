"""What Stripe reports, in the words that count: which payment, how much, and when.

Of each report only these facts are kept; names, addresses and cards of payers are not.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from marketplace.core import moves
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money

CURRENCY = "gbp"
PAID = "paid"
GIVEN_UP = frozenset({"failed", "canceled"})
"""A refund that is one of these did not reach the payer: the money is back at Stripe."""


class NewsKind(StrEnum):
    """What a report is about."""

    CHECKOUT_COMPLETED = "checkout.session.completed"
    CHECKOUT_SUCCEEDED = "checkout.session.async_payment_succeeded"
    CHECKOUT_FAILED = "checkout.session.async_payment_failed"
    CHECKOUT_EXPIRED = "checkout.session.expired"
    REFUND_CREATED = "refund.created"
    REFUND_UPDATED = "refund.updated"
    REFUND_FAILED = "refund.failed"
    DISPUTE_CREATED = "charge.dispute.created"
    DISPUTE_UPDATED = "charge.dispute.updated"
    DISPUTE_WITHDRAWN = "charge.dispute.funds_withdrawn"
    DISPUTE_REINSTATED = "charge.dispute.funds_reinstated"
    DISPUTE_CLOSED = "charge.dispute.closed"
    PAYOUT_PAID = "payout.paid"
    PAYOUT_FAILED = "payout.failed"


KIND_LABELS: Mapping[NewsKind, str] = {
    NewsKind.CHECKOUT_COMPLETED: "Payment",
    NewsKind.CHECKOUT_SUCCEEDED: "Payment by Direct Debit",
    NewsKind.CHECKOUT_FAILED: "Failed Direct Debit",
    NewsKind.CHECKOUT_EXPIRED: "Payment that ran out of time",
    NewsKind.REFUND_CREATED: "Refund",
    NewsKind.REFUND_UPDATED: "Refund",
    NewsKind.REFUND_FAILED: "Refund that could not be paid",
    NewsKind.DISPUTE_CREATED: "Payment disputed at the payer’s bank",
    NewsKind.DISPUTE_UPDATED: "Payment disputed at the payer’s bank",
    NewsKind.DISPUTE_WITHDRAWN: "Payment taken back by the payer’s bank",
    NewsKind.DISPUTE_REINSTATED: "Payment given again by the payer’s bank",
    NewsKind.DISPUTE_CLOSED: "Decision on a disputed payment",
    NewsKind.PAYOUT_PAID: "Payout to the bank",
    NewsKind.PAYOUT_FAILED: "Payout that the bank sent back",
}
ABOUT_CHECKOUT = frozenset(kind for kind in NewsKind if kind.startswith("checkout."))
ABOUT_REFUNDS = frozenset(kind for kind in NewsKind if kind.startswith("refund."))
ABOUT_DISPUTES = frozenset(kind for kind in NewsKind if kind.startswith("charge.dispute."))
ABOUT_PAYOUTS = frozenset(kind for kind in NewsKind if kind.startswith("payout."))


class NewsStatus(StrEnum):
    """What became of a report. `waiting`: no payment of ours is known by it, or not yet."""

    WAITING = "waiting"
    COUNTED = "counted"
    ASIDE = "aside"
    SEEN_TO = "seen_to"


MOVES: Mapping[NewsStatus, frozenset[NewsStatus]] = {
    NewsStatus.WAITING: frozenset({NewsStatus.COUNTED, NewsStatus.ASIDE, NewsStatus.SEEN_TO}),
    NewsStatus.ASIDE: frozenset({NewsStatus.COUNTED, NewsStatus.SEEN_TO}),
    NewsStatus.COUNTED: frozenset(),
    NewsStatus.SEEN_TO: frozenset(),
}
UNCOUNTED = frozenset({NewsStatus.WAITING, NewsStatus.ASIDE})
NOT_LOOKED_AT = ""
"""What stands for the reason of a report that is kept and was not looked at yet."""
NOT_KNOWN = "No payment of your school is known by it. Look for it in Stripe, and say here what it was."
STATUS_LABELS: Mapping[NewsStatus, str] = {
    NewsStatus.WAITING: "Not known",
    NewsStatus.COUNTED: "Counted",
    NewsStatus.ASIDE: "Not counted",
    NewsStatus.SEEN_TO: "Seen to",
}

KEPT = (
    "id",
    "amount",
    "amount_total",
    "currency",
    "status",
    "payment_status",
    "client_reference_id",
    "payment_intent",
    "created",
    "arrival_date",
)
KEPT_OF_TRANSACTION = ("id", "amount", "fee", "currency", "created")


def move(present: NewsStatus, wanted: NewsStatus) -> NewsStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


@dataclass(frozen=True, slots=True)
class Moved:
    """Money that a dispute moved: negative when the payer's bank took it back. The fee is apart."""

    transaction: str
    amount: Money
    fee: Money
    created: int


@dataclass(frozen=True, slots=True)
class News:
    """A report as it counts. `about` is what Stripe calls the thing: a refund, a dispute, a payout.

    `created` is when it was reported, `happened` when the thing was; both in seconds since 1970.
    """

    kind: NewsKind
    account: str
    created: int
    about: str
    state: str
    amount: Money
    payment_id: uuid.UUID | None
    intent: str
    refund_id: uuid.UUID | None
    happened: int
    moved: tuple[Moved, ...]


def kind_of(said: Mapping[str, Any]) -> NewsKind | None:
    """What a report is about; None for what Weald does not count."""
    named = said.get("type")
    return NewsKind(named) if named in list(NewsKind) else None


def facts_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a report that are kept. What is missing stays missing, for `read` to notice."""
    thing = _mapping(_mapping(said.get("data")).get("object"))
    facts = {name: thing[name] for name in KEPT if name in thing}
    named = _mapping(thing.get("metadata")).get("weald_refund")
    moved = thing.get("balance_transactions")
    if isinstance(moved, list):
        facts["balance_transactions"] = [
            {name: one[name] for name in KEPT_OF_TRANSACTION if name in one} for one in moved
        ]
    return facts | ({"weald_refund": named} if named else {})


def is_about_its_payment_only(kind: NewsKind, facts: Mapping[str, Any]) -> bool:
    """Does counting a report hold its payment, and nothing beside it that another may hold?

    Not so with a payout, of which the account at Stripe is held, and with a refund that people decided here,
    which is held itself; one made in Stripe does not say which of ours it is.
    """
    return kind not in ABOUT_PAYOUTS and "weald_refund" not in facts


def read(kind: NewsKind, account: str, created: int, facts: Mapping[str, Any]) -> News:
    """A report from its facts. Raises RuleBroken when it is not in sterling or does not say what it must."""
    try:
        thing = str(facts["id"])
        currencies = {facts["currency"], *(one["currency"] for one in facts.get("balance_transactions", ()))}
        amount = Money(facts["amount_total" if kind in ABOUT_CHECKOUT else "amount"])
        news = News(
            kind=kind,
            account=account,
            created=created,
            about=thing,
            state=str(facts.get("payment_status" if kind in ABOUT_CHECKOUT else "status") or ""),
            amount=amount,
            payment_id=_uuid(facts.get("client_reference_id")),
            intent=str(facts.get("payment_intent") or ""),
            refund_id=_uuid(facts.get("weald_refund")),
            happened=_happened(facts, created),
            moved=tuple(_moved(facts.get("balance_transactions", ()))),
        )
    except (KeyError, TypeError, ValueError):
        raise RuleBroken(
            "It does not say what Weald needs to count it. Tell the administrator, and look in Stripe."
        ) from None
    if currencies != {CURRENCY}:
        raise RuleBroken(
            f"It is in another currency ({', '.join(sorted(str(one).upper() for one in currencies))}), and "
            "Weald counts sterling. Enter it in your finance package from Stripe’s statement."
        )
    return news


def check_amount(said: Money, asked: Money) -> None:
    """Raise RuleBroken when another amount was paid than was asked for: it is never guessed why."""
    if said != asked:
        raise RuleBroken(
            f"Stripe reports {said}, and {asked} was asked for. Look in Stripe what was paid, and record it "
            "on the invoice."
        )


def amount_in_words(facts: Mapping[str, Any]) -> str:
    """What a report is about, as far as it says: in pounds, or in pence of another currency."""
    amount, currency = facts.get("amount_total", facts.get("amount")), facts.get("currency")
    if not isinstance(amount, int):
        return "not said"
    return str(Money(amount)) if currency == CURRENCY else f"{amount} hundredths of {str(currency).upper()}"


def check_note(note: str) -> str:
    """What somebody found out, as we keep it. Raises RuleBroken (field `note`) for nothing."""
    if not note.strip():
        raise RuleBroken("Say what it was: the auditor reads it.", "note")
    return note.strip()


def _moved(transactions: Sequence[Mapping[str, Any]]) -> Iterator[Moved]:
    for one in transactions:
        yield Moved(str(one["id"]), Money(one["amount"]), Money(one.get("fee", 0)), int(one["created"]))


def _happened(facts: Mapping[str, Any], reported: int) -> int:
    """When the thing was: a payout on the day it arrives at the bank, and never after it was reported."""
    return min(int(facts.get("arrival_date", facts.get("created", reported))), reported)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _uuid(value: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value)) if value else None
    except ValueError:
        return None
