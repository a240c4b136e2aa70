"""Suppliers ask, schools answer for everybody, and nobody learns who asked."""

import json
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import clock, events
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.policy import Role
from marketplace.tenders import actions as tender_actions
from marketplace.tenders.amending import actions as amending
from marketplace.tenders.amending.changing import Wanted
from marketplace.tenders.answers import published_answers, unanswered_questions
from marketplace.tenders.opportunities.queries import get_opportunity
from marketplace.tenders.packs import queries as packs
from marketplace.tenders.planning.rules import answered_until, asked_until
from marketplace.tenders.rules import TenderStatus
from marketplace.tenders.uk_notices.queries import notices_of
from suppliers.questions import actions, jobs, queries
from suppliers.questions.rules import QuestionStatus, Rejection
from suppliers.quotes import actions as quotes
from suppliers.quotes.rules import Envelope
from tests import make

pytestmark = pytest.mark.usefixtures("app")


def letters(session: Session, subject: str) -> dict[str, str]:
    """The messages whose subject begins so: bodies by recipient."""
    session.rollback()
    query = select(Message).where(Message.subject.startswith(subject))
    return {one.recipient: one.body for one in session.scalars(query)}


def two_questions() -> tuple[make.Tender, make.Supplier, uuid.UUID]:
    tender = make.published_tender(make.alliance(schools=2))
    asker = make.supplier("Zephyr Kitchens")
    return tender, asker, make.ask(tender, asker, "We at Zephyr have an oven of 2 m. Does it fit?")


def test_an_answer_is_everybodys_at_once_in_words_that_hide_the_asker(session: Session) -> None:
    tender, _, question_id = two_questions()
    assert published_answers(session, tender.id) == ()
    make.answer_question(tender, question_id, "Yes, in every kitchen.", wording="Does an oven of 2 m fit?")
    (told,) = get_opportunity(make.fresh(), tender.id).answers
    assert (told.number, told.question, told.answer) == (
        1,
        "Does an oven of 2 m fit?",
        "Yes, in every kitchen.",
    )
    pack = packs.latest_pack(session, tender.id)
    assert pack
    assert pack.number == 2
    assert "6 Questions and answers.html" in {one.name for one in pack.files}
    written = packs.content(pack)
    assert b"Does an oven of 2 m fit?" in written
    assert b"Zephyr" not in written


def test_the_feed_says_what_was_answered_and_never_who_asked(session: Session) -> None:
    tender, asker, question_id = two_questions()
    make.answer_question(tender, question_id, wording="Does an oven of 2 m fit?")
    make.answer_question(tender, make.ask(tender, asker, "And of 3 m?"), "No.")
    session.rollback()
    said = [json.loads(one.content)["tender"] for one in notices_of(session, tender.id)]
    assert [one.get("hasEnquiries") for one in said] == [None, True, True]
    assert [[one["id"] for one in release.get("enquiries", [])] for release in said] == [[], ["1"], ["2"]]
    assert said[1]["enquiries"][0]["description"] == "Does an oven of 2 m fit?"
    assert said[0]["enquiryPeriod"]["endDate"].startswith(
        asked_until(tender.row.published_at or clock.now(), tender.closes_at).date().isoformat()
    )
    assert not any(
        "Zephyr" in one.content or '"author"' in one.content for one in notices_of(session, tender.id)
    )


def test_above_the_threshold_the_feed_waits_for_find_a_tender_and_the_page_does_not(session: Session) -> None:
    alliance = make.alliance(schools=3)
    tender = make.published_tender(
        alliance, baselines={one.id: make.YEARLY_BASELINE * 10 for one in alliance.schools}
    )
    releases = len(notices_of(session, tender.id))
    make.answer_question(tender, make.ask(tender, make.supplier()))
    session.rollback()
    assert len(published_answers(session, tender.id)) == 1
    assert len(notices_of(session, tender.id)) == releases


def test_an_unanswered_question_holds_the_closing_and_no_quote_comes_late() -> None:
    tender, asker, question_id = two_questions()
    quote_id = make.draft_quote(tender, asker)
    after = tender.closes_at + timedelta(minutes=1)
    with clock.travelling(after):
        assert not tender_actions.close_tender(tender.id)
        assert tender.row.closed_at is None
        with pytest.raises(RuleBroken, match="The deadline was"):
            make.submit_draft(quote_id, asker)
        with pytest.raises(RuleBroken, match="once the tender has closed"):
            quotes.start_opening(tender.openers[0], tender.id, Envelope.QUALITY, make.PASSPHRASE)
        make.answer_question(tender, question_id)
        assert unanswered_questions(make.fresh(), tender.id) == 0
        assert tender_actions.close_tender(tender.id)
    assert tender.row.status is TenderStatus.CLOSED


