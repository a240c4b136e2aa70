"""The tree of criteria: each level totals 100, and every part counts exactly what it should."""

import itertools
import uuid
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import RuleBroken
from marketplace.tenders.criteria import rules, tree
from marketplace.tenders.criteria.rules import CriterionDraft, check_criteria
from marketplace.tenders.models import Criterion
from marketplace.tenders.rules import CriterionKind

SCALE = ("Nothing", "Little", "Some", "Enough", "Good", "Excellent")


def price(weight: Decimal | int) -> CriterionDraft:
    return CriterionDraft(CriterionKind.PRICE, "Price", weight)


def quality(weight: Decimal | int, question: str = "How?", **given: object) -> CriterionDraft:
    return CriterionDraft(CriterionKind.QUALITY, "Menus", weight, question, **given)  # type: ignore[arg-type]


def group(weight: Decimal | int, *parts: CriterionDraft, title: str = "Quality") -> CriterionDraft:
    return CriterionDraft(CriterionKind.GROUP, title, weight, parts=parts)


def pass_fail(weight: int = 0) -> CriterionDraft:
    return CriterionDraft(CriterionKind.PASS_FAIL, "Insurance", weight, "Are you insured for £5 million?")


def criterion(
    number: int, weight: str, kind: CriterionKind = CriterionKind.QUALITY, parent: Criterion | None = None
) -> Criterion:
    return Criterion(
        id=uuid.UUID(int=number),
        number=number,
        kind=kind,
        title=f"Criterion {number}",
        weight=Decimal(weight),
        parent_id=parent.id if parent else None,
    )


# ------------------------------------------------------------------ weights
def test_weights_that_miss_100_by_a_hundredth_are_refused_with_their_total() -> None:
    with pytest.raises(RuleBroken) as refusal:
        check_criteria([price(60), quality(Decimal("39.99"))])
    assert refusal.value.message == "The weights total 99.99. They must total 100: 0.01 is missing."
    assert refusal.value.field == "weights"
    check_criteria([price(60), quality(Decimal("39.99")), quality(Decimal("0.01"))])


def test_a_level_below_that_misses_100_by_a_hundredth_is_refused_by_its_name() -> None:
    parts = [quality(Decimal("33.33")), quality(Decimal("33.34")), quality(Decimal("33.34"))]
    with pytest.raises(RuleBroken) as refusal:
        check_criteria([price(60), group(40, *parts)])
    assert refusal.value.message == (
        "The weights within “Quality” total 100.01. They must total 100: 0.01 is too much."
    )
    parts[0] = quality(Decimal("33.32"))
    check_criteria([price(60), group(40, *parts)])


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=8))
def test_weights_are_right_exactly_when_they_total_100(hundredths: list[int]) -> None:
    weights = [Decimal(one) / 100 for one in hundredths]
    criteria = [price(weights[0]), *(quality(weight) for weight in weights[1:])]
    if sum(hundredths) == 10_000:
        check_criteria(criteria)
    else:
        with pytest.raises(RuleBroken, match=f"total {rules.plain(sum(weights, Decimal(0)))}"):
            check_criteria(criteria)


@pytest.mark.parametrize("weight", [0, -1, 101, Decimal("33.333")])
def test_a_weight_that_cannot_be_is_refused(weight: Decimal | int) -> None:
    with pytest.raises(RuleBroken, match="weight of “Menus”"):
        rules.check_criterion(quality(weight))


def test_a_pass_or_fail_question_has_no_weight_and_is_not_counted() -> None:
    check_criteria([price(60), quality(40), pass_fail()])
    with pytest.raises(RuleBroken, match="has no weight"):
        rules.check_criterion(pass_fail(1))


# ------------------------------------------------------------------ what a criterion is
@pytest.mark.parametrize("criteria", [[quality(100)], [price(50), price(50)], []])
def test_exactly_one_criterion_is_price(criteria: list[CriterionDraft]) -> None:
    with pytest.raises(RuleBroken, match="Exactly one criterion must be price"):
        check_criteria(criteria)


def test_what_suppliers_answer_asks_a_question() -> None:
    with pytest.raises(RuleBroken, match="question"):
        check_criteria([price(60), quality(40, question=" ")])


def test_a_group_without_parts_and_parts_without_a_group_are_refused() -> None:
    with pytest.raises(RuleBroken, match="Add sub-criteria to “Quality”"):
        check_criteria([price(60), group(40)])
    with pytest.raises(RuleBroken, match="Only a group has sub-criteria"):
        check_criteria([price(60), quality(40, parts=(quality(100),))])


