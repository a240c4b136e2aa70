"""Every bidder is told its result at the same moment, as the coordinator has read it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import storage
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.mail import Message
from suppliers.awards.letters import actions, jobs, queries
from suppliers.awards.letters.content import from_json
from suppliers.awards.letters.models import Letter
from suppliers.awards.letters.rules import WITHHELD, LetterKind
from suppliers.evaluation.actions import exclude_quote
from suppliers.quotes.actions import withdraw_quote
from suppliers.quotes.rules import QuoteStatus
from tests import make
from tests.make import Contest

pytestmark = pytest.mark.usefixtures("app")


def mails(session: Session, subject: str) -> dict[str, str]:
    query = select(Message).where(Message.subject.contains(subject))
    return {message.recipient: message.body for message in session.scalars(query)}


def approved(contest: Contest) -> Contest:
    make.recommend_award(contest)
    make.approve_award(contest)
    return contest


def test_every_bidder_is_told_its_scores_and_the_winners_and_no_other_price() -> None:
    contest = make.approved_contest()
    told = mails(make.fresh(), "The result of your quote")
    winner, *losers = contest.comparison.offers
    by_id = {one.id: one for one in contest.suppliers}
    assert set(told) == {one.email for one in contest.suppliers}
    for loser in losers:
        body = told[by_id[loser.supplier_id].email]
        assert f"{loser.marks} of 100 marks" in body
        assert f"{winner.supplier}, {winner.marks} of 100 marks" in body
        assert body.count("Agreed reason for menus.") == 2
        assert "£" not in body
    assert "We intend to accept" in told[by_id[winner.supplier_id].email]
    sent = queries.letters_of(make.fresh(), contest.tender.id).values()
    assert len({one.sent_at for one in sent}) == 1
    make.confirm_award(contest)
    assert set(mails(make.fresh(), "You have won")) == {by_id[winner.supplier_id].email}


def test_an_excluded_bidder_is_told_why_and_gets_no_marks_of_the_winner() -> None:
    contest = make.priced_contest()
    out = make.quote(contest.quotes[2])
    exclude_quote(contest.coordinator, out.id, "No certificate; your £99 was not looked at.", out.version)
    approved(contest)
    make.tell_bidders(contest)
    letter = queries.letters_of(make.fresh(), contest.tender.id)[out.id]
    content = from_json(letter.content)
    assert content.kind is LetterKind.SET_ASIDE
    assert content.set_aside == f"No certificate; your {WITHHELD} was not looked at."
    assert [line.reason for line in content.own[0].lines] == [
        "Agreed reason for menus.",
        "Agreed reason for staff.",
    ]
    assert [(one.supplier, one.marks, one.lines) for one in content.winners] == [("Supplier 2", "", ())]
    make.confirm_award(contest)
    assert make.quote(out.id).status is QuoteStatus.NOT_AWARDED


def test_nothing_goes_before_every_draft_is_read_and_what_is_added_is_kept() -> None:
    contest = approved(make.priced_contest())
    first, *others = contest.quotes
    tender = contest.tender
    actions.read_drafts(contest.coordinator, tender.id, [first], "Thank you for your menus.")
    with pytest.raises(RuleBroken, match="2 drafts are not read yet"):
        actions.send_results(contest.coordinator, tender.id, tender.version)
    actions.read_drafts(contest.coordinator, tender.id, [first, *others])
    actions.send_results(contest.coordinator, tender.id, tender.version)
    assert from_json(queries.letters_of(make.fresh(), tender.id)[first].content).note == (
        "Thank you for your menus."
    )
    with pytest.raises(RuleBroken, match="cannot change"):
        actions.read_drafts(contest.coordinator, tender.id, [first], "Sorry.")
    before = len(mails(make.fresh(), "The result"))
    actions.send_results(contest.coordinator, tender.id, tender.version)
    assert len(mails(make.fresh(), "The result")) == before


def test_who_withdrew_is_told_that_the_tender_is_decided_and_nothing_more() -> None:
    tender = make.published_tender(make.alliance(schools=2), criteria=make.PRICE_ONLY)
    suppliers = tuple(make.supplier(name, categories=["catering"]) for name in ("Alpha", "Beta", "Gone"))
    quotes = [make.submitted_quote(tender, one, "2.50") for one in suppliers]
    gone = make.quote(quotes[2])
    withdraw_quote(suppliers[2].admin, gone.id, gone.version)
    make.opened_quotes(tender)
    contest = Contest(tender, suppliers[:2], tuple(quotes[:2]))
    first = contest.comparison.offers[0]
    make.recommend_award(contest, first.quote_id, departure="Drawn by lot before two witnesses.")
    make.approve_award(contest)
    make.tell_bidders(contest)
    content = from_json(queries.letters_of(make.fresh(), tender.id)[gone.id].content)
    assert (content.kind, content.own) == (LetterKind.WITHDRAWN, ())
    assert [(one.supplier, one.marks) for one in content.winners] == [(first.supplier, "")]
    assert queries.sent_letters(make.fresh(), suppliers[2].admin, gone.id)


def test_letters_wait_for_two_schools() -> None:
    contest = make.recommended_contest()
    with pytest.raises(RuleBroken, match="two schools have approved"):
        actions.read_drafts(contest.coordinator, contest.tender.id, contest.quotes)


def test_a_supplier_reads_its_own_letters_once_sent_and_no_others() -> None:
    contest = approved(make.priced_contest())
    own, other = contest.suppliers[0].admin, contest.suppliers[1].admin
    with pytest.raises(NotFound):
        queries.sent_letters(make.fresh(), own, contest.quotes[0])
    make.tell_bidders(contest)
    (letter,) = queries.sent_letters(make.fresh(), own, contest.quotes[0])
    assert queries.get_sent(make.fresh(), own, letter.id).quote_id == contest.quotes[0]
    for stranger in (other, make.alliance(name="Other").coordinator):
        with pytest.raises(NotFound):
            queries.sent_letters(make.fresh(), stranger, contest.quotes[0])
        with pytest.raises(NotFound):
            queries.get_sent(make.fresh(), stranger, letter.id)


def test_the_worker_keeps_a_pdf_of_every_letter_that_was_sent() -> None:
    contest = make.awarded_contest()
    assert jobs.draw_letters() == 4
    letters = make.fresh().scalars(select(Letter)).all()
    for letter in letters:
        assert letter.document_sha256
        assert storage.read(letter.document_sha256).startswith(b"%PDF")
    assert jobs.draw_letters() == 0
    assert {one.kind for one in letters} == {
        LetterKind.AWARD,
        LetterKind.UNSUCCESSFUL,
        LetterKind.CONFIRMATION,
    }
    assert (
        make.fresh().scalar(select(Letter.quote_id).where(Letter.kind == "confirmation"))
        == (contest.quotes[1])
    )
