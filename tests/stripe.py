"""The pretend Stripe in tests: a process of its own, asked and steered over HTTP as by anybody else."""

import hashlib
import hmac
import http.client
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

from demonstration.fake_stripe.server import KEY
from marketplace.core.settings import PROJECT

SECRET = "whsec_of_the_tests"


class Stripe:
    """What a test does at the pretend Stripe: pay, let a Direct Debit fail, read what is reported."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.read = 0

    def ask(
        self, path: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, str]:
        """Status, content and where it leads, of a page (or of what a form on it does)."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=10)
        try:
            body = urlencode(form) if form is not None else None
            connection.request("GET" if form is None else "POST", path, body, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.getheader("Location") or ""
        finally:
            connection.close()

    def pay(self, url: str, how: str = "card") -> str:
        """Pay on a page of Stripe's; returns where one is sent back to."""
        status, content, back = self.ask(urlsplit(url).path, {"how": how})
        assert status == 303, content
        return back

    def do(self, deed: str, name: str) -> None:
        """Do what a bank would do."""
        status, content, _ = self.ask("/do", {deed: name})
        assert status == 303, content

    def refund(self, account: str, intent: str, pence: int) -> None:
        """Somebody refunds a payment in Stripe itself."""
        headers = {"Authorization": f"Bearer {KEY}", "Stripe-Account": account}
        asked = {"payment_intent": intent, "amount": str(pence)}
        status, content, _ = self.ask("/v1/refunds", asked, headers)
        assert status == 200, content

    def reports(self, age: int = 0) -> list[dict[str, str]]:
        """What was reported since this was last asked: payload and signature."""
        _, content, _ = self.ask(f"/reports?since={self.read}&age={age}")
        new: list[dict[str, str]] = json.loads(content)
        self.read += len(new)
        return new

    def said(self) -> list[dict[str, Any]]:
        """The same, as the events that they are."""
        return [json.loads(report["payload"]) for report in self.reports()]


@contextmanager
def running() -> Iterator[str]:
    """The address of a pretend Stripe that runs meanwhile."""
    environment = {**os.environ, "STRIPE_WEBHOOK_SECRET": SECRET}
    command = [sys.executable, "-m", "demonstration.fake_stripe"]
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().decode().strip()
        finally:
            process.terminate()


def settings_for(address: str) -> dict[str, Any]:
    """The settings with which Weald asks it."""
    return {
        "stripe_secret_key": KEY,
        "stripe_webhook_secrets": ("whsec_of_last_year", SECRET),
        "stripe_api_base": address,
    }


def signed(payload: str) -> dict[str, str]:
    """A report of a test's own, signed as Stripe signs."""
    at = int(time.time())
    made = hmac.new(SECRET.encode(), f"{at}.{payload}".encode(), hashlib.sha256).hexdigest()
    return {"payload": payload, "signature": f"t={at},v1={made}"}


def account() -> str:
    """The name of a new account."""
    return f"acct_{uuid.uuid4().hex[:16]}"
