"""What a draft must be: volumes, criteria, people, and all that inviting schools needs. Plain Python."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.tenders.criteria.rules import CriterionDraft, check_criteria, check_method
from marketplace.tenders.lots import rules as lot_rules
from marketplace.tenders.lots.rules import LotTerms
from marketplace.tenders.rules import (
    BEFORE_PUBLICATION,
    PriceFormula,
    Seat,
    TenderStatus,
)

FEWEST_OPENERS = 3
FEWEST_SCHOOLS = 2


@dataclass(frozen=True, slots=True)
class LineDraft:
    """An item of a price schedule as drafted: units over the whole term, by school. `once`: paid once."""

    item: str
    unit: str
    volumes: Mapping[uuid.UUID, Decimal]
    once: bool = False


@dataclass(frozen=True, slots=True)
class LotDraft:
    """A lot as drafted."""

    title: str
    lines: Sequence[LineDraft]
    description: str = ""


@dataclass(frozen=True, slots=True)
class PanelDraft:
    """A person named to a seat, for one of their schools."""

    person_id: uuid.UUID
    school_id: uuid.UUID
    seat: Seat


def check_editable(status: TenderStatus) -> None:
    """Raise RuleBroken unless the tender is a draft: what schools commit to does not change under them."""
    if status is not TenderStatus.DRAFT:
        raise RuleBroken("Only a draft can be changed. Take the tender back to draft first.")


def check_split_open(status: TenderStatus) -> None:
    """Raise RuleBroken once the tender is published: how costs are divided is fixed before quotes are."""
    if status not in BEFORE_PUBLICATION:
        raise RuleBroken(
            "The shared cost and how it is divided were fixed when the tender was published, before any "
            "quote was opened. They cannot be changed any more."
        )


def check_panel_open(status: TenderStatus) -> None:
    """Raise RuleBroken once the tender is published: suppliers quote knowing who opens and scores."""
    if status not in BEFORE_PUBLICATION:
        raise RuleBroken("The people cannot be changed once the tender is published.")


def check_volumes(line: LineDraft, buyers: Collection[uuid.UUID]) -> None:
    """Some school buys, each volume is above zero, and each school is one that buys. Raises RuleBroken."""
    if not line.volumes:
        raise RuleBroken(f"Enter at least one school’s volume of “{line.item}”.", "volumes")
    if any(quantity <= 0 for quantity in line.volumes.values()):
        raise RuleBroken(f"Each volume of “{line.item}” must be more than 0.", "volumes")
    if set(line.volumes) - set(buyers):
        raise RuleBroken(f"Only schools that buy can have a volume of “{line.item}”.", "volumes")


def check_formula(
    formula: PriceFormula,
    ceiling: Money | None,
    optimum: Money | None,
    steepness: Decimal | None,
    worth_of_a_point: Money | None = None,
) -> None:
    """Each formula has the figures it needs. Raises RuleBroken.

    Between ceiling and optimum: both, the optimum the lower and above nothing. Distance from the lowest
    price: how steep. Quality counted in money: what a point is worth. The others need none.
    """
    if formula is PriceFormula.MONETISED and (worth_of_a_point is None or worth_of_a_point.pence <= 0):
        raise RuleBroken("Enter what a quality point is worth, more than £0.00.", "worth_of_a_point")
    if formula is PriceFormula.DEVIATION_FROM_LOWEST and (steepness is None or steepness <= 0):
        raise RuleBroken("Enter how many per cent of the marks each 1% above the lowest costs.", "steepness")
    if formula is not PriceFormula.CEILING_OPTIMUM:
        return
    if ceiling is None:
        raise RuleBroken("Enter the ceiling, the total price that gets no marks.", "ceiling")
    if optimum is None:
        raise RuleBroken("Enter the optimum, the total price that gets full marks.", "optimum")
    if optimum >= ceiling:
        raise RuleBroken("The optimum must be less than the ceiling.", "optimum")


def check_panel(seats: Collection[PanelDraft], *, quality: bool) -> None:
    """Three openers of two schools, and an evaluator where quality is scored. Raises RuleBroken.

    Two open; the third is there should one of them fall ill or forget the passphrase.
    """
    openers = [seat for seat in seats if seat.seat is Seat.OPENER]
    people = {seat.person_id for seat in openers}
    schools = {seat.school_id for seat in openers}
    if len(people) < FEWEST_OPENERS:
        raise RuleBroken(
            "Name at least three people to open the quotes: two open, and one can take the place of either.",
            "openers",
        )
    if len(schools) < FEWEST_SCHOOLS:
        raise RuleBroken("The people who open the quotes must be from at least two schools.", "openers")
    if quality and not any(seat.seat is Seat.EVALUATOR for seat in seats):
        raise RuleBroken("Name at least one person to evaluate the quality of the quotes.", "evaluators")


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a draft has, for deciding whether schools can be invited."""

    lead_school_id: uuid.UUID | None
    buyers: frozenset[uuid.UUID]
    lots: Sequence[LotDraft]
    criteria: Sequence[CriterionDraft]
    described: bool
    closes_at: datetime | None
    has_contract_dates: bool
    names: Mapping[uuid.UUID, str] = field(default_factory=dict)
    formula: PriceFormula = PriceFormula.PROPORTION_OF_LOWEST
    ceiling: Money | None = None
    optimum: Money | None = None
    steepness: Decimal | None = None
    worth_of_a_point: Money | None = None
    lot_terms: LotTerms | None = None


