"""What must be true of the criteria of a tender, level by level.

A criterion may have sub-criteria. The weights of each level total exactly 100 per cent, in at most two
decimal places (Procurement Act 2023, section 23(3)(b)). A "pass or fail" question weighs nothing: whoever
fails it is excluded (section 23(3)(a) asks the methodology to say whether a failure disqualifies).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from marketplace.core.errors import RuleBroken
from marketplace.tenders.rules import ANSWERED, BY_VALUE, CriterionKind, PriceFormula

WHOLE = Decimal(100)
MOST_LEVELS = 3
HIGHEST_MARK = 10
LONGEST_GUIDANCE = 300
PASS, FAIL = 1, 0
HALF = Decimal(50)
EVEN_HANDED = frozenset({PriceFormula.PRICE_PER_QUALITY, PriceFormula.VALUE_INDEX})


@dataclass(frozen=True, slots=True)
class CriterionDraft:
    """A criterion as drafted. `weight` is per cent of its level, with at most two decimal places.

    `guidance` says in words what each mark from 0 to `highest_score` means; empty for none. `parts` are
    the sub-criteria of a group.
    """

    kind: CriterionKind
    title: str
    weight: Decimal | int
    question: str = ""
    word_limit: int = 500
    highest_score: int = 5
    lowest_score: int = 0
    guidance: Sequence[str] = ()
    parts: Sequence[CriterionDraft] = ()


def check_criteria(criteria: Sequence[CriterionDraft]) -> None:
    """A whole tree: each level totals 100, one criterion is price, each is plausible. Raises RuleBroken.

    The field is `criteria` for what a criterion is, `weights` for what the levels total.
    """
    prices = sum(one.kind is CriterionKind.PRICE for one in criteria)
    if prices != 1:
        raise RuleBroken(f"Exactly one criterion must be price. There {_are(prices)} now.", "criteria")
    for one in criteria:
        _check_part(one, level=1)
    check_totals(criteria)


def _check_part(draft: CriterionDraft, level: int) -> None:
    check_criterion(draft)
    check_place(draft.kind, level)
    if draft.kind is CriterionKind.GROUP and not draft.parts:
        raise RuleBroken(f"Add sub-criteria to “{draft.title}”, or remove it.", "criteria")
    if draft.parts and draft.kind is not CriterionKind.GROUP:
        raise RuleBroken(f"Only a group has sub-criteria, and “{draft.title}” is none.", "criteria")
    for part in draft.parts:
        _check_part(part, level + 1)


def check_totals(criteria: Sequence[CriterionDraft], within: str = "") -> None:
    """The weights of a level and of all below it total exactly 100. Raises RuleBroken, field `weights`."""
    check_total([one.weight for one in criteria if one.kind is not CriterionKind.PASS_FAIL], within)
    for one in criteria:
        if one.parts:
            check_totals(one.parts, one.title)


def check_total(weights: Iterable[Decimal | int], within: str = "", field: str = "weights") -> None:
    """The weights of one level total exactly 100; `within` names the criterion they belong to.

    Raises RuleBroken with what they total, and what is missing or too much.
    """
    total = sum(map(Decimal, weights), Decimal(0))
    if total == WHOLE:
        return
    where = f" within “{within}”" if within else ""
    gap = abs(WHOLE - total)
    what = "is missing" if total < WHOLE else "is too much"
    raise RuleBroken(
        f"The weights{where} total {plain(total)}. They must total 100: {plain(gap)} {what}.", field
    )


def check_criterion(draft: CriterionDraft) -> None:
    """One criterion by itself. Raises RuleBroken; the field is that of the criterion's own page."""
    weight = Decimal(draft.weight)
    if draft.kind is CriterionKind.PASS_FAIL:
        if weight:
            raise RuleBroken(f"“{draft.title}” is pass or fail, so it has no weight.", "weight")
    elif not (weight >= 0 if draft.kind is CriterionKind.PRICE else weight > 0) or weight > WHOLE:
        raise RuleBroken(f"The weight of “{draft.title}” must be more than 0 and at most 100.", "weight")
    if weight != round(weight, 2):
        raise RuleBroken(f"The weight of “{draft.title}” has more than two decimal places.", "weight")
    if draft.kind in ANSWERED and not draft.question.strip():
        raise RuleBroken(f"Enter the question that suppliers answer for “{draft.title}”.", "question")
    if draft.kind is CriterionKind.QUALITY:
        _check_scale(draft)


