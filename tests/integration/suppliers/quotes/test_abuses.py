"""Abuses of sealed quotes, from the table of what Weald promises: each is tried, and stopped."""

import random
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask
from sqlalchemy import LargeBinary, select, text, update
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.errors import Refusal, RuleBroken
from marketplace.core.events import Event
from marketplace.core.policy import Act
from marketplace.tenders import actions as tenders
from marketplace.tenders.models import PanelSeat, Tender
from marketplace.tenders.rules import Seat
from suppliers.quotes import actions, queries, sealing, verifying
from suppliers.quotes.keys import boxes, locks
from suppliers.quotes.keys import queries as keys
from suppliers.quotes.keys.models import EnvelopeKey, OpeningKey, OpeningPair
from suppliers.quotes.keys.rules import Cost
from suppliers.quotes.models import Quote, QuotedPrice, SealedBody
from suppliers.quotes.rules import Envelope, QuoteStatus, in_england
from tests import make

pytestmark = pytest.mark.usefixtures("app")
PRICE = Envelope.PRICE
POSTS = 1_500
SUPPLIERS = 20
THREADS = 10


def close_at(tender: make.Tender, moment: datetime) -> None:
    """Set a deadline that no calendar allows."""
    with transaction() as session:
        session.execute(update(Tender).where(Tender.id == tender.id).values(closes_at=moment))


# ------------------------------------------------------------------ 2
def stored_secrets(session: Session) -> Iterator[bytes]:
    """Every 32 bytes that an operator may try as a key: what the database holds, and zeros and noise."""
    yield bytes(32)
    yield secrets.token_bytes(32)
    for model in (OpeningKey, EnvelopeKey, OpeningPair, SealedBody):
        columns = [
            one.name
            for one in model.metadata.tables[model.__tablename__].columns
            if isinstance(one.type, LargeBinary)
        ]
        for row in session.scalars(select(model)):
            for held in filter(None, (getattr(row, column) for column in columns)):
                for start in {0, boxes.IV_BYTES, len(held) - 32, max(0, len(held) // 2 - 16)}:
                    if len(piece := held[start : start + 32]) == 32:
                        yield piece


def test_abuse_02_database_and_secret_key_without_a_passphrase_open_nothing(
    app: Flask, session: Session
) -> None:
    tender = make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)
    quote = make.quote(make.submitted_quote(tender, make.supplier(), "7391.4682"))
    make.close_tender(tender)
    (body,) = quote.bodies
    header, key = queries.header_of(quote, PRICE), keys.envelope_key(session, tender.id, PRICE)
    of_envelope = b"|".join((b"weald: private key", tender.id.bytes, b"price", key.public_key))
    secret = app.extensions["settings"].secret_key.encode()
    purposes = (sealing.DRAFT_USE, sealing.ENVELOPE_USE, b"weald: sealed envelope of a submitted quote", b"")
    derived = [HKDF(SHA256(), 32, None, use).derive(secret) for use in purposes]
    candidates = {*stored_secrets(session), *derived, secret[:32]}
    assert len(candidates) > 20
    for candidate in candidates:
        with pytest.raises(boxes.BrokenBox):
            boxes.unwrap(candidate, key.wrapped, of_envelope)
        with pytest.raises(sealing.BrokenSeal):
            sealing.open_sealed(body.sealed, header, body.commitment, candidate)
        for pair in key.pairs:
            for half in (pair.first_half, pair.second_half):
                with pytest.raises(boxes.BrokenBox):
                    boxes.open_with(candidate, half, b"")
    with pytest.raises(sealing.BrokenSeal):
        sealing.read_draft(body.sealed, header)
    for opener in session.scalars(select(OpeningKey)):
        assert opener.locked
        assert opener.salt
        locked = locks.Lock(opener.salt, Cost(32, 1), opener.locked)
        for guess in ("", "password", app.extensions["settings"].secret_key):
            with pytest.raises(locks.WrongPassphrase):
                locks.unlock(locked, opener.public_key, guess)
    with clock.travelling(tender.closes_at):
        for act in (actions.start_opening, actions.complete_opening):
            for actor in tender.openers:
                with pytest.raises(Refusal):
                    act(actor, tender.id, PRICE, app.extensions["settings"].secret_key)
    session.rollback()
    assert not session.scalars(select(QuotedPrice)).all()


def test_abuse_02_one_opener_with_the_database_opens_nothing_alone(session: Session) -> None:
    tender = make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)
    quote = make.quote(make.submitted_quote(tender, make.supplier()))
    own = keys.key_of(session, tender.openers[0].person_id)
    assert own
    assert own.salt
    assert own.locked
    private = locks.unlock(locks.Lock(own.salt, Cost(32, 1), own.locked), own.public_key, make.PASSPHRASE)
    key = keys.envelope_key(session, tender.id, PRICE)
    of_envelope = b"|".join((b"weald: private key", tender.id.bytes, b"price", key.public_key))
    halves = []
    for pair in key.pairs:
        mine = pair.first_half if pair.first_key_id == own.id else pair.second_half
        bound = b"|".join((b"weald: half", key.id.bytes, key.public_key, pair.id.bytes, own.id.bytes, b""))
        halves.append(boxes.open_with(private, mine, bound))
    assert len(halves) == 2
    for guess in (*halves, boxes.join(*halves), private):
        with pytest.raises(boxes.BrokenBox):
            boxes.unwrap(guess, key.wrapped, of_envelope)
        (body,) = quote.bodies
        with pytest.raises(sealing.BrokenSeal):
            sealing.open_sealed(body.sealed, queries.header_of(quote, PRICE), body.commitment, guess)


