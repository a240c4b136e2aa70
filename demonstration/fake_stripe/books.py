"""What a pretend Stripe knows: checkout pages, payments, refunds, disputes, payouts, and reports of them.

Amounts are in pence, moments in seconds since 1970, and every object is plain JSON, as Stripe's are.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Thing = dict[str, Any]
CARD, BACS = "card", "bacs_debit"
KINDS = ("sessions", "intents", "refunds", "disputes", "transactions", "payouts", "events")
SMALLEST = 30
DISPUTE_FEE = 2_000
PREFIXES = {
    "sessions": "cs_test_",
    "intents": "pi_",
    "refunds": "re_",
    "disputes": "du_",
    "transactions": "txn_",
    "payouts": "po_",
    "events": "evt_",
}


def pounds(pence: int) -> str:
    """Pence as people write them."""
    return f"£{pence // 100:,}.{pence % 100:02}"


class RefusedError(Exception):
    """What was asked cannot be; the message says why, as Stripe's do."""

    def __init__(self, message: str, status: int = 400, kind: str = "invalid_request_error") -> None:
        super().__init__(message)
        self.message, self.status, self.kind = message, status, kind


class Books:
    """Everything that a pretend Stripe knows, kept in a file when it is given one."""

    def __init__(self, file: Path | None = None, now: Callable[[], int] = lambda: int(time.time())) -> None:
        self.file, self.now = file, now
        self.lock = threading.RLock()
        self.things: dict[str, dict[str, Thing]] = {kind: {} for kind in KINDS}
        if file is not None and file.exists():
            self.things |= json.loads(file.read_text("utf-8"))

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Change one thing at a time, and keep it."""
        with self.lock:
            yield
            if self.file is not None:
                new = self.file.with_suffix(".new")
                new.write_text(json.dumps(self.things), "utf-8")
                new.replace(self.file)

    def find(self, kind: str, name: str, account: str) -> Thing:
        """A thing of an account by its name."""
        thing = self.things[kind].get(name)
        if thing is None or thing["account"] != account:
            raise RefusedError(f"No such {kind[:-1]}: '{name}'", 404)
        return thing

    def of(self, kind: str, account: str | None = None) -> list[Thing]:
        """All things of a kind, of one account or of all, the oldest first."""
        return [one for one in self.things[kind].values() if account in (None, one["account"])]

    def open_session(self, account: str, asked: Mapping[str, str], address: str) -> Thing:
        """A page on which to pay."""
        price = "line_items[0][price_data]"
        amount, currency = int(asked.get(f"{price}[unit_amount]", "0")), asked.get(f"{price}[currency]", "")
        methods = [asked[name] for name in sorted(asked) if name.startswith("payment_method_types[")]
        if asked.get("mode") != "payment" or not methods or set(methods) - {CARD, BACS}:
            raise RefusedError("Only payments by card or Bacs Direct Debit can be tried here.")
        if currency != "gbp":
            raise RefusedError(f"Bacs Direct Debit takes gbp, not {currency}.")
        if amount < SMALLEST:
            raise RefusedError("The Checkout Session's total amount due must add up to at least £0.30 gbp")
        with self.changing():
            session = self._new(
                "sessions",
                account,
                object="checkout.session",
                amount_total=amount,
                currency=currency,
                status="open",
                payment_status="unpaid",
                payment_intent=None,
                client_reference_id=asked.get("client_reference_id"),
                metadata=_metadata(asked, "metadata"),
                payment_method_types=methods,
                success_url=asked["success_url"],
                cancel_url=asked["cancel_url"],
                title=asked.get(f"{price}[product_data][name]", ""),
            )
            session["url"] = f"{address}/pay/{session['id']}"
            session["ours"] = _metadata(asked, "payment_intent_data[metadata]")
            return session

    def expire_session(self, account: str, name: str) -> Thing:
        """Close a page on which nobody has paid."""
        with self.changing():
            session = self.find("sessions", name, account)
            if session["status"] != "open":
                raise RefusedError(f"Only Checkout Sessions with a status in open can be expired: {name}")
            session["status"], session["url"] = "expired", None
            self._report("checkout.session.expired", session)
            return session

    def pay(self, name: str, method: str) -> Thing:
        """Pay on a page: a card pays at once, a Direct Debit is on its way."""
        with self.changing():
            session = self.things["sessions"].get(name)
            if session is None or session["status"] != "open":
                raise RefusedError("This page is closed: it was paid, or has run out of time.", 410)
            intent = self._new(
                "intents",
                session["account"],
                object="payment_intent",
                amount=session["amount_total"],
                currency=session["currency"],
                status="processing",
                metadata=session["ours"],
                title=session["title"],
                method=method,
                session=name,
                latest_charge=None,
                refunded=0,
            )
            session |= {"status": "complete", "url": None, "payment_intent": intent["id"]}
            if method == CARD:
                session["payment_status"] = "paid"
                self._charge(intent)
            self._report("checkout.session.completed", session)
            return session

    def settle(self, name: str, *, succeeds: bool) -> None:
        """Let a Direct Debit come, or fail."""
        with self.changing():
            intent = self.things["intents"][name]
            if intent["status"] != "processing":
                raise RefusedError("This Direct Debit is not on its way.")
            session = self.things["sessions"][intent["session"]]
            if succeeds:
                session["payment_status"] = "paid"
                self._charge(intent)
                self._report("checkout.session.async_payment_succeeded", session)
            else:
                intent["status"] = "requires_payment_method"
                self._report("checkout.session.async_payment_failed", session)

    def _charge(self, intent: Thing) -> None:
        intent["status"] = "succeeded"
        kind = "charge" if intent["method"] == CARD else "payment"
        source = f"{'ch' if kind == 'charge' else 'py'}_{intent['id'][3:]}"
        moved = self._move(intent["account"], intent["amount"], _fee(intent), kind, source)
        intent["latest_charge"] = {"id": source, "object": "charge", "balance_transaction": moved["id"]}

    def refund(self, account: str, asked: Mapping[str, str]) -> Thing:
        """Give back a payment, or some of it."""
        with self.changing():
            intent = self.find("intents", asked.get("payment_intent", ""), account)
            amount = int(asked.get("amount", intent["amount"] - intent["refunded"]))
            left = intent["amount"] - intent["refunded"]
            if intent["status"] != "succeeded" or amount > left:
                raise RefusedError(
                    f"Refund amount ({pounds(amount)}) is greater than unrefunded amount on charge "
                    f"({pounds(left)})"
                )
            intent["refunded"] += amount
            refund = self._new(
                "refunds",
                account,
                object="refund",
                amount=amount,
                currency=intent["currency"],
                status="succeeded" if intent["method"] == CARD else "pending",
                payment_intent=intent["id"],
                metadata=_metadata(asked, "metadata"),
            )
            self._move(account, -amount, 0, "refund", refund["id"])
            self._report("refund.created", refund)
            return refund

    def end_refund(self, name: str, *, succeeds: bool) -> None:
        """Let a refund arrive, or come back."""
        with self.changing():
            refund = self.things["refunds"][name]
            if refund["status"] != "pending":
                raise RefusedError("This refund is not on its way.")
            refund["status"] = "succeeded" if succeeds else "failed"
            if not succeeds:
                self.things["intents"][refund["payment_intent"]]["refunded"] -= refund["amount"]
                self._move(refund["account"], refund["amount"], 0, "refund_failure", name)
            self._report("refund.updated" if succeeds else "refund.failed", refund)

    def dispute(self, name: str, reason: str = "insufficient_funds") -> Thing:
        """The payer's bank takes a payment back, as it does too when a Direct Debit fails late."""
        with self.changing():
            intent = self.things["intents"][name]
            amount = intent["amount"] - intent["refunded"]
            if intent["status"] != "succeeded" or amount <= 0 or intent.get("disputed"):
                raise RefusedError("Nothing of this payment can be taken back.")
            intent["disputed"] = True
            dispute = self._new(
                "disputes",
                intent["account"],
                object="dispute",
                amount=amount,
                currency=intent["currency"],
                status="needs_response",
                reason=reason,
                payment_intent=name,
            )
            taken = self._move(intent["account"], -amount, DISPUTE_FEE, "adjustment", dispute["id"])
            dispute["balance_transactions"] = [taken]
            self._report("charge.dispute.created", dispute)
            self._report("charge.dispute.funds_withdrawn", dispute)
            return dispute

    def close_dispute(self, name: str, *, won: bool) -> None:
        """The payer's bank decides; what it took comes back when the school wins."""
        with self.changing():
            dispute = self.things["disputes"][name]
            if dispute["status"] != "needs_response":
                raise RefusedError("This dispute is decided.")
            dispute["status"] = "won" if won else "lost"
            if won:
                given = self._move(dispute["account"], dispute["amount"], 0, "adjustment", name)
                dispute["balance_transactions"] = [*dispute["balance_transactions"], given]
                self._report("charge.dispute.funds_reinstated", dispute)
            self._report("charge.dispute.closed", dispute)

    def pay_out(self, account: str) -> Thing:
        """Pay what an account holds to its bank."""
        with self.changing():
            held = [one for one in self.of("transactions", account) if one["payout"] is None]
            amount = sum(one["net"] for one in held)
            if amount <= 0:
                raise RefusedError("This account holds nothing to pay out.")
            payout = self._new(
                "payouts",
                account,
                object="payout",
                amount=amount,
                currency="gbp",
                status="paid",
                arrival_date=self.now(),
            )
            held.append(self._move(account, -amount, 0, "payout", payout["id"]))
            for one in held:
                one["payout"] = payout["id"]
            self._report("payout.paid", payout)
            return payout

    def intent_of(self, source: str) -> str | None:
        """The payment behind a charge or a refund."""
        if source.startswith("re_"):
            named: str = self.things["refunds"][source]["payment_intent"]
            return named
        return f"pi_{source[3:]}" if source.startswith(("ch_", "py_")) else None

    def _move(self, account: str, amount: int, fee: int, kind: str, source: str) -> Thing:
        return self._new(
            "transactions",
            account,
            object="balance_transaction",
            amount=amount,
            fee=fee,
            net=amount - fee,
            currency="gbp",
            type=kind,
            source=source,
            payout=None,
        )

    def _new(self, kind: str, account: str, **said: Any) -> Thing:
        name = PREFIXES[kind] + secrets.token_hex(12)
        thing = {"id": name, "account": account, "created": self.now(), "livemode": False, **said}
        self.things[kind][name] = thing
        return thing

    def _report(self, kind: str, thing: Thing) -> None:
        """Note what happened, with the thing as it is at this moment."""
        said = json.loads(json.dumps(thing))
        self._new("events", thing["account"], object="event", type=kind, data={"object": said})


def _fee(intent: Thing) -> int:
    """What a card (1.5 % and 20p) and a Direct Debit (1 %, between 20p and £2) cost here, half up."""
    amount: int = intent["amount"]
    if intent["method"] == CARD:
        return (amount * 15 + 500) // 1000 + 20
    return min(max((amount + 50) // 100, 20), 200)


def _metadata(asked: Mapping[str, str], where: str) -> dict[str, str]:
    start = f"{where}["
    return {name[len(start) : -1]: value for name, value in asked.items() if name.startswith(start)}