def check_price_weight(formula: PriceFormula, weight: Decimal | int, field: str = "weight") -> None:
    """The price weighs what its formula lets it weigh. Raises RuleBroken.

    A quality point that is worth a sum leaves the price no weight of its own. The price of a point and the
    value index weigh price and quality the same: they order quotes as the weighted index does at 50.
    """
    weight = Decimal(weight)
    if formula is PriceFormula.MONETISED:
        if weight:
            raise RuleBroken(
                "Where quality is counted in money the price has no weight: enter 0, and let the questions "
                "total 100.",
                field,
            )
    elif formula in EVEN_HANDED:
        if weight != HALF:
            raise RuleBroken(
                f"By this formula price and quality matter the same: enter {HALF}. For other weights choose "
                "the weighted value index.",
                field,
            )
    elif formula is PriceFormula.WEIGHTED_VALUE_INDEX:
        if not 1 <= weight < WHOLE or weight != int(weight):
            raise RuleBroken(
                "For the weighted value index the price must weigh from 1 to 99, without decimals.", field
            )
    elif not weight:
        raise RuleBroken("The weight of the price must be more than 0 and at most 100.", field)


def check_method(formula: PriceFormula, criteria: Sequence[CriterionDraft]) -> None:
    """The price weighs what its formula lets it, and quality is scored where it needs it. Raises RuleBroken.

    The field is `criteria`.
    """
    for one in criteria:
        if one.kind is CriterionKind.PRICE:
            check_price_weight(formula, one.weight, "criteria")
    if formula in BY_VALUE and not any(_is_scored(one) for one in criteria):
        raise RuleBroken(
            "This formula sets quality against price, so it needs a question that is scored. Add one, or "
            "choose another formula.",
            "criteria",
        )


def _is_scored(draft: CriterionDraft) -> bool:
    return draft.kind is CriterionKind.QUALITY or any(map(_is_scored, draft.parts))


def _check_scale(draft: CriterionDraft) -> None:
    if not 1 <= draft.highest_score <= HIGHEST_MARK:
        raise RuleBroken(
            f"The highest mark for “{draft.title}” must be from 1 to {HIGHEST_MARK}.", "highest_score"
        )
    if not 0 <= draft.lowest_score <= draft.highest_score:
        raise RuleBroken(
            f"The lowest mark that passes for “{draft.title}” must be from 0 to {draft.highest_score}.",
            "lowest_score",
        )
    if any(len(words) > LONGEST_GUIDANCE for words in draft.guidance):
        raise RuleBroken(
            f"Say what each mark for “{draft.title}” means in {LONGEST_GUIDANCE} characters or fewer.",
            "guidance",
        )
    said = [bool(words.strip()) for words in draft.guidance]
    if any(said) and (not all(said) or len(said) != draft.highest_score + 1):
        raise RuleBroken(
            f"Say what each mark from 0 to {draft.highest_score} means for “{draft.title}”, or leave all "
            "blank.",
            "guidance",
        )


def check_place(kind: CriterionKind, level: int) -> None:
    """May a criterion of this kind stand so deep (1 is the top)? Raises RuleBroken, field `kind`."""
    if kind is CriterionKind.PRICE and level > 1:
        raise RuleBroken("The price stands beside the other criteria, not within one.", "kind")
    if kind is CriterionKind.PASS_FAIL and level > 1:
        raise RuleBroken("A pass or fail question stands by itself, not within another criterion.", "kind")
    if level > MOST_LEVELS or (kind is CriterionKind.GROUP and level == MOST_LEVELS):
        raise RuleBroken(f"Criteria can have sub-criteria down to {MOST_LEVELS} levels, no further.", "kind")


def has_quality(kinds: Iterable[CriterionKind]) -> bool:
    """Is anything asked and judged but the price?"""
    return any(kind in ANSWERED for kind in kinds)


def score_in_words(kind: CriterionKind, score: int) -> str:
    """A score as people read it: a number, or pass or fail."""
    if kind is CriterionKind.PASS_FAIL:
        return "Pass" if score == PASS else "Fail"
    return str(score)


def plain(number: Decimal) -> str:
    """A number without needless zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _are(count: int) -> str:
    return "is none" if not count else f"are {count}"


def weight_field(criterion_id: uuid.UUID) -> str:
    """The name of the field in which a criterion is weighed."""
    return f"weight_{criterion_id.hex}"
