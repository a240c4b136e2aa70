"""Evaluators declare, score alone, and the panel agrees; then the scores are fixed for good."""

import uuid
from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.events import Event
from marketplace.core.mail import Message
from marketplace.core.policy import Act, Actor, Role
from marketplace.tenders.criteria.rules import CriterionDraft
from marketplace.tenders.rules import CriterionKind, TenderStatus
from suppliers.evaluation import actions, queries, sheets
from suppliers.evaluation.actions import ScoreGiven
from suppliers.evaluation.conduct import Declaration
from suppliers.evaluation.models import AgreedScore, ConflictDeclaration, Score
from suppliers.quotes import opened
from suppliers.quotes import queries as quotes
from suppliers.quotes.actions import start_opening
from suppliers.quotes.rules import Envelope, QuoteStatus
from tests import make
from tests.make import Contest

pytestmark = pytest.mark.usefixtures("app")
PASS_MARK_3 = (
    CriterionDraft(CriterionKind.PRICE, "Price", 60),
    CriterionDraft(CriterionKind.QUALITY, "Menus", 40, "How will you plan menus?", lowest_score=3),
)


def given(contest: Contest, score: int = 3, reason: str = "Sound.", version: int = 0) -> Sequence[ScoreGiven]:
    return [ScoreGiven(contest.questions[0].id, score, reason, version)]


def agree(contest: Contest, **changed: object) -> None:
    said: dict[str, object] = {"score": 4, "reason": "Sound.", "moderation_note": "", "version": 0} | changed
    who = said.pop("actor", contest.coordinator)
    actions.agree_score(who, contest.quotes[0], contest.questions[0].id, **said)  # type: ignore[arg-type]


def status(contest: Contest) -> TenderStatus:
    return contest.tender.row.status


def recipients(session: Session, subject: str) -> set[str]:
    return set(session.scalars(select(Message.recipient).where(Message.subject.contains(subject))))


# ------------------------------------------------------------------ conflicts
def test_the_first_declaration_starts_the_evaluation() -> None:
    contest = make.opened_contest()
    assert status(contest) is TenderStatus.OPENED
    make.declare_conflicts(contest, contest.tender.evaluators[0])
    assert status(contest) is TenderStatus.EVALUATING
    rows = make.fresh().scalars(select(ConflictDeclaration)).all()
    assert {row.supplier_id for row in rows} == {one.id for one in contest.suppliers}


def test_an_evaluator_sees_no_quote_before_declaring(session: Session) -> None:
    contest = make.opened_contest()
    evaluator = contest.tender.evaluators[0]
    with pytest.raises(NotFound):
        queries.get_tender(session, contest.tender.id, queries.judged_by(evaluator))
    with pytest.raises(NotFound):
        actions.give_scores(evaluator, contest.quotes[0], given(contest))
    assert not quotes.opened_quotes(make.fresh(), contest.tender.id, quotes.visible_to(evaluator))
    make.declare_conflicts(contest, evaluator)
    queries.get_tender(make.fresh(), contest.tender.id, queries.judged_by(evaluator))
    assert len(quotes.opened_quotes(make.fresh(), contest.tender.id, quotes.visible_to(evaluator))) == 3


def test_a_conflicted_evaluator_sees_nothing_of_any_quote_ever_again(session: Session) -> None:
    contest = make.opened_contest()
    conflicted, other = contest.tender.evaluators
    make.declare_conflicts(contest, conflicted, contest.suppliers[1])
    make.declare_conflicts(contest, other)
    with pytest.raises(NotFound):
        actions.give_scores(conflicted, contest.quotes[0], given(contest))
    make.give_scores(contest, other)
    make.agree_scores(contest)
    actions.lock_scores(contest.coordinator, contest.tender.id, contest.tender.version)
    make.open_envelope(contest.tender, Envelope.PRICE)
    make.fresh()
    with pytest.raises(NotFound):
        queries.get_comparison(session, conflicted, contest.tender.id)
    assert not quotes.opened_quotes(session, contest.tender.id, quotes.visible_to(conflicted))
    assert not session.scalars(queries.in_evaluation(conflicted)).all()
    assert queries.get_comparison(session, other, contest.tender.id)