def missing(draft: Readiness) -> list[RuleBroken]:
    """Everything that stands between a draft and inviting schools, in the order of the task list.

    The `field` of each names the part: basics, buyers, lots, criteria or timetable.
    """
    return [
        *_missing_basics(draft),
        *_missing_buyers(draft),
        *_missing_lots(draft),
        *_missing_criteria(draft),
        *_missing_dates(draft),
    ]


def _missing_basics(draft: Readiness) -> Iterable[RuleBroken]:
    if not draft.described:
        yield RuleBroken("Describe what the schools want to buy.", "basics")


def _missing_buyers(draft: Readiness) -> Iterable[RuleBroken]:
    if not draft.buyers:
        yield RuleBroken("Choose the schools that buy.", "buyers")
    elif draft.lead_school_id not in draft.buyers:
        yield RuleBroken("Choose a lead school among the schools that buy.", "buyers")


def _missing_lots(draft: Readiness) -> Iterable[RuleBroken]:
    if not draft.lots:
        yield RuleBroken("Add at least one lot with a price line.", "lots")
    buying: set[uuid.UUID] = set()
    for lot in draft.lots:
        if not lot.lines:
            yield RuleBroken(f"Add a price line to the lot “{lot.title}”, or remove the lot.", "lots")
        for line in lot.lines:
            buying |= set(line.volumes)
            if not line.volumes:
                yield RuleBroken(f"No school has a volume on the price line “{line.item}”.", "lots")
    if draft.lots:
        for school_id in sorted(draft.buyers - buying):
            name = draft.names.get(school_id, "A school")
            yield RuleBroken(f"{name} has no volume on any price line.", "lots")
    if draft.lot_terms is not None:
        yield from lot_rules.missing(draft.lot_terms)


def _missing_criteria(draft: Readiness) -> Iterable[RuleBroken]:
    if not draft.criteria:
        yield RuleBroken("Set the criteria and their weights.", "criteria")
        return
    try:
        check_criteria(draft.criteria)
        check_method(draft.formula, draft.criteria)
        check_formula(draft.formula, draft.ceiling, draft.optimum, draft.steepness, draft.worth_of_a_point)
    except RuleBroken as refusal:
        yield RuleBroken(refusal.message, "criteria")


def _missing_dates(draft: Readiness) -> Iterable[RuleBroken]:
    if draft.closes_at is None:
        yield RuleBroken("Set the deadline for quotes.", "timetable")
    if not draft.has_contract_dates:
        yield RuleBroken("Set the first and last day of the contract.", "timetable")