@pytest.mark.parametrize(
    ("part", "message"),
    [(price(100), "The price stands beside"), (pass_fail(), "stands by itself")],
)
def test_the_price_and_what_must_be_passed_stand_at_the_top(part: CriterionDraft, message: str) -> None:
    with pytest.raises(RuleBroken, match=message):
        check_criteria([price(60), group(40, part)])


def test_criteria_go_three_levels_deep_and_no_further() -> None:
    check_criteria([price(60), group(40, group(100, quality(100)))])
    with pytest.raises(RuleBroken, match="3 levels"):
        check_criteria([price(60), group(40, group(100, group(100, quality(100))))])


@pytest.mark.parametrize("guidance", [SCALE[:5], (*SCALE[:5], ""), (*SCALE, "More")])
def test_every_mark_has_its_words_or_none_has(guidance: tuple[str, ...]) -> None:
    rules.check_criterion(quality(40, guidance=SCALE))
    rules.check_criterion(quality(40, guidance=("",) * 6))
    with pytest.raises(RuleBroken, match="what each mark from 0 to 5 means") as refusal:
        rules.check_criterion(quality(40, guidance=guidance))
    assert refusal.value.field == "guidance"


def test_words_for_a_mark_stay_short() -> None:
    with pytest.raises(RuleBroken, match="300 characters"):
        rules.check_criterion(quality(40, guidance=(*SCALE[:5], "x" * 301)))


@pytest.mark.parametrize(("highest", "lowest"), [(0, 0), (11, 0), (5, 6), (5, -1)])
def test_a_scale_that_nobody_could_use_is_refused(highest: int, lowest: int) -> None:
    with pytest.raises(RuleBroken, match="mark"):
        rules.check_criterion(quality(40, highest_score=highest, lowest_score=lowest))


def test_what_is_passed_or_failed_reads_so() -> None:
    assert rules.score_in_words(CriterionKind.PASS_FAIL, rules.PASS) == "Pass"
    assert rules.score_in_words(CriterionKind.PASS_FAIL, rules.FAIL) == "Fail"
    assert rules.score_in_words(CriterionKind.QUALITY, 4) == "4"


# ------------------------------------------------------------------ the tree
def test_each_criterion_counts_exactly_the_product_of_the_weights_above_it() -> None:
    top = criterion(2, "40", CriterionKind.GROUP)
    rows = [
        criterion(4, "66.67", parent=top),
        criterion(3, "33.33", parent=top),
        top,
        criterion(1, "60", CriterionKind.PRICE),
        criterion(5, "0", CriterionKind.PASS_FAIL),
    ]
    placed = tree.outline(rows)
    assert [one.label for one in placed] == ["1", "2", "2.1", "2.2", "3"]
    assert [one.criterion.number for one in placed] == [1, 2, 3, 4, 5]
    assert [one.marks for one in placed] == [60, 40, Fraction(13_332, 1_000), Fraction(26_668, 1_000), 0]
    assert placed[2].name == "Criterion 2: Criterion 3"
    assert [one.criterion.number for one in tree.judged(rows)] == [3, 4, 5]
    assert tree.price_marks(rows) == 60


def test_a_flat_list_is_a_tree_of_one_level() -> None:
    rows = [criterion(1, "60", CriterionKind.PRICE), criterion(2, "25"), criterion(3, "15")]
    assert [one.marks for one in tree.judged(rows)] == [25, 15]
    assert all(one.depth == 0 and not one.within for one in tree.outline(rows))


@given(st.data())
def test_whatever_the_tree_its_leaves_count_100(data: st.DataObject) -> None:
    rows: list[Criterion] = []

    def grow(parent: Criterion | None, level: int) -> None:
        cuts = sorted(data.draw(st.lists(st.integers(1, 9_999), max_size=3, unique=True)))
        edges = [0, *cuts, 10_000]
        for start, end in itertools.pairwise(edges):
            deeper = level < rules.MOST_LEVELS and data.draw(st.booleans())
            kind = CriterionKind.GROUP if deeper else CriterionKind.QUALITY
            row = criterion(len(rows) + 1, str(Decimal(end - start) / 100), kind, parent)
            rows.append(row)
            if deeper:
                grow(row, level + 1)

    grow(None, 1)
    assert sum(one.marks for one in tree.judged(rows)) == 100
