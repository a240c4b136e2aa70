"""The pretend Stripe on HTTP: the questions that Weald asks, two pages, and signed reports."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import secrets
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from demonstration.fake_stripe import pages
from demonstration.fake_stripe.books import BACS, CARD, Books, RefusedError, Thing

KEY = "sk_test_pretend"
MOMENT = 0.02
SECONDS_TO_ANSWER = 10


class FakeStripe(ThreadingHTTPServer):
    """A pretend Stripe that listens. `secret` signs its reports; they go to `deliver_to`, if anywhere."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int = 0, *, secret: str, file: Path | None = None, deliver_to: str = "") -> None:
        super().__init__(("127.0.0.1", port), Asked)
        self.books = Books(file)
        self.secret, self.deliver_to = secret, deliver_to
        self.answers: dict[tuple[str, str], dict[str, Any]] = {}
        self.waiting: list[Thing] = []
        self.calls: list[str] = []
        self.seen = len(self.books.things["events"])

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def reports(self, *, since: int = 0, age: int = 0) -> list[dict[str, str]]:
        """Reports with signatures made so many seconds ago."""
        return [self.signed(one, age) for one in self.books.of("events")[since:]]

    def signed(self, event: Thing, age: int = 0) -> dict[str, str]:
        """One report as it is sent: the payload and its signature (docs.stripe.com/webhooks/signature)."""
        payload = json.dumps(event)
        at = int(time.time()) - age
        made = hmac.new(self.secret.encode(), f"{at}.{payload}".encode(), hashlib.sha256).hexdigest()
        return {"id": event["id"], "payload": payload, "signature": f"t={at},v1={made}"}

    def deliver(self) -> None:
        """Send reports as they happen, and again until they are taken. Never returns."""
        while True:
            with self.books.lock:
                events = self.books.of("events")
                self.waiting += events[self.seen :]
                self.seen = len(events)
            for event in list(self.waiting):
                if self._taken(self.signed(event)):
                    self.waiting.remove(event)
            time.sleep(0.2)

    def _taken(self, report: dict[str, str]) -> bool:
        to = urlsplit(self.deliver_to)
        connection = HTTPConnection(to.hostname or "127.0.0.1", to.port or 80, timeout=SECONDS_TO_ANSWER)
        headers = {"Content-Type": "application/json", "Stripe-Signature": report["signature"]}
        try:
            connection.request("POST", to.path, report["payload"].encode(), headers)
            return connection.getresponse().status == 200  # noqa: PLR2004  # taken
        except OSError:
            time.sleep(1)
            return False
        finally:
            connection.close()

    def send_again(self) -> None:
        """Send everything once more, twice and shuffled, as Stripe may."""
        with self.books.lock:
            again = self.books.of("events") * 2
        random.shuffle(again)
        self.waiting += again