# ------------------------------------------------------------------ 3
def test_abuse_03_openers_who_collude_a_second_early_are_refused_and_recorded(session: Session) -> None:
    tender = make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)
    make.submitted_quote(tender, make.supplier())
    with clock.travelling(tender.closes_at - timedelta(seconds=1)):
        for act, opener in zip(
            (actions.start_opening, actions.complete_opening), tender.openers, strict=True
        ):
            with pytest.raises(RuleBroken, match="This try was recorded"):
                act(opener, tender.id, PRICE, make.PASSPHRASE)
    session.rollback()
    refused = select(Event).where(Event.act == Act.OPENING_REFUSE).order_by(Event.position)
    tries = session.scalars(refused).all()
    assert [one.actor_id for one in tries] == [opener.person_id for opener in tender.openers]
    assert [one.facts["envelope"] for one in tries] == [PRICE, PRICE]
    assert not session.scalars(select(QuotedPrice)).all()


def test_abuse_03_two_people_of_one_school_have_no_half_together(session: Session) -> None:
    tender = make.confirmed_tender(make.alliance(), criteria=make.PRICE_ONLY)
    school = tender.lead
    with transaction() as writing:
        seat = PanelSeat(
            tender_id=tender.id, person_id=school.headteacher.person_id, school_id=school.id, seat=Seat.OPENER
        )
        writing.add(seat)
    make.proven_opener(school.headteacher)
    tenders.publish_tender(tender.schools[1].headteacher, tender.id, tender.version)
    session.rollback()
    schools = {seat.person_id: seat.school_id for seat in tender.row.panel if seat.seat is Seat.OPENER}
    pairs = session.scalars(select(OpeningPair)).all()
    assert len(pairs) == 4
    for pair in pairs:
        one, other = pair.first_key.person_id, pair.second_key.person_id
        assert one
        assert other
        assert schools[one] != schools[other]


