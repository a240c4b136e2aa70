"""A deadline moves for everybody, forwards, before it has passed, by two people of two schools."""

import threading
import time
import uuid
from datetime import date, datetime, timedelta
from datetime import time as hour

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.alliance import actions as alliances
from marketplace.core import clock, events, mail
from marketplace.core.chain import first_broken_link
from marketplace.core.clock import LONDON
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.policy import ADMINISTRATOR, SYSTEM, Actor, Role
from marketplace.tenders import actions as tender_actions
from marketplace.tenders import queries as tenders
from marketplace.tenders.amending import actions, queries
from marketplace.tenders.amending.models import Extension
from marketplace.tenders.amending.rules import ExtensionStatus
from marketplace.tenders.models import Tender
from suppliers.quotes import actions as quotes
from suppliers.quotes.rules import QuoteStatus
from tests import make

WHY = "Two suppliers asked for more time to visit the kitchens."


def propose(tender: make.Tender, closes_at: datetime | None = None, by: Actor | None = None) -> uuid.UUID:
    extension_id = new_id()
    actions.propose_extension(
        by or tender.alliance.coordinator,
        tender.id,
        tender.version,
        extension_id,
        closes_at=closes_at or make.working_moment(60),
        reason=WHY,
    )
    return extension_id


def test_a_deadline_moves_when_a_second_person_of_another_school_approves(session: Session) -> None:
    tender = make.published_tender(make.alliance(schools=3))
    wanted = make.working_moment(60)
    extension_id = propose(tender, wanted)
    assert tender.row.closes_at == tender.closes_at
    assert tender.row.deadline_version == 1
    approver = tender.schools[1]
    actions.approve_extension(approver.headteacher, tender.id, extension_id)
    actions.approve_extension(approver.headteacher, tender.id, extension_id)
    assert tender.row.closes_at == wanted
    assert tender.row.deadline_version == 2
    kept = queries.get_extension(session, tender.id, extension_id)
    assert (kept.closed_before_at, kept.closes_at, kept.deadline_version) == (tender.closes_at, wanted, 2)
    assert kept.approved_for == approver.id
    assert [one.id for one in queries.moved_deadlines(session, tender.id)] == [extension_id]
    assert first_broken_link(session) is None


def test_the_old_deadline_neither_closes_the_tender_nor_refuses_a_quote_any_more(session: Session) -> None:
    tender = make.published_tender(make.alliance(schools=2), criteria=make.PRICE_ONLY)
    bidder = make.supplier()
    quote_id = make.draft_quote(tender, bidder)
    wanted = make.working_moment(60)
    actions.approve_extension(tender.schools[1].headteacher, tender.id, propose(tender, wanted))
    with clock.travelling(tender.closes_at + timedelta(seconds=1)):
        assert not tender_actions.close_tender(tender.id)
        quotes.submit_quote(bidder.admin, quote_id, 1, make.DECLARED)
    assert make.quote(quote_id).status is QuoteStatus.SUBMITTED
    with clock.travelling(wanted):
        assert tender_actions.close_tender(tender.id)
    session.rollback()


@pytest.mark.usefixtures("app")
def test_abuse_07_one_person_alone_moves_no_deadline() -> None:
    alliance = make.alliance(schools=3)
    tender = make.published_tender(alliance)
    extension_id = propose(tender)
    lead, second, _ = tender.schools
    for person in (alliance.coordinator, lead.headteacher, second.bursar, second.governor, alliance.auditor):
        with pytest.raises(Forbidden):
            actions.approve_extension(person, tender.id, extension_id)
    assert tender.row.closes_at == tender.closes_at


@pytest.mark.usefixtures("app")
def test_a_coordinator_who_also_heads_a_school_needs_a_head_of_another() -> None:
    alliance = make.alliance(schools=3)
    tender = make.published_tender(alliance)
    person_id = alliances.add_person(
        ADMINISTRATOR,
        "Two Hats",
        "two-hats@example.org",
        [(alliance.id, Role.COORDINATOR), (tender.schools[1].id, Role.HEADTEACHER)],
    )
    extension_id = propose(tender, by=make.actor(person_id))
    for person in (make.actor(person_id), tender.schools[1].headteacher):
        with pytest.raises(Forbidden):
            actions.approve_extension(person, tender.id, extension_id)
    actions.approve_extension(tender.schools[2].headteacher, tender.id, extension_id)
    assert tender.row.deadline_version == 2


