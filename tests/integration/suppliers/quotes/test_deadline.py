"""The deadline, judged by the database's own clock while many suppliers press the button at once."""

import threading
import time
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
