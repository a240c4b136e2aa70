"""What one quote earned, question by question, with the sub-total of each group of criteria."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from marketplace.tenders.criteria.rules import score_in_words
from marketplace.tenders.criteria.tree import Placed
from marketplace.tenders.formulas import to_two_places
from marketplace.tenders.models import Criterion
from marketplace.tenders.rules import CriterionKind
from suppliers.evaluation.models import AgreedScore


@dataclass(frozen=True, slots=True)
class CriterionMarks:
    """What a quote earned for one question: the agreed score, its marks, and the reason.

    `weight` and `exact` are of 100. Of a group they are those of its parts together, and there is no
    score: `said` is blank.
    """

    criterion_id: uuid.UUID
    title: str
    weight: Decimal
    score: int
    highest: int
    exact: Fraction
    reason: str
    kind: CriterionKind
    label: str

    @property
    def marks(self) -> Decimal:
        """The marks as they are shown."""
        return to_two_places(self.exact)

    @property
    def is_group(self) -> bool:
        """Is this the sub-total of a group of criteria?"""
        return self.kind is CriterionKind.GROUP

    @property
    def counts(self) -> bool:
        """Does this add marks, rather than being passed or failed?"""
        return self.kind is not CriterionKind.PASS_FAIL

    @property
    def said(self) -> str:
        """The score as people read it: "4 of 5", "Pass"."""
        if self.is_group:
            return ""
        said = score_in_words(self.kind, self.score)
        return f"{said} of {self.highest}" if self.counts else said


def by_question(
    questions: Sequence[Criterion],
    placed: Sequence[Placed],
    weights: Sequence[int | Fraction],
    earned: Sequence[Fraction],
    agreed: Mapping[uuid.UUID, AgreedScore],
) -> tuple[CriterionMarks, ...]:
    """The marks of each question; `weights` and `earned` go with `questions`, `agreed` is by their ids."""
    places = {one.criterion.id: one for one in placed}
    return tuple(
        CriterionMarks(
            question.id,
            places[question.id].name if question.id in places else question.title,
            to_two_places(Fraction(weight)),
            agreed[question.id].score,
            question.highest_score,
            marks,
            agreed[question.id].reason,
            question.kind,
            places[question.id].label if question.id in places else "",
        )
        for question, weight, marks in zip(questions, weights, earned, strict=True)
    )


def with_groups(placed: Sequence[Placed], earned: Sequence[CriterionMarks]) -> tuple[CriterionMarks, ...]:
    """The questions in the order of the criteria, the exact sub-total of each group before its parts."""
    own = {one.criterion_id: one for one in earned}
    rows = [
        _of_group(one, placed, own) if one.criterion.kind is CriterionKind.GROUP else own[one.criterion.id]
        for one in placed
        if one.criterion.kind is CriterionKind.GROUP or one.criterion.id in own
    ]
    return tuple(rows) if placed else tuple(earned)


def _of_group(
    group: Placed, placed: Sequence[Placed], own: Mapping[uuid.UUID, CriterionMarks]
) -> CriterionMarks:
    parts = [one.criterion.id for one in placed if group.criterion in one.within]
    total = sum((own[part].exact for part in parts if part in own), Fraction(0))
    return CriterionMarks(
        group.criterion.id,
        group.name,
        to_two_places(group.marks),
        0,
        0,
        total,
        "",
        CriterionKind.GROUP,
        group.label,
    )
