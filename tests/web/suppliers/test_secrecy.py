"""Nobody reads a quote early: a planted price is nowhere until its envelope is open, then on the page."""

import logging
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import make_url

from marketplace.core import jobs
from marketplace.core.db import db
from marketplace.core.mail import Message
from marketplace.core.policy import Role
from suppliers.quotes.models import QuotedPrice
from tests import make
from tests.databases import Database, SqliteDatabase
from tests.web.client import Client

PRICE = "7391.4682"
ANSWER = "zanzibar-marrow-quintet"
WAYS_TO_WRITE_IT = (PRICE, "7,391.4682", "73914682", "7391.47", "7,391.47", ANSWER)


def addresses(app: Flask, **known: object) -> list[str]:
    """Every address that a browser can ask for, about things that these ids name."""
    bound = app.url_map.bind("localhost")
    return [
        bound.build(rule.endpoint, {name: known[name] for name in rule.arguments})
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint != "static" and rule.arguments <= known.keys()
    ]


def stored(database: Database) -> bytes:
    """Everything the database holds. SQLite: as it lies on the disk, the file and its write-ahead log."""
    if not isinstance(database, SqliteDatabase):
        return database.read()
    file = Path(make_url(database.url).database or "").resolve()
    assert file.stat().st_size
    return b"".join(one.read_bytes() for one in sorted(file.parent.glob(f"{file.name}*")))


def found_in(content: bytes) -> list[str]:
    return [way for way in WAYS_TO_WRITE_IT if way.encode() in content]


@pytest.mark.long
def test_abuse_01_a_planted_price_is_nowhere_before_opening(
    app: Flask, database: Database, caplog: pytest.LogCaptureFixture, files_folder: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    alliance = make.alliance()
    tender = make.published_tender(alliance)
    supplier, rival = make.supplier(), make.supplier()
    quote_id = make.submitted_quote(tender, supplier, PRICE, [ANSWER, ANSWER])
    make.submitted_quote(tender, rival, "1.00")
    jobs.run_due()
    db.engine.dispose()
    assert not found_in(stored(database))
    assert not found_in(b"".join(one.read_bytes() for one in files_folder.rglob("*") if one.is_file()))
    letters = make.fresh().scalars(select(Message.body)).all()
    assert letters
    assert not found_in("".join(letters).encode())

    school = alliance.schools[0]
    at_a_school = (Role.BURSAR, Role.HEADTEACHER, Role.GOVERNOR, Role.FINANCE_LEAD)
    board = make.person(alliance.id, Role.COORDINATOR, Role.AUDITOR)
    outsider = make.person(make.alliance(schools=1).schools[0].id, *at_a_school)
    curious = [tender.openers[0], board, rival.admin]
    everybody = [*curious, None, supplier.admin, make.person(school.id, *at_a_school), outsider]
    asked = addresses(
        app,
        tender_id=tender.id,
        quote_id=quote_id,
        supplier_id=supplier.id,
        school_id=school.id,
        alliance_id=alliance.id,
    )
    answered = 0
    for closed, actors in ((False, curious), (True, everybody)):
        if closed:
            make.close_tender(tender)
        for actor in actors:
            browser = Client(app, actor.person_id if actor else None)
            for path in asked:
                answer = browser.open(path)
                assert answer.status_code < 500, path
                assert not found_in(answer.data), (actor, path)
                answered += answer.status_code == 200
    assert answered > 3 * len(asked)
    assert not found_in(caplog.text.encode())
    assert not found_in(stored(database))

    assert make.PASSPHRASE.encode() not in stored(database)
    make.open_envelope(tender, make.quote_schedule(tender).envelopes[0])
    assert make.PASSPHRASE.encode() not in stored(database)
    assert make.PASSPHRASE not in caplog.text
    assert found_in(stored(database)) == [ANSWER]
    assert not make.fresh().query(QuotedPrice).all()


def test_the_search_for_a_planted_price_would_find_one(app: Flask) -> None:
    """The test above can fail: once opened, the same search finds the price in the same places."""
    tender = make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)
    make.submitted_quote(tender, make.supplier(), PRICE)
    make.opened_quotes(tender)
    session = make.fresh()
    prices = [str(price.unit_price) for price in session.query(QuotedPrice)]
    assert prices == [PRICE]
    page = Client(app, tender.alliance.coordinator.person_id).open(f"/tenders/{tender.id}/comparison")
    assert page.status_code == 200
    assert found_in(page.data)