@pytest.mark.parametrize("end", ["withdraw", "reject"])
def test_a_question_that_ends_without_an_answer_holds_nothing(session: Session, end: str) -> None:
    tender, asker, question_id = two_questions()
    version = make.question(question_id).version
    if end == "withdraw":
        actions.withdraw_question(asker.admin, question_id, version)
    else:
        actions.reject_question(
            tender.lead.bursar, question_id, version, why=Rejection.ELSEWHERE, explanation="Ask the makers."
        )
        (body,) = letters(session, "Your question has no answer").values()
        assert "Ask the makers." in body
    make.close_tender(tender)


def test_a_later_deadline_for_all_gives_more_time_to_ask_and_to_answer() -> None:
    tender, asker, _ = two_questions()
    later, extension_id = make.working_moment(60), new_id()
    amending.propose_extension(
        tender.alliance.coordinator,
        tender.id,
        tender.version,
        extension_id,
        closes_at=later,
        reason="We answer next week.",
    )
    amending.approve_extension(tender.schools[1].headteacher, tender.id, extension_id)
    with clock.travelling(tender.closes_at + timedelta(minutes=1)):
        assert not tender_actions.close_tender(tender.id)
        make.ask(tender, asker, "Until when is the kitchen open?")
        make.submit_draft(make.draft_quote(tender, asker), asker)


def test_who_follows_asks_or_quotes_is_told_and_nobody_else(session: Session) -> None:
    tender, asker, question_id = two_questions()
    follower, drafter, stranger, gone = (make.supplier() for _ in range(4))
    actions.follow_tender(follower.admin, tender.id, follower.id)
    actions.follow_tender(gone.admin, tender.id, gone.id)
    actions.unfollow_tender(gone.admin, tender.id, gone.id)
    make.draft_quote(tender, drafter)
    make.answer_question(tender, question_id, "Yes.", wording="Does an oven of 2 m fit?")
    events.deliver_due()
    told = letters(session, "Question 1 answered")
    assert set(told) == {asker.email, follower.email, drafter.email}
    assert stranger.email not in told
    assert "your question" in told[asker.email]
    assert "your question" not in told[follower.email]
    assert not any("Zephyr" in body for who, body in told.items() if who != asker.email)


def test_those_who_answer_get_one_letter_an_hour_however_much_is_asked(session: Session) -> None:
    tender, asker, _ = two_questions()
    first = letters(session, "Suppliers ask about")
    assert len(first) == 3
    for number in range(19):
        make.ask(tender, asker, f"What of line {number}?")
    assert letters(session, "Suppliers ask about") == first
    assert session.scalar(select(Message.id).where(Message.body.contains("Zephyr have"))) is None
    with pytest.raises(RuleBroken, match="20 of your questions"):
        make.ask(tender, asker, "And what of the last line?")
    make.ask(tender, make.supplier(), "May another supplier still ask?")


def test_late_answers_are_reminded_of_once_and_once_more_when_they_hold_the_closing(session: Session) -> None:
    tender, _, _ = two_questions()
    assert jobs.remind_of_unanswered() == 0
    with clock.travelling(answered_until(tender.row.published_at or clock.now(), tender.closes_at)):
        assert (jobs.remind_of_unanswered(), jobs.remind_of_unanswered()) == (1, 0)
        assert len(letters(session, "Answer today")) == 3
    with clock.travelling(tender.closes_at):
        assert (jobs.remind_of_unanswered(), jobs.remind_of_unanswered()) == (1, 0)
    assert len(letters(session, "Quotes cannot be opened")) == 3


def test_an_answer_that_changes_the_tender_points_to_the_change() -> None:
    tender, _, question_id = two_questions()
    amendment_id = new_id()
    row = tender.row
    amending.amend_tender(
        tender.alliance.coordinator,
        tender.id,
        tender.version,
        amendment_id,
        reason="A supplier asked.",
        wanted=Wanted("Hot and cold meals.", {one.id: one.question for one in row.criteria if one.question}),
    )
    other = make.published_tender(tender.alliance, title="Other meals")
    elsewhere = make.ask(other, make.supplier())
    with pytest.raises(RuleBroken) as refusal:
        make.answer_question(other, elsewhere, amendment_id=amendment_id)
    assert refusal.value.field == "amendment"
    make.answer_question(tender, question_id, amendment_id=amendment_id)
    (told,) = published_answers(make.fresh(), tender.id)
    assert told.amended_at is not None


