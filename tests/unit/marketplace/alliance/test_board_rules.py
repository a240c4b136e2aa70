import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.alliance.board import rules
from marketplace.alliance.board.rules import Candidate
from marketplace.core.errors import Forbidden, RuleBroken

HEAD = Candidate(uuid.uuid4(), "Hana Head", "hana@example.org", is_headteacher=True)
CO_HEAD = Candidate(uuid.uuid4(), "Colin Head", "colin@example.org", is_headteacher=True)
DEPUTY = Candidate(uuid.uuid4(), "Dora Deputy", "dora@example.org", is_headteacher=False)


def test_the_headteacher_holds_the_seat_until_somebody_is_named() -> None:
    assert rules.holders(None, (HEAD, DEPUTY)) == (HEAD,)
    assert rules.holders(DEPUTY.person_id, (HEAD, DEPUTY)) == (DEPUTY,)
    assert rules.holders(HEAD.person_id, (HEAD, CO_HEAD, DEPUTY)) == (HEAD,)


def test_two_headteachers_hold_one_seat_together() -> None:
    assert rules.holders(None, (HEAD, CO_HEAD, DEPUTY)) == (HEAD, CO_HEAD)


def test_the_seat_falls_back_to_the_headteacher_when_whoever_was_named_leads_no_more() -> None:
    assert rules.holders(uuid.uuid4(), (HEAD, DEPUTY)) == (HEAD,)


def test_only_whoever_holds_the_seat_votes_for_it_and_the_sentence_says_who_that_is() -> None:
    rules.check_holder(DEPUTY.person_id, (DEPUTY,), "Alder School")
    with pytest.raises(Forbidden, match="held by Dora Deputy, who votes"):
        rules.check_holder(HEAD.person_id, (DEPUTY,), "Alder School")
    with pytest.raises(Forbidden, match="held by nobody"):
        rules.check_holder(None, (), "Alder School")


def test_somebody_who_does_not_lead_in_the_school_cannot_be_named() -> None:
    with pytest.raises(RuleBroken, match="headteacher or a senior leader"):
        rules.check_named(uuid.uuid4(), (HEAD, DEPUTY), (HEAD,))
    with pytest.raises(RuleBroken, match="Dora Deputy holds the seat already"):
        rules.check_named(DEPUTY.person_id, (HEAD, DEPUTY), (DEPUTY,))
    rules.check_named(HEAD.person_id, (HEAD, CO_HEAD), (HEAD, CO_HEAD))


@given(st.lists(st.booleans(), max_size=5), st.integers(-1, 5))
def test_a_seat_is_held_by_candidates_and_by_nobody_only_without_a_headteacher(
    heads: list[bool], named: int
) -> None:
    people = tuple(Candidate(uuid.uuid4(), str(n), str(n), head) for n, head in enumerate(heads))
    chosen = people[named].person_id if 0 <= named < len(people) else None
    found = rules.holders(chosen, people)
    assert set(found) <= set(people)
    assert bool(found) == (any(heads) or chosen is not None)
