"""Quotes are sealed to pairs of openers: who has no half opens nothing, whatever else they have."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.events import Event
from marketplace.core.ids import new_id
from marketplace.core.policy import Act, Actor
from marketplace.tenders import actions as tenders
from marketplace.tenders.interests import actions as interests
from suppliers.quotes import actions
from suppliers.quotes.keys import actions as keys
from suppliers.quotes.keys import boxes, halves, jobs, queries
from suppliers.quotes.keys.models import EnvelopeKey, OpeningPair, PassedHalf
from suppliers.quotes.models import Opening, QuotedPrice
from suppliers.quotes.rules import Envelope
from tests import make

pytestmark = pytest.mark.usefixtures("app")
PRICE = Envelope.PRICE
OTHER = "kettle orbit mossy harbour"


@pytest.fixture
def tender() -> make.Tender:
    """Past its deadline with a quote in it, judged on price alone."""
    tender = make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)
    make.submitted_quote(tender, make.supplier())
    make.close_tender(tender)
    return tender


def passed(session: Session) -> int:
    session.rollback()
    return len(session.scalars(select(PassedHalf)).all())


def opened(session: Session) -> bool:
    session.rollback()
    return bool(session.scalars(select(QuotedPrice)).all())


def key_id(session: Session, actor: Actor) -> object:
    key = queries.key_of(session, actor.person_id)
    assert key
    return key.id


def public_key(session: Session, actor: Actor) -> bytes:
    key = queries.key_of(session, actor.person_id)
    assert key
    return key.public_key


# ------------------------------------------------------------------ at publication
def test_each_envelope_has_keys_of_its_own_and_a_half_for_every_allowed_pair(session: Session) -> None:
    tender = make.published_tender(make.alliance())
    made = session.scalars(select(EnvelopeKey).where(EnvelopeKey.tender_id == tender.id)).all()
    assert {one.envelope for one in made} == set(Envelope)
    assert len({one.public_key for one in made}) == 2
    bursar, other, standby = (
        key_id(session, one) for one in (*tender.openers, tender.standby) if one is not None
    )
    for one in made:
        pairs = {frozenset((pair.first_key_id, pair.second_key_id)) for pair in one.pairs}
        assert pairs == {frozenset((bursar, other)), frozenset((bursar, standby))}
    event = session.scalars(select(Event).where(Event.act == Act.KEYS_MAKE)).one()
    assert (event.subject_id, event.organisation_id) == (tender.id, tender.row.alliance_id)
    openers = [one for one in (*tender.openers, tender.standby) if one]
    assert event.facts == {
        "keys": {one.envelope: boxes.fingerprint(one.public_key) for one in made},
        "openers": {one.name: boxes.fingerprint(public_key(session, one)) for one in openers},
        "pairs": 2,
        "recovery": False,
    }


def test_a_tender_is_not_published_before_its_openers_are_ready(session: Session) -> None:
    alliance = make.alliance()
    tender = make.confirmed_tender(alliance, closes_at=make.working_moment(90))
    head = tender.schools[1].headteacher
    with clock.travelling(clock.now() + timedelta(days=31)):
        make.proven_opener(tender.openers[0])
        with pytest.raises(RuleBroken, match="prove the passphrase again") as refused:
            tenders.publish_tender(head, tender.id, tender.version)
        assert tender.openers[1].name in refused.value.message
        assert tender.openers[0].name not in refused.value.message
        assert not session.scalars(select(EnvelopeKey)).all()
        make.proven_opener(tender.openers[1])
        assert tender.standby
        make.proven_opener(tender.standby)
        tenders.publish_tender(head, tender.id, tender.version)
    assert session.scalars(select(EnvelopeKey)).all()


def test_an_opener_who_declared_an_interest_gets_no_half(session: Session) -> None:
    tender = make.confirmed_tender(make.alliance())
    assert tender.standby
    interests.declare_interest(
        tender.standby,
        tender.id,
        has_interest=True,
        interest="My sister works there.",
        mitigation="I stay out.",
    )
    with pytest.raises(RuleBroken, match="having declared an interest"):
        tenders.publish_tender(tender.schools[1].headteacher, tender.id, tender.version)
    assert not session.scalars(select(OpeningPair)).all()


# ------------------------------------------------------------------ the two screens
def test_the_half_of_the_first_waits_sealed_for_each_who_may_complete_and_is_gone_afterwards(
    tender: make.Tender, session: Session
) -> None:
    first, second = tender.openers
    with clock.travelling(tender.closes_at):
        actions.start_opening(first, tender.id, PRICE, make.PASSPHRASE)
        assert passed(session) == 2
        actions.complete_opening(second, tender.id, PRICE, make.PASSPHRASE)
    assert passed(session) == 0
    assert opened(session)


def test_the_third_opener_takes_the_place_of_either(tender: make.Tender, session: Session) -> None:
    """Whichever of the pairs was made first, each of two who may start finds theirs."""
    assert tender.standby
    with clock.travelling(tender.closes_at):
        actions.start_opening(tender.openers[1], tender.id, PRICE, make.PASSPHRASE)
        assert passed(session) == 1
    with clock.travelling(tender.closes_at + timedelta(minutes=30)):
        actions.start_opening(tender.standby, tender.id, PRICE, make.PASSPHRASE)
        assert passed(session) == 1
        actions.complete_opening(tender.openers[0], tender.id, PRICE, make.PASSPHRASE)
    assert opened(session)


def test_a_wrong_passphrase_opens_nothing_and_says_how_many_tries_are_left(
    tender: make.Tender, session: Session
) -> None:
    first, second = tender.openers
    with clock.travelling(tender.closes_at):
        with pytest.raises(RuleBroken, match="4 tries are left"):
            actions.start_opening(first, tender.id, PRICE, "seven herons over the old bridge")
        assert not session.scalars(select(Opening)).all()
        actions.start_opening(first, tender.id, PRICE, make.PASSPHRASE)
        with pytest.raises(RuleBroken, match="4 tries are left"):
            actions.complete_opening(second, tender.id, PRICE, "seven herons over the old bridge")
        assert not opened(session)
        actions.complete_opening(second, tender.id, PRICE, make.PASSPHRASE)
    assert opened(session)


def test_one_person_who_types_both_passphrases_at_one_screen_does_not_open(tender: make.Tender) -> None:
    first, second = tender.openers
    keys.change_passphrase(second, make.PASSPHRASE, OTHER)
    with clock.travelling(tender.closes_at):
        actions.start_opening(first, tender.id, PRICE, make.PASSPHRASE)
        with pytest.raises(RuleBroken, match="not your opening passphrase"):
            actions.complete_opening(first, tender.id, PRICE, OTHER)
        with pytest.raises(RuleBroken, match="You started this opening"):
            actions.complete_opening(first, tender.id, PRICE, make.PASSPHRASE)


def test_halves_that_nobody_completed_in_time_are_forgotten(tender: make.Tender, session: Session) -> None:
    with clock.travelling(tender.closes_at):
        actions.start_opening(tender.openers[0], tender.id, PRICE, make.PASSPHRASE)
    with clock.travelling(tender.closes_at + timedelta(minutes=29)):
        jobs.watch_keys()
        assert passed(session) == 2
    with clock.travelling(tender.closes_at + timedelta(minutes=30)):
        jobs.watch_keys()
        assert passed(session) == 0
        actions.start_opening(tender.openers[1], tender.id, PRICE, make.PASSPHRASE)
        actions.complete_opening(tender.openers[0], tender.id, PRICE, make.PASSPHRASE)
    assert opened(session)


# ------------------------------------------------------------------ when somebody drops out
def test_who_has_a_new_key_cannot_open_what_was_sealed_before_and_the_others_can(
    tender: make.Tender, session: Session
) -> None:
    first, second = tender.openers
    assert tender.standby
    keys.replace_passphrase(second, new_id(), OTHER)
    with clock.travelling(tender.closes_at):
        with pytest.raises(RuleBroken, match="cannot open this tender"):
            actions.start_opening(second, tender.id, PRICE, OTHER)
        actions.start_opening(first, tender.id, PRICE, make.PASSPHRASE)
        assert passed(session) == 1
        with pytest.raises(RuleBroken, match="cannot complete this opening"):
            actions.complete_opening(second, tender.id, PRICE, OTHER)
        actions.complete_opening(tender.standby, tender.id, PRICE, make.PASSPHRASE)
    assert opened(session)


def test_an_opener_removed_midway_neither_starts_nor_lets_another_complete(
    tender: make.Tender, session: Session
) -> None:
    first, second = tender.openers
    assert tender.standby
    with clock.travelling(tender.closes_at):
        actions.start_opening(first, tender.id, PRICE, make.PASSPHRASE)
        make.leave_post(first)
        with pytest.raises(RuleBroken, match="not one of its openers any more"):
            actions.complete_opening(second, tender.id, PRICE, make.PASSPHRASE)
        with pytest.raises(NotFound):
            actions.start_opening(make.actor(first.person_id), tender.id, PRICE, make.PASSPHRASE)
    assert not opened(session)


def test_an_opener_who_declares_an_interest_after_publication_does_not_open(tender: make.Tender) -> None:
    first = tender.openers[0]
    interests.declare_interest(
        first, tender.id, has_interest=True, interest="My sister works there.", mitigation="I stay out."
    )
    with clock.travelling(tender.closes_at), pytest.raises(Forbidden, match="declared an interest"):
        actions.start_opening(first, tender.id, PRICE, make.PASSPHRASE)


# ------------------------------------------------------------------ when a key is damaged
@pytest.mark.parametrize("part", ["wrapped", "first_half", "second_half", "passed"])
def test_a_changed_byte_of_a_key_opens_nothing_and_says_so(
    tender: make.Tender, session: Session, part: str
) -> None:
    first, second = tender.openers

    def spoil(row: object, column: str) -> None:
        content = getattr(row, column)
        setattr(row, column, content[:-1] + bytes([content[-1] ^ 1]))

    with transaction() as writing:
        if part == "wrapped":
            spoil(writing.scalars(select(EnvelopeKey)).one(), part)
        elif part != "passed":
            for pair in writing.scalars(select(OpeningPair)):
                spoil(pair, part)
    with clock.travelling(tender.closes_at):

        def both() -> None:
            actions.start_opening(first, tender.id, PRICE, make.PASSPHRASE)
            if part == "passed":
                with transaction() as writing:
                    for half in writing.scalars(select(PassedHalf)):
                        spoil(half, "sealed")
            actions.complete_opening(second, tender.id, PRICE, make.PASSPHRASE)

        with pytest.raises(RuleBroken, match="damaged") as refused:
            both()
    assert refused.value.message == halves.DAMAGED
    assert not opened(session)