# ------------------------------------------------------------------ 4
@pytest.mark.long
def test_abuse_04_of_1500_posts_across_the_deadline_none_is_stored_late(app: Flask) -> None:
    """Impatient suppliers press the button again and again, before the cut and after it."""
    seed = secrets.randbelow(1_000_000)
    chance = random.Random(seed)
    tender = make.published_tender(make.alliance(schools=2), criteria=make.PRICE_ONLY)
    bidders = [make.supplier() for _ in range(SUPPLIERS)]
    drafts = {bidder.id: make.draft_quote(tender, bidder) for bidder in bidders}
    with transaction() as session:
        closes_at = clock.database_now(session) + timedelta(seconds=1.0)
    close_at(tender, closes_at)
    began = time.monotonic()
    firsts = {bidder.id: chance.uniform(0, 2.0) for bidder in bidders}
    firsts[bidders[0].id], firsts[bidders[1].id] = 0.0, 1.9
    posts = sorted(
        (max(firsts[bidder.id], chance.uniform(0, 2.0)), place)
        for place, bidder in enumerate(bidders)
        for _ in range(POSTS // SUPPLIERS)
    )
    told: list[str] = []
    taken: set[uuid.UUID] = set()

    def press(mine: list[tuple[float, int]]) -> Callable[[], None]:
        def work() -> None:
            with app.app_context():
                for moment, place in mine:
                    time.sleep(max(0.0, began + moment - time.monotonic()))
                    bidder = bidders[place]
                    try:
                        actions.submit_quote(bidder.admin, drafts[bidder.id], 1, make.DECLARED)
                        taken.add(bidder.id)
                        told.append("taken")
                    except RuleBroken as refusal:
                        told.append(refusal.message)

        return work

    threads = [threading.Thread(target=press(posts[start::THREADS])) for start in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    said = f"seed {seed}"
    assert len(told) == POSTS, said
    assert {message for message in told if message != "taken" and "The deadline was" not in message} == set()
    assert any("The deadline was" in message for message in told), said
    assert bidders[0].id in taken, said
    assert bidders[1].id not in taken, said
    stored = make.fresh().scalars(select(Quote).where(Quote.tender_id == tender.id)).all()
    late = [one for one in stored if one.received_at is not None and one.received_at >= closes_at]
    assert not late, said
    submitted = {one.supplier_id for one in stored if one.status is QuoteStatus.SUBMITTED}
    assert submitted == taken, said


# ------------------------------------------------------------------ 5
EARLIER = datetime(2020, 1, 1, tzinfo=UTC)


def change(statement: str, **values: object) -> None:
    """What an operator does who has the database, and has put its guards to sleep."""
    with transaction() as session:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER IF EXISTS event_no_update"))
            session.execute(text("DROP TRIGGER IF EXISTS event_no_delete"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(statement), values)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("received_at", "2020-01-01 00:00:00.000000", "time of receipt"),
        ("commitment", "ab" * 32, "commitment"),
        ("reference", "Q-2020-0001", "reference"),
    ],
)
def test_abuse_05_a_quote_dated_back_or_changed_is_named(
    app: Flask, session: Session, column: str, value: str, said: str
) -> None:
    tender = make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)
    quotes = [make.quote(make.submitted_quote(tender, make.supplier())).reference for _ in range(2)]
    runner = app.test_cli_runner()
    assert verifying.differences(make.fresh()) == []
    assert runner.invoke(args=["quotes", "verify"]).exit_code == 0
    change(f"UPDATE quote SET {column} = :value WHERE reference = :which", value=value, which=quotes[0])  # noqa: S608
    (named,) = verifying.differences(make.fresh())
    assert said in named
    assert str(quotes[0]) in named
    answer = runner.invoke(args=["quotes", "verify"])
    assert answer.exit_code == 1
    assert named in answer.output
    make.opened_quotes(tender)
    session.rollback()
    failed = session.scalars(select(Event).where(Event.act == Act.QUOTES_OPEN)).one().facts["failed"]
    assert bool(failed) is (column == "commitment"), "a quote that is not what its receipt says is not opened"


