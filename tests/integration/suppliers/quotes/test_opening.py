"""Two people from two schools open an envelope: after the deadline, together, once, and all or marked."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.events import Event
from marketplace.core.mail import Message
from marketplace.core.policy import SYSTEM, Act, Actor
from marketplace.tenders import actions as tender_actions
from marketplace.tenders import queries as tenders
from marketplace.tenders.actions import move_tender
from marketplace.tenders.models import PanelSeat
from marketplace.tenders.rules import Seat, TenderStatus
from suppliers.quotes import actions, decisions, opening, queries
from suppliers.quotes.models import Opening, Quote, QuotedAnswer, QuotedPrice, SealedBody
from suppliers.quotes.rules import Envelope, QuoteStatus
from tests import make

pytestmark = pytest.mark.usefixtures("app")
QUALITY, PRICE = Envelope.QUALITY, Envelope.PRICE


@pytest.fixture
def tender() -> make.Tender:
    """Published, judged on price alone: one envelope."""
    return make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)


@pytest.fixture
def judged() -> make.Tender:
    """Published, judged on quality and price: two envelopes."""
    return make.published_tender(make.alliance())


def prices(session: Session) -> dict[uuid.UUID, Decimal]:
    session.rollback()
    return {price.quote_id: price.unit_price for price in session.scalars(select(QuotedPrice))}


def seen_by(actor: Actor, tender: make.Tender) -> opening.OpeningView:
    session = make.fresh()
    with clock.travelling(max(clock.now(), tender.closes_at)):
        return opening.view_for(session, actor, tender.row, clock.now())


def lock_scores(tender: make.Tender) -> None:
    """Move the tender on as evaluation does, without its scores."""
    with transaction() as session:
        row = tenders.get_tender(session, SYSTEM, tender.id, lock=True)
        for status in (TenderStatus.EVALUATING, TenderStatus.MODERATED):
            move_tender(session, row, status)


# ------------------------------------------------------------------ the two of them
def test_two_openers_of_two_schools_open_what_the_suppliers_sealed(
    tender: make.Tender, session: Session
) -> None:
    first, second = make.supplier(), make.supplier()
    one = make.submitted_quote(tender, first, "2.4575")
    other = make.submitted_quote(tender, second, "0.0101")
    make.opened_quotes(tender)
    assert prices(session) == {one: Decimal("2.4575"), other: Decimal("0.0101")}
    assert tender.row.status is TenderStatus.PRICES_OPENED
    assert {make.quote(one).status, make.quote(other).status} == {QuoteStatus.OPENED}


def test_the_event_names_both_openers_and_every_quote(tender: make.Tender, session: Session) -> None:
    quote = make.quote(make.submitted_quote(tender, make.supplier()))
    reference = quote.reference
    make.opened_quotes(tender)
    session.rollback()
    event = session.scalars(select(Event).where(Event.act == Act.QUOTES_OPEN)).one()
    assert event.facts["openers"] == [opener.name for opener in tender.openers]
    assert event.facts["opened"] == [reference]
    assert event.facts["failed"] == []


def test_one_person_cannot_open_alone(tender: make.Tender, session: Session) -> None:
    make.submitted_quote(tender, make.supplier())
    make.close_tender(tender)
    with clock.travelling(tender.closes_at):
        with pytest.raises(RuleBroken, match="Nobody has started"):
            actions.complete_opening(tender.openers[0], tender.id, PRICE, make.PASSPHRASE)
        actions.start_opening(tender.openers[0], tender.id, PRICE, make.PASSPHRASE)
        with pytest.raises(RuleBroken, match="You started"):
            actions.complete_opening(tender.openers[0], tender.id, PRICE, make.PASSPHRASE)
    assert not prices(session)


def test_who_presses_start_twice_has_started_once_and_has_no_longer_for_it(
    tender: make.Tender, session: Session
) -> None:
    make.submitted_quote(tender, make.supplier())
    make.close_tender(tender)
    for minutes in (0, 10):
        with clock.travelling(tender.closes_at + timedelta(minutes=minutes)):
            actions.start_opening(tender.openers[0], tender.id, PRICE, make.PASSPHRASE)
    assert session.scalars(select(Opening)).one().started_at == tender.closes_at


def test_two_people_of_one_school_cannot_open(session: Session) -> None:
    alliance = make.alliance()
    tender = make.confirmed_tender(alliance, criteria=make.PRICE_ONLY)
    school = tender.lead
    with transaction() as writing:
        assert school.headteacher.person_id
        writing.add(
            PanelSeat(
                tender_id=tender.id,
                person_id=school.headteacher.person_id,
                school_id=school.id,
                seat=Seat.OPENER,
            )
        )
    make.proven_opener(school.headteacher)
    tender_actions.publish_tender(tender.schools[1].headteacher, tender.id, tender.version)
    make.submitted_quote(tender, make.supplier())
    make.close_tender(tender)
    with clock.travelling(tender.closes_at):
        actions.start_opening(school.bursar, tender.id, PRICE, make.PASSPHRASE)
        with pytest.raises(RuleBroken, match="from your school"):
            actions.complete_opening(school.headteacher, tender.id, PRICE, make.PASSPHRASE)
    assert not prices(session)


def test_only_those_named_open(tender: make.Tender) -> None:
    make.submitted_quote(tender, make.supplier())
    make.close_tender(tender)
    not_named = (tender.lead.headteacher, tender.alliance.coordinator, tender.alliance.auditor)
    with clock.travelling(tender.closes_at):
        for actor in not_named:
            with pytest.raises(Forbidden):
                actions.start_opening(actor, tender.id, PRICE, make.PASSPHRASE)
        for stranger in (make.supplier().admin, make.alliance().schools[0].bursar):
            with pytest.raises(NotFound):
                actions.start_opening(stranger, tender.id, PRICE, make.PASSPHRASE)


def test_the_others_are_asked_by_e_mail_with_the_time_until_which_they_can(
    tender: make.Tender, session: Session
) -> None:
    make.submitted_quote(tender, make.supplier())
    make.close_tender(tender)
    with clock.travelling(tender.closes_at):
        actions.start_opening(tender.openers[0], tender.id, PRICE, make.PASSPHRASE)
    session.rollback()
    asked = session.scalars(
        select(Message).where(Message.subject.startswith("Please complete the opening"))
    ).all()
    assert len(asked) == 2
    assert all("12:30:00 GMT" in message.body for message in asked)


# ------------------------------------------------------------------ when
def test_nothing_is_opened_before_the_deadline_even_when_asked_twice(
    tender: make.Tender, session: Session
) -> None:
    make.submitted_quote(tender, make.supplier())
    with clock.travelling(tender.closes_at - timedelta(milliseconds=1)):
        for act in (actions.start_opening, actions.complete_opening):
            with pytest.raises(RuleBroken, match="never before it"):
                act(tender.openers[0], tender.id, PRICE, make.PASSPHRASE)
    assert not prices(session)


def test_thirty_minutes_later_somebody_starts_again(tender: make.Tender, session: Session) -> None:
    make.submitted_quote(tender, make.supplier())
    make.close_tender(tender)
    first, second = tender.openers
    with clock.travelling(tender.closes_at):
        actions.start_opening(first, tender.id, PRICE, make.PASSPHRASE)
    with clock.travelling(tender.closes_at + timedelta(minutes=30)):
        with pytest.raises(RuleBroken, match="More than 30 minutes"):
            actions.complete_opening(second, tender.id, PRICE, make.PASSPHRASE)
        actions.start_opening(second, tender.id, PRICE, make.PASSPHRASE)
        actions.complete_opening(first, tender.id, PRICE, make.PASSPHRASE)
    assert prices(session)


def test_starting_and_completing_twice_is_once(tender: make.Tender, session: Session) -> None:
    make.submitted_quote(tender, make.supplier())
    make.close_tender(tender)
    with clock.travelling(tender.closes_at):
        for _ in range(2):
            actions.start_opening(tender.openers[0], tender.id, PRICE, make.PASSPHRASE)
        with pytest.raises(RuleBroken, match="has started already"):
            actions.start_opening(tender.openers[1], tender.id, PRICE, make.PASSPHRASE)
        for _ in range(2):
            actions.complete_opening(tender.openers[1], tender.id, PRICE, make.PASSPHRASE)
    session.rollback()
    assert len(session.scalars(select(Event).where(Event.act == Act.QUOTES_OPEN)).all()) == 1
    assert len(session.scalars(select(Opening)).all()) == 1


# ------------------------------------------------------------------ two envelopes
def test_the_prices_stay_sealed_until_the_quality_scores_are_locked(
    judged: make.Tender, session: Session
) -> None:
    quote_id = make.submitted_quote(judged, make.supplier(), "2.50", ["Menus £ é", "Training"])
    make.opened_quotes(judged)
    assert judged.row.status == "opened"
    assert sorted(session.scalars(select(QuotedAnswer.answer))) == ["Menus £ é", "Training"]
    assert not prices(session)
    with clock.travelling(judged.closes_at):
        for act in (actions.start_opening, actions.complete_opening):
            with pytest.raises(RuleBroken, match="scores are locked"):
                act(judged.openers[0], judged.id, PRICE, make.PASSPHRASE)
    lock_scores(judged)
    make.open_envelope(judged, PRICE)
    assert prices(session) == {quote_id: Decimal("2.5")}
    assert judged.row.status == "prices_opened"


def test_the_price_envelope_of_an_excluded_quote_is_never_opened(
    judged: make.Tender, session: Session
) -> None:
    kept = make.submitted_quote(judged, make.supplier())
    excluded = make.submitted_quote(judged, make.supplier())
    make.opened_quotes(judged)
    with transaction() as writing:
        found = {quote.id: quote for quote in queries.opened_quotes(writing, judged.id)}
        decisions.exclude(found[excluded], "No food hygiene rating")
        decisions.accept([found[kept]])
    lock_scores(judged)
    make.open_envelope(judged, PRICE)
    assert set(prices(session)) == {kept}


def test_what_was_replaced_or_withdrawn_is_never_opened(tender: make.Tender, session: Session) -> None:
    first, second = make.supplier(), make.supplier()
    replaced = make.submitted_quote(tender, first, "1.11")
    live = make.submitted_quote(tender, first, "2.22")
    withdrawn = make.submitted_quote(tender, second, "3.33")
    actions.withdraw_quote(second.admin, withdrawn, make.quote(withdrawn).version)
    make.opened_quotes(tender)
    assert prices(session) == {live: Decimal("2.22")}
    assert make.quote(replaced).status is QuoteStatus.REPLACED
    assert make.quote(withdrawn).status is QuoteStatus.WITHDRAWN


# ------------------------------------------------------------------ when something is wrong
def test_a_quote_that_does_not_open_is_marked_and_does_not_stop_the_others(
    tender: make.Tender, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    good = make.submitted_quote(tender, make.supplier(), "2.22")
    tampered = make.submitted_quote(tender, make.supplier(), "3.33")
    with transaction() as writing:
        body = writing.scalars(select(SealedBody).where(SealedBody.quote_id == tampered)).one()
        body.sealed = body.sealed[:-1] + bytes([body.sealed[-1] ^ 1])
    make.opened_quotes(tender)
    assert set(prices(session)) == {good}
    assert make.quote(tampered).status is QuoteStatus.OPENED
    assert make.quote(tampered).bodies[0].failed_at == tender.closes_at
    event = session.scalars(select(Event).where(Event.act == Act.QUOTES_OPEN)).one()
    assert event.facts["failed"] == [make.quote(tampered).reference]
    assert str(tampered) in caplog.text
    assert "3.33" not in caplog.text


def test_a_body_put_in_the_place_of_another_does_not_open(tender: make.Tender, session: Session) -> None:
    good, other = (make.submitted_quote(tender, make.supplier(), price) for price in ("2.22", "3.33"))
    with transaction() as writing:
        source, target = (
            writing.scalars(select(SealedBody).where(SealedBody.quote_id == quote_id)).one()
            for quote_id in (good, other)
        )
        target.sealed, target.commitment = source.sealed, source.commitment
    make.opened_quotes(tender)
    assert set(prices(session)) == {good}


def test_without_a_quote_there_is_nothing_to_open_and_the_coordinator_ends_the_tender(
    tender: make.Tender,
) -> None:
    make.close_tender(tender)
    with clock.travelling(tender.closes_at):
        with pytest.raises(RuleBroken, match="no quote to open"):
            actions.start_opening(tender.openers[0], tender.id, PRICE, make.PASSPHRASE)
        with pytest.raises(Forbidden):
            actions.end_without_quotes(tender.openers[0], tender.id)
        for _ in range(2):
            actions.end_without_quotes(tender.alliance.coordinator, tender.id)
    assert tender.row.status is TenderStatus.UNSUCCESSFUL
    assert tender.row.end_reason == actions.NO_QUOTES


def test_a_tender_with_a_quote_is_not_ended_as_if_it_had_none(tender: make.Tender) -> None:
    make.submitted_quote(tender, make.supplier())
    make.close_tender(tender)
    with pytest.raises(RuleBroken):
        actions.end_without_quotes(tender.alliance.coordinator, tender.id)


# ------------------------------------------------------------------ who knows what
def test_the_number_of_quotes_is_nobodys_to_know_before_the_deadline(tender: make.Tender) -> None:
    make.submitted_quote(tender, make.supplier())
    session = db.session()
    for actor in (*tender.openers, tender.alliance.coordinator, tender.alliance.auditor):
        assert opening.view_for(session, actor, tender.row, clock.now()).count is None


def test_after_it_the_coordinator_and_the_openers_know_and_others_do_not(tender: make.Tender) -> None:
    make.submitted_quote(tender, make.supplier())
    make.close_tender(tender)
    for actor in (*tender.openers, tender.alliance.coordinator):
        assert seen_by(actor, tender).count == 1
    for actor in (tender.alliance.auditor, tender.lead.headteacher):
        assert seen_by(actor, tender).count is None


def test_a_quote_is_seen_by_its_supplier_and_by_the_alliance_once_it_is_opened(
    tender: make.Tender, session: Session
) -> None:
    supplier, rival = make.supplier(), make.supplier()
    quote_id = make.submitted_quote(tender, supplier)
    schools = [tender.lead.bursar, tender.alliance.coordinator]
    strangers = [rival.admin, make.alliance().schools[0].bursar]

    def sees(actor: Actor) -> bool:
        session.rollback()
        found = session.scalars(select(Quote.id).where(queries.visible_to(actor))).all()
        return quote_id in found

    assert [sees(actor) for actor in (supplier.admin, *schools, *strangers)] == [True, *4 * [False]]
    make.opened_quotes(tender)
    assert [sees(actor) for actor in (supplier.admin, *schools, *strangers)] == [
        *3 * [True],
        *2 * [False],
    ]
