"""What the pages show of a tender's criteria, worked out here so that templates only draw."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for

from marketplace.tenders.criteria.rules import MOST_LEVELS, WHOLE, plain, weight_field
from marketplace.tenders.criteria.tree import Placed, outline
from marketplace.tenders.formulas import to_two_places
from marketplace.tenders.models import Criterion, Tender
from marketplace.tenders.rules import CriterionKind

SAID = {
    CriterionKind.PRICE: "The total price of the whole schedule, before VAT",
    CriterionKind.GROUP: "Answered in its sub-criteria",
}
"""What stands in the place of a question where there is none."""
AGAINST_QUALITY = "Set against quality"
WHAT = {
    CriterionKind.PRICE: "Price",
    CriterionKind.QUALITY: "Scored",
    CriterionKind.PASS_FAIL: "Pass or fail",
    CriterionKind.GROUP: "Has sub-criteria",
}


@dataclass(frozen=True, slots=True)
class ShownCriterion:
    """A criterion as anybody reads it. `weight` is of its level, `marks` of 100; blank for pass or fail."""

    name: str
    question: str
    answer: str
    weight: str
    marks: str
    guidance: tuple[tuple[int, str], ...]
    is_group: bool


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A criterion on the page where its level is weighed; `field` is blank for pass or fail."""

    name: str
    what: str
    href: str
    field: str


@dataclass(frozen=True, slots=True)
class Level:
    """Criteria that are weighed against one another: those at the top, or the parts of a group.

    `state` says what their weights total now; `is_right` when that is 100.
    """

    name: str
    rows: tuple[LevelRow, ...]
    state: str
    is_right: bool
    add_href: str
    add_text: str


def criteria(criteria_of_tender: Iterable[Criterion]) -> list[ShownCriterion]:
    """All criteria, each followed by its parts."""
    return [_shown(placed) for placed in outline(criteria_of_tender)]


def _shown(placed: Placed) -> ShownCriterion:
    one = placed.criterion
    weighs = one.weight or one.kind is not CriterionKind.PRICE
    counts = one.kind is not CriterionKind.PASS_FAIL and weighs
    marks = plain(to_two_places(placed.marks))
    return ShownCriterion(
        f"{placed.label} {one.title}",
        SAID.get(one.kind, one.question),
        _answer(one),
        f"{plain(one.weight)}%" if counts else "" if weighs else AGAINST_QUALITY,
        marks if counts else "",
        tuple(enumerate(one.guidance)),
        one.kind is CriterionKind.GROUP,
    )


def _answer(one: Criterion) -> str:
    """How long an answer may be, and when it fails."""
    limit = f"Up to {one.word_limit:,} words"
    if one.kind is CriterionKind.PASS_FAIL:
        return f"{limit}; pass or fail: a quote that fails is excluded"
    if one.kind is not CriterionKind.QUALITY:
        return ""
    scale = f"scored 0 to {one.highest_score}"
    return f"{limit}; {scale}" + (f", fails below {one.lowest_score}" if one.lowest_score else "")


def levels(tender: Tender) -> list[Level]:
    """Every level of a draft's criteria, the top first, each group's parts after it."""
    placed = outline(tender.criteria)
    groups = [one for one in placed if one.criterion.kind is CriterionKind.GROUP]
    return [_level(tender, placed, None), *(_level(tender, placed, group) for group in groups)]


def _level(tender: Tender, placed: Sequence[Placed], group: Placed | None) -> Level:
    parent_id = group.criterion.id if group else None
    parts = [one for one in placed if one.criterion.parent_id == parent_id]
    weighed = [one.criterion.weight for one in parts if one.criterion.kind is not CriterionKind.PASS_FAIL]
    total = sum(weighed, Decimal(0))
    return Level(
        f"Sub-criteria of {group.name}" if group else "All criteria",
        tuple(_row(tender, one) for one in parts),
        _state(total) if weighed else "Nothing here yet",
        total == WHOLE,
        _add_href(tender, parent_id),
        f"Add a sub-criterion to {group.criterion.title}" if group else "Add a criterion",
    )


def _row(tender: Tender, placed: Placed) -> LevelRow:
    one = placed.criterion
    href = (
        url_for("criteria.set_price", tender_id=tender.id)
        if one.kind is CriterionKind.PRICE
        else url_for("criteria.edit_criterion", tender_id=tender.id, criterion_id=one.id)
    )
    field = "" if one.kind is CriterionKind.PASS_FAIL else weight_field(one.id)
    return LevelRow(f"{placed.label} {one.title}", WHAT[one.kind], href, field)


def _state(total: Decimal) -> str:
    if total == WHOLE:
        return "Total 100"
    gap = abs(WHOLE - total)
    return f"Total {plain(total)}: {plain(gap)} {'missing' if total < WHOLE else 'too much'}"


def _add_href(tender: Tender, parent_id: uuid.UUID | None) -> str:
    return url_for("criteria.add_criterion", tender_id=tender.id, under=parent_id)


def kinds_at(level: int) -> list[tuple[CriterionKind, str, str]]:
    """What can stand on a level (1 is the top), in words."""
    kinds = [(CriterionKind.QUALITY, "A question that is scored", "Evaluators give it marks with a reason.")]
    if level == 1:
        kinds.append(
            (
                CriterionKind.PASS_FAIL,
                "A question to pass or fail",
                "It adds no marks. A quote that the panel fails is excluded.",
            )
        )
    if level < MOST_LEVELS:
        kinds.append(
            (CriterionKind.GROUP, "A group", "It has no question of its own; you add its sub-criteria next.")
        )
    return kinds
