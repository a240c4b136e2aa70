"""When openers cannot open, two printed keys do; when a quote cannot be read, its copy proves it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance import actions as people
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.events import Event
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.policy import ADMINISTRATOR, Act, Role
from suppliers.quotes import actions as quotes
from suppliers.quotes.copies import read_copy
from suppliers.quotes.keys import queries as keys
from suppliers.quotes.keys.models import OpeningKey
from suppliers.quotes.keys.rules import Paper
from suppliers.quotes.models import QuotedPrice, SealedBody
from suppliers.quotes.rescue import actions
from suppliers.quotes.rules import Envelope
from tests import make

pytestmark = pytest.mark.usefixtures("app")
PRICE = Envelope.PRICE


def two_sheets(alliance: make.Alliance) -> tuple[str, str]:
    """The chair of the board and the auditor each make a key; what is printed on the two sheets."""
    chair = alliance.schools[0].headteacher
    return (
        actions.make_recovery_key(chair, new_id(), alliance.id, Paper.BOARD),
        actions.make_recovery_key(alliance.auditor, new_id(), alliance.id, Paper.AUDITOR),
    )


def closed_with_quotes(alliance: make.Alliance, prices: tuple[str, ...] = ("2.50",)) -> make.Tender:
    tender = make.published_tender(alliance, criteria=make.PRICE_ONLY)
    for price in prices:
        make.submitted_quote(tender, make.supplier(), price)
    make.close_tender(tender)
    return tender


def prices(session: Session) -> list[str]:
    session.rollback()
    return sorted(f"{price:.2f}" for price in session.scalars(select(QuotedPrice.unit_price)))


# ------------------------------------------------------------------ printed keys
def test_two_printed_keys_open_what_the_openers_cannot(session: Session) -> None:
    alliance = make.alliance()
    board, audit = two_sheets(alliance)
    tender = closed_with_quotes(alliance)
    chair = alliance.schools[0].headteacher
    with clock.travelling(tender.closes_at):
        actions.start_recovery(chair, tender.id, PRICE, board)
        assert not prices(session)
        actions.complete_recovery(alliance.auditor, tender.id, PRICE, audit)
    assert prices(session) == ["2.50"]
    event = session.scalars(select(Event).where(Event.act == Act.QUOTES_OPEN)).one()
    assert event.facts["by_recovery"] is True
    assert event.facts["openers"] == [chair.name, alliance.auditor.name]


def test_one_sheet_or_one_person_does_not_open(session: Session) -> None:
    alliance = make.alliance()
    board, audit = two_sheets(alliance)
    tender = closed_with_quotes(alliance)
    chair, other = (school.headteacher for school in alliance.schools[:2])
    with clock.travelling(tender.closes_at):
        actions.start_recovery(chair, tender.id, PRICE, board)
        with pytest.raises(RuleBroken, match="You started this opening"):
            actions.complete_recovery(chair, tender.id, PRICE, audit)
        with pytest.raises(RuleBroken, match="with which the opening was started"):
            actions.complete_recovery(other, tender.id, PRICE, board)
        with pytest.raises(RuleBroken, match="printed recovery key started"):
            quotes.complete_opening(tender.openers[1], tender.id, PRICE, make.PASSPHRASE)
        for stranger in (alliance.coordinator, alliance.schools[0].bursar):
            with pytest.raises(Forbidden):
                actions.complete_recovery(stranger, tender.id, PRICE, audit)
    assert not prices(session)


def test_printed_keys_open_nothing_before_the_deadline_and_the_try_is_recorded(session: Session) -> None:
    alliance = make.alliance()
    board, _ = two_sheets(alliance)
    tender = make.published_tender(alliance, criteria=make.PRICE_ONLY)
    make.submitted_quote(tender, make.supplier())
    with clock.travelling(tender.closes_at - timedelta(seconds=1)), pytest.raises(RuleBroken, match="never"):
        actions.start_recovery(alliance.auditor, tender.id, PRICE, board)
    session.rollback()
    assert len(session.scalars(select(Event).where(Event.act == Act.OPENING_REFUSE)).all()) == 1


def test_a_tender_published_before_the_sheets_were_printed_knows_none_of_them() -> None:
    alliance = make.alliance()
    tender = closed_with_quotes(alliance)
    board, _ = two_sheets(alliance)
    with clock.travelling(tender.closes_at), pytest.raises(RuleBroken, match="not one of this tender’s"):
        actions.start_recovery(alliance.auditor, tender.id, PRICE, board)


def test_a_new_pair_takes_the_place_of_the_old_which_still_opens_what_was_sealed_to_it(
    session: Session,
) -> None:
    alliance = make.alliance()
    board, audit = two_sheets(alliance)
    tender = closed_with_quotes(alliance)
    new_board, _ = two_sheets(alliance)
    assert new_board != board
    live = session.scalars(select(OpeningKey).where(OpeningKey.replaced_at.is_(None))).all()
    assert len([key for key in live if key.paper]) == 2
    chair = alliance.schools[0].headteacher
    with clock.travelling(tender.closes_at):
        with pytest.raises(RuleBroken, match="not one of this tender’s"):
            actions.start_recovery(chair, tender.id, PRICE, new_board)
        actions.start_recovery(chair, tender.id, PRICE, board)
        actions.complete_recovery(alliance.auditor, tender.id, PRICE, audit)
    assert prices(session) == ["2.50"]


def test_a_key_is_made_once_by_the_chair_and_the_auditor_and_nobody_makes_both() -> None:
    alliance = make.alliance()
    chair, key_id = alliance.schools[0].headteacher, new_id()
    actions.make_recovery_key(chair, key_id, alliance.id, Paper.BOARD)
    with pytest.raises(RuleBroken, match="shown once"):
        actions.make_recovery_key(chair, key_id, alliance.id, Paper.BOARD)
    for other in (alliance.coordinator, alliance.schools[0].bursar, chair):
        with pytest.raises(Forbidden):
            actions.make_recovery_key(other, new_id(), alliance.id, Paper.AUDITOR)
    with pytest.raises(NotFound):
        actions.make_recovery_key(make.alliance().auditor, new_id(), alliance.id, Paper.AUDITOR)
    both = make.person(alliance.id, Role.AUDITOR, name="Both")
    actions.make_recovery_key(both, new_id(), alliance.id, Paper.AUDITOR)
    session = make.fresh()
    made = keys.printed_key(session, alliance.id, Paper.AUDITOR)
    assert made
    with transaction() as writing:
        writing.get_one(OpeningKey, made.id).made_by = chair.person_id  # type: ignore[assignment]
    with pytest.raises(RuleBroken, match="You made the other"):
        actions.make_recovery_key(chair, new_id(), alliance.id, Paper.BOARD)


def test_a_head_whose_school_has_no_seat_on_the_board_keeps_no_key_of_it() -> None:
    alliance, other = make.alliance(), make.alliance(schools=1, name="Otherwold Alliance")
    head_elsewhere = make.actor(
        people.add_person(
            ADMINISTRATOR,
            "Ada Elsewhere",
            "ada@example.org",
            [(other.schools[0].id, Role.HEADTEACHER), (alliance.id, Role.COORDINATOR)],
        )
    )
    with pytest.raises(Forbidden):
        actions.make_recovery_key(head_elsewhere, new_id(), alliance.id, Paper.BOARD)
    assert actions.make_recovery_key(head_elsewhere, new_id(), other.id, Paper.BOARD)


def test_without_both_sheets_there_is_no_recovery_pair() -> None:
    alliance = make.alliance()
    actions.make_recovery_key(alliance.auditor, new_id(), alliance.id, Paper.AUDITOR)
    tender = make.published_tender(alliance, criteria=make.PRICE_ONLY)
    assert not keys.printed_keys_of(make.fresh(), tender.id, PRICE)


# ------------------------------------------------------------------ the supplier's own copy
@pytest.fixture
def spoilt() -> tuple[make.Tender, make.Supplier, bytes]:
    """A tender whose only quote was damaged and did not open; its supplier, and the supplier's copy."""
    tender = make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)
    supplier = make.supplier()
    quote_id = make.draft_quote(tender, supplier, "3.33")
    copy = make.copy_of_draft(quote_id)
    make.submit_draft(quote_id, supplier)
    with transaction() as writing:
        body = writing.scalars(select(SealedBody).where(SealedBody.quote_id == quote_id)).one()
        body.sealed = body.sealed[:-1] + bytes([body.sealed[-1] ^ 1])
    make.opened_quotes(tender)
    return tender, supplier, copy


