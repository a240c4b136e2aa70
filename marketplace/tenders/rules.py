"""What a joint tender is, how it moves, and what must be true before each step."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import Money
from marketplace.needs.rules import Joint, NeedStatus

WHOLE_WEIGHT = 100
FEWEST_OPENERS = 2
FEWEST_SCHOOLS = 2


class TenderStatus(StrEnum):
    """How far a joint tender is."""

    DRAFT = "draft"
    JOINING = "joining"
    CONFIRMED = "confirmed"
    PUBLISHED = "published"
    CLOSED = "closed"
    OPENED = "opened"
    EVALUATING = "evaluating"
    MODERATED = "moderated"
    PRICES_OPENED = "prices_opened"
    RECOMMENDED = "recommended"
    CONFIRMED_BY_SCHOOLS = "confirmed_by_schools"
    STANDSTILL = "standstill"
    AWARDED = "awarded"
    UNSUCCESSFUL = "unsuccessful"
    CANCELLED = "cancelled"


_S = TenderStatus
MOVES: dict[TenderStatus, frozenset[TenderStatus]] = {
    _S.DRAFT: frozenset({_S.JOINING, _S.CANCELLED}),
    _S.JOINING: frozenset({_S.CONFIRMED, _S.DRAFT, _S.CANCELLED}),
    _S.CONFIRMED: frozenset({_S.PUBLISHED, _S.DRAFT, _S.CANCELLED}),
    _S.PUBLISHED: frozenset({_S.CLOSED, _S.CANCELLED}),
    _S.CLOSED: frozenset({_S.OPENED, _S.PRICES_OPENED, _S.UNSUCCESSFUL, _S.CANCELLED}),
    _S.OPENED: frozenset({_S.EVALUATING, _S.CANCELLED}),
    _S.EVALUATING: frozenset({_S.MODERATED, _S.CANCELLED}),
    _S.MODERATED: frozenset({_S.PRICES_OPENED, _S.UNSUCCESSFUL, _S.CANCELLED}),
    _S.PRICES_OPENED: frozenset({_S.RECOMMENDED, _S.UNSUCCESSFUL, _S.CANCELLED}),
    _S.RECOMMENDED: frozenset({_S.CONFIRMED_BY_SCHOOLS, _S.PRICES_OPENED, _S.CANCELLED}),
    _S.CONFIRMED_BY_SCHOOLS: frozenset({_S.STANDSTILL, _S.AWARDED, _S.CANCELLED}),
    _S.STANDSTILL: frozenset({_S.AWARDED, _S.CANCELLED}),
    _S.AWARDED: frozenset(),
    _S.UNSUCCESSFUL: frozenset(),
    _S.CANCELLED: frozenset(),
}


def move(present: TenderStatus, wanted: TenderStatus) -> TenderStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


class CommitmentStatus(StrEnum):
    """A school's answer to the invitation to buy together."""

    INVITED = "invited"
    COMMITTED = "committed"
    DECLINED = "declined"


class CriterionKind(StrEnum):
    """What a criterion looks at."""

    PRICE = "price"
    QUALITY = "quality"


class PriceFormula(StrEnum):
    """How prices become marks; frozen at publication. Definitions: suppliers/evaluation/rules.py."""

    CEILING_OPTIMUM = "ceiling_optimum"
    PROPORTION_OF_LOWEST = "proportion_of_lowest"
    LINEAR_LOWEST_HIGHEST = "linear_lowest_highest"


class Split(StrEnum):
    """How a shared cost is divided between schools; agreed before quotes are opened."""

    PUPILS = "pupils"
    EQUAL = "equal"
    USE = "use"


class Seat(StrEnum):
    """What a person does for one tender."""

    OPENER = "opener"
    EVALUATOR = "evaluator"