@pytest.mark.usefixtures("app")
def test_abuse_07_a_deadline_moved_backwards_is_refused() -> None:
    tender = make.published_tender(make.alliance(schools=2))
    for wanted in (tender.closes_at - timedelta(days=1), tender.closes_at):
        with pytest.raises(RuleBroken, match="later moment") as broken:
            propose(tender, wanted)
        assert broken.value.field == "closes_at"


def test_the_database_itself_refuses_a_deadline_backwards_or_by_one_person(session: Session) -> None:
    tender = make.published_tender(make.alliance(schools=2))
    extension_id = propose(tender)
    proposer = tender.alliance.coordinator.person_id
    changes: tuple[dict[str, object], ...] = (
        {"closes_at": tender.closes_at},
        {"status": ExtensionStatus.APPROVED, "deadline_version": 2, "decided_by": proposer},
        {"status": ExtensionStatus.APPROVED},
    )
    for change in changes:
        with pytest.raises(IntegrityError), transaction() as writing:
            writing.execute(update(Extension).where(Extension.id == extension_id).values(**change))
    session.rollback()


@pytest.mark.usefixtures("app")
def test_abuse_07_after_the_deadline_it_is_neither_proposed_nor_approved() -> None:
    tender = make.published_tender(make.alliance(schools=2))
    extension_id = propose(tender)
    with clock.travelling(tender.closes_at):
        for late in (
            lambda: actions.approve_extension(tender.schools[1].headteacher, tender.id, extension_id),
            lambda: propose(tender, tender.closes_at + timedelta(days=28)),
        ):
            with pytest.raises(RuleBroken, match="The deadline was"):
                late()
    assert tender.row.closes_at == tender.closes_at


def test_an_approval_that_waits_for_the_lock_past_the_deadline_is_late(app: Flask) -> None:
    """The clock is read after the lock is had: reading it before would move a dead deadline."""
    tender = make.published_tender(make.alliance(schools=2))
    extension_id = propose(tender)
    refusals: list[str] = []
    pressed = threading.Event()

    def approve() -> None:
        with app.app_context():
            pressed.set()
            try:
                actions.approve_extension(tender.schools[1].headteacher, tender.id, extension_id)
            except RuleBroken as refusal:
                refusals.append(refusal.message)

    with transaction() as session:
        soon = clock.database_now(session) + timedelta(seconds=0.6)
        session.execute(update(Tender).where(Tender.id == tender.id).values(closes_at=soon))
    thread = threading.Thread(target=approve)
    with transaction() as session:
        tenders.get_tender(session, SYSTEM, tender.id, lock=True)
        thread.start()
        pressed.wait()
        assert clock.now() < soon
        time.sleep(0.9)
    thread.join()
    assert len(refusals) == 1
    assert "The deadline was" in refusals[0]
    assert tender.row.closes_at == soon
    assert tender.row.deadline_version == 1


@pytest.mark.usefixtures("app")
def test_two_headteachers_who_approve_at_once_move_the_deadline_once() -> None:
    alliance = make.alliance(schools=3)
    tender = make.published_tender(alliance)
    extension_id = propose(tender)
    for school in tender.schools[1:]:
        actions.approve_extension(school.headteacher, tender.id, extension_id)
    assert tender.row.deadline_version == 2


@pytest.mark.usefixtures("app")
def test_a_proposal_waits_alone_is_made_once_and_can_be_withdrawn() -> None:
    tender = make.published_tender(make.alliance(schools=2))
    extension_id, coordinator = new_id(), tender.alliance.coordinator
    version = tender.version
    for _ in range(2):
        actions.propose_extension(
            coordinator, tender.id, version, extension_id, closes_at=make.working_moment(60), reason=WHY
        )
    with pytest.raises(RuleBroken, match="waits for approval already"):
        propose(tender)
    with pytest.raises(RuleBroken, match="Enter why"):
        actions.refuse_extension(coordinator, tender.id, extension_id, " ")
    actions.refuse_extension(coordinator, tender.id, extension_id, "They managed after all.")
    with pytest.raises(RuleBroken):
        actions.approve_extension(tender.schools[1].headteacher, tender.id, extension_id)
    propose(tender)


