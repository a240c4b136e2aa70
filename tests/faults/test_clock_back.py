"""The machine's clock is set back by an hour, as a wrong time server does to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from invoicing.verification.queries import verify
from marketplace.alliance.sign_ins import actions as sign_ins
from marketplace.alliance.sign_ins import queries as sign_in_queries
from marketplace.alliance.sign_ins.rules import MOST_MISSES
from marketplace.core import clock, events, mail
from marketplace.core.chain import first_broken_link
from marketplace.core.db import db, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.events import Delivery, DeliveryStatus, Event
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.tenders.actions import close_tender
from marketplace.tenders.models import Tender
from suppliers.quotes import actions as quotes
from tests import make
from tests.faults.audit import gaps
from tests.promises import Tally

BACK = timedelta(hours=1)


@contextmanager
def set_back() -> Iterator[None]:
    """An hour earlier, for everything that asks what time it is; the clock goes on from there."""
    with time_machine.travel(clock.machine_now() - BACK, tick=True):
        yield


def test_books_numbers_and_the_record_of_events_go_on_when_the_clock_is_set_back(
    app: Flask, session: Session, tally: Tally
) -> None:
    assert app.testing
    alder, beech = (make.payable_school(school) for school in make.alliance(2).schools)
    first = make.issued_invoice(alder, beech)
    made_before = new_id()
    with set_back():
        ids = [new_id() for _ in range(100)]
        second = make.issued_invoice(alder, beech)
        make.pay(alder, second, 10_00)
    third = make.issued_invoice(alder, beech)
    session.expire_all()
    numbers = [make.invoice(one).number or "" for one in (first, second, third)]
    differing = [str(one) for outcome in verify(session) if outcome.differing for one in outcome.kept]
    broken = first_broken_link(session)
    positions = list(session.scalars(select(Event.position).order_by(Event.position)))
    wrong = [*gaps(numbers), *differing, *([str(broken)] if broken else [])]
    tally(
        8,
        "The clock is set back: events that follow one another",
        tries=len(positions),
        violations=len(wrong),
    )
    assert not wrong
    assert positions == list(range(1, len(positions) + 1))
    assert len({made_before, *ids}) == 101
    assert numbers == sorted(numbers)


def test_what_waits_to_be_delivered_or_sent_does_not_wait_until_the_clock_is_where_it_was(
    app: Flask, session: Session, tally: Tally
) -> None:
    assert app.testing
    alder, beech = (make.payable_school(school) for school in make.alliance(2).schools)
    make.pay(alder, make.issued_invoice(alder, beech), 10_00)
    with transaction() as writing:
        for table in (Delivery, Message):
            # As they were written before the clock was set back
            writing.execute(update(table).values(due_at=clock.now()))
    letters = session.scalar(select(func.count()).select_from(Message))
    session.rollback()
    with set_back():
        events.deliver_due()
        taken = sum(mail._lease() is not None for _ in range(letters or 0))
        again = mail._lease()
    waiting = select(func.count()).select_from(Delivery).where(Delivery.status == DeliveryStatus.WAITING)
    left = session.scalar(waiting) or 0
    tally(
        11,
        "The clock is set back: letters and deliveries that waited",
        tries=(letters or 0) + 1,
        violations=left,
    )
    assert letters
    assert taken == letters
    assert again is None  # a letter that somebody has taken is not taken again for that
    assert not left


def test_a_deadline_that_has_passed_stays_passed(app: Flask, session: Session, tally: Tally) -> None:
    assert app.testing
    tender = make.published_tender(make.alliance(schools=2), criteria=make.PRICE_ONLY)
    bidder = make.supplier()
    quote_id = make.draft_quote(tender, bidder)
    with transaction() as writing:
        passed = clock.database_now(writing) - timedelta(minutes=1)
        writing.execute(update(Tender).where(Tender.id == tender.id).values(closes_at=passed))
    close_tender(tender.id)
    with clock.travelling(clock.now() - BACK), pytest.raises(RuleBroken, match="The deadline was"):
        quotes.submit_quote(bidder.admin, quote_id, make.quote(quote_id).version, make.DECLARED)
    session.rollback()
    tally(3, "The clock is set back behind a deadline that has passed", tries=1, violations=0)


def test_who_has_signed_in_stays_so_and_who_guessed_is_kept_out(app: Flask, tally: Tally) -> None:
    assert app.testing
    supplier = make.supplier()
    begun = sign_ins.sign_in(supplier.email, make.suppliers.PASSWORD)
    for _ in range(MOST_MISSES):
        with pytest.raises(RuleBroken):
            sign_ins.sign_in(supplier.email, "not the password", device=None)
    with set_back():
        session = db.session()
        assert sign_in_queries.who_asks(session, begun.secret, clock.machine_now())
        session.rollback()
        with pytest.raises(RuleBroken, match="Too many"):
            sign_ins.sign_in(supplier.email, make.suppliers.PASSWORD, device=None)
        again = sign_ins.sign_in(supplier.email, make.suppliers.PASSWORD, device=begun.device)
        assert again.device == begun.device
    tally(11, "The clock is set back: sign-ins and guesses", tries=MOST_MISSES + 2, violations=0)