def test_a_repeated_question_is_sent_to_the_answer_it_repeats(session: Session) -> None:
    tender, _, question_id = two_questions()
    make.answer_question(tender, question_id)
    again = make.ask(tender, make.supplier(), "How long may an oven be?")
    actions.reject_question(
        tender.alliance.coordinator,
        again,
        make.question(again).version,
        why=Rejection.REPEATED,
        repeats_id=question_id,
    )
    assert make.question(again).repeats_id == question_id
    (body,) = letters(session, "Your question has no answer").values()
    assert "(question 1)" in body
    unknown = make.ask(tender, make.supplier(), "Who are you?")
    with pytest.raises(NotFound):
        actions.reject_question(
            tender.alliance.coordinator, unknown, 1, why=Rejection.REPEATED, repeats_id=again
        )


def test_asked_or_answered_twice_counts_once_and_an_overtaken_answer_is_stale() -> None:
    tender, asker, question_id = two_questions()
    actions.ask_question(asker.admin, question_id, tender.id, asker.id, "Sent again")
    row = make.question(question_id)
    assert row.text.startswith("We at Zephyr")
    coordinator, version = tender.alliance.coordinator, row.version
    for _ in range(2):
        actions.answer_question(coordinator, question_id, version, wording="Fits?", answer="Yes.")
    row = make.question(question_id)
    assert (row.status, row.number, row.answer) == (QuestionStatus.ANSWERED, 1, "Yes.")
    with pytest.raises(Stale):
        actions.reject_question(coordinator, question_id, version, why=Rejection.ELSEWHERE, explanation="No.")
    with pytest.raises(RuleBroken):
        actions.answer_question(coordinator, question_id, row.version, wording="Fits?", answer="No.")


def test_who_asked_is_read_by_coordinator_and_auditor_once_quotes_are_open_and_by_nobody_before() -> None:
    tender, asker, question_id = two_questions()
    make.answer_question(tender, question_id)
    make.submitted_quote(tender, asker)
    alliance = tender.alliance
    people = [
        alliance.coordinator,
        alliance.auditor,
        tender.lead.bursar,
        tender.lead.headteacher,
        *tender.openers,
        *tender.evaluators,
    ]
    assert not any(queries.sees_askers(one, tender.row) for one in people)
    make.opened_quotes(tender)
    row = tender.row
    assert [one for one in people if queries.sees_askers(one, row)] == [
        alliance.coordinator,
        alliance.auditor,
    ]


def test_other_suppliers_and_schools_cannot_reach_a_question(session: Session) -> None:
    tender, asker, question_id = two_questions()
    other, neighbour = make.supplier(), make.alliance(schools=1, name="Neighbours")
    second = tender.schools[1]
    for person in (other.admin, neighbour.coordinator, second.bursar, second.headteacher, *tender.evaluators):
        with pytest.raises(NotFound):
            queries.get_question(session, person, question_id)
        with pytest.raises(NotFound):
            actions.answer_question(person, question_id, 1, wording="Fits?", answer="Yes.")
    with pytest.raises(Forbidden):
        actions.answer_question(tender.alliance.auditor, question_id, 1, wording="Fits?", answer="Yes.")
    with pytest.raises(NotFound):
        actions.ask_question(other.admin, new_id(), tender.id, asker.id, "In your name?")
    with pytest.raises(NotFound):
        actions.withdraw_question(tender.alliance.coordinator, question_id, 1)
    stranger = make.person(asker.id, Role.BIDDER)
    actions.withdraw_question(stranger, question_id, make.question(question_id).version)


def test_nothing_is_asked_after_the_last_day_or_of_a_draft() -> None:
    tender, asker, _ = two_questions()
    until = asked_until(tender.row.published_at or clock.now(), tender.closes_at)
    with clock.travelling(until), pytest.raises(RuleBroken, match="Questions could be asked until"):
        make.ask(tender, asker, "Too late?")
    draft = make.draft_tender(tender.alliance, title="Draft")
    with pytest.raises(NotFound):
        make.ask(draft, asker)
