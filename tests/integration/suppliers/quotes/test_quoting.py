"""A supplier drafts, submits, replaces and withdraws; one quote is live and nothing is done twice."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.events import ChainHead, Event, deliver_due
from marketplace.core.ids import new_id
from marketplace.core.mail import Message, newest
from marketplace.core.policy import Act, Actor
from marketplace.tenders import actions as tender_actions
from suppliers.quotes import actions, queries
from suppliers.quotes.copies import read_copy
from suppliers.quotes.declarations.rules import Confirmed
from suppliers.quotes.models import Quote, QuotedAnswer, QuotedPrice, SealedBody
from suppliers.quotes.offers import Offer
from suppliers.quotes.rules import QuoteStatus
from suppliers.quotes.sealing import BrokenSeal, read_draft
from tests import make

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def tender() -> make.Tender:
    return make.published_tender(make.alliance())


@pytest.fixture
def supplier() -> make.Supplier:
    return make.supplier()


def statuses(session: Session) -> list[str]:
    session.rollback()
    return sorted(session.scalars(select(Quote.status)))


def draft(tender: make.Tender, supplier: make.Supplier) -> Quote:
    found = queries.draft_of(make.fresh(), tender.id, supplier.id)
    assert found
    return found


# ------------------------------------------------------------------ drafts
def test_a_draft_may_have_gaps_and_comes_back_as_it_was_saved(
    tender: make.Tender, supplier: make.Supplier
) -> None:
    whole = make.offer(tender, "0.0001", ["Fresh £ é 🥕\nevery day", ""])
    actions.save_draft(supplier.admin, tender.id, supplier.id, 0, whole)
    assert queries.offer_in_draft(draft(tender, supplier)) == whole.within(make.quote_schedule(tender))
    actions.save_draft(supplier.admin, tender.id, supplier.id, 1, Offer())
    assert queries.offer_in_draft(draft(tender, supplier)) == Offer()


def test_saving_the_same_draft_twice_is_one_draft_and_no_error(
    tender: make.Tender, supplier: make.Supplier, session: Session
) -> None:
    for _ in range(2):
        actions.save_draft(supplier.admin, tender.id, supplier.id, 0, make.offer(tender))
    assert statuses(session) == ["draft"]


def test_two_colleagues_do_not_overwrite_each_other(tender: make.Tender, supplier: make.Supplier) -> None:
    actions.save_draft(supplier.admin, tender.id, supplier.id, 0, make.offer(tender, "1"))
    actions.save_draft(supplier.bidder(), tender.id, supplier.id, 1, make.offer(tender, "2"))
    with pytest.raises(Stale):
        actions.save_draft(supplier.admin, tender.id, supplier.id, 1, make.offer(tender, "3"))
    kept = queries.offer_in_draft(draft(tender, supplier))
    assert set(kept.prices.values()) == {Decimal(2)}


def test_prices_from_a_file_leave_the_answers_and_the_other_prices_alone(
    tender: make.Tender, supplier: make.Supplier
) -> None:
    line = tender.line_ids[0]
    actions.save_draft(supplier.admin, tender.id, supplier.id, 0, Offer({}, make.offer(tender).answers))
    read = Offer({line: Decimal("3.21"), new_id(): Decimal(1)})
    actions.take_prices(supplier.admin, tender.id, supplier.id, read)
    kept = queries.offer_in_draft(draft(tender, supplier))
    assert kept == Offer({line: Decimal("3.21")}, make.offer(tender).answers)


def test_a_discarded_draft_is_erased(tender: make.Tender, supplier: make.Supplier, session: Session) -> None:
    quote_id = make.draft_quote(tender, supplier)
    actions.withdraw_quote(supplier.admin, quote_id, 1)
    session.rollback()
    assert not session.scalars(select(SealedBody)).all()


# ------------------------------------------------------------------ submitting
def test_a_submitted_quote_has_a_receipt_that_its_supplier_is_sent(
    tender: make.Tender, supplier: make.Supplier, session: Session
) -> None:
    quote = make.quote(make.submitted_quote(tender, supplier))
    assert quote.status is QuoteStatus.SUBMITTED
    assert quote.reference is not None
    assert quote.reference.startswith("Q-")
    assert quote.deadline_version == tender.row.deadline_version == 1
    receipt = session.scalars(select(Event).where(Event.act == Act.QUOTE_SUBMIT)).one()
    assert quote.received_at is not None
    assert receipt.organisation_id == supplier.id
    assert receipt.facts == {
        "tender_id": str(tender.id),
        "reference": quote.reference,
        "commitment": quote.commitment,
        "received_at": quote.received_at.isoformat(),
        "declared": sorted(make.DECLARED.ticked),
        "replaces": None,
    }
    assert (quote.written_at, quote.written_by) == (quote.received_at, supplier.admin.person_id)
    assert receipt.hash == session.get_one(ChainHead, 1).hash
    letters = select(Message).where(Message.recipient == supplier.email).order_by(Message.id)
    message = session.scalars(letters).all()[-1]
    for told in (
        quote.reference,
        quote.commitment,
        receipt.hash,
        *(body.commitment for body in quote.bodies),
    ):
        assert told in message.body


def test_the_time_of_receipt_is_the_databases(tender: make.Tender, supplier: make.Supplier) -> None:
    quote_id = make.draft_quote(tender, supplier)
    before = clock.now() - timedelta(seconds=1)
    make.submit_draft(quote_id, supplier)
    quote = make.quote(quote_id)
    assert quote.received_at is not None
    assert before < quote.received_at < clock.now() + timedelta(seconds=1)


def test_there_is_no_price_and_no_answer_to_read_before_opening(
    tender: make.Tender, supplier: make.Supplier, session: Session
) -> None:
    make.submitted_quote(tender, supplier)
    assert not session.scalars(select(QuotedPrice)).all()
    assert not session.scalars(select(QuotedAnswer)).all()


def test_a_double_click_on_submit_is_one_quote_and_one_receipt(
    tender: make.Tender, supplier: make.Supplier, session: Session
) -> None:
    quote_id = make.draft_quote(tender, supplier)
    for _ in range(2):
        actions.submit_quote(supplier.admin, quote_id, 1, make.DECLARED)
    assert statuses(session) == ["submitted"]
    assert len(session.scalars(select(Event).where(Event.act == Act.QUOTE_SUBMIT)).all()) == 1


def test_a_quote_that_a_colleague_changed_since_it_was_checked_is_not_submitted(
    tender: make.Tender, supplier: make.Supplier
) -> None:
    quote_id = make.draft_quote(tender, supplier)
    make.draft_quote(tender, supplier, "9.99")
    with pytest.raises(Stale):
        actions.submit_quote(supplier.admin, quote_id, 1, make.DECLARED)


@pytest.mark.parametrize(
    ("offer", "said"),
    [
        (lambda tender: Offer({}, make.offer(tender).answers), "enter a price"),
        (lambda tender: make.offer(tender, answers=["Yes", " "]), "answer “Staff”"),
        (lambda tender: make.offer(tender, answers=["word " * 501, "Yes"]), "has 501 words"),
        (lambda tender: make.offer(tender, "0"), "cannot be free"),
    ],
)
def test_an_incomplete_quote_is_not_submitted(
    tender: make.Tender, supplier: make.Supplier, offer: Callable[[make.Tender], Offer], said: str
) -> None:
    actions.save_draft(supplier.admin, tender.id, supplier.id, 0, offer(tender))
    with pytest.raises(RuleBroken, match=said):
        actions.submit_quote(supplier.admin, draft(tender, supplier).id, 1, make.DECLARED)


def test_nothing_is_submitted_without_every_declaration(tender: make.Tender, supplier: make.Supplier) -> None:
    quote_id = make.draft_quote(tender, supplier)
    with pytest.raises(RuleBroken, match="Declare that you may speak"):
        actions.submit_quote(supplier.admin, quote_id, 1, Confirmed(make.DECLARED.ticked[:-1]))


def test_a_free_line_is_taken_only_when_it_is_meant(supplier: make.Supplier) -> None:
    alliance = make.alliance()
    lot = make.lot("Meals", {("Meal", "meal"): 100, ("Delivery", "trip"): 5}, alliance.schools)
    tender = make.published_tender(alliance, lots=[lot])
    quote_id = make.draft_quote(tender, supplier, ["2.50", "0"])
    with pytest.raises(RuleBroken) as refused:
        actions.submit_quote(supplier.admin, quote_id, make.quote(quote_id).version, make.DECLARED)
    assert refused.value.field == "free_confirmed"
    make.submit_draft(quote_id, supplier, free_confirmed=True)
    assert make.quote(quote_id).status is QuoteStatus.SUBMITTED


def test_the_database_holds_no_second_live_quote_of_a_supplier(
    tender: make.Tender, supplier: make.Supplier
) -> None:
    quote = make.quote(make.submitted_quote(tender, supplier))
    again = Quote(
        tender_id=tender.id,
        supplier_id=supplier.id,
        status=QuoteStatus.SUBMITTED,
        written_by=quote.written_by,
        written_at=quote.written_at,
    )
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(again)


# ------------------------------------------------------------------ replacing and withdrawing
def test_a_replacement_starts_from_the_suppliers_own_copy_and_the_first_quote_stays_in_meanwhile(
    tender: make.Tender, supplier: make.Supplier, session: Session
) -> None:
    first = make.draft_quote(tender, supplier, "2.00")
    copy = make.copy_of_draft(first)
    make.submit_draft(first, supplier)
    actions.start_replacement(supplier.admin, first, read_copy(copy))
    assert statuses(session) == ["draft", "submitted"]
    begun = draft(tender, supplier)
    assert queries.offer_in_draft(begun) == make.offer(tender, "2.00")
    make.submit_draft(begun.id, supplier)
    assert make.quote(first).status is QuoteStatus.REPLACED
    assert statuses(session) == ["replaced", "submitted"]
    of_submitting = select(Event).where(Event.act == Act.QUOTE_SUBMIT).order_by(Event.position)
    said = [event.facts["replaces"] for event in session.scalars(of_submitting)]
    assert said == [None, make.quote(first).reference]


def test_without_a_copy_a_replacement_starts_empty(tender: make.Tender, supplier: make.Supplier) -> None:
    first = make.submitted_quote(tender, supplier, "2.00")
    actions.start_replacement(supplier.admin, first)
    assert queries.offer_in_draft(draft(tender, supplier)) == Offer()


def test_the_copy_of_another_quote_starts_no_replacement(
    tender: make.Tender, supplier: make.Supplier, session: Session
) -> None:
    mine = make.submitted_quote(tender, supplier)
    rival = make.supplier()
    of_rival = make.copy_of_draft(make.draft_quote(tender, rival))
    other = make.published_tender(tender.alliance, title="Another tender")
    of_other = make.copy_of_draft(make.draft_quote(other, supplier))
    for content, said in (
        (of_rival, "another supplier"),
        (of_other, "another tender"),
        (b"{}", "no copy of a quote"),
        (b"%PDF-1.7", "no copy of a quote"),
        (of_other.replace(b'"prices', b'"pr'), "another tender"),
    ):
        with pytest.raises(RuleBroken, match=said) as refused:
            actions.start_replacement(supplier.admin, mine, read_copy(content))
        assert refused.value.field == "copy"
    assert statuses(session) == ["draft", "draft", "submitted"]


def test_a_submitted_quote_leaves_nothing_that_weald_could_read(
    tender: make.Tender, supplier: make.Supplier
) -> None:
    quote = make.quote(make.submitted_quote(tender, supplier))
    for body in quote.bodies:
        with pytest.raises(BrokenSeal):
            read_draft(body.sealed, queries.header_of(quote, body.envelope))


def test_a_replacement_started_twice_is_one_draft(
    tender: make.Tender, supplier: make.Supplier, session: Session
) -> None:
    first = make.submitted_quote(tender, supplier)
    for _ in range(2):
        actions.start_replacement(supplier.admin, first)
    assert statuses(session) == ["draft", "submitted"]


def test_a_withdrawn_quote_makes_room_for_another(
    tender: make.Tender, supplier: make.Supplier, session: Session
) -> None:
    first = make.submitted_quote(tender, supplier)
    version = make.quote(first).version
    for _ in range(2):
        actions.withdraw_quote(supplier.admin, first, version)
    with pytest.raises(RuleBroken):
        actions.start_replacement(supplier.admin, first)
    make.submitted_quote(tender, supplier)
    assert statuses(session) == ["submitted", "withdrawn"]
    gone = make.quote(first)
    withdrawn = session.scalars(select(Event).where(Event.act == Act.QUOTE_WITHDRAW)).one()
    assert (withdrawn.subject_id, withdrawn.organisation_id) == (first, supplier.id)
    assert withdrawn.facts == {"tender_id": str(tender.id), "reference": gone.reference}
    assert gone.withdrawn_at
    assert abs(gone.withdrawn_at - withdrawn.at) < timedelta(minutes=1)


# ------------------------------------------------------------------ who and when
def test_only_the_suppliers_own_people_touch_its_quote(tender: make.Tender, supplier: make.Supplier) -> None:
    quote_id = make.submitted_quote(tender, supplier)
    drafted = make.draft_quote(tender, supplier)
    rival = make.supplier().admin
    bursar, coordinator = tender.schools[0].bursar, tender.alliance.coordinator
    attempts: list[Callable[[Actor], object]] = [
        lambda who: actions.submit_quote(who, drafted, 1, make.DECLARED),
        lambda who: actions.withdraw_quote(who, quote_id, 2),
        lambda who: actions.start_replacement(who, quote_id),
        lambda who: actions.save_draft(who, tender.id, supplier.id, 0, Offer()),
        lambda who: actions.take_prices(who, tender.id, supplier.id, Offer()),
    ]
    for stranger in (rival, bursar, coordinator):
        for act in attempts:
            with pytest.raises((NotFound, Forbidden)):
                act(stranger)


def test_a_tender_that_is_not_published_takes_no_draft(supplier: make.Supplier) -> None:
    tender = make.confirmed_tender(make.alliance())
    with pytest.raises(NotFound):
        actions.save_draft(supplier.admin, tender.id, supplier.id, 0, Offer())


def test_a_cancelled_tender_takes_nothing_and_its_suppliers_are_told(
    tender: make.Tender, supplier: make.Supplier, session: Session
) -> None:
    quote_id = make.submitted_quote(tender, supplier)
    tender_actions.cancel_tender(tender.alliance.coordinator, tender.id, tender.version, "Budgets changed")
    with pytest.raises(RuleBroken, match="cancelled"):
        actions.withdraw_quote(supplier.admin, quote_id, make.quote(quote_id).version)
    deliver_due()
    session.rollback()
    subjects = session.scalars(select(Message.subject).where(Message.recipient == supplier.email)).all()
    assert f"Cancelled: {tender.row.title}" in subjects


def test_who_was_told_of_a_tender_is_told_that_it_was_cancelled_and_nobody_of_an_unpublished_one(
    session: Session, tender: make.Tender, supplier: make.Supplier
) -> None:
    told = make.supplier()
    make.draft_quote(tender, supplier)
    unpublished = make.confirmed_tender(tender.alliance, title="Never published")
    for one in (tender, unpublished):
        tender_actions.cancel_tender(tender.alliance.coordinator, one.id, one.version, "Budgets changed")
    deliver_due()
    letters = newest(session, f"Cancelled: {tender.row.title}")
    of_suppliers = {
        one.recipient: one.body for one in letters if "You do not need to do anything" in one.body
    }
    assert set(of_suppliers) == {supplier.email, told.email}
    assert "for which you prepared or submitted a quote" in of_suppliers[supplier.email]
    assert "of which we told you" in of_suppliers[told.email]
    unheard = newest(session, "Cancelled: Never published")
    assert told.email not in {one.recipient for one in unheard}


def test_one_millisecond_late_is_late_for_every_step(tender: make.Tender, supplier: make.Supplier) -> None:
    quote_id = make.submitted_quote(tender, supplier)
    version = make.quote(quote_id).version
    drafted = make.draft_quote(tender, supplier)
    steps: list[Callable[[], object]] = [
        lambda: actions.submit_quote(supplier.admin, drafted, 1, make.DECLARED),
        lambda: actions.withdraw_quote(supplier.admin, quote_id, version),
        lambda: actions.start_replacement(supplier.admin, quote_id),
        lambda: actions.save_draft(supplier.admin, tender.id, supplier.id, 1, make.offer(tender, "1")),
        lambda: actions.take_prices(supplier.admin, tender.id, supplier.id, Offer()),
    ]
    with clock.travelling(tender.closes_at):
        for act in steps:
            with pytest.raises(RuleBroken, match="The deadline was"):
                act()
    with clock.travelling(tender.closes_at - timedelta(milliseconds=1)):
        actions.submit_quote(supplier.admin, drafted, 1, make.DECLARED)
    assert make.quote(drafted).received_at == tender.closes_at - timedelta(milliseconds=1)


def test_a_late_draft_can_still_be_discarded(tender: make.Tender, supplier: make.Supplier) -> None:
    quote_id = make.draft_quote(tender, supplier)
    with clock.travelling(tender.closes_at + timedelta(days=1)):
        actions.withdraw_quote(supplier.admin, quote_id, 1)
    assert make.quote(quote_id).status is QuoteStatus.WITHDRAWN
