"""The deadline, judged by the database's own clock while many suppliers press the button at once."""

import random
import threading
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.errors import Refusal, RuleBroken
from marketplace.core.policy import SYSTEM
from marketplace.tenders import queries as tenders
from marketplace.tenders.models import Tender
from suppliers.quotes import actions
from suppliers.quotes.rules import QuoteStatus
from tests import make

SUPPLIERS = 16
POSTS_EACH = 3


def close_in(tender: make.Tender, seconds: float) -> datetime:
    """Set a deadline that no calendar allows, so that the database's clock really passes it in the test."""
    with transaction() as session:
        closes_at = clock.database_now(session) + timedelta(seconds=seconds)
        session.execute(update(Tender).where(Tender.id == tender.id).values(closes_at=closes_at))
    return closes_at


def in_thread(app: Flask, work: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        with app.app_context():
            work()

    return threading.Thread(target=run)


def test_posts_that_straddle_the_deadline_are_taken_before_it_and_refused_after_it(app: Flask) -> None:
    seed = random.randrange(1_000_000)
    chance = random.Random(seed)
    tender = make.published_tender(make.alliance(schools=2), criteria=make.PRICE_ONLY)
    bidders = [make.supplier() for _ in range(SUPPLIERS)]
    drafts = {bidder.id: make.draft_quote(tender, bidder) for bidder in bidders}
    taken: set[uuid.UUID] = set()
    refusals: list[str] = []
    closes_at = close_in(tender, 1.0)
    ready = threading.Barrier(SUPPLIERS)

    def post(bidder: make.Supplier, waits: list[float]) -> Callable[[], None]:
        def work() -> None:
            ready.wait()
            for wait in waits:
                time.sleep(wait)
                try:
                    actions.submit_quote(bidder.admin, drafts[bidder.id], 1, make.DECLARED)
                    taken.add(bidder.id)
                except RuleBroken as refusal:
                    refusals.append(refusal.message)

        return work

    waits = {bidder.id: sorted(chance.uniform(0, 0.7) for _ in range(POSTS_EACH)) for bidder in bidders}
    waits[bidders[0].id] = [0.0]
    waits[bidders[1].id] = [1.2]
    threads = [in_thread(app, post(bidder, waits[bidder.id])) for bidder in bidders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    said = f"seed {seed}"
    assert all("The deadline was" in message for message in refusals), said
    assert bidders[0].id in taken, said
    assert bidders[1].id not in taken, said
    for bidder in bidders:
        quote = make.quote(drafts[bidder.id])
        if bidder.id in taken:
            assert quote.status is QuoteStatus.SUBMITTED, said
            assert quote.received_at is not None
            assert quote.received_at < closes_at, said
        else:
            assert quote.status is QuoteStatus.DRAFT, said


def test_who_waits_for_the_lock_past_the_deadline_is_late(app: Flask) -> None:
    """The clock is read after the lock is had: reading it before would take this quote."""
    tender = make.published_tender(make.alliance(schools=2), criteria=make.PRICE_ONLY)
    bidder = make.supplier()
    quote_id = make.draft_quote(tender, bidder)
    refusals: list[str] = []
    pressed = threading.Event()

    def submit() -> None:
        pressed.set()
        try:
            actions.submit_quote(bidder.admin, quote_id, 1, make.DECLARED)
        except RuleBroken as refusal:
            refusals.append(refusal.message)

    closes_at = close_in(tender, 0.8)
    thread = in_thread(app, submit)
    with transaction() as session:
        tenders.get_tender(session, SYSTEM, tender.id, lock=True)
        thread.start()
        pressed.wait()
        assert clock.now() < closes_at
        time.sleep(1.2)
    thread.join()
    assert len(refusals) == 1
    assert "The deadline was" in refusals[0]
    assert make.quote(quote_id).status is QuoteStatus.DRAFT


def test_two_browsers_that_submit_at_the_same_moment_are_one_quote(app: Flask) -> None:
    tender = make.published_tender(make.alliance(schools=2), criteria=make.PRICE_ONLY)
    bidder = make.supplier()
    quote_id = make.draft_quote(tender, bidder)
    troubles: list[Exception] = []
    ready = threading.Barrier(4)

    def submit() -> None:
        ready.wait()
        try:
            actions.submit_quote(bidder.admin, quote_id, 1, make.DECLARED)
        except (Refusal, SQLAlchemyError) as trouble:
            troubles.append(trouble)

    threads = [in_thread(app, submit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not troubles
    assert make.quote(quote_id).reference == f"Q-{clock.today().year}-0001"


@pytest.mark.usefixtures("app")
def test_the_database_tells_the_time_to_the_millisecond_in_utc() -> None:
    moments = set()
    for _ in range(3):
        moments.add(clock.database_now(db.session()))
        time.sleep(0.003)
    assert len(moments) == 3
    assert all(abs(moment - clock.now()) < timedelta(seconds=1) for moment in moments)