def test_an_opener_who_declared_a_conflict_does_not_open_the_prices() -> None:
    schools = make.alliance()
    both = schools.schools[0].bursar
    contest = make.opened_contest(schools, evaluators=(both, schools.schools[1].finance_lead))
    assert contest.tender.openers[0] == both
    make.declare_conflicts(contest, both, contest.suppliers[0])
    make.declare_conflicts(contest, contest.tender.evaluators[1])
    make.give_scores(contest, contest.tender.evaluators[1])
    make.agree_scores(contest)
    actions.lock_scores(contest.coordinator, contest.tender.id, contest.tender.version)
    with clock.travelling(contest.tender.closes_at), pytest.raises(Forbidden, match="conflict of interest"):
        start_opening(both, contest.tender.id, Envelope.PRICE, make.PASSPHRASE)


def test_the_coordinator_is_told_of_a_conflict_but_not_with_whom(session: Session) -> None:
    contest = make.opened_contest()
    make.declare_conflicts(contest, contest.tender.evaluators[0], contest.suppliers[1])
    message = session.scalars(select(Message).where(Message.subject.contains("conflict of interest"))).one()
    assert contest.suppliers[1].name not in message.body


def test_a_conflict_found_later_makes_the_scores_count_no_more(session: Session) -> None:
    contest = make.scored_contest()
    make.declare_conflicts(contest, contest.tender.evaluators[0], contest.suppliers[0])
    make.fresh()
    panel = sheets.evaluators(session, contest.tender.row)
    counted = sheets.scores_given(session, contest.tender.id, panel)
    assert {row.person_id for rows in counted.values() for row in rows} == {
        contest.tender.evaluators[1].person_id
    }


def test_a_declared_conflict_cannot_be_taken_back() -> None:
    contest = make.opened_contest()
    evaluator = contest.tender.evaluators[0]
    make.declare_conflicts(contest, evaluator, contest.suppliers[0])
    with pytest.raises(NotFound):
        make.declare_conflicts(contest, evaluator)


def test_only_a_named_evaluator_declares() -> None:
    contest = make.opened_contest()
    for somebody in (contest.coordinator, contest.tender.schools[2].headteacher, contest.suppliers[0].admin):
        with pytest.raises(NotFound):
            make.declare_conflicts(contest, somebody)


def test_a_supplier_that_did_not_quote_cannot_be_declared_about() -> None:
    contest = make.opened_contest()
    declared = {one.id: Declaration(conflicted=False) for one in contest.suppliers}
    evaluator = contest.tender.evaluators[0]
    with pytest.raises(RuleBroken, match="every supplier"):
        actions.declare_conflicts(
            evaluator, contest.tender.id, declared | {uuid.uuid4(): Declaration(conflicted=False)}
        )
    with pytest.raises(RuleBroken, match="every supplier"):
        actions.declare_conflicts(evaluator, contest.tender.id, {})


def test_nobody_declares_before_the_quotes_are_open() -> None:
    tender = make.closed_tender(make.alliance())
    with pytest.raises(NotFound):
        actions.declare_conflicts(tender.evaluators[0], tender.id, {})


# ------------------------------------------------------------------ scoring alone
def test_an_evaluator_scores_and_changes_a_score_until_it_is_agreed() -> None:
    contest = make.opened_contest()
    evaluator = contest.tender.evaluators[0]
    make.declare_conflicts(contest, evaluator)
    actions.give_scores(evaluator, contest.quotes[0], given(contest, 3))
    actions.give_scores(evaluator, contest.quotes[0], given(contest, 5, "Better on second reading.", 1))
    row = make.fresh().scalars(select(Score)).one()
    assert (row.score, row.reason, row.version) == (5, "Better on second reading.", 2)


def test_of_two_windows_with_the_same_score_one_is_refused() -> None:
    contest = make.opened_contest()
    evaluator = contest.tender.evaluators[0]
    make.declare_conflicts(contest, evaluator)
    actions.give_scores(evaluator, contest.quotes[0], given(contest, 3))
    with pytest.raises(Stale):
        actions.give_scores(evaluator, contest.quotes[0], given(contest, 4, version=0))
    assert make.fresh().scalars(select(Score)).one().score == 3


