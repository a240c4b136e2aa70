"""Earlier answers are found by their words."""

from datetime import UTC, datetime

import pytest

from marketplace.core.errors import RuleBroken
from suppliers.profiles.bid_library.rules import Answer, Earlier, best_first, check_answer


def earlier(key: str, question: str, answer: str, day: int) -> Earlier:
    return Earlier(key, question, answer, "T-2026-0001", datetime(2026, 1, day, tzinfo=UTC))


SAID = [
    earlier("old", "How do you train kitchen staff?", "Every cook holds level 2 hygiene.", 1),
    earlier("new", "How do you train staff?", "In their first week.", 2),
    earlier("waste", "What do you do about waste?", "We weigh it; staff see the figures.", 3),
]


def test_what_shares_most_words_comes_first_and_a_word_of_the_question_counts_twice() -> None:
    assert [one.key for one in best_first(SAID, "Training of kitchen STAFF")] == ["old", "new", "waste"]


def test_no_word_in_common_finds_nothing_and_no_word_at_all_finds_everything_newest_first() -> None:
    assert best_first(SAID, "submarines") == []
    assert [one.key for one in best_first(SAID, " ")] == ["waste", "new", "old"]


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (Answer(" ", "x"), "question"),
        (Answer("x", "\n"), "answer"),
        (Answer("x" * 2_001, "x"), "question"),
        (Answer("x", "x" * 30_001), "answer"),
    ],
)
def test_an_answer_is_kept_whole(answer: Answer, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_answer(answer)
    assert refused.value.field == field
