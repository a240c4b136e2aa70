"""Paying online in the browser, and what Stripe reports at the door that needs no session."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from invoicing.invoices.rules import InvoiceStatus
from invoicing.payments.online.models import OnlineMovement
from invoicing.payments.online.news.models import StripeNews
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Actor
from tests import make, stripe
from tests.stripe import Stripe
from tests.web.client import Client

Browse = Callable[[Actor], Client]
FOUR_MINUTES, SIX_MINUTES = 240, 360


@pytest.fixture
def browse(client_for: Callable[[uuid.UUID | None], Client]) -> Browse:
    return lambda actor: client_for(actor.person_id)


def send(client: Client, report: dict[str, str], **other: str) -> TestResponse:
    """Knock as Stripe does: the payload, its signature, and no cookie."""
    headers = {"Stripe-Signature": other.get("signature", report["signature"])}
    payload = other.get("payload", report["payload"])
    return client.open("/online-payments/stripe", method="POST", data=payload.encode(), headers=headers)


def test_an_invoice_is_paid_online_and_refunded_by_two_people(
    app: Flask, at_stripe: Stripe, browse: Browse, session: Session
) -> None:
    alder, beech = (make.payable_school(school) for school in make.alliance(2).schools)
    invoice_id = make.issued_invoice(alder, beech)
    at = f"/invoices/{invoice_id}"
    pays = browse(beech.bursar)
    assert "Pay £100.00 online" not in pays.get(at).words  # by bank transfer only, so far
    assert "with the reference" in pays.get(at).words

    names = browse(alder.bursar)
    page = names.get(names.get("/online-payments").links()["Take online payments for " + alder.name])
    for wrong, sentence in (
        ("acct", "acct_ and the letters"),
        ("acct_unready12345", "Finish its set-up there first"),
        ("acct_elsewhere12345", "not in the United Kingdom"),
    ):
        page = names.submit(page.form("Propose this account").fill(account=wrong), status=422)
        assert sentence in page.errors()["account"]
    names.submit(page.form("Propose this account").fill(account=(account := stripe.account())))
    agrees = browse(alder.finance_lead)
    page = agrees.get(agrees.get("/").links()[f"Decide on which Stripe account {alder.name} is paid online"])
    assert "You agreed" in agrees.submit(page.form("Agree that payments go to this account")).words

    page = pays.get(pays.get(at).links()["Pay £100.00 online"])
    page = pays.submit(page.form("Go on to pay £100.00"))
    url = page.links()["Go to Stripe to pay £100.00"]
    status, shown, _ = at_stripe.ask(url.removeprefix(at_stripe.address))
    assert (status, b"No money moves" in shown) == (200, True)
    back = at_stripe.pay(url).removeprefix("http://localhost:8000")
    assert "counts as soon as Stripe confirms it" in pays.get(back).words
    assert "See the online payment" in pays.get(at).links()

    (report,) = at_stripe.reports()
    for _ in range(2):
        assert send(Client(app), report).status_code == 200
    assert "Received" in pays.get(back).words
    assert "reference online" in pays.get(at).words
    assert "Fee" not in pays.get(back).words

    page = names.get(names.get(back).links()["Refund this payment"])
    refused = names.submit(page.form().fill(amount="100.01", reason="Paid twice"), status=422)
    assert "£100.00 or less" in refused.errors()["amount"]
    names.submit(refused.form().fill(amount="40.00"))
    decide = agrees.get("/").links()[f"Decide whether to refund £40.00 to {beech.name}"]
    assert "not the one who proposed it" in names.get(decide).words
    assert names.open(decide, method="POST", data={"csrf_token": names.csrf_token()}).status_code == 403
    page = agrees.submit(agrees.get(decide).form("Approve: refund £40.00 to " + beech.name))
    assert "You approved the refund" in page.words
    assert "On its way" in page.words
    (report,) = at_stripe.reports()
    send(Client(app), report)
    assert "Paid back" in agrees.get(back).words
    invoice = make.invoice(invoice_id)
    assert (invoice.status, invoice.paid) == (InvoiceStatus.PART_PAID, Money(60_00))
    assert "-£40.00" in agrees.get(at).words.replace("−", "-")
    listed = agrees.get("/online-payments").words
    assert (account in listed, beech.name in listed) == (True, True)
    stranger = browse(make.alliance(1).schools[0].finance_lead)
    for address in (
        back,
        decide,
        agrees.get("/online-payments").links()[account],
        f"/online-payments/pay/{invoice_id}",
    ):
        stranger.get(address, status=404)
    assert {one.stripe_id[:3] for one in session.scalars(select(OnlineMovement))} == {"pi_", "re_"}


def test_abuse_14_a_forged_or_an_old_report_is_refused_without_a_word_and_counts_nothing(
    app: Flask, at_stripe: Stripe, session: Session
) -> None:
    alder, beech = (make.payable_school(school) for school in make.alliance(2).schools)
    invoice_id = make.issued_invoice(alder, beech)
    make.paid_online(alder)
    at_stripe.pay(make.online_payment(beech, invoice_id).url)
    (old,) = at_stripe.reports(age=SIX_MINUTES)
    at_stripe.read = 0
    report = at_stripe.reports(age=FOUR_MINUTES)[-1]
    anybody = Client(app)
    more = report["payload"].replace("10000", "20000")
    for answer in (
        send(anybody, old),
        send(anybody, report, payload=more),
        send(anybody, report, signature=report["signature"][:-1] + "0x"),
        send(anybody, report, signature=""),
        send(anybody, report, payload=""),
        anybody.open("/online-payments/stripe", method="POST", data=b"\\xff\\xfe"),
    ):
        assert (answer.status_code, answer.data) == (400, b"")
    assert make.invoice(invoice_id).paid == ZERO
    assert not session.scalars(select(StripeNews)).all()
    right = app.extensions["settings"]
    app.extensions["settings"] = replace(right, stripe_webhook_secrets=("whsec_other",))
    assert send(anybody, report).status_code == 400
    app.extensions["settings"] = right
    assert send(anybody, report).status_code == 200
    assert make.invoice(invoice_id).paid == Money(100_00)


def test_a_report_of_an_unknown_payment_is_kept_for_the_finance_lead_who_says_what_it_was(
    app: Flask, at_stripe: Stripe, browse: Browse
) -> None:
    school = make.alliance(1).schools[0]
    account = make.paid_online(school)
    thing = {
        "id": "re_1",
        "amount": 500,
        "currency": "gbp",
        "status": "succeeded",
        "payment_intent": "pi_else",
    }
    said = {"id": "evt_else", "account": account, "type": "refund.created", "data": {"object": thing}}
    payload = json.dumps({**said, "created": 1_700_000_000})
    report = stripe.signed(payload)
    assert send(Client(app), report).status_code == 200
    client = browse(school.finance_lead)
    page = client.get(
        client.get("/").links()["See to 1 report of Stripe’s that was not counted"].split("#")[0]
    )
    assert "No payment of your school is known by it" in page.words
    page = client.get(page.links()["Refund"])
    page = client.submit(page.form("Try to count it again"))
    assert "could not be counted" in page.words
    refused = client.submit(page.form("Say that it is seen to").fill(note=" "), status=422)
    assert refused.errors()["note"]
    page = client.submit(refused.form("Say that it is seen to").fill(note="A parent paid for a trip."))
    assert "A parent paid for a trip." in page.words
    assert "report of Stripe" not in client.get("/").words
    assert at_stripe.said() == []
