"""An offer as pages show it: every price beside what it comes to, for its supplier and for the schools."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

from marketplace.core.money import ZERO, Money, line_amount
from marketplace.tenders.queries import ScheduleLine, ScheduleLot
from suppliers.quotes.offers import (
    Offer,
    Question,
    Schedule,
    amount,
    discount_field,
    lot_total,
    tier_field,
    total,
    words,
)


@dataclass(frozen=True, slots=True)
class TierPrice:
    """A lower price of a line: the field it is entered in, from where it holds, and what it is."""

    field: str
    begins: str
    unit_price: Decimal | None
    is_reached: bool


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with what was offered for it; None where there is no price.

    `amount` is at the price that holds when every school buys.
    """

    line: ScheduleLine
    unit_price: Decimal | None
    amount: Money | None
    tiers: tuple[TierPrice, ...]


@dataclass(frozen=True, slots=True)
class PricedLot:
    """A lot with its priced lines and what they come to. `begins` heads the columns of its lower prices."""

    lot: ScheduleLot
    lines: tuple[PricedLine, ...]
    total: Money
    begins: tuple[str, ...]
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with its answer and the answer's words."""

    question: Question
    text: str
    words: int


@dataclass(frozen=True, slots=True)
class Discounted:
    """A bundle with the discount that is offered, in per cent; None for none."""

    field: str
    title: str
    lots: tuple[int, ...]
    least_share: int
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer as pages show it. `priced` of `lines` prices are there, `answered` questions have an answer.

    `by_school` is what each school pays over the whole term for the lines that are priced, by name;
    discounts of bundles are not in it, since they count only if all lots of one are won.
    """

    lots: tuple[PricedLot, ...]
    total: Money
    by_school: tuple[tuple[str, Money], ...]
    answers: tuple[Answered, ...]
    priced: int
    lines: int
    answered: int
    bundles: tuple[Discounted, ...]
    apart: bool


def view(schedule: Schedule, offer: Offer) -> OfferView:
    """An offer against what the tender asks, with every amount worked out."""
    answers = tuple(
        Answered(question, text, words(text))
        for question in schedule.questions
        for text in [offer.answers.get(question.id, "")]
    )
    quoted = schedule.lots_of(offer)
    numbers = {lot.id: lot.number for lot in schedule.lots}
    lots = tuple(_priced_lot(schedule, lot, offer, is_quoted=lot in quoted) for lot in schedule.lots)
    wanted = [price for lot in lots if lot.is_quoted for line in lot.lines for price in _prices_of(line)]
    return OfferView(
        lots=lots,
        total=total(schedule, offer),
        by_school=tuple(_by_school(schedule, offer)),
        answers=answers,
        priced=sum(price is not None for price in wanted),
        lines=len(wanted),
        answered=sum(bool(one.words) for one in answers),
        bundles=tuple(
            Discounted(
                discount_field(one.id),
                one.title,
                tuple(sorted(numbers[lot_id] for lot_id in one.lots if lot_id in numbers)),
                one.least_share,
                offer.discounts.get(one.id),
            )
            for one in schedule.division.bundles
        ),
        apart=schedule.division.apart,
    )


def _prices_of(line: PricedLine) -> list[Decimal | None]:
    return [line.unit_price, *(tier.unit_price for tier in line.tiers)]


def _priced_lot(schedule: Schedule, lot: ScheduleLot, offer: Offer, *, is_quoted: bool) -> PricedLot:
    starts, reached = schedule.division.starts(lot.id), schedule.reached(lot)
    begins = tuple(schedule.division.start_in_words(lot.id, start) for start in starts)
    lines = []
    for line in lot.lines:
        held = offer.price(line.id, reached)
        tiers = tuple(
            TierPrice(tier_field(line.id, number), words, offer.price(line.id, start), start == reached)
            for number, (start, words) in enumerate(zip(starts, begins, strict=True), start=1)
        )
        lines.append(
            PricedLine(line, offer.price(line.id), None if held is None else amount(line, held), tiers)
        )
    return PricedLot(lot, tuple(lines), lot_total(lot, offer, reached), begins, is_quoted)


def _by_school(schedule: Schedule, offer: Offer) -> list[tuple[str, Money]]:
    names: dict[uuid.UUID, str] = {}
    sums: dict[uuid.UUID, Money] = {}
    for lot in schedule.lots_of(offer):
        reached = schedule.reached(lot)
        for line in lot.lines:
            price = offer.price(line.id, reached)
            for volume in line.volumes:
                names[volume.school_id] = volume.school
                due = ZERO if price is None else line_amount(price, volume.quantity)
                sums[volume.school_id] = sums.get(volume.school_id, ZERO) + due
    return [(names[key], sums[key]) for key in sorted(names, key=lambda key: (names[key], key))]
