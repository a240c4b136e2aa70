"""An opener is taken off a published tender by two people of two organisations, and opens nothing then."""

from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.alliance.sign_ins.factors import required
from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.events import Event
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.policy import Act, Actor
from suppliers.quotes import actions, opening, tasks
from suppliers.quotes.keys import actions as keys
from suppliers.quotes.keys.models import OpeningPair
from suppliers.quotes.models import QuotedPrice
from suppliers.quotes.openers import actions as openers
from suppliers.quotes.openers.rules import Standing
from suppliers.quotes.rules import Envelope
from tests import make

pytestmark = pytest.mark.usefixtures("app")
PRICE = Envelope.PRICE


def is_asked_to_open(person: Actor, tender: make.Tender) -> bool:
    """Does the person's home page ask them to open the quotes?"""
    with current_app.test_request_context():
        found = tasks.waiting_for(make.fresh(), person)
    return any(one.text == f"Open the quotes for {tender.row.title}" for one in found)


def test_an_opener_taken_off_by_two_people_opens_nothing_and_the_others_do(session: Session) -> None:
    alliance = make.alliance()
    fourth = alliance.schools[2].bursar
    tender = make.published_tender(alliance, criteria=make.PRICE_ONLY, more_openers=[fourth])
    make.submitted_quote(tender, make.supplier())
    make.close_tender(tender)
    coordinator, head = alliance.coordinator, tender.schools[1].headteacher
    assert fourth.person_id
    assert required.asks(session, fourth), "who opens quotes needs a second factor"
    assert not required.asks(session, alliance.schools[2].governor)
    removal_id = new_id()
    with clock.travelling(tender.closes_at):
        actions.start_opening(fourth, tender.id, PRICE, make.PASSPHRASE)
        with pytest.raises(RuleBroken, match="Ask to prove the passphrase again"):
            openers.propose_removal(coordinator, tender.id, new_id(), fourth.person_id, "Leaves us.")
        assert tender.standby
        for staying in (*tender.openers, tender.standby):
            make.proven_opener(staying)
        with pytest.raises(NotFound):
            openers.propose_removal(coordinator, tender.id, new_id(), head.person_id or new_id(), "Leaves.")
        with pytest.raises(RuleBroken, match="Enter why"):
            openers.propose_removal(coordinator, tender.id, new_id(), fourth.person_id, " ")
        for _ in range(2):
            openers.propose_removal(coordinator, tender.id, removal_id, fourth.person_id, "Leaves us.")
        with pytest.raises(RuleBroken, match="waits for a headteacher"):
            openers.propose_removal(coordinator, tender.id, new_id(), fourth.person_id, "Leaves us.")
        for somebody in (coordinator, tender.lead.headteacher, fourth):
            with pytest.raises(Forbidden):
                openers.agree_to_removal(somebody, tender.id, removal_id)
        before = session.scalar(select(func.count()).select_from(OpeningPair)) or 0
        session.rollback()
        for _ in range(2):
            openers.agree_to_removal(head, tender.id, removal_id)
        after = session.scalar(select(func.count()).select_from(OpeningPair)) or 0
        assert (before, after) == (5, 2)
        event = session.scalars(select(Event).where(Event.act == Act.OPENER_AGREE)).one()
        assert event.facts["pairs_erased"] == 3
        told = select(Message.recipient).where(Message.subject.startswith("One opener fewer"))
        assert len(session.scalars(told).all()) >= 10

        with pytest.raises(Forbidden, match="Only the people named"):
            actions.start_opening(fourth, tender.id, PRICE, make.PASSPHRASE)
        with pytest.raises(RuleBroken, match="Three openers from two schools must stay") as refused:
            openers.propose_removal(
                coordinator, tender.id, new_id(), tender.openers[0].person_id or new_id(), "No."
            )
        assert tender.openers[1].name in refused.value.message
        actions.start_opening(tender.openers[0], tender.id, PRICE, make.PASSPHRASE)
        actions.complete_opening(tender.openers[1], tender.id, PRICE, make.PASSPHRASE)
        with pytest.raises(RuleBroken, match="Nothing of this tender is sealed"):
            openers.propose_removal(
                coordinator, tender.id, new_id(), tender.openers[0].person_id or new_id(), "No."
            )
    assert make.fresh().scalars(select(QuotedPrice)).all()


def test_only_who_can_open_is_said_to_be_able_to(session: Session) -> None:
    alliance = make.alliance()
    fourth = alliance.schools[2].bursar
    tender = make.published_tender(alliance, criteria=make.PRICE_ONLY, more_openers=[fourth])
    make.submitted_quote(tender, make.supplier())
    make.close_tender(tender)
    first, second = tender.openers
    assert tender.standby
    keys.replace_passphrase(second, new_id(), "kettle orbit mossy harbour")
    make.leave_post(fourth)
    with clock.travelling(tender.closes_at + timedelta(minutes=1)):
        view = opening.view_for(session, second, tender.row, clock.now())
        assert view.standings == {
            first.person_id: Standing.ABLE,
            second.person_id: Standing.NO_HALF,
            tender.standby.person_id: Standing.ABLE,
            fourth.person_id: Standing.GONE,
        }
        assert not view.can_start
        assert "sealed before you had your present key" in view.why_not_you
        assert [is_asked_to_open(one, tender) for one in (first, second, tender.standby)] == [
            True,
            False,
            True,
        ]
        session.rollback()
        actions.start_opening(first, tender.id, PRICE, make.PASSPHRASE)
        view = opening.view_for(session, tender.standby, tender.row, clock.now())
        assert set(view.completers) == {tender.standby.person_id}
        assert view.can_complete
        assert [is_asked_to_open(one, tender) for one in (first, tender.standby)] == [False, True]
        session.rollback()
        make.leave_post(first)
        view = opening.view_for(session, tender.standby, tender.row, clock.now())
        assert view.standings.get(tender.standby.person_id or new_id()) is Standing.NO_PARTNER
        assert not view.can_complete
