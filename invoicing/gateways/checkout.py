"""Online payments, for whoever takes them. The library that asks Stripe is loaded with the first question.

It takes a fifth of a second to load, and most programs never ask. Every question has a deadline and is asked
once: whoever asks again does so with the same key, and Stripe answers as it did the first time.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flask import current_app

from marketplace.core.money import Money
from marketplace.core.settings import Settings

if TYPE_CHECKING:
    from invoicing.gateways.stripe import Stripe


class Patience(StrEnum):
    """How long an answer may take: with a person waiting less than a second, for a job some seconds."""

    PERSON = "person"
    JOB = "job"


class UnansweredError(Exception):
    """No answer in time: what was asked for may have happened, or not. Ask again with the same key."""


class DeclinedError(Exception):
    """Stripe refuses what was asked for; the message is its own, in English, for people."""


class ForgedError(Exception):
    """What came is not from Stripe, or is too old to be heard."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A payment that Stripe is asked to take: for whose account, how much, for what, and the way back."""

    account: str
    payment_id: uuid.UUID
    amount: Money
    title: str
    success_url: str
    cancel_url: str

    @property
    def key(self) -> str:
        """The idempotency key: this payment is asked for once, however often it is said."""
        return f"payment-{self.payment_id}"


@dataclass(frozen=True, slots=True)
class Opened:
    """A page of Stripe's on which somebody can pay."""

    session: str
    url: str


@dataclass(frozen=True, slots=True)
class Account:
    """A school's account at Stripe: whether it can take payments, and in which country it is."""

    takes_payments: bool
    country: str


@dataclass(frozen=True, slots=True)
class Charged:
    """What Stripe kept of a payment: the balance transaction, the fee, and when."""

    transaction: str
    fee: int
    currency: str
    created: int


@dataclass(frozen=True, slots=True)
class PaidOut:
    """One balance transaction in a payout. `intent` names the payment it comes from, where there is one."""

    transaction: str
    kind: str
    intent: str
    amount: int
    fee: int
    currency: str
    created: int


def offered() -> bool:
    """Are online payments set up here? Without keys invoices are paid by bank transfer."""
    settings: Settings = current_app.extensions["settings"]
    return bool(settings.stripe_secret_key)


def stripe(patience: Patience = Patience.PERSON) -> Stripe:
    """Stripe, to be asked; made once for a program and its settings. Never within a transaction."""
    from invoicing.gateways.stripe import Stripe  # noqa: PLC0415  # see above

    settings: Settings = current_app.extensions["settings"]
    known: tuple[Settings, dict[Patience, Stripe]] | None = current_app.extensions.get("stripe")
    if known is None or known[0] is not settings:
        known = (settings, {one: Stripe(settings, one) for one in Patience})
        current_app.extensions["stripe"] = known
    return known[1][patience]


def hear(payload: bytes, signature: str) -> Mapping[str, Any]:
    """A webhook as it was signed by Stripe within the last five minutes. Raises ForgedError."""
    from invoicing.gateways.stripe import verified  # noqa: PLC0415  # see above

    settings: Settings = current_app.extensions["settings"]
    return verified(payload, signature, settings.stripe_webhook_secrets)