STATUS_LABELS: Mapping[TenderStatus, str] = {
    _S.DRAFT: "Draft",
    _S.JOINING: "Schools are deciding",
    _S.CONFIRMED: "Waiting for approval",
    _S.PUBLISHED: "Open for quotes",
    _S.CLOSED: "Closed, waiting to be opened",
    _S.OPENED: "Quotes opened",
    _S.EVALUATING: "Being evaluated",
    _S.MODERATED: "Scores agreed",
    _S.PRICES_OPENED: "Prices opened",
    _S.RECOMMENDED: "Award recommended",
    _S.CONFIRMED_BY_SCHOOLS: "Award approved",
    _S.STANDSTILL: "Standstill",
    _S.AWARDED: "Awarded",
    _S.UNSUCCESSFUL: "Ended without an award",
    _S.CANCELLED: "Cancelled",
}
STATUS_COLOURS: Mapping[TenderStatus, str] = {
    _S.DRAFT: "grey",
    _S.JOINING: "yellow",
    _S.CONFIRMED: "yellow",
    _S.PUBLISHED: "green",
    _S.CLOSED: "yellow",
    _S.AWARDED: "green",
    _S.UNSUCCESSFUL: "red",
    _S.CANCELLED: "red",
}
COMMITMENT_LABELS: Mapping[CommitmentStatus, str] = {
    CommitmentStatus.INVITED: "Has not answered",
    CommitmentStatus.COMMITTED: "Committed",
    CommitmentStatus.DECLINED: "Declined",
}
SPLIT_LABELS: Mapping[Split, str] = {
    Split.PUPILS: "by pupils on roll",
    Split.EQUAL: "equally",
    Split.USE: "by what each school uses",
}
BEFORE_PUBLICATION = frozenset({_S.DRAFT, _S.JOINING, _S.CONFIRMED})
STILL_OPEN = frozenset(status for status in TenderStatus if _S.CANCELLED in MOVES[status])


@dataclass(frozen=True, slots=True)
class FormulaInWords:
    """A price formula as suppliers read it before they quote.

    `marks` are those of the prices £80,000, £100,000 and £120,000 out of 100, to two places; for the
    ceiling and optimum formula with a ceiling of £140,000 and an optimum of £60,000.
    """

    name: str
    words: str
    marks: tuple[Decimal, Decimal, Decimal]


EXAMPLE_PRICES = (Money(80_000_00), Money(100_000_00), Money(120_000_00))
EXAMPLE_CEILING, EXAMPLE_OPTIMUM = Money(140_000_00), Money(60_000_00)
FORMULAS: Mapping[PriceFormula, FormulaInWords] = {
    PriceFormula.CEILING_OPTIMUM: FormulaInWords(
        "Between a ceiling and an optimum",
        "A total price at the ceiling or above gets no marks, at the optimum or below full marks, and in "
        "between in proportion. Other quotes make no difference.",
        (Decimal("75.00"), Decimal("50.00"), Decimal("25.00")),
    ),
    PriceFormula.PROPORTION_OF_LOWEST: FormulaInWords(
        "Proportion of the lowest price",
        "The lowest total price gets full marks. Every other gets the lowest price divided by its own.",
        (Decimal("100.00"), Decimal("80.00"), Decimal("66.67")),
    ),
    PriceFormula.LINEAR_LOWEST_HIGHEST: FormulaInWords(
        "Between the lowest and the highest price",
        "The lowest total price gets full marks, the highest none, and those in between in proportion. "
        "When all are equal, everybody gets full marks.",
        (Decimal("100.00"), Decimal("50.00"), Decimal("0.00")),
    ),
}


@dataclass(frozen=True, slots=True)
class LineDraft:
    """An item of a price schedule as drafted: units over the whole term, by school."""

    item: str
    unit: str
    volumes: Mapping[uuid.UUID, Decimal]


@dataclass(frozen=True, slots=True)
class LotDraft:
    """A lot as drafted."""

    title: str
    lines: Sequence[LineDraft]
    description: str = ""


@dataclass(frozen=True, slots=True)
class CriterionDraft:
    """A criterion as drafted. `weight` in hundredths; scores from 0 to `highest_score`."""

    kind: CriterionKind
    title: str
    weight: int
    question: str = ""
    word_limit: int = 500
    highest_score: int = 5
    lowest_score: int = 0


@dataclass(frozen=True, slots=True)
class PanelDraft:
    """A person named to a seat, for one of their schools."""

    person_id: uuid.UUID
    school_id: uuid.UUID
    seat: Seat