def test_a_quote_that_did_not_open_is_put_right_by_the_copy_that_the_receipt_proves(
    spoilt: tuple[make.Tender, make.Supplier, bytes], session: Session
) -> None:
    _, supplier, copy = spoilt
    quote_id = read_copy(copy).quote_id
    assert not prices(session)
    for _ in range(2):
        actions.disclose_quote(supplier.admin, quote_id, read_copy(copy))
    assert prices(session) == ["3.33"]
    (body,) = make.quote(quote_id).bodies
    assert body.failed_at is None
    assert body.disclosed_at
    assert len(session.scalars(select(Event).where(Event.act == Act.QUOTE_DISCLOSE)).all()) == 1
    subjects = session.scalars(select(Message.subject)).all()
    assert any(subject.startswith("Put right: quote") for subject in subjects)


def test_a_copy_in_which_a_price_was_changed_proves_nothing(
    spoilt: tuple[make.Tender, make.Supplier, bytes], session: Session
) -> None:
    _, supplier, copy = spoilt
    quote_id = read_copy(copy).quote_id
    cheaper = copy.replace(b"3.33", b"2.33")
    assert cheaper != copy
    with pytest.raises(RuleBroken, match="does not match the receipt") as refused:
        actions.disclose_quote(supplier.admin, quote_id, read_copy(cheaper))
    assert refused.value.field == "copy"
    with pytest.raises(NotFound):
        actions.disclose_quote(make.supplier().admin, quote_id, read_copy(copy))
    assert not prices(session)


def test_what_opened_well_is_not_disclosed_again(session: Session) -> None:
    tender = make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)
    supplier = make.supplier()
    quote_id = make.draft_quote(tender, supplier, "3.33")
    copy = read_copy(make.copy_of_draft(quote_id))
    make.submit_draft(quote_id, supplier)
    make.opened_quotes(tender)
    actions.disclose_quote(supplier.admin, quote_id, copy)
    assert prices(session) == ["3.33"]
    assert not session.scalars(select(Event).where(Event.act == Act.QUOTE_DISCLOSE)).all()
