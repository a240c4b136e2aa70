"""Stripe reports ten thousand things at once, each five times over and in any order."""

import http.client
import json
import math
import random
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from demonstration.fake_stripe.server import KEY
from invoicing.gateways import pdf
from invoicing.gateways.checkout import Opened
from invoicing.gateways.workers import Drawing
from invoicing.invoices.models import Invoice
from invoicing.payments.online import actions
from invoicing.payments.online.models import OnlineMovement
from invoicing.payments.online.news.models import StripeNews
from invoicing.payments.online.news.rules import NewsStatus
from marketplace.core.ids import new_id
from tests import make, stripe
from tests.databases import Database
from tests.faults.conftest import LONG, long_or_short
from tests.faults.house import House, named
from tests.faults.nursery import HOST
from tests.promises import Tally
from tests.stripe import Stripe

pytestmark = [pytest.mark.long, pytest.mark.embedded]
INVOICES = long_or_short(1_000, 4)
REFUNDS, SAID_AGAIN, COPIES = 5, 3, 5
OF_EACH = 1 + REFUNDS + SAID_AGAIN + 1
"""Reports for each invoice: its payment, refunds of £1.00, some of them said again by another, a payout."""
CONNECTIONS = long_or_short(16, 8)
MOST_P99, MOST_SECONDS = 1.0, 120.0
SECONDS_TO_DRAIN = 600.0
WELL = 200


@dataclass(frozen=True, slots=True)
class Begun:
    """An online payment whose page is open at Stripe."""

    payment_id: uuid.UUID
    invoice_id: uuid.UUID
    account: str
    place: int


