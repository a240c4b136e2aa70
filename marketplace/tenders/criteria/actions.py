"""How the criteria of a draft are set, one by one or all at once.

Each takes the tender's `version` as its author saw it, gives the tender a new one, and raises Stale
when somebody changed it meanwhile, RuleBroken when the tender is no longer a draft.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from marketplace.core import events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import Act, Actor
from marketplace.tenders import queries as tenders
from marketplace.tenders.actions import mark_changed
from marketplace.tenders.criteria import queries, rules
from marketplace.tenders.criteria.rules import CriterionDraft, weight_field
from marketplace.tenders.criteria.tree import outline
from marketplace.tenders.drafting import rules as drafting
from marketplace.tenders.drafting.actions import editing
from marketplace.tenders.models import Criterion, Tender
from marketplace.tenders.rules import CriterionKind, PriceFormula
from marketplace.tenders.whole_life import check_rates

PART = "criteria"
PRICE = "Price"


@dataclass(frozen=True, slots=True)
class Pricing:
    """How quotes are judged: a formula and the figures it needs; those of others are not kept.

    With `indexation` or `discount_rate`, per cent a year, by their whole-life cost.

    `ceiling` and `optimum` are for the whole term and all schools, before VAT; `worth_of_a_point` is what
    a quality point, of 100, is worth against such a price.
    """

    formula: PriceFormula
    ceiling: Money | None = None
    optimum: Money | None = None
    steepness: Decimal | None = None
    worth_of_a_point: Money | None = None
    indexation: Decimal | None = None
    discount_rate: Decimal | None = None


def set_criteria(
    actor: Actor,
    tender_id: uuid.UUID,
    version: int,
    criteria: Sequence[CriterionDraft],
    *,
    formula: PriceFormula,
    ceiling: Money | None = None,
    optimum: Money | None = None,
    steepness: Decimal | None = None,
    worth_of_a_point: Money | None = None,
    indexation: Decimal | None = None,
    discount_rate: Decimal | None = None,
) -> None:
    """Set the whole tree at once, with the price formula. Raises RuleBroken unless each level totals 100."""
    with editing(actor, tender_id, version, PART) as (session, tender):
        rules.check_criteria(criteria)
        rules.check_method(formula, criteria)
        rates = (indexation, discount_rate)
        _keep_pricing(tender, Pricing(formula, ceiling, optimum, steepness, worth_of_a_point, *rates))
        tender.criteria.clear()
        session.flush()
        _append(tender, None, criteria)


def set_weights(
    actor: Actor, tender_id: uuid.UUID, version: int, weights: Mapping[uuid.UUID, Decimal]
) -> None:
    """Weigh all criteria at once, per cent of the level each stands on.

    Raises RuleBroken, with the level and what it totals, unless each level totals 100; its field is
    `weight_` and the id of the first criterion of that level.
    """
    with editing(actor, tender_id, version, PART) as (_, tender):
        placed = outline(tender.criteria)
        for one in placed:
            if one.criterion.kind is not CriterionKind.PASS_FAIL:
                one.criterion.weight = weights.get(one.criterion.id, Decimal(0))
                _check_weight(tender, one.criterion)
        titles = {one.criterion.id: one.criterion.title for one in placed}
        for parent_id in (None, *(key for key in titles if queries.parts_of(tender, key))):
            level = [
                one for one in queries.parts_of(tender, parent_id) if one.kind is not CriterionKind.PASS_FAIL
            ]
            within = titles[parent_id] if parent_id else ""
            field = weight_field(level[0].id) if level else "weights"
            rules.check_total([one.weight for one in level], within, field)


def _check_weight(tender: Tender, criterion: Criterion) -> None:
    try:
        rules.check_criterion(queries.draft_of(criterion))
        if criterion.kind is CriterionKind.PRICE:
            rules.check_price_weight(tender.price_formula, criterion.weight)
    except RuleBroken as refusal:
        raise RuleBroken(refusal.message, weight_field(criterion.id)) from None


def set_price(actor: Actor, tender_id: uuid.UUID, version: int, *, weight: Decimal, pricing: Pricing) -> None:
    """Say how quotes are judged and what the price weighs; the price is a criterion from then on."""
    with editing(actor, tender_id, version, PART) as (session, tender):
        rules.check_criterion(CriterionDraft(CriterionKind.PRICE, PRICE, weight))
        rules.check_price_weight(pricing.formula, weight)
        _keep_pricing(tender, pricing)
        price = next((one for one in tender.criteria if one.kind is CriterionKind.PRICE), None)
        if price is None:
            price = Criterion(id=new_id(), number=0, kind=CriterionKind.PRICE, title=PRICE, weight=weight)
            tender.criteria.append(price)
        price.weight = weight
        session.flush()


def add_criterion(
    actor: Actor,
    tender_id: uuid.UUID,
    version: int,
    criterion_id: uuid.UUID,
    *,
    parent_id: uuid.UUID | None,
    draft: CriterionDraft,
) -> None:
    """Add a criterion at the end of the top level, or of a group (`parent_id`)."""
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        policy.require(actor, Act.TENDER_EDIT, tender.alliance_id)
        drafting.check_editable(tender.status)
        if any(one.id == criterion_id for one in tender.criteria):
            return
        expect_version(tender, version)
        parent = queries.get_criterion(tender, parent_id) if parent_id else None
        if parent and parent.criterion.kind is not CriterionKind.GROUP:
            raise RuleBroken(
                f"“{parent.criterion.title}” has no sub-criteria: make it a group first.", "kind"
            )
        rules.check_place(draft.kind, parent.depth + 2 if parent else 1)
        rules.check_criterion(draft)
        row = Criterion(id=criterion_id, number=_next_number(tender), parent_id=parent_id)
        tender.criteria.append(_fill(row, draft))
        mark_changed(tender)
        session.flush()
        events.record(
            session, actor, Act.TENDER_EDIT, tender.id, organisation_id=tender.alliance_id, part=PART
        )


def edit_criterion(
    actor: Actor, tender_id: uuid.UUID, version: int, criterion_id: uuid.UUID, *, draft: CriterionDraft
) -> None:
    """Change a criterion other than the price. A group keeps its parts, and stays one while it has any."""
    with editing(actor, tender_id, version, PART) as (_, tender):
        placed = queries.get_criterion(tender, criterion_id)
        _check_not_price(placed.criterion)
        if queries.parts_of(tender, criterion_id) and draft.kind is not CriterionKind.GROUP:
            raise RuleBroken(f"Remove the sub-criteria of “{placed.criterion.title}” first.", "kind")
        rules.check_place(draft.kind, placed.depth + 1)
        rules.check_criterion(draft)
        _fill(placed.criterion, draft)


def remove_criterion(actor: Actor, tender_id: uuid.UUID, version: int, criterion_id: uuid.UUID) -> None:
    """Take a criterion other than the price, with all its parts, out of a draft."""
    with editing(actor, tender_id, version, PART) as (session, tender):
        placed = queries.get_criterion(tender, criterion_id)
        _check_not_price(placed.criterion)
        for one in outline(tender.criteria):
            if criterion_id in {one.criterion.id, *(above.id for above in one.within)}:
                tender.criteria.remove(one.criterion)
        session.flush()


def _check_not_price(criterion: Criterion) -> None:
    if criterion.kind is CriterionKind.PRICE:
        raise RuleBroken("The price is always a criterion. Change its weight and its formula instead.")


def _keep_pricing(tender: Tender, pricing: Pricing) -> None:
    drafting.check_formula(
        pricing.formula, pricing.ceiling, pricing.optimum, pricing.steepness, pricing.worth_of_a_point
    )
    bounded = pricing.formula is PriceFormula.CEILING_OPTIMUM
    tender.price_formula = pricing.formula
    tender.ceiling, tender.optimum = (pricing.ceiling, pricing.optimum) if bounded else (None, None)
    steep = pricing.formula is PriceFormula.DEVIATION_FROM_LOWEST
    tender.steepness = pricing.steepness if steep else None
    monetised = pricing.formula is PriceFormula.MONETISED
    tender.worth_of_a_point = pricing.worth_of_a_point if monetised else None
    check_rates(pricing.indexation, pricing.discount_rate)
    tender.indexation, tender.discount_rate = pricing.indexation, pricing.discount_rate


def _append(tender: Tender, parent: Criterion | None, drafts: Sequence[CriterionDraft]) -> None:
    for draft in drafts:
        row = Criterion(id=new_id(), number=_next_number(tender), parent=parent)
        if parent is not None:
            row.parent_id = parent.id
        tender.criteria.append(_fill(row, draft))
        _append(tender, row, draft.parts)


def _next_number(tender: Tender) -> int:
    return 1 + max((one.number for one in tender.criteria), default=0)


def _fill(row: Criterion, draft: CriterionDraft) -> Criterion:
    """Write a draft into a row; what its kind has no use for is left at what it is by default."""
    row.kind, row.title, row.weight = draft.kind, draft.title, Decimal(draft.weight)
    is_group = draft.kind is CriterionKind.GROUP
    row.question = "" if is_group else draft.question
    row.word_limit = draft.word_limit
    scored = draft.kind is CriterionKind.QUALITY
    is_pass_fail = draft.kind is CriterionKind.PASS_FAIL
    row.highest_score = rules.PASS if is_pass_fail else draft.highest_score
    row.lowest_score = rules.PASS if is_pass_fail else draft.lowest_score if scored else 0
    row.guidance = list(draft.guidance) if scored and any(draft.guidance) else []
    return row
