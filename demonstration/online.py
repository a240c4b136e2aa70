"""Invoices paid online at a pretend Stripe: by card, by Direct Debit, one to be refunded, one not known."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from flask import current_app
from sqlalchemy import select

from demonstration.cast import Cast, DemonstrationSchool
from demonstration.fake_stripe.books import BACS, CARD
from demonstration.fake_stripe.server import KEY, FakeStripe, serve
from demonstration.purchases import HARROW, KINGFISHER, MANOR, MILLBROOK
from invoicing.invoices import actions as invoices
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import InvoiceTerms, LineDraft, usual_category
from invoicing.payments.online import actions
from invoicing.payments.online.accounts import actions as accounts
from invoicing.payments.online.jobs import see_to_online_payments
from invoicing.payments.online.models import OnlinePayment
from invoicing.payments.online.news import actions as news
from invoicing.payments.online.refunds import actions as refunds
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.settings import Settings

ACCOUNT = "acct_HarrowHillPrimary"
SECRET = "whsec_of_the_story"  # noqa: S105  # signs nothing that travels
TAKES_PAYMENTS, ISSUED, CARDS, PAID_OUT, DEBIT, REFUND = -20, -12, -9, -7, -3, -1
PLACES: Mapping[str, int] = {MANOR: 3, KINGFISHER: 2, MILLBROOK: 1}
PLACE = Money(60_00)
CAKES = "line_items[0][price_data]"
FOR_NO_INVOICE = {
    "mode": "payment",
    "payment_method_types[0]": CARD,
    f"{CAKES}[currency]": "gbp",
    f"{CAKES}[unit_amount]": "1250",
    f"{CAKES}[product_data][name]": "Cakes for the summer fair",
    "success_url": "http://localhost/",
    "cancel_url": "http://localhost/",
}


def pay(cast: Cast) -> None:
    """Three schools pay for places on a first-aid course; somebody buys cakes on the school’s own page."""
    seller = cast.schools[HARROW]
    with pretending() as stripe:
        with cast.calendar.on(TAKES_PAYMENTS):
            account_id = new_id()
            accounts.propose_account(seller.bursar, account_id, seller.id, ACCOUNT)
            accounts.approve_account(seller.finance_lead, account_id)
        with cast.calendar.on(ISSUED):
            due = {urn: _issue(seller, cast.schools[urn], places) for urn, places in PLACES.items()}
        with cast.calendar.on(CARDS):
            _now(stripe)
            for urn in (MANOR, KINGFISHER):
                stripe.books.pay(_start(cast.schools[urn], due[urn]).session, CARD)
            _report(stripe)
        with cast.calendar.on(PAID_OUT):
            _now(stripe)
            stripe.books.pay_out(ACCOUNT)
            _report(stripe)
        with cast.calendar.on(DEBIT):
            _now(stripe)
            stripe.books.pay(_start(cast.schools[MILLBROOK], due[MILLBROOK]).session, BACS)
            cakes = stripe.books.open_session(ACCOUNT, FOR_NO_INVOICE, stripe.address)
            stripe.books.pay(cakes["id"], CARD)
            _report(stripe)
        with cast.calendar.on(REFUND):
            refunds.propose_refund(
                seller.bursar,
                new_id(),
                _start(cast.schools[KINGFISHER], due[KINGFISHER]).id,
                amount=PLACE,
                reason="One of their two people was ill, and we gave the place to somebody else.",
            )


@contextmanager
def pretending() -> Iterator[FakeStripe]:
    """A pretend Stripe while this part of the story is told; `make run` goes on with what it kept."""
    settings: Settings = current_app.extensions["settings"]
    kept = settings.files_folder.parent / "pretend-stripe.json"
    kept.unlink(missing_ok=True)
    with FakeStripe(secret=SECRET, file=kept) as stripe:
        threading.Thread(target=serve, args=(stripe,), daemon=True).start()
        current_app.extensions["settings"] = replace(
            settings,
            stripe_secret_key=KEY,
            stripe_webhook_secrets=(SECRET,),
            stripe_api_base=stripe.address,
        )
        try:
            yield stripe
        finally:
            current_app.extensions["settings"] = settings
            stripe.shutdown()


def _now(stripe: FakeStripe) -> None:
    """What happens at Stripe from now on happens at the story's moment."""
    moment = int(clock.now().timestamp())
    stripe.books.now = lambda: moment


def _report(stripe: FakeStripe) -> None:
    """Weald hears of everything, and asks what Stripe kept; what it heard before changes nothing."""
    for event in stripe.books.of("events"):
        news.hear(event)
    see_to_online_payments()


def _issue(seller: DemonstrationSchool, buyer: DemonstrationSchool, places: int) -> uuid.UUID:
    line = LineDraft(
        "Places on the first-aid course",
        Decimal(places),
        "place",
        PLACE.pounds,
        usual_category(registered=False),
    )
    terms = InvoiceTerms(
        buyer_id=buyer.id,
        supplied_on=clock.today() - timedelta(days=2),
        payment_days=30,
        purchase_order="",
        note="",
        lines=(line,),
    )
    made = new_id()
    invoices.draft_invoice(seller.bursar, made, seller.id, terms)
    db.session().rollback()
    version = db.session().get_one(Invoice, made).version
    invoices.issue_invoices(seller.finance_lead, [(made, version)])
    return made


def _start(buyer: DemonstrationSchool, invoice_id: uuid.UUID) -> OnlinePayment:
    """The online payment of an invoice, begun by the buyer's bursar if it is not yet."""
    session = db.session()
    session.rollback()
    begun = select(OnlinePayment).where(OnlinePayment.invoice_id == invoice_id)
    if (known := session.scalars(begun).one_or_none()) is not None:
        return known
    payment_id = actions.start_payment(buyer.bursar, new_id(), invoice_id)
    return session.get_one(OnlinePayment, payment_id)
