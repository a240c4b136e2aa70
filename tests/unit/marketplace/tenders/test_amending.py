import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.tenders.amending import rules
from marketplace.tenders.amending.rules import EXTENSION_MOVES, Change, ExtensionStatus, Kind, Piece
from marketplace.tenders.rules import TenderStatus

DEADLINE = datetime(2027, 1, 20, 14, tzinfo=UTC)
ANN, BEN = (uuid.UUID(int=number) for number in range(1, 3))
LEAD, ELM, ASH = (uuid.UUID(int=number) for number in range(11, 14))


@pytest.mark.parametrize("wanted", [DEADLINE, DEADLINE - timedelta(milliseconds=1), DEADLINE - timedelta(7)])
def test_a_deadline_moved_backwards_or_nowhere_is_refused(wanted: datetime) -> None:
    with pytest.raises(RuleBroken, match=r"later moment\. It is 20 January 2027 at 14:00 GMT"):
        rules.check_forwards(DEADLINE, wanted)


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**9))
def test_any_later_moment_is_forwards(past: int, milliseconds: int) -> None:
    present = DEADLINE + timedelta(milliseconds=past)
    rules.check_forwards(present, present + timedelta(milliseconds=milliseconds))


@pytest.mark.parametrize("now", [DEADLINE, DEADLINE + timedelta(milliseconds=1)])
def test_at_the_deadline_it_is_too_late_to_change_anything(now: datetime) -> None:
    with pytest.raises(RuleBroken, match="deadline cannot be moved"):
        rules.check_still_open(TenderStatus.PUBLISHED, DEADLINE, now)
    before = DEADLINE - timedelta(milliseconds=1)
    assert rules.check_still_open(TenderStatus.PUBLISHED, DEADLINE, before) == DEADLINE


@pytest.mark.parametrize("status", [one for one in TenderStatus if one is not TenderStatus.PUBLISHED])
def test_only_a_published_tender_is_changed_here(status: TenderStatus) -> None:
    with pytest.raises(RuleBroken, match="not open for quotes"):
        rules.check_still_open(status, DEADLINE, DEADLINE - timedelta(days=1))


def approve(
    person: uuid.UUID | None, *heads: uuid.UUID, schools_of_proposer: tuple[uuid.UUID, ...] = ()
) -> list[uuid.UUID]:
    return rules.check_approver(
        person,
        proposed_by=ANN,
        headteacher_of=heads,
        approving_schools={ELM, ASH},
        schools_of_proposer=schools_of_proposer,
    )


def test_nobody_approves_the_deadline_they_proposed() -> None:
    with pytest.raises(Forbidden, match="You proposed"):
        approve(ANN, ELM)
    with pytest.raises(Forbidden):
        approve(None, ELM)


def test_a_headteacher_of_another_school_than_the_lead_and_the_proposers_approves() -> None:
    assert approve(BEN, ELM) == [ELM]
    for heads, of_proposer in (((), ()), ((LEAD,), ()), ((ELM,), (ELM,))):
        with pytest.raises(Forbidden, match="headteacher of a school in the tender"):
            approve(BEN, *heads, schools_of_proposer=of_proposer)


def test_who_heads_two_schools_chooses_for_which_they_approve() -> None:
    free = approve(BEN, ELM, ASH)
    assert rules.choose_school(free, ASH) == ASH
    assert rules.choose_school([ELM], None) == ELM
    for chosen in (None, LEAD):
        with pytest.raises(RuleBroken, match="Choose") as refused:
            rules.choose_school(free, chosen)
        assert refused.value.field == "school"


@pytest.mark.parametrize("present", list(ExtensionStatus))
@pytest.mark.parametrize("wanted", list(ExtensionStatus))
def test_a_decision_about_a_deadline_is_made_once(present: ExtensionStatus, wanted: ExtensionStatus) -> None:
    if wanted in EXTENSION_MOVES[present]:
        assert rules.move(present, wanted) is wanted
    else:
        with pytest.raises(RuleBroken):
            rules.move(present, wanted)


def rebuilt(pieces: list[Piece], *kinds: Kind) -> str:
    return "".join(piece.text for piece in pieces if piece.kind in kinds)


def test_a_difference_shows_the_words_that_went_and_those_that_came() -> None:
    pieces = rules.difference("Hot meals at midday in term time.", "Hot and cold meals at midday.")
    assert Piece(Kind.KEPT, "Hot") in pieces
    assert Piece(Kind.ADDED, " and cold") in pieces
    assert any(piece.kind is Kind.REMOVED and "in term time." in piece.text for piece in pieces)


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_difference_holds_both_texts_whole(before: str, after: str) -> None:
    pieces = rules.difference(before, after)
    assert rebuilt(pieces, Kind.KEPT, Kind.REMOVED).split() == before.split()
    assert rebuilt(pieces, Kind.KEPT, Kind.ADDED).split() == after.split()


def test_an_amendment_that_changes_nothing_is_refused() -> None:
    with pytest.raises(RuleBroken, match="Nothing has changed"):
        rules.check_changes([])
    rules.check_changes([Change("Document added", "", "Plan.pdf")])
