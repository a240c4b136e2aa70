"""Every state of a tender with every other: what the table allows happens, what it does not is refused."""

from itertools import product

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.tenders import rules
from marketplace.tenders.picture import ENDED_EARLY, PATH, ways
from marketplace.tenders.progress import waits_for
from marketplace.tenders.rules import MOVES, STATUS_LABELS, TenderStatus


@pytest.mark.parametrize(("present", "wanted"), list(product(TenderStatus, repeat=2)))
def test_a_tender_moves_along_the_table_and_nowhere_else(present: TenderStatus, wanted: TenderStatus) -> None:
    if wanted in MOVES[present]:
        assert rules.move(present, wanted) is wanted
    else:
        with pytest.raises(RuleBroken, match="cannot become"):
            rules.move(present, wanted)


def reachable(start: TenderStatus) -> set[TenderStatus]:
    """Every state that can follow a state, in any number of moves."""
    found: set[TenderStatus] = set()
    edge = {start}
    while edge:
        edge = {following for one in edge for following in MOVES[one]} - found
        found |= edge
    return found


def test_every_state_can_be_reached_from_a_draft() -> None:
    assert reachable(TenderStatus.DRAFT) == set(TenderStatus)


def test_what_has_ended_stays_so_and_all_else_can_be_cancelled() -> None:
    ended = {status for status in TenderStatus if not MOVES[status]}
    assert ended == {TenderStatus.AWARDED, *ENDED_EARLY}
    assert all(TenderStatus.CANCELLED in MOVES[status] for status in TenderStatus if status not in ended)


def test_a_published_tender_never_goes_back_to_its_schools() -> None:
    before = {TenderStatus.DRAFT, TenderStatus.JOINING, TenderStatus.CONFIRMED}
    assert not reachable(TenderStatus.PUBLISHED) & before


@pytest.mark.parametrize("status", TenderStatus)
def test_the_picture_says_of_each_state_what_it_waits_for_and_where_it_leads(status: TenderStatus) -> None:
    assert waits_for(status).endswith(".")
    said = " ".join(ways(status)).lower()
    for following in TenderStatus:
        assert (STATUS_LABELS[following].lower() in said) is (following in MOVES[status])


def test_the_picture_leaves_out_what_a_tender_does_not_need() -> None:
    assert ways(TenderStatus.CLOSED, {TenderStatus.OPENED})[0] == "Then: prices opened."
    assert len(PATH) + len(ENDED_EARLY) == len(TenderStatus)
