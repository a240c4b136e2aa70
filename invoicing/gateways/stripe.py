"""Stripe by its own library: checkout pages, refunds, fees and payouts of schools' connected accounts.

Every call names the school's account (a direct charge), so the money is that school's from the start and is
paid out to its own bank: no school's money passes through another's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import requests
from stripe import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    IdempotencyError,
    RateLimitError,
    RequestsClient,
    SignatureVerificationError,
    StripeClient,
    StripeError,
    WebhookSignature,
)
from stripe import (
    PermissionError as AccessError,
)

from invoicing.gateways.checkout import (
    Account,
    Charged,
    DeclinedError,
    ForgedError,
    Opened,
    PaidOut,
    Patience,
    UnansweredError,
    Wanted,
)
from marketplace.core import logs
from marketplace.core.money import Money
from marketplace.core.settings import Settings

log = logs.of(__name__)
TOLERANCE_SECONDS = 300
MILLISECONDS: Mapping[Patience, tuple[int, int]] = {Patience.PERSON: (250, 650), Patience.JOB: (2000, 8000)}
"""How long to wait for a connection, and for an answer on it."""
METHODS = ("card", "bacs_debit")
STILL_BEING_ANSWERED = 409
SERVER_ERROR = 500
MOST_AT_ONCE = 100


class Stripe:
    """Stripe's answers to what Weald asks. Raises UnansweredError and DeclinedError, and nothing else."""

    def __init__(self, settings: Settings, patience: Patience) -> None:
        connect, answer = (milliseconds / 1000 for milliseconds in MILLISECONDS[patience])
        base = settings.stripe_api_base.rstrip("/")
        session = requests.Session()
        session.max_redirects = 0  # the key goes to Stripe and to nobody that an answer names
        self._client = StripeClient(
            settings.stripe_secret_key,
            base_addresses={"api": base} if base else None,
            # One that asks again by itself would keep people waiting, and storm a Stripe that is down
            max_network_retries=0,
            http_client=RequestsClient(timeout=(connect, answer), session=session),
        )

    def open_checkout(self, wanted: Wanted) -> Opened:
        """A page on which to pay by card or Bacs Direct Debit, in sterling."""
        ours = {"weald_payment": str(wanted.payment_id)}
        price = {
            "currency": "gbp",
            "unit_amount": wanted.amount.pence,
            "product_data": {"name": wanted.title},
        }
        params: Any = {
            "mode": "payment",
            "payment_method_types": list(METHODS),
            "line_items": [{"price_data": price, "quantity": 1}],
            "client_reference_id": str(wanted.payment_id),
            "metadata": ours,
            "payment_intent_data": {"description": wanted.title, "metadata": ours},
            "success_url": wanted.success_url,
            "cancel_url": wanted.cancel_url,
        }
        with _answering():
            session = self._client.v1.checkout.sessions.create(
                params, {"stripe_account": wanted.account, "idempotency_key": wanted.key}
            )
            return Opened(session.id, session.url or "")

    def close_checkout(self, account: str, session: str) -> None:
        """Let nobody pay on this page any more. DeclinedError when somebody has paid, or it is closed."""
        with _answering():
            self._client.v1.checkout.sessions.expire(session, None, {"stripe_account": account})

    def refund(self, account: str, intent: str, amount: Money, key: str) -> str:
        """Give back some of a payment; returns the refund's id at Stripe."""
        with _answering():
            refund = self._client.v1.refunds.create(
                {"payment_intent": intent, "amount": amount.pence, "metadata": {"weald_refund": key}},
                {"stripe_account": account, "idempotency_key": f"refund-{key}"},
            )
            return refund.id

    def account(self, account: str) -> Account:
        """What there is to know of a school's account."""
        with _answering():
            found = self._client.v1.accounts.retrieve(account)
            return Account(bool(found.charges_enabled), found.country or "")

    def charged(self, account: str, intent: str) -> Charged | None:
        """What Stripe kept of a payment that has come in; None while that is not settled."""
        with _answering():
            params: Any = {"expand": ["latest_charge.balance_transaction"]}
            found: Any = self._client.v1.payment_intents.retrieve(intent, params, {"stripe_account": account})
            transaction = found.latest_charge and found.latest_charge.balance_transaction
            if not transaction:
                return None
            return Charged(transaction.id, transaction.fee, transaction.currency, transaction.created)

    def paid_out(self, account: str, payout: str) -> list[PaidOut]:
        """What a payout is made of, without the payout itself."""
        with _answering():
            params: Any = {"payout": payout, "limit": MOST_AT_ONCE, "expand": ["data.source"]}
            found = self._client.v1.balance_transactions.list(params, {"stripe_account": account})
            return [
                PaidOut(
                    transaction=one.id,
                    kind=one.type,
                    intent=getattr(one.source, "payment_intent", None) or "",
                    amount=one.amount,
                    fee=one.fee,
                    currency=one.currency,
                    created=one.created,
                )
                for one in found.auto_paging_iter()
                if one.type != "payout"
            ]


@contextmanager
def _answering() -> Iterator[None]:
    """Tell apart what is worth asking again from what Stripe refuses. No key and no body goes further."""
    try:
        yield
    except (APIConnectionError, RateLimitError) as error:
        raise UnansweredError(type(error).__name__) from None
    except (AuthenticationError, AccessError) as error:
        # Stripe's own words name the key
        log.error("stripe.refused_access", error=type(error).__name__)  # noqa: TRY400  # nor a traceback of it
        raise DeclinedError("It does not let Weald use this account. Tell the administrator.") from None
    except StripeError as error:
        status = error.http_status or SERVER_ERROR
        if status == STILL_BEING_ANSWERED or (isinstance(error, APIError) and status >= SERVER_ERROR):
            raise UnansweredError(type(error).__name__) from None
        if isinstance(error, IdempotencyError):
            raise DeclinedError("It was asked for before, and differently.") from None
        raise DeclinedError(error.user_message or "Stripe did not say why.") from None


def verified(payload: bytes, signature: str, secrets: Sequence[str]) -> Mapping[str, Any]:
    """A webhook's content, if one of the secrets signed exactly these bytes lately. Raises ForgedError."""
    for secret in secrets:
        try:
            WebhookSignature.verify_header(payload, signature, secret, TOLERANCE_SECONDS)
            said = json.loads(payload)
        except (SignatureVerificationError, ValueError):
            continue
        if isinstance(said, dict):
            return said
    raise ForgedError