@pytest.mark.parametrize(
    ("score", "reason", "field"), [(6, "Sound.", "score_2"), (-1, "Sound.", "score_2"), (3, " ", "reason_2")]
)
def test_a_score_off_the_scale_or_without_a_reason_is_refused_and_nothing_is_kept(
    score: int, reason: str, field: str
) -> None:
    contest = make.opened_contest()
    evaluator = contest.tender.evaluators[0]
    make.declare_conflicts(contest, evaluator)
    right = ScoreGiven(contest.questions[0].id, 3, "Sound.", 0)
    wrong = ScoreGiven(contest.questions[1].id, score, reason, 0)
    with pytest.raises(RuleBroken) as refused:
        actions.give_scores(evaluator, contest.quotes[0], [right, wrong])
    assert refused.value.field == field
    assert not make.fresh().scalars(select(Score)).all()


def test_a_price_criterion_or_another_tenders_question_cannot_be_scored() -> None:
    contest, other = make.opened_contest(), make.opened_contest()
    evaluator = contest.tender.evaluators[0]
    make.declare_conflicts(contest, evaluator)
    price = next(one for one in contest.tender.row.criteria if one.kind is CriterionKind.PRICE)
    for criterion_id in (price.id, other.questions[0].id):
        with pytest.raises(NotFound):
            actions.give_scores(evaluator, contest.quotes[0], [ScoreGiven(criterion_id, 3, "Sound.", 0)])


def test_nobody_but_the_named_evaluators_scores() -> None:
    contest = make.opened_contest()
    make.declare_conflicts(contest, contest.tender.evaluators[0])
    stranger = make.alliance(name="Another alliance").schools[0].finance_lead
    for somebody in (contest.coordinator, contest.tender.schools[2].finance_lead, stranger):
        with pytest.raises(NotFound):
            actions.give_scores(somebody, contest.quotes[0], given(contest))


def test_no_event_carries_a_score(session: Session) -> None:
    make.moderated_contest()
    acts = [Act.CONFLICT_DECLARE, Act.SCORE_GIVE, Act.SCORE_AGREE, Act.SCORES_LOCK]
    events = session.scalars(select(Event).where(Event.act.in_(acts))).all()
    assert {event.act for event in events} == set(acts)
    assert all({"score", "scores", "reason"}.isdisjoint(event.facts) for event in events)


# ------------------------------------------------------------------ progress without peeking
def test_individual_scores_are_hidden_until_everybody_is_done(session: Session) -> None:
    contest = make.opened_contest()
    first, second = contest.tender.evaluators
    make.declare_conflicts(contest, first)
    make.give_scores(contest, first)
    make.fresh()
    seen = sheets.moderation(session, contest.tender.row)
    assert not seen.everyone_is_done
    assert all(not cell.scores for row in seen.rows for cell in row.cells)
    assert [(one.has_declared, one.scored, one.answers) for one in seen.evaluators] == [
        (True, 6, 6),
        (False, 0, 6),
    ]
    make.declare_conflicts(contest, second)
    make.give_scores(contest, second, 2)
    make.fresh()
    seen = sheets.moderation(session, contest.tender.row)
    assert seen.everyone_is_done
    assert seen.rows[0].cells[0].scores == ("2", "4")


def test_the_coordinator_is_told_once_when_everybody_has_scored(session: Session) -> None:
    contest = make.opened_contest()
    for evaluator in contest.tender.evaluators:
        make.declare_conflicts(contest, evaluator)
    make.give_scores(contest, contest.tender.evaluators[0])
    assert not recipients(session, "Everybody has scored")
    make.give_scores(contest, contest.tender.evaluators[1])
    assert len(recipients(make.fresh(), "Everybody has scored")) == 1


# ------------------------------------------------------------------ agreeing
def test_scores_are_agreed_only_when_everybody_has_scored() -> None:
    contest = make.opened_contest()
    make.declare_conflicts(contest, contest.tender.evaluators[0])
    make.give_scores(contest, contest.tender.evaluators[0])
    with pytest.raises(RuleBroken, match="Not everybody"):
        agree(contest)