@pytest.mark.usefixtures("app")
def test_a_new_deadline_is_as_good_as_the_first_and_before_the_contract() -> None:
    tender = make.published_tender(make.alliance(schools=2))
    evening = make.working_moment(60, hour(18))
    with pytest.raises(RuleBroken, match="09:00 to 17:00"):
        propose(tender, evening)
    row = tender.row
    assert row.contract_starts_on
    starts_on = row.contract_starts_on
    with pytest.raises(RuleBroken, match="The contract starts on"):
        propose(tender, make.working_moment((starts_on - clock.today()).days + 1))
    actions.propose_extension(
        tender.alliance.coordinator,
        tender.id,
        tender.version,
        extension_id := new_id(),
        closes_at=evening,
        reason=WHY,
        doubt_reason="The governors open them that evening.",
    )
    actions.approve_extension(tender.schools[1].headteacher, tender.id, extension_id)
    assert tender.row.deadline_reason == "The governors open them that evening."


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(("sunday", "shift"), [(date(2026, 10, 25), 1), (date(2027, 3, 28), -1)])
def test_a_deadline_moved_across_a_clock_change_keeps_its_hour_on_the_wall(sunday: date, shift: int) -> None:
    friday, tuesday = sunday - timedelta(days=9), sunday + timedelta(days=16)
    before = datetime.combine(friday, hour(14), LONDON)
    after = datetime.combine(tuesday, hour(14), LONDON)
    with clock.travelling(before - timedelta(days=25)):
        tender = make.published_tender(make.alliance(schools=2), closes_at=before)
        actions.approve_extension(tender.schools[1].headteacher, tender.id, propose(tender, after))
        moved = tender.row.closes_at
        assert moved
        assert moved - before == timedelta(days=25, hours=shift)
        assert moved.astimezone(LONDON).hour == 14


def test_everybody_concerned_is_told_of_a_later_deadline(session: Session) -> None:
    tender = make.published_tender(make.alliance(schools=2), criteria=make.PRICE_ONLY)
    with_quote, told = make.supplier(categories=("catering",)), make.supplier(categories=("catering",))
    elsewhere = make.supplier(categories=("gas",))
    make.submitted_quote(tender, with_quote)
    actions.approve_extension(tender.schools[1].headteacher, tender.id, propose(tender))
    while events.deliver_due():
        pass
    letters = mail.newest(session, f"More time to quote: {tender.row.title}")
    assert len(letters) == len({letter.recipient for letter in letters}) >= 2
    bodies = [letter.body for letter in letters]
    assert sum("you have submitted stays in" in body for body in bodies) == 1
    assert all(WHY in body for body in bodies)
    assert elsewhere.id not in {with_quote.id, told.id}
    schools = mail.newest(session, f"Later deadline: {tender.row.title}")
    assert len(schools) == len({letter.recipient for letter in schools})
    assert len(schools) >= 5


@pytest.mark.usefixtures("app")
def test_strangers_see_no_proposal_and_an_old_page_is_stale() -> None:
    tender = make.published_tender(make.alliance(schools=2))
    stranger = make.alliance(schools=1, name="Another Alliance")
    extension_id = propose(tender)
    for person in (stranger.coordinator, stranger.schools[0].headteacher):
        with pytest.raises(NotFound):
            actions.approve_extension(person, tender.id, extension_id)
    with pytest.raises(NotFound):
        actions.approve_extension(tender.schools[1].headteacher, tender.id, new_id())
    with pytest.raises(Stale):
        actions.propose_extension(
            tender.alliance.coordinator,
            tender.id,
            tender.version - 1,
            new_id(),
            closes_at=make.working_moment(70),
            reason=WHY,
        )
