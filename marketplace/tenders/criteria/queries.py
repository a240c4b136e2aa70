"""Questions about the criteria of a tender. Load the tender as its reader first."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from marketplace.core.errors import NotFound
from marketplace.tenders.criteria.rules import CriterionDraft
from marketplace.tenders.criteria.tree import Placed, outline
from marketplace.tenders.models import Criterion, Tender


def get_criterion(tender: Tender, criterion_id: uuid.UUID) -> Placed:
    """A criterion of a tender, in its place. Raises NotFound."""
    for placed in outline(tender.criteria):
        if placed.criterion.id == criterion_id:
            return placed
    raise NotFound


def parts_of(tender: Tender, parent_id: uuid.UUID | None) -> list[Criterion]:
    """The criteria of one level, in order; None for the top."""
    criteria = (placed.criterion for placed in outline(tender.criteria))
    return [one for one in criteria if one.parent_id == parent_id]


def draft_tree(criteria: Iterable[Criterion], parent_id: uuid.UUID | None = None) -> list[CriterionDraft]:
    """The criteria of a tender as drafts, each with its parts."""
    known = list(criteria)
    return [
        draft_of(one, draft_tree(known, one.id))
        for one in sorted(known, key=lambda one: one.number)
        if one.parent_id == parent_id
    ]


def draft_of(criterion: Criterion, parts: Iterable[CriterionDraft] = ()) -> CriterionDraft:
    """A criterion as a draft."""
    return CriterionDraft(
        criterion.kind,
        criterion.title,
        criterion.weight,
        criterion.question,
        criterion.word_limit,
        criterion.highest_score,
        criterion.lowest_score,
        tuple(criterion.guidance),
        tuple(parts),
    )