def test_an_agreed_score_is_recorded_with_the_reason_that_the_supplier_reads() -> None:
    contest = make.scored_contest()
    agree(contest, score=5, reason="Clear and tested.")
    row = make.fresh().scalars(select(AgreedScore)).one()
    assert (row.score, row.reason, row.agreed_by) == (5, "Clear and tested.", contest.coordinator.person_id)


def test_of_two_people_who_save_the_same_agreed_score_exactly_one_wins() -> None:
    contest = make.scored_contest()
    second = make.person(contest.alliance.id, Role.COORDINATOR, name="Second Coordinator")
    agree(contest, score=5)
    with pytest.raises(Stale):
        agree(contest, score=1, actor=second)
    agree(contest, score=4, version=1)
    with pytest.raises(Stale):
        agree(contest, score=2, version=1, actor=second)
    assert make.fresh().scalars(select(AgreedScore)).one().score == 4


def test_scores_more_than_two_apart_need_a_moderation_note() -> None:
    contest = make.opened_contest()
    for evaluator, mark in zip(contest.tender.evaluators, (1, 4), strict=True):
        make.declare_conflicts(contest, evaluator)
        make.give_scores(contest, evaluator, mark)
    with pytest.raises(RuleBroken) as refused:
        agree(contest)
    assert refused.value.field == "moderation_note"
    agree(contest, moderation_note="One of us had missed the annex.")


@pytest.mark.parametrize(("changed", "field"), [({"score": 6}, "score"), ({"reason": "  "}, "reason")])
def test_an_agreed_score_off_the_scale_or_without_reason_is_refused(
    changed: dict[str, object], field: str
) -> None:
    contest = make.scored_contest()
    with pytest.raises(RuleBroken) as refused:
        agree(contest, **changed)
    assert refused.value.field == field


def test_an_evaluator_does_not_record_what_the_panel_agreed() -> None:
    contest = make.scored_contest()
    with pytest.raises(Forbidden):
        agree(contest, actor=contest.tender.evaluators[0])


def test_an_answer_that_is_agreed_is_not_scored_again() -> None:
    contest = make.scored_contest()
    agree(contest)
    with pytest.raises(RuleBroken, match="agreed"):
        actions.give_scores(contest.tender.evaluators[0], contest.quotes[0], given(contest, version=1))


# ------------------------------------------------------------------ locking
def test_locking_needs_every_agreed_score() -> None:
    contest = make.scored_contest()
    agree(contest)
    with pytest.raises(RuleBroken, match="5 agreed scores are missing"):
        actions.lock_scores(contest.coordinator, contest.tender.id, contest.tender.version)


def test_locking_passes_the_quotes_and_asks_the_openers_for_the_prices(session: Session) -> None:
    contest = make.moderated_contest()
    assert status(contest) is TenderStatus.MODERATED
    assert {make.quote(one).status for one in contest.quotes} == {QuoteStatus.COMPLIANT}
    assert len(recipients(session, "Please open the prices")) == 3


def test_a_quote_below_the_pass_mark_is_out_before_prices_open_and_the_others_stay() -> None:
    contest = make.moderated_contest(scores=((3,), (2,), (5,)), criteria=PASS_MARK_3)
    out = make.quote(contest.quotes[1])
    assert out.status is QuoteStatus.EXCLUDED
    assert out.exclusion_reason == (
        "Below the lowest score that passes: “Menus” scored 2, and at least 3 was needed."
    )
    make.open_envelope(contest.tender, Envelope.PRICE)
    assert contest.quotes[1] not in opened.priced_offers(make.fresh(), contest.tender.id)
    assert len(contest.comparison.offers) == 2
    assert contest.comparison.set_aside[0].reason == out.exclusion_reason


def test_when_no_quote_passes_the_tender_ends_and_every_supplier_is_told_why(session: Session) -> None:
    contest = make.moderated_contest(scores=((2,), (1,), (0,)), criteria=PASS_MARK_3)
    assert status(contest) is TenderStatus.UNSUCCESSFUL
    assert recipients(session, "Ended without an award") == {one.email for one in contest.suppliers}


