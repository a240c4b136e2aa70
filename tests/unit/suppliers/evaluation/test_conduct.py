"""How a panel scores: scales, reasons, spread, declarations, and when it is too late."""

import uuid

import pytest

from marketplace.core.errors import RuleBroken, Stale
from marketplace.tenders.rules import TenderStatus
from suppliers.evaluation import conduct
from suppliers.evaluation.conduct import Declaration

ACORN, BRAMBLE = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.mark.parametrize(("scores", "needed"), [([], False), ([3], False), ([1, 3], False), ([0, 3], True)])
def test_a_spread_above_two_needs_a_note(scores: list[int], *, needed: bool) -> None:
    assert conduct.needs_moderation_note(scores) is needed


@pytest.mark.parametrize("score", [-1, 6])
def test_a_score_off_the_scale_is_refused(score: int) -> None:
    with pytest.raises(RuleBroken, match="from 0 to 5"):
        conduct.check_score(score, 5)
    conduct.check_score(5, 5)
    conduct.check_score(0, 5)


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_a_score_without_a_reason_is_refused(reason: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        conduct.check_reason(reason, "reason_1")
    assert refused.value.field == "reason_1"
    conduct.check_reason("It names a cook for each school.")


def test_saving_no_score_at_all_is_refused() -> None:
    with pytest.raises(RuleBroken, match="at least one"):
        conduct.check_something([])


def test_scores_are_agreed_only_once_everybody_has_scored() -> None:
    with pytest.raises(RuleBroken, match="Not everybody"):
        conduct.check_everyone_scored([])


def test_scores_far_apart_are_agreed_only_with_a_note() -> None:
    with pytest.raises(RuleBroken) as refused:
        conduct.check_moderation_note([1, 4], " ")
    assert refused.value.field == "moderation_note"
    conduct.check_moderation_note([1, 4], "The answer's annex had been overlooked.")
    conduct.check_moderation_note([2, 4], "")


@pytest.mark.parametrize("status", [one for one in TenderStatus if one is not TenderStatus.EVALUATING])
def test_scores_change_only_while_quality_is_evaluated(status: TenderStatus) -> None:
    with pytest.raises(RuleBroken if status is TenderStatus.OPENED else Stale):
        conduct.check_status(status)


def test_conflicts_are_declared_until_scores_are_locked() -> None:
    conduct.check_declaring(TenderStatus.OPENED)
    conduct.check_declaring(TenderStatus.EVALUATING)
    with pytest.raises(RuleBroken, match="Tell the coordinator"):
        conduct.check_declaring(TenderStatus.MODERATED)


def test_every_supplier_is_declared_about_and_no_other() -> None:
    free = Declaration(conflicted=False)
    conduct.check_declarations({ACORN: free, BRAMBLE: free}, {ACORN, BRAMBLE})
    for declared in ({ACORN: free}, {ACORN: free, BRAMBLE: free, uuid.UUID(int=3): free}):
        with pytest.raises(RuleBroken, match="every supplier"):
            conduct.check_declarations(declared, {ACORN, BRAMBLE})


def test_a_conflict_says_what_it_is() -> None:
    with pytest.raises(RuleBroken) as refused:
        conduct.check_declarations({ACORN: Declaration(conflicted=True)}, {ACORN})
    assert refused.value.field == f"detail_{ACORN.hex}"
    conduct.check_declarations({ACORN: Declaration(conflicted=True, detail="My sister owns it.")}, {ACORN})


@pytest.mark.parametrize(("missing", "words"), [(1, "1 agreed score is"), (3, "3 agreed scores are")])
def test_scores_are_locked_only_when_all_are_agreed(missing: int, words: str) -> None:
    with pytest.raises(RuleBroken, match=words):
        conduct.check_all_agreed(missing)
    conduct.check_all_agreed(0)


@pytest.mark.parametrize("status", [TenderStatus.CLOSED, TenderStatus.RECOMMENDED, TenderStatus.AWARDED])
def test_a_quote_is_excluded_only_before_an_award_is_recommended(status: TenderStatus) -> None:
    with pytest.raises(RuleBroken, match="before an award"):
        conduct.check_excluding(status)
    conduct.check_excluding(TenderStatus.PRICES_OPENED)
