"""Until when suppliers ask, how much, and what an answer or a rejection needs."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.tenders.planning.rules import answered_until, asked_until
from marketplace.tenders.rules import TenderStatus
from suppliers.questions import rules
from suppliers.questions.rules import MOVES, QuestionStatus, Rejection

PUBLISHED = datetime(2026, 11, 2, 10, tzinfo=UTC)
CLOSES = datetime(2026, 12, 3, 14, tzinfo=UTC)
UNTIL = datetime(2026, 11, 26, 17, tzinfo=UTC)
OPEN = TenderStatus.PUBLISHED


def test_questions_end_five_working_days_before_the_deadline_and_answers_two() -> None:
    assert asked_until(PUBLISHED, CLOSES) == UNTIL
    assert answered_until(PUBLISHED, CLOSES) == datetime(2026, 12, 1, 17, tzinfo=UTC)


def test_seventeen_oclock_is_that_of_england_in_summer_too() -> None:
    published, closes = datetime(2026, 6, 1, 9, tzinfo=UTC), datetime(2026, 7, 1, 11, tzinfo=UTC)
    assert asked_until(published, closes) == datetime(2026, 6, 24, 16, tzinfo=UTC)


def test_in_a_short_time_suppliers_ask_for_half_of_it_and_schools_answer_in_half_of_the_rest() -> None:
    closes = PUBLISHED + timedelta(days=4)
    assert asked_until(PUBLISHED, closes) == PUBLISHED + timedelta(days=2)
    assert PUBLISHED + timedelta(days=2) < answered_until(PUBLISHED, closes) < closes


def test_a_question_one_second_late_is_refused_and_the_sentence_says_what_to_do() -> None:
    rules.check_may_ask(OPEN, PUBLISHED, CLOSES, UNTIL - timedelta(seconds=1))
    with pytest.raises(RuleBroken, match=r"until 26 November 2026 at 17:00 GMT\. After that"):
        rules.check_may_ask(OPEN, PUBLISHED, CLOSES, UNTIL)


@pytest.mark.parametrize("status", set(TenderStatus) - {OPEN})
def test_nobody_asks_about_a_tender_that_is_not_open(status: TenderStatus) -> None:
    with pytest.raises(RuleBroken, match="not open"):
        rules.check_may_ask(status, PUBLISHED, CLOSES, PUBLISHED)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("  \n", "Enter your question"),
        ("x" * 2_001, "2,001 characters. Shorten it to 2,000"),
        ("is BREAKFAST part of it? ", "asked this already"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_on_its_field(text: str, says: str) -> None:
    with pytest.raises(RuleBroken, match=says) as refusal:
        rules.check_question(text, ["Is breakfast part of it?"])
    assert refusal.value.field == "text"


def test_one_supplier_does_not_flood_the_schools() -> None:
    rules.check_flood(rules.MOST_OPEN - 1, rules.MOST_A_DAY - 1)
    with pytest.raises(RuleBroken, match=r"20 of your questions .* Wait for some answers, or withdraw"):
        rules.check_flood(rules.MOST_OPEN, 0)
    with pytest.raises(RuleBroken, match=r"50 questions .* Ask again tomorrow\."):
        rules.check_flood(0, rules.MOST_A_DAY)


@pytest.mark.parametrize(
    ("wording", "answer", "field"),
    [("", "No.", "wording"), ("Why?", " ", "answer"), ("Why?", "x" * 6_001, "answer")],
)
def test_an_answer_has_a_question_and_an_answer(wording: str, answer: str, field: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        rules.check_answer(wording, answer)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("why", "explanation", "field"),
    [
        (None, "Because.", "why"),
        (Rejection.REPEATED, "Look above.", "repeats"),
        (Rejection.NO_QUESTION, "", "explanation"),
        (Rejection.ELSEWHERE, "x" * 2_001, "explanation"),
    ],
)
def test_a_rejection_says_why(why: Rejection | None, explanation: str, field: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        rules.check_rejection(why, explanation, repeats=False)
    assert refusal.value.field == field


def test_a_repeated_question_needs_no_explanation_but_the_question_it_repeats() -> None:
    rules.check_rejection(Rejection.REPEATED, "", repeats=True)


def test_only_an_open_question_moves() -> None:
    for one in QuestionStatus:
        for other in QuestionStatus:
            if other in MOVES[one]:
                assert rules.move(one, other) is other
            else:
                with pytest.raises(RuleBroken):
                    rules.move(one, other)
    assert [one for one in QuestionStatus if MOVES[one]] == [QuestionStatus.OPEN]


def test_reminders_are_due_when_answers_are_late_and_when_they_hold_the_closing() -> None:
    late = answered_until(PUBLISHED, CLOSES)
    assert rules.reminder_due(PUBLISHED, CLOSES, late - timedelta(seconds=1)) == 0
    assert rules.reminder_due(PUBLISHED, CLOSES, late) == rules.LATE
    assert rules.reminder_due(PUBLISHED, CLOSES, CLOSES) == rules.HOLDING
