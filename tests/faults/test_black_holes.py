"""Stripe and the mail server take connections and never answer."""

import socket
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from invoicing.payments.online.models import OnlinePayment
from invoicing.payments.online.rules import OnlineStatus
from marketplace.core import clock, mail
from marketplace.core.db import transaction
from marketplace.core.events import Delivery, DeliveryStatus
from marketplace.core.mail import Message, MessageStatus
from tests import make, stripe
from tests.faults.browser import Answer, session_of
from tests.faults.conftest import LONG, long_or_short
from tests.faults.gate import Gate
from tests.faults.house import House
from tests.faults.nursery import HOST
from tests.promises import Tally
from tests.stripe import Stripe

pytestmark = [pytest.mark.long, pytest.mark.embedded]
TURNS = long_or_short(20, 2)
LONGEST = 1.0 if LONG else 15.0
"""Seconds a page may take; beside other tests only that it comes at all is looked at."""
SECONDS_TO_CATCH_UP = 200.0
FOUND, WELL = 302, 200


class Inbox:
    """The handler of an SMTP server: counts what it is given."""

    def __init__(self) -> None:
        self.came = 0

    async def handle_DATA(self, _server: object, _session: object, _envelope: object) -> str:  # noqa: N802
        self.came += 1
        return "250 kept"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    """A mail server, and its port."""
    kept = Inbox()
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    server = Controller(kept, hostname=HOST, port=port)
    server.start()
    yield kept, port
    server.stop()


def test_pages_answer_while_stripe_and_the_mail_server_do_not_and_all_arrives_later(
    app: Flask, at_stripe: Stripe, inbox: tuple[Inbox, int], open_house: Callable[..., House], tally: Tally
) -> None:
    alder, beech = (make.payable_school(school) for school in make.alliance(2).schools)
    make.paid_online(alder)
    invoices = [make.issued_invoice(alder, beech) for _ in range(TURNS)]
    drafts = [make.draft_invoice(alder, beech) for _ in range(TURNS)]
    sessions = [session_of(app, person) for person in (beech.bursar, alder.finance_lead)]
    known = app.extensions["settings"]
    letters, mail_port = inbox
    with Gate(urlsplit(at_stripe.address).port or 0) as to_stripe, Gate(mail_port) as to_mail:
        house = open_house(
            STRIPE_SECRET_KEY=known.stripe_secret_key,
            STRIPE_WEBHOOK_SECRET=stripe.SECRET,
            STRIPE_API_BASE=f"http://127.0.0.1:{to_stripe.port}",
            SMTP_URL=f"smtp://127.0.0.1:{to_mail.port}",
        )
        house.open_web()
        house.open_worker()
        house.wait_until_it_answers()
        payer, issuer = (house.browser(*one) for one in sessions)
        for browser in (payer, issuer):
            assert browser.get("/invoices").status == WELL
        answers: list[tuple[str, int, Answer]] = []
        for invoice_id, draft_id in zip(invoices, drafts, strict=True):
            answers += [
                (
                    "set out to pay",
                    FOUND,
                    payer.post(f"/online-payments/pay/{invoice_id}", {"new_id": str(uuid.uuid4())}),
                ),
                ("invoice", WELL, payer.get(f"/invoices/{invoice_id}")),
                ("issue", FOUND, issuer.post("/invoices/issue", [("chosen", f"{draft_id}:1")])),
                ("list", WELL, issuer.get("/invoices")),
                ("online payments", WELL, issuer.get("/online-payments")),
            ]
        slow = [
            f"{what}: {one.status} after {one.seconds:.2f} s"
            for what, wanted, one in answers
            if one.status != wanted or one.seconds > LONGEST
        ]
        assert to_stripe.knocked
        to_stripe.open()
        to_mail.open()
        waiting = catch_up(house, letters) if LONG else []
        house.close()

    seconds = sorted(one.seconds for _, _, one in answers)
    how = f"Stripe and the mail server never answer: pages, the slowest {seconds[-1]:.2f} s"
    tally(12 if LONG else 11, how, tries=len(answers), violations=len(slow))
    if LONG:
        tally(11, "Stripe and the mail server answer again: nothing waits", tries=1, violations=len(waiting))
    assert not [*slow, *waiting]


def catch_up(house: House, letters: Inbox) -> list[str]:
    """What still waits some minutes after all others answer again: letters, payments, deliveries."""
    with house.session() as session:
        total = session.scalar(select(func.count()).select_from(Message)) or 0
        # Letters that were tried wait two minutes and more, longer each time: that time has gone by
        session.execute(update(Message).values(due_at=clock.now()).where(Message.sent_at.is_(None)))
        session.commit()
    deadline = time.monotonic() + SECONDS_TO_CATCH_UP
    while True:
        with house.session() as session:
            waiting = {
                "letters": select(func.count())
                .where(Message.status == MessageStatus.WAITING)
                .select_from(Message),
                "payments": select(func.count())
                .where(OnlinePayment.status == OnlineStatus.PREPARED)
                .select_from(OnlinePayment),
                "deliveries": select(func.count())
                .where(Delivery.status == DeliveryStatus.WAITING)
                .select_from(Delivery),
            }
            left = {name: session.scalar(query) or 0 for name, query in waiting.items()}
        if not any(left.values()):
            return [] if letters.came >= total else [f"{total} letters were sent and {letters.came} came"]
        if time.monotonic() > deadline:
            return [f"{number} {name} still wait" for name, number in left.items() if number]
        time.sleep(1)


def test_a_mail_server_that_does_not_answer_is_left_alone_until_the_next_minute(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """Or a hundred letters would hold up everything else that the worker does, each for its own while."""
    monkeypatch.setattr(mail, "SMTP_TIMEOUT_SECONDS", 0.2)
    with transaction() as writing:
        for place in range(10):
            mail.write(writing, f"ann-{place}@school.example", "A letter", "base.txt", person_name="Ann")
    with Gate(0) as shut:
        known = app.extensions["settings"]
        monkeypatch.setitem(
            app.extensions, "settings", replace(known, smtp_url=f"smtp://127.0.0.1:{shut.port}")
        )
        assert mail.send_due() == 0
        assert shut.knocked == 1
        assert mail.send_due() == 0
        assert shut.knocked == 2  # and the next minute it is another letter's turn
    session.expire_all()
    left = session.scalar(
        select(func.count()).where(Message.status == MessageStatus.WAITING).select_from(Message)
    )
    tally(11, "The mail server never answers: letters that wait", tries=10, violations=10 - (left or 0))
    assert left == 10