class Asked(BaseHTTPRequestHandler):
    """One request."""

    server: FakeStripe
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing: the terminal belongs to Weald."""

    def do_GET(self) -> None:
        """Answer a question, or show a page."""
        self._answer(self._get)

    def do_POST(self) -> None:
        """Do something."""
        self._answer(self._post)

    def _answer(self, asked: Callable[[], None]) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length).decode()
        self.path, _, query = self.path.partition("?")
        self.form = dict(parse_qsl(f"{query}&{self.body}"))
        self.account = self.headers.get("Stripe-Account") or ""
        try:
            asked()
        except RefusedError as refused:
            if self.path.startswith("/v1/"):
                self._say({"error": {"type": refused.kind, "message": refused.message}}, refused.status)
            else:
                said = pages.framed("That did not work", f"<p>{refused.message}</p>")
                self._show(said, refused.status)
        except KeyError:
            self._say({"error": {"type": "invalid_request_error", "message": "No such thing."}}, 404)

    def _get(self) -> None:
        books, parts = self.server.books, self.path.strip("/").split("/")
        if self.path == "/":
            return self._show(pages.overview(books))
        if parts[0] == "pay":
            session = books.things["sessions"][parts[1]]
            if session["status"] != "open":
                raise RefusedError("This page is closed: it was paid, or has run out of time.", 410)
            return self._show(pages.paying(session))
        if parts[0] == "reports":
            age, since = int(self.form.get("age", 0)), int(self.form.get("since", 0))
            return self._say(self.server.reports(since=since, age=age))
        self._check_key()
        if parts[:2] == ["v1", "accounts"]:
            country = "FR" if "elsewhere" in parts[2] else "GB"
            return self._say(
                {
                    "id": parts[2],
                    "object": "account",
                    "charges_enabled": "unready" not in parts[2],
                    "country": country,
                }
            )
        if parts[:2] == ["v1", "payment_intents"]:
            return self._say(self._expanded(books.find("intents", parts[2], self.account)))
        if parts[:2] == ["v1", "balance_transactions"]:
            wanted = self.form.get("payout")
            held = [one for one in books.of("transactions", self.account) if one["payout"] == wanted]
            data = [{**one, "source": self._source(one["source"])} for one in held]
            return self._say({"object": "list", "url": self.path, "has_more": False, "data": data})
        raise RefusedError(f"Unrecognized request URL (GET: {self.path}).", 404)

    def _expanded(self, intent: Thing) -> Thing:
        charge = intent["latest_charge"]
        if charge is None:
            return intent
        moved = self.server.books.things["transactions"][charge["balance_transaction"]]
        return {**intent, "latest_charge": {**charge, "balance_transaction": moved}}

    def _source(self, name: str) -> Thing:
        return {"id": name, "object": "charge", "payment_intent": self.server.books.intent_of(name)}

    def _post(self) -> None:
        parts = self.path.strip("/").split("/")
        if parts[0] == "pay":
            return self._pay(parts[1])
        if parts[0] == "do":
            return self._do()
        self._check_key()
        return self._say(*self._once(parts))

    def _once(self, parts: list[str]) -> tuple[Thing, int]:
        """Honour the idempotency key: one key, one deed, the same answer each time."""
        key = self.headers.get("Idempotency-Key") or ""
        known = (self.account, key)
        with self.server.books.lock:
            earlier = self.server.answers.get(known) if key else None
            if earlier is None:
                self.server.answers[known] = {"asked": (self.path, self.body), "answer": None}
        if earlier is not None:
            if earlier["asked"] != (self.path, self.body):
                said = "Keys for idempotent requests can only be used with the same parameters."
                raise RefusedError(said, kind="idempotency_error")
            if earlier["answer"] is None:
                raise RefusedError("There is currently another request in progress with this key.", 409)
            answer: tuple[Thing, int] = earlier["answer"]
            return answer
        time.sleep(MOMENT)
        try:
            answer = (self._made(parts), 200)
        except RefusedError as refused:
            answer = ({"error": {"type": refused.kind, "message": refused.message}}, refused.status)
        self.server.answers[known]["answer"] = answer
        return answer

    def _made(self, parts: list[str]) -> Thing:
        books = self.server.books
        self.server.calls.append(self.path)
        if parts == ["v1", "checkout", "sessions"]:
            return books.open_session(self.account, self.form, f"http://{self.headers['Host']}")
        if parts[:3] == ["v1", "checkout", "sessions"] and parts[4:] == ["expire"]:
            return books.expire_session(self.account, parts[3])
        if parts == ["v1", "refunds"]:
            return books.refund(self.account, self.form)
        raise RefusedError(f"Unrecognized request URL (POST: {self.path}).", 404)

    def _pay(self, name: str) -> None:
        session = self.server.books.things["sessions"][name]
        how = self.form.get("how")
        if how == "declined":
            return self._show(pages.declined(session))
        if how == "back":
            return self._go(session["cancel_url"])
        if how not in (CARD, BACS):
            raise RefusedError("Choose how to pay.")
        return self._go(self.server.books.pay(name, how)["success_url"])

    def _do(self) -> None:
        books = self.server.books
        deeds: dict[str, Callable[[str], Any]] = {
            "succeed": lambda name: books.settle(name, succeeds=True),
            "fail": lambda name: books.settle(name, succeeds=False),
            "dispute": books.dispute,
            "win": lambda name: books.close_dispute(name, won=True),
            "lose": lambda name: books.close_dispute(name, won=False),
            "refund_arrives": lambda name: books.end_refund(name, succeeds=True),
            "refund_fails": lambda name: books.end_refund(name, succeeds=False),
            "pay_out": books.pay_out,
            "send_again": lambda _: self.server.send_again(),
        }
        for deed, name in self.form.items():
            deeds[deed](name)
        self._go("/")

    def _check_key(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            raise RefusedError("Invalid API Key provided.", 401)

    def _say(self, said: Any, status: int = 200) -> None:
        self._send(json.dumps(said), "application/json", status)

    def _show(self, page: str, status: int = 200) -> None:
        self._send(page, "text/html; charset=utf-8", status)

    def _go(self, address: str) -> None:
        self._send("", "text/plain", 303, {"Location": address})

    def _send(self, text: str, kind: str, status: int, more: dict[str, str] | None = None) -> None:
        content = text.encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(content)),
            "Request-Id": f"req_{secrets.token_hex(7)}",
            **(more or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def serve(server: FakeStripe) -> None:
    """Listen, and send reports when there is somewhere to send them, until stopped."""
    if server.deliver_to:
        threading.Thread(target=server.deliver, daemon=True).start()
    server.serve_forever(poll_interval=0.05)
