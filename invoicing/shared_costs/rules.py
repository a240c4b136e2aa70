"""How a shared cost is divided, and why each school's share is what it is."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from marketplace.core.errors import RuleBroken
from marketplace.core.money import FOUR_PLACES, Money
from marketplace.tenders.rules import Split

FEWEST_SCHOOLS = 2
SPLIT_LABELS: Mapping[Split, str] = {
    Split.PUPILS: "By pupils on roll",
    Split.EQUAL: "Equally",
    Split.USE: "By use",
}
SPLIT_HINTS: Mapping[Split, str] = {
    Split.PUPILS: "In proportion to the pupils each school has on roll today.",
    Split.EQUAL: "The same for every school.",
    Split.USE: "In proportion to a figure that you enter for each school: hours, meals, miles.",
}
WEIGHT_LABELS: Mapping[Split, str] = {
    Split.PUPILS: "Pupils",
    Split.EQUAL: "Parts",
    Split.USE: "Use",
}


@dataclass(frozen=True, slots=True)
class Participant:
    """A school that takes part: its pupils on roll and, for a split by use, its figure."""

    school_id: uuid.UUID
    pupils: int
    use: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CostTerms:
    """What the recorder of a cost decides. `use` gives the figure of each school, for a split by use."""

    title: str
    supplier_name: str
    supplied_on: date
    amount: Money
    split: Split
    school_ids: tuple[uuid.UUID, ...]
    use: Mapping[uuid.UUID, Decimal]


@dataclass(frozen=True, slots=True)
class Share:
    """One school's part of an amount.

    `exact` is the share in pounds before rounding, shown to four places; `amount` the whole pence.
    """

    school_id: uuid.UUID
    weight: Decimal
    exact: Decimal
    amount: Money


def check_participants(school_ids: Collection[uuid.UUID], lead_id: uuid.UUID) -> None:
    """Raise RuleBroken unless at least one school besides the lead takes part, each once."""
    if not set(school_ids) - {lead_id}:
        raise RuleBroken("Choose at least one school besides your own.", "schools")
    if len(set(school_ids)) != len(school_ids):
        raise RuleBroken("Each school can take part once.", "schools")


def weights(split: Split, participants: Sequence[Participant]) -> list[Decimal]:
    """What each school counts for. Raises RuleBroken when there is nothing to divide by."""
    match split:
        case Split.EQUAL:
            return [Decimal(1) for _ in participants]
        case Split.PUPILS:
            pupils = [Decimal(participant.pupils) for participant in participants]
            if not sum(pupils):
                raise RuleBroken(
                    "None of these schools has pupils on roll. Choose another way to divide.", "split"
                )
            return pupils
        case Split.USE:
            return _by_use(participants)


def _by_use(participants: Sequence[Participant]) -> list[Decimal]:
    """The figure of each school; a refusal names the form's field for the school that is wrong."""
    figures: list[Decimal] = []
    for participant in participants:
        field = f"use_{participant.school_id.hex}"
        if participant.use is None:
            raise RuleBroken("Enter the use of each school that shares the cost; 0 for none.", field)
        if participant.use < 0:
            raise RuleBroken("The use of a school must be 0 or more.", field)
        figures.append(participant.use)
    if not sum(figures):
        first = f"use_{participants[0].school_id.hex}"
        raise RuleBroken("The use of all schools together must be more than 0.", first)
    return figures


def shares(amount: Money, split: Split, participants: Sequence[Participant]) -> list[Share]:
    """An amount divided: the shares sum to it exactly, in the order of the participants.

    Raises RuleBroken when the amount is not more than nothing or cannot be divided.
    """
    if amount.pence <= 0:
        raise RuleBroken("The amount must be more than £0.00.", "amount")
    counted = weights(split, participants)
    whole = Fraction(sum(counted))
    return [
        Share(participant.school_id, weight, _exact(amount, Fraction(weight) / whole), part)
        for participant, weight, part in zip(participants, counted, amount.split(counted), strict=True)
    ]


def _exact(amount: Money, part: Fraction) -> Decimal:
    """A part of an amount in pounds, to four places, half up."""
    exact = Fraction(amount.pence, 100) * part
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(FOUR_PLACES, ROUND_HALF_UP)
