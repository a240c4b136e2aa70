"""What schools ask for together: a must never drops silently."""

import random
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import RuleBroken
from marketplace.tenders.rules import TenderStatus
from marketplace.tenders.specification import rules
from marketplace.tenders.specification.rules import Mark, together

MARKS = st.lists(st.sampled_from(Mark), max_size=8)


@given(MARKS)
def test_together_it_is_a_must_exactly_if_it_is_one_for_some_school(marks: list[Mark]) -> None:
    assert (together(marks) is Mark.MUST) is (Mark.MUST in marks)


@given(MARKS, st.randoms(use_true_random=False))
def test_the_order_of_the_schools_makes_no_difference(marks: list[Mark], chance: random.Random) -> None:
    shuffled = list(marks)
    chance.shuffle(shuffled)
    assert together(shuffled) is together(marks)


@given(MARKS, st.sampled_from(Mark))
def test_one_more_school_never_takes_a_must_away(marks: list[Mark], another: Mark) -> None:
    if together(marks) is Mark.MUST:
        assert together([*marks, another]) is Mark.MUST


def test_only_what_nobody_needs_is_not_needed() -> None:
    assert together([Mark.NOT_NEEDED, Mark.NOT_NEEDED]) is Mark.NOT_NEEDED
    assert together([Mark.NOT_NEEDED, Mark.SHOULD]) is Mark.SHOULD
    assert together([]) is Mark.SHOULD


def test_what_a_school_must_have_cannot_be_removed_over_its_head() -> None:
    rules.check_nobody_must([])
    with pytest.raises(RuleBroken, match=r"^Alder says that it must have this.*Ask it to say something else"):
        rules.check_nobody_must(["Alder"])
    with pytest.raises(RuleBroken, match=r"^Alder, Beech and Cedar say that they must have this.*Ask them"):
        rules.check_nobody_must(["Cedar", "Alder", "Beech"])


def test_a_school_that_takes_its_must_back_says_why() -> None:
    one, other = uuid.UUID(int=1), uuid.UUID(int=2)
    before = {one: Mark.MUST, other: Mark.MUST}
    assert rules.weakened(before, {one: Mark.MUST, other: Mark.SHOULD}) == [other]
    assert rules.weakened(before, {one: Mark.MUST}) == [other]
    with pytest.raises(RuleBroken, match="Say why your school no longer must have “Halal meals”") as refusal:
        rules.check_reason_to_weaken(["Halal meals"], "  ")
    assert refusal.value.field == "reason"
    rules.check_reason_to_weaken([], "")


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1_001])
def test_a_requirement_has_some_words_and_not_too_many(text: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        rules.tidy_text(text)
    assert refusal.value.field == "text"


@pytest.mark.parametrize("status", TenderStatus)
def test_schools_say_what_they_need_until_it_is_settled_who_buys(status: TenderStatus) -> None:
    if status in {TenderStatus.DRAFT, TenderStatus.JOINING}:
        rules.check_open_to_marks(status)
    else:
        with pytest.raises(RuleBroken, match="only until it is settled"):
            rules.check_open_to_marks(status)