def check_poolable(needs: Collection[tuple[uuid.UUID, str, NeedStatus, Joint]], category: str) -> None:
    """Needs that can be bought together: of several schools, one each, approved, and willing.

    Each need is its school, category, status and willingness. No needs at all are right too: the
    draft starts empty. Raises RuleBroken, field `needs`.
    """
    if not needs:
        return
    schools = [school_id for school_id, *_ in needs]
    if len(set(schools)) != len(schools):
        raise RuleBroken("Choose one need of each school.", "needs")
    if len(schools) < FEWEST_SCHOOLS:
        raise RuleBroken("Choose needs of at least two schools.", "needs")
    if {need_category for _, need_category, *_ in needs} != {category}:
        raise RuleBroken("Choose needs of one category.", "needs")
    if any(status is not NeedStatus.APPROVED for *_, status, _ in needs):
        raise RuleBroken("Choose approved needs that are in no other tender.", "needs")
    if any(joint is Joint.NO for *_, joint in needs):
        raise RuleBroken("Choose needs of schools that are willing to buy together.", "needs")


def settled_lead(proposed: uuid.UUID | None, committed: Collection[uuid.UUID]) -> uuid.UUID:
    """The lead school of a tender whose buyers are settled. Raises RuleBroken."""
    if not committed:
        raise RuleBroken("No school has committed yet. At least one must, before the buyers are settled.")
    if proposed is None or proposed not in committed:
        raise RuleBroken("Choose a lead school among those that committed.", "lead_school")
    return proposed


def check_editable(status: TenderStatus) -> None:
    """Raise RuleBroken unless the tender is a draft: what schools commit to does not change under them."""
    if status is not TenderStatus.DRAFT:
        raise RuleBroken("Only a draft can be changed. Take the tender back to draft first.")


def check_panel_open(status: TenderStatus) -> None:
    """Raise RuleBroken once the tender is published: suppliers quote knowing who opens and scores."""
    if status not in BEFORE_PUBLICATION:
        raise RuleBroken("The people cannot be changed once the tender is published.")


def check_criteria(criteria: Collection[CriterionDraft]) -> None:
    """Weights total 100, exactly one criterion is price, each is plausible. Raises RuleBroken."""
    prices = sum(criterion.kind is CriterionKind.PRICE for criterion in criteria)
    if prices != 1:
        raise RuleBroken(f"Exactly one criterion must be price. There {_are(prices)} now.", "criteria")
    for criterion in criteria:
        if not 1 <= criterion.weight <= WHOLE_WEIGHT:
            raise RuleBroken(f"The weight of “{criterion.title}” must be from 1 to 100.", "criteria")
        if criterion.kind is CriterionKind.QUALITY and not criterion.question:
            raise RuleBroken(f"Enter the question that suppliers answer for “{criterion.title}”.", "criteria")
        if not 0 <= criterion.lowest_score <= criterion.highest_score:
            raise RuleBroken(
                f"The lowest score that passes for “{criterion.title}” must be from 0 to "
                f"{criterion.highest_score}.",
                "criteria",
            )
    total = sum(criterion.weight for criterion in criteria)
    if total != WHOLE_WEIGHT:
        raise RuleBroken(f"The weights total {total}. They must total {WHOLE_WEIGHT}.", "criteria")


def check_volumes(line: LineDraft, buyers: Collection[uuid.UUID]) -> None:
    """Some school buys, each volume is above zero, and each school is one that buys. Raises RuleBroken."""
    if not line.volumes:
        raise RuleBroken(f"Enter at least one school's volume of “{line.item}”.", "volumes")
    if any(quantity <= 0 for quantity in line.volumes.values()):
        raise RuleBroken(f"Each volume of “{line.item}” must be more than 0.", "volumes")
    if set(line.volumes) - set(buyers):
        raise RuleBroken(f"Only schools that buy can have a volume of “{line.item}”.", "volumes")


def has_quality(kinds: Iterable[CriterionKind]) -> bool:
    """Is anything but the price judged?"""
    return any(kind is CriterionKind.QUALITY for kind in kinds)


def _are(count: int) -> str:
    return "is none" if not count else f"are {count}"