def agreed_scores() -> list[tuple[int, int]]:
    by_key = select(AgreedScore).order_by(AgreedScore.quote_id, AgreedScore.criterion_id)
    return [(row.score, row.version) for row in make.fresh().scalars(by_key)]


@pytest.mark.parametrize("late", ["declare", "score", "agree", "lock"])
def test_nothing_is_written_once_the_scores_are_locked(late: str) -> None:
    contest = make.moderated_contest()
    evaluator = contest.tender.evaluators[0]
    before = agreed_scores()
    attempts = {
        "declare": lambda: make.declare_conflicts(contest, evaluator, contest.suppliers[0]),
        "score": lambda: actions.give_scores(evaluator, contest.quotes[0], given(contest, 5, version=1)),
        "agree": lambda: agree(contest, score=5, version=1),
    }
    if late == "lock":
        actions.lock_scores(contest.coordinator, contest.tender.id, contest.tender.version)
    else:
        with pytest.raises((RuleBroken, Stale), match="locked"):
            attempts[late]()
    assert agreed_scores() == before


def test_a_lock_of_what_was_not_read_is_refused() -> None:
    contest = make.scored_contest()
    make.agree_scores(contest)
    with pytest.raises(Stale):
        actions.lock_scores(contest.coordinator, contest.tender.id, contest.tender.version - 1)


@pytest.mark.parametrize("who", ["evaluator", "headteacher", "auditor"])
def test_only_the_coordinator_locks(who: str) -> None:
    contest = make.scored_contest()
    make.agree_scores(contest)
    people: dict[str, Actor] = {
        "evaluator": contest.tender.evaluators[0],
        "headteacher": contest.tender.schools[2].headteacher,
        "auditor": contest.alliance.auditor,
    }
    with pytest.raises((Forbidden, NotFound)):
        actions.lock_scores(people[who], contest.tender.id, contest.tender.version)


# ------------------------------------------------------------------ excluding
def test_an_excluded_quote_is_not_scored_and_not_awaited() -> None:
    contest = make.opened_contest()
    quote = make.quote(contest.quotes[2])
    actions.exclude_quote(contest.coordinator, quote.id, "No food hygiene certificate.", quote.version)
    for evaluator in contest.tender.evaluators:
        make.declare_conflicts(contest, evaluator)
        for quote_id in contest.quotes[:2]:
            scores = [ScoreGiven(question.id, 4, "Sound.", 0) for question in contest.questions]
            actions.give_scores(evaluator, quote_id, scores)
        with pytest.raises(RuleBroken, match="excluded"):
            actions.give_scores(evaluator, contest.quotes[2], given(contest))
    assert sheets.moderation(make.fresh(), contest.tender.row).everyone_is_done


def test_marks_are_worked_out_again_without_an_excluded_quote() -> None:
    contest = make.priced_contest()
    before = contest.comparison
    assert before.offers[0].price_marks < 60
    lowest = make.quote(contest.quotes[0])
    actions.exclude_quote(contest.coordinator, lowest.id, "Its price was not explained.", lowest.version)
    after = contest.comparison
    assert len(after.offers) == 2
    assert after.offers[0].price_marks == 60
    assert [one.reason for one in after.set_aside] == ["Its price was not explained."]


def test_a_quote_is_excluded_with_a_reason_by_the_coordinator_before_an_award() -> None:
    contest = make.priced_contest()
    quote = make.quote(contest.quotes[0])
    with pytest.raises(RuleBroken) as refused:
        actions.exclude_quote(contest.coordinator, quote.id, " ", quote.version)
    assert refused.value.field == "reason"
    with pytest.raises(Forbidden):
        actions.exclude_quote(contest.tender.schools[0].headteacher, quote.id, "Because.", quote.version)
    with pytest.raises(NotFound):
        actions.exclude_quote(contest.suppliers[1].admin, quote.id, "Because.", quote.version)
    with pytest.raises(Stale):
        actions.exclude_quote(contest.coordinator, quote.id, "Because.", quote.version - 1)
    make.recommend_award(contest)
    quote = make.quote(contest.quotes[0])
    with pytest.raises(RuleBroken, match="before an award"):
        actions.exclude_quote(contest.coordinator, quote.id, "Too late.", quote.version)
