"""What may be issued together is what was looked at."""

import uuid

import pytest

from invoicing.invoices.batches.rules import Which, chosen, fingerprint
from marketplace.core.errors import RuleBroken

A, B, C = (uuid.UUID(int=number) for number in (1, 2, 3))
FOUND = [(B, 1), (A, 4), (C, 2)]


def test_all_are_those_that_were_found_in_their_order() -> None:
    assert chosen(FOUND, [], Which.ALL, fingerprint(FOUND)) == FOUND


@pytest.mark.parametrize(
    "meanwhile", [[(B, 1), (A, 4)], [(B, 1), (A, 5), (C, 2)], [*FOUND, (uuid.UUID(int=4), 1)]]
)
def test_all_are_refused_when_a_draft_came_went_or_was_changed(
    meanwhile: list[tuple[uuid.UUID, int]],
) -> None:
    with pytest.raises(RuleBroken, match="have changed since you looked"):
        chosen(meanwhile, [], Which.ALL, fingerprint(FOUND))


def test_ticked_drafts_are_issued_in_the_order_of_the_list() -> None:
    assert chosen(FOUND, [(C, 2), (B, 1)], Which.TICKED, "") == [(B, 1), (C, 2)]


def test_a_ticked_draft_that_was_changed_since_is_refused() -> None:
    with pytest.raises(RuleBroken, match="has been changed, issued or discarded"):
        chosen(FOUND, [(A, 3), (B, 1)], Which.TICKED, "")


def test_nothing_ticked_is_nothing_to_issue() -> None:
    with pytest.raises(RuleBroken, match="Tick the invoices"):
        chosen(FOUND, [], Which.TICKED, "")
