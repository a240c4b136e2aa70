"""The last minute before a deadline, and the moment of it: everybody presses the button at once."""

import math
import random
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from marketplace.tenders.models import Tender
from suppliers.quotes.models import Quote
from suppliers.quotes.rules import QuoteStatus
from tests import make
from tests.databases import Database
from tests.faults.browser import Answer, Browser, session_of
from tests.faults.conftest import LONG, long_or_short
from tests.faults.house import House, named
from tests.promises import Tally

pytestmark = [pytest.mark.long, pytest.mark.embedded]
SUBMISSIONS, LAST_MINUTE = long_or_short(500, 8), long_or_short(60, 1)
PRESSES, OF_EACH, AROUND = long_or_short(1_500, 24), long_or_short(15, 3), long_or_short(4, 1)
CONNECTIONS = long_or_short(100, 8)
GRACE = timedelta(seconds=1.5)
P95, P99 = 1.0, 2.0
TAKEN, SERVER_ERROR = 200, 500
WARMING = 24


@dataclass(frozen=True, slots=True)
class Ready:
    """A supplier with a complete draft and a finger on the button."""

    quote_id: uuid.UUID
    browser: Browser
    path: str
    fields: dict[str, str]

    def press(self) -> Answer:
        """Submit."""
        return self.browser.post(self.path, self.fields)


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of it; `seconds` since the button was pressed, so that waiting for a free line counts too."""

    ready: Ready
    moment: float
    answer: Answer
    seconds: float


def close_at(house: House, tender: make.Tender, moment: datetime) -> None:
    """Set a deadline that no calendar allows, behind the actions' backs."""
    with house.session() as session:
        session.execute(update(Tender).where(Tender.id == tender.id).values(closes_at=moment))
        session.commit()


def press_all(presses: Iterable[tuple[float, Ready]]) -> list[Pressed]:
    """Press each button at its moment (seconds since the epoch), through so many connections."""
    waiting, done = sorted(presses, key=lambda one: -one[0]), []
    turn = threading.Lock()

    def work() -> None:
        while True:
            with turn:
                if not waiting:
                    return
                moment, ready = waiting.pop()
            time.sleep(max(0.0, moment - time.time()))
            answer = ready.press()
            done.append(Pressed(ready, moment, answer, time.time() - moment))

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def stored(house: House, tender: make.Tender) -> dict[uuid.UUID, datetime]:
    """The quotes that are in, and when each was received."""
    with house.session() as session:
        rows = session.execute(
            select(Quote.id, Quote.received_at).where(
                Quote.tender_id == tender.id, Quote.status == QuoteStatus.SUBMITTED
            )
        )
        return {quote_id: received for quote_id, received in rows if received}


def opened_with(
    app: Flask, open_house: Callable[..., House], suppliers: int
) -> tuple[House, make.Tender, list[Ready]]:
    """A house with a tender that so many suppliers are about to quote for; the web server is warm."""
    tender = make.published_tender(make.alliance(schools=2), criteria=make.PRICE_ONLY)
    drafts = {}
    for _ in range(suppliers):
        supplier = make.supplier()
        drafts[make.draft_quote(tender, supplier)] = supplier
    sessions = {supplier.id: session_of(app, supplier.admin) for supplier in drafts.values()}
    versions = {quote_id: make.quote(quote_id).version for quote_id in drafts}
    house = open_house()
    house.open_web()
    house.wait_until_it_answers()
    everybody = [
        Ready(
            quote_id,
            house.browser(*sessions[supplier.id]),
            f"/tenders/{tender.id}/quote/check?supplier={supplier.id}",
            {"quote_id": str(quote_id), "version": str(versions[quote_id])}
            | dict.fromkeys(make.DECLARED.ticked, "y"),
        )
        for quote_id, supplier in drafts.items()
    ]
    for one in everybody[:WARMING]:
        assert one.browser.get(one.path).status == TAKEN
    return house, tender, everybody


