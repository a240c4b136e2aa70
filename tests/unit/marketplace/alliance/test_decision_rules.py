import uuid
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.alliance.decisions import rules
from marketplace.alliance.decisions.rules import MOVES, Choice, DecisionStatus, Tally
from marketplace.core.errors import RuleBroken

TODAY = date(2026, 11, 27)
YESTERDAY = TODAY - timedelta(days=1)
SCHOOLS = [uuid.UUID(int=place + 1) for place in range(7)]


def tally(seats: int, *choices: Choice) -> Tally:
    return rules.count(dict(zip(SCHOOLS, choices, strict=False)), SCHOOLS[:seats])


FOR, AGAINST, ABSTAIN, CONFLICT = Choice.FOR, Choice.AGAINST, Choice.ABSTAIN, Choice.CONFLICT


@pytest.mark.parametrize(
    ("counted", "outcome"),
    [
        (tally(3, FOR, FOR, AGAINST), DecisionStatus.CARRIED),
        (tally(3, FOR, FOR, CONFLICT), DecisionStatus.CARRIED),
        (tally(3, FOR, AGAINST, ABSTAIN), DecisionStatus.REJECTED),
        (tally(3, ABSTAIN, ABSTAIN, ABSTAIN), DecisionStatus.REJECTED),
        (tally(1, FOR), DecisionStatus.CARRIED),
    ],
)
def test_more_for_than_against_carries_and_a_tie_does_not(counted: Tally, outcome: DecisionStatus) -> None:
    rules.check_can_close(counted, TODAY, TODAY)
    assert counted.outcome is outcome


@pytest.mark.parametrize(("seats", "quorum"), [(1, 1), (2, 2), (3, 2), (4, 3), (7, 4)])
def test_the_quorum_is_more_than_half_of_all_seats(seats: int, quorum: int) -> None:
    assert tally(seats).quorum == quorum


def test_without_quorum_it_cannot_be_closed_and_the_sentence_says_what_to_do() -> None:
    with pytest.raises(RuleBroken, match="no quorum: 1 of 3 seats have voted and 2 must"):
        rules.check_can_close(tally(3, FOR), YESTERDAY, TODAY)


def test_who_declared_a_conflict_counts_for_no_quorum() -> None:
    with pytest.raises(RuleBroken, match="no quorum"):
        rules.check_can_close(tally(3, FOR, CONFLICT), YESTERDAY, TODAY)
    with pytest.raises(RuleBroken, match="There can be no quorum: 2 of 3 seats declared"):
        rules.check_can_close(tally(3, FOR, CONFLICT, CONFLICT), YESTERDAY, TODAY)


def test_a_vote_of_a_school_without_a_seat_is_not_counted() -> None:
    counted = rules.count({SCHOOLS[0]: FOR, SCHOOLS[5]: FOR}, SCHOOLS[:3])
    assert (counted.for_, counted.missing) == (1, 2)


def test_seats_that_could_change_the_outcome_are_waited_for_until_the_last_day() -> None:
    open_still = tally(4, FOR, FOR, AGAINST)
    with pytest.raises(RuleBroken, match="Wait for them until 27 November 2026"):
        rules.check_can_close(open_still, TODAY, TODAY)
    rules.check_can_close(open_still, YESTERDAY, TODAY)
    rules.check_can_close(tally(4, FOR, FOR, FOR), TODAY, TODAY)


@given(st.lists(st.sampled_from(Choice), max_size=7), st.integers(1, 7), st.data())
def test_when_it_is_settled_no_further_answer_changes_the_outcome(
    choices: list[Choice], seats: int, data: st.DataObject
) -> None:
    before = tally(seats, *choices[:seats])
    missing = before.missing
    later = data.draw(st.lists(st.sampled_from(Choice), min_size=missing, max_size=missing))
    after = tally(seats, *choices[:seats], *later)
    assert after.missing == 0
    assert after.seats == after.present + after.conflicts
    if before.is_settled:
        assert after.outcome is before.outcome
    if not before.can_be_quorate:
        assert not after.is_quorate


def test_a_seat_votes_once() -> None:
    with pytest.raises(
        RuleBroken, match="The seat of Elm School has answered already: “For”, by Ann Lee"
    ) as told:
        rules.check_vote(AGAINST, "", FOR, "Elm School", "Ann Lee")
    assert told.value.field == "choice"


def test_a_conflict_noticed_after_the_vote_may_still_be_declared_but_not_taken_back() -> None:
    rules.check_vote(CONFLICT, "My sister works there.", FOR, "Elm School", "Ann Lee")
    with pytest.raises(RuleBroken, match="has answered already"):
        rules.check_vote(FOR, "", CONFLICT, "Elm School", "Ann Lee")


def test_a_conflict_is_explained() -> None:
    with pytest.raises(RuleBroken, match="Say what the conflict of interest is") as told:
        rules.check_vote(CONFLICT, " ", None, "Elm School", "")
    assert told.value.field == "explanation"


@pytest.mark.parametrize("status", [one for one in DecisionStatus if one is not DecisionStatus.OPEN])
@pytest.mark.parametrize("wanted", list(DecisionStatus))
def test_a_closed_decision_stays_as_it_is(status: DecisionStatus, wanted: DecisionStatus) -> None:
    assert set(MOVES) == set(DecisionStatus)
    with pytest.raises(RuleBroken):
        rules.move(status, wanted)
    with pytest.raises(RuleBroken, match="already, so no vote can be added"):
        rules.check_open(status)


@pytest.mark.parametrize(
    ("expires_on", "is_withdrawn", "counts"),
    [(None, False, True), (TODAY, False, True), (YESTERDAY, False, False), (None, True, False)],
)
def test_a_confirmation_counts_until_its_last_day_unless_it_is_withdrawn(
    expires_on: date | None,
    is_withdrawn: bool,  # noqa: FBT001  # a parameter of the table above
    counts: bool,  # noqa: FBT001  # the same
) -> None:
    assert rules.is_live(expires_on=expires_on, is_withdrawn=is_withdrawn, today=TODAY) is counts


@pytest.mark.parametrize(
    ("reference", "minuted_on", "expires_on", "field", "sentence"),
    [
        (" ", TODAY, None, "minute_reference", "Enter the reference"),
        ("x" * 81, TODAY, None, "minute_reference", "80 characters or fewer"),
        ("FGB 7", TODAY + timedelta(days=1), None, "minuted_on", "today or in the past"),
        ("FGB 7", TODAY, YESTERDAY, "expires_on", "must not end before the meeting"),
        ("FGB 7", YESTERDAY, YESTERDAY, "expires_on", "ended on 26 November 2026 counts for nothing. Ask"),
    ],
)
def test_a_confirmation_that_could_not_count_is_refused_on_its_field(
    reference: str, minuted_on: date, expires_on: date | None, field: str, sentence: str
) -> None:
    with pytest.raises(RuleBroken, match=sentence) as told:
        rules.check_confirmation(reference, minuted_on, expires_on, TODAY)
    assert told.value.field == field