def begin(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[Begun]:
    """So many payments, of as many invoices; all that Stripe is to say of them comes later."""
    assert app.testing
    schools = [make.payable_school(school) for school in make.alliance(4).schools]
    accounts = {school.id: make.paid_online(school) for school in schools}
    # What is drawn on the invoices is not what is tried here, and takes most of the time
    monkeypatch.setattr(pdf, "begin", lambda _: Drawing(lambda: b"%PDF-1.7\n%%EOF\n"))
    found = []
    for place in range(INVOICES):
        issuer, buyer = schools[place % 4], schools[(place + 1) % 4]
        invoice_id, payment_id = make.issued_invoice(issuer, buyer), new_id()
        actions._prepare(buyer.bursar, payment_id, invoice_id)
        actions._answered(payment_id, Opened(f"cs_{place}", f"https://stripe.example/{place}"))
        found.append(Begun(payment_id, invoice_id, accounts[issuer.id], place))
    return found


def reports_of(one: Begun) -> list[dict[str, Any]]:
    """Everything that Stripe says of a payment, each report once."""
    now, intent = int(time.time()), f"pi_{one.place}"
    page = {
        "id": f"cs_{one.place}",
        "amount_total": 100_00,
        "payment_status": "paid",
        "client_reference_id": str(one.payment_id),
    }
    things: list[tuple[str, Mapping[str, Any]]] = [("checkout.session.completed", page)]
    for number in range(REFUNDS):
        refund = {"id": f"re_{one.place}_{number}", "amount": 1_00, "status": "succeeded", "created": now}
        things.append(("refund.created", refund))
        if number < SAID_AGAIN:
            things.append(("refund.updated", refund))
    payout = {"id": f"po_{one.place}", "amount": 50_00, "status": "paid", "arrival_date": now}
    things.append(("payout.paid", payout))
    return [
        {
            "id": f"evt_{one.place}_{number}",
            "type": kind,
            "account": one.account,
            "created": now,
            "data": {"object": {**thing, "currency": "gbp", "payment_intent": intent}},
        }
        for number, (kind, thing) in enumerate(things)
    ]


def send(port: int, payloads: Sequence[str]) -> list[tuple[int, float]]:
    """Send all, through so many connections; the status of each answer and how long it took.

    Each is signed as it is sent, as Stripe does: a signature is good for five minutes.
    """
    waiting, answers = list(payloads), []

    def work() -> None:
        connection = http.client.HTTPConnection(HOST, port, timeout=60)
        while True:
            try:
                payload = waiting.pop()
            except IndexError:
                break
            post = stripe.signed(payload)
            headers = {"Stripe-Signature": post["signature"], "Content-Type": "application/json"}
            began = time.monotonic()
            try:
                connection.request("POST", "/online-payments/stripe", post["payload"], headers)
                came = connection.getresponse()
                came.read()
                status = came.status
            except (OSError, http.client.HTTPException):
                connection.close()
                waiting.append(payload)  # Stripe sends again what was not answered
                continue
            answers.append((status, time.monotonic() - began))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def wait_until_counted(house: House, number: int) -> int:
    """How many of so many reports are counted, once all are or no more time is left."""
    deadline = time.monotonic() + SECONDS_TO_DRAIN
    while True:
        with house.session() as session:
            query = (
                select(func.count()).where(StripeNews.status == NewsStatus.COUNTED).select_from(StripeNews)
            )
            counted = session.scalar(query) or 0
        if counted >= number or time.monotonic() > deadline:
            return counted
        time.sleep(0.1)


def test_each_report_counts_once_however_many_come_and_however_often(  # noqa: PLR0917  # fixtures
    app: Flask,
    database: Database,
    at_stripe: Stripe,
    open_house: Callable[..., House],
    monkeypatch: pytest.MonkeyPatch,
    tally: Tally,
) -> None:
    seed = secrets.randbelow(1_000_000)
    begun = begin(app, monkeypatch)
    house = open_house(
        STRIPE_SECRET_KEY=KEY, STRIPE_WEBHOOK_SECRET=stripe.SECRET, STRIPE_API_BASE=at_stripe.address
    )
    house.open_web()
    house.open_worker()
    house.wait_until_it_answers()
    said = [json.dumps(report) for one in begun for report in reports_of(one)]
    assert len(said) == INVOICES * OF_EACH
    posts = said * COPIES
    random.Random(seed).shuffle(posts)

    began = time.monotonic()
    answers = send(house.port, posts)
    acknowledged = time.monotonic() - began
    counted = wait_until_counted(house, len(said))
    drained = time.monotonic() - began - acknowledged
    house.close()

    wrong = [f"{counted} of {len(said)} reports are counted"] * (counted != len(said))
    refused = [f"an answer was {status}" for status, _ in answers if status != WELL]
    with house.session() as session:
        movements = session.scalar(select(func.count()).select_from(OnlineMovement)) or 0
        paid = {one.paid.pence for one in session.scalars(select(Invoice))}
    twice = movements - INVOICES * (1 + REFUNDS + 1)
    wrong += [f"{twice} movements too many"] * (twice != 0)
    wrong += [f"invoices are paid {paid}"] * (paid != {100_00 - REFUNDS * 1_00})
    code, words = house.run("verify")
    wrong += [words] * (code != 0)

    times = sorted(seconds for _, seconds in answers)
    p99 = times[math.ceil(len(times) * 0.99) - 1]
    how = f"{len(said):,} reports {COPIES} times each on {named(database)}"
    tally(5, f"{how}: counted once", tries=len(said), violations=abs(twice) + len(said) - counted)
    tally(4, f"{how}: books that agree", tries=INVOICES, violations=int(bool(wrong)))
    tally(11, f"{how}: answered", tries=len(answers), violations=len(refused))
    slow: list[str] = []
    if LONG:
        slow += [f"the 99th percentile was answered after {p99:.2f} s"] * (p99 > MOST_P99)
        slow += [f"all were counted {drained:.0f} s after that"] * (drained > MOST_SECONDS)
        measured = (
            f"{how}: p99 {p99:.2f} s, all acknowledged in {acknowledged:.0f} s "
            f"and counted {drained:.0f} s after that"
        )
        tally(12, measured, tries=len(answers), violations=len(slow))
    assert not [*wrong, *refused, *slow], f"seed {seed}: {[*wrong, *refused, *slow][:20]}"