def judge(
    tally: Tally,
    how: str,
    pressed: Sequence[Pressed],
    received: dict[uuid.UUID, datetime],
    closes_at: datetime,
) -> list[str]:
    """Compare what was answered with what is stored; what is wrong, in words."""
    taken = {one.ready.quote_id for one in pressed if one.answer.status == TAKEN}
    lost = taken - received.keys()
    late = [quote_id for quote_id, at in received.items() if at >= closes_at]
    errors = [one.answer.status for one in pressed if one.answer.broke or one.answer.status >= SERVER_ERROR]
    tally(2, f"{how}: acknowledged quotes", tries=len(taken), violations=len(lost))
    tally(3, f"{how}: quotes that were stored late", tries=len(pressed), violations=len(late))
    tally(11, f"{how}: errors of the server", tries=len(pressed), violations=len(errors))
    return [
        *(f"quote {one} was acknowledged and is not in" for one in lost),
        *(f"quote {one} was received at {received[one]}, after {closes_at}" for one in late),
        *(f"an answer was {status}" for status in errors),
    ]


def test_everybody_submits_in_the_last_minute(
    app: Flask, database: Database, open_house: Callable[..., House], tally: Tally
) -> None:
    """How long it takes counts from the press of the button; the number a second grows towards the end."""
    seed = secrets.randbelow(1_000_000)
    chance = random.Random(seed)
    house, tender, everybody = opened_with(app, open_house, SUBMISSIONS)
    closes_at = datetime.now(UTC) + timedelta(seconds=LAST_MINUTE) + GRACE
    close_at(house, tender, closes_at)
    pressed = press_all(
        (closes_at.timestamp() - 0.2 - LAST_MINUTE * (1 - math.sqrt(chance.random())), one)
        for one in everybody
    )
    received = stored(house, tender)
    how = f"{SUBMISSIONS} submissions in the last {LAST_MINUTE} s on {named(database)}"
    wrong = judge(tally, how, pressed, received, closes_at)
    slow: list[str] = []
    if LONG:
        times = sorted(one.seconds for one in pressed)
        p95, p99 = (times[math.ceil(len(times) * part) - 1] for part in (0.95, 0.99))
        slow = [f"p95 {p95:.2f} s"] * (p95 > P95) + [f"p99 {p99:.2f} s"] * (p99 > P99)
        measured = f"{how}: p50 {times[len(times) // 2]:.2f} s, p95 {p95:.2f} s, p99 {p99:.2f} s"
        tally(12, measured, tries=len(times), violations=len(slow))
    assert not [*wrong, *slow], f"seed {seed}: {[*wrong, *slow]}"


def test_of_all_who_press_around_the_deadline_nobody_late_is_taken(
    app: Flask, database: Database, open_house: Callable[..., House], tally: Tally
) -> None:
    """Each presses again and again, before the deadline and after it."""
    seed = secrets.randbelow(1_000_000)
    chance = random.Random(seed)
    house, tender, everybody = opened_with(app, open_house, PRESSES // OF_EACH)
    early, late = everybody[0], everybody[1]
    assert early.press().status == TAKEN
    closes_at = datetime.now(UTC) + timedelta(seconds=AROUND) + GRACE
    close_at(house, tender, closes_at)
    presses = [(closes_at.timestamp() + AROUND, late)]
    for one in everybody[2:]:
        first = chance.uniform(-AROUND, AROUND)
        moments = [first, *(chance.uniform(first, AROUND) for _ in range(OF_EACH - 1))]
        presses += [(closes_at.timestamp() + moment, one) for moment in moments]
    pressed = press_all(presses)
    received = stored(house, tender)
    how = f"{len(pressed):,} posts around the deadline on {named(database)}"
    wrong = judge(tally, how, pressed, received, closes_at)
    assert not wrong, f"seed {seed}: {wrong}"
    assert early.quote_id in received
    assert late.quote_id not in received
    assert {one.answer.status for one in pressed if one.ready is late} == {422}