def check_formula(formula: PriceFormula, ceiling: Money | None, optimum: Money | None) -> None:
    """The ceiling and optimum formula needs both, the optimum the lower; others need neither."""
    if formula is not PriceFormula.CEILING_OPTIMUM:
        return
    if ceiling is None:
        raise RuleBroken("Enter the ceiling, the total price that gets no marks.", "ceiling")
    if optimum is None:
        raise RuleBroken("Enter the optimum, the total price that gets full marks.", "optimum")
    if optimum >= ceiling:
        raise RuleBroken("The optimum must be less than the ceiling.", "optimum")


def check_panel(seats: Collection[PanelDraft], *, quality: bool) -> None:
    """Two openers of two schools, and an evaluator where quality is scored. Raises RuleBroken."""
    openers = [seat for seat in seats if seat.seat is Seat.OPENER]
    people = {seat.person_id for seat in openers}
    schools = {seat.school_id for seat in openers}
    if len(people) < FEWEST_OPENERS:
        raise RuleBroken(
            f"Name at least two people to open the quotes. There {_are(len(people))}.", "openers"
        )
    if len(schools) < FEWEST_OPENERS:
        raise RuleBroken("The people who open the quotes must be from at least two schools.", "openers")
    if quality and not any(seat.seat is Seat.EVALUATOR for seat in seats):
        raise RuleBroken("Name at least one person to evaluate the quality of the quotes.", "evaluators")


def check_reason(reason: str, what_for: str) -> None:
    """Raise RuleBroken when a reason is missing; `what_for` finishes "Enter why …"."""
    if not reason.strip():
        raise RuleBroken(f"Enter why {what_for}.", "reason")


def check_publisher(
    person_id: uuid.UUID | None,
    *,
    drafted_by: uuid.UUID | None,
    asked_by: uuid.UUID | None,
    headteacher_of: Collection[uuid.UUID],
    approving_schools: Collection[uuid.UUID],
) -> None:
    """Two people, two schools: who publishes neither drafted nor asked, and heads another school.

    Raises Forbidden. `approving_schools` are those of `approving_schools()`.
    """
    if person_id is None or person_id in {drafted_by, asked_by}:
        raise Forbidden("The person who prepared a tender cannot approve it. Ask a headteacher to.")
    if not set(headteacher_of) & set(approving_schools):
        raise Forbidden("A headteacher of a school in the tender, other than the lead school, approves it.")


def approving_schools(
    lead: uuid.UUID | None, buyers: Collection[uuid.UUID], members: Collection[uuid.UUID]
) -> frozenset[uuid.UUID]:
    """The schools whose headteacher may publish: the buyers but the lead school.

    Where the lead school buys alone, any other member of the alliance.
    """
    return frozenset(set(buyers) - {lead} or set(members) - {lead})


def accepts_quotes(status: TenderStatus, closes_at: datetime | None, now: datetime) -> bool:
    """Is the tender open at this moment of the database's clock? The deadline itself is too late."""
    return status is TenderStatus.PUBLISHED and closes_at is not None and now < closes_at


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a draft has, for deciding whether schools can be invited."""

    lead_school_id: uuid.UUID | None
    buyers: frozenset[uuid.UUID]
    lots: Sequence[LotDraft]
    criteria: Sequence[CriterionDraft]
    closes_at: datetime | None
    has_contract_dates: bool
    names: Mapping[uuid.UUID, str] = field(default_factory=dict)


def missing(draft: Readiness) -> list[RuleBroken]:
    """Everything that stands between a draft and inviting schools, in the order of the task list.

    The `field` of each names the part: buyers, lots, criteria or timetable.
    """
    return [*_missing_buyers(draft), *_missing_lots(draft), *_missing_criteria(draft), *_missing_dates(draft)]


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


def _missing_criteria(draft: Readiness) -> Iterable[RuleBroken]:
    try:
        check_criteria(draft.criteria)
    except RuleBroken as refusal:
        yield RuleBroken(refusal.message, "criteria")


def _missing_dates(draft: Readiness) -> Iterable[RuleBroken]:
    if draft.closes_at is None:
        yield RuleBroken("Set the deadline for quotes.", "timetable")
    if not draft.has_contract_dates:
        yield RuleBroken("Set the first and last day of the contract.", "timetable")