def test_abuse_05_a_body_sealed_anew_with_a_commitment_of_its_own_does_not_open(session: Session) -> None:
    """Whoever has the public key can seal, and can write a matching commitment: the receipt gives it away."""
    tender = make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)
    good, forged = (make.submitted_quote(tender, make.supplier(), price) for price in ("2.22", "3.33"))
    quote, key = make.quote(forged), keys.envelope_key(session, tender.id, PRICE)
    part = sealing.new_part(make.offer(tender, "1.11").bodies((PRICE,))[PRICE])
    done = sealing.seal(part, queries.header_of(quote, PRICE), key.public_key)
    with transaction() as writing:
        body = writing.get_one(SealedBody, (forged, PRICE))
        body.sealed, body.commitment = done.sealed, done.commitment
        writing.get_one(Quote, forged).commitment = sealing.commitment_of_quote({PRICE: done.commitment})
    assert verifying.differences(make.fresh()) == [
        f"Quote {quote.reference}: commitment not as on its receipt."
    ]
    make.opened_quotes(tender)
    session.rollback()
    assert [price.quote_id for price in session.scalars(select(QuotedPrice))] == [good]


@pytest.mark.parametrize("column", ["at", "act", "actor_name", "facts", "hash", "previous_hash", "position"])
def test_abuse_05_any_change_to_an_event_is_named_by_its_place(column: str) -> None:
    tender = make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)
    make.submitted_quote(tender, make.supplier())
    session = make.fresh()
    position = session.scalars(select(Event.position).where(Event.act == Act.QUOTE_SUBMIT)).one()
    values = {"at": "2020-01-01 00:00:00.000000", "facts": '{"reference": "Q-1"}', "position": 999_999}
    change(
        f"UPDATE event SET {column} = :value WHERE position = :position",  # noqa: S608
        value=values.get(column, "f" * 64),
        position=position,
    )
    named = verifying.differences(make.fresh())[0]
    place = 999_999 if column == "position" else position
    assert named.startswith((f"Event {place} ", f"Event {position + 1} "))


def test_abuse_05_a_quote_or_an_event_taken_away_is_missed() -> None:
    tender = make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)
    quote_id = make.submitted_quote(tender, make.supplier())
    reference = make.quote(quote_id).reference
    for table in reversed(Quote.metadata.sorted_tables):
        if table.name == "quote" or any(one.column.table.name == "quote" for one in table.foreign_keys):
            change(f'DELETE FROM "{table.name}"')  # noqa: S608  # the names of our own tables
    assert verifying.differences(make.fresh()) == [f"Quote {reference} is gone."]
    change("DELETE FROM event WHERE position = (SELECT max(position) FROM event)")
    assert verifying.differences(make.fresh())[0].startswith("The head of the chain")


# ------------------------------------------------------------------ 6
@pytest.mark.parametrize(
    ("closes_at", "shown"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25 October 2026 at 01:30:00 BST"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25 October 2026 at 01:30:00 GMT"),
        (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), "28 March 2027 at 00:30:00 GMT"),
        (datetime(2027, 3, 28, 1, 30, tzinfo=UTC), "28 March 2027 at 02:30:00 BST"),
    ],
)
def test_abuse_06_the_hour_of_a_clock_change_gives_nobody_an_hour(closes_at: datetime, shown: str) -> None:
    assert in_england(closes_at) == shown
    tender = make.published_tender(make.alliance(schools=2), criteria=make.PRICE_ONLY)
    close_at(tender, closes_at)
    early, last, late = make.supplier(), make.supplier(), make.supplier()
    just = timedelta(milliseconds=1)
    with clock.travelling(closes_at - timedelta(hours=1)):
        ids = {bidder.id: make.draft_quote(tender, bidder) for bidder in (early, last, late)}
        make.submit_draft(ids[early.id], early)
    with clock.travelling(closes_at - just):
        make.submit_draft(ids[last.id], last)
    for moment in (closes_at, closes_at + just, closes_at + timedelta(hours=1)):
        with clock.travelling(moment), pytest.raises(RuleBroken, match=f"The deadline was {shown}"):
            make.submit_draft(ids[late.id], late)
    with clock.travelling(closes_at - just):
        assert not tenders.close_tender(tender.id)
    with clock.travelling(closes_at):
        assert tenders.close_tender(tender.id)
    received = {one.supplier_id for one in make.fresh().scalars(select(Quote)) if one.received_at}
    assert received == {early.id, last.id}
