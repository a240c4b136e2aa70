"""What a supplier offers: unit prices and answers, what is still missing, and what it adds up to.

The amount of a line is the unit price times each school's quantity, rounded to the penny for each
school, so that what the schools pay adds up to the total.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from marketplace.core.money import ZERO, Money, line_amount
from marketplace.core.web import plain_number
from marketplace.tenders.queries import ScheduleLine, ScheduleLot
from suppliers.quotes.rules import Envelope, envelopes_of

LARGEST_UNIT_PRICE = Decimal(10_000_000)
LONGEST_ANSWER = 30_000


@dataclass(frozen=True, slots=True)
class Question:
    """What a supplier answers in words. `weight` is what it counts of 100 marks, to two places."""

    id: uuid.UUID
    number: int
    title: str
    text: str
    weight: Decimal
    word_limit: int
    is_pass_fail: bool = False

    @property
    def counts_for(self) -> str:
        """What hangs on the answer, in words."""
        return "pass or fail" if self.is_pass_fail else f"{plain_number(self.weight)}% of the marks"


@dataclass(frozen=True)
class Schedule:
    """All that a tender asks of a supplier."""

    tender_id: uuid.UUID
    reference: str
    title: str
    lots: tuple[ScheduleLot, ...]
    questions: tuple[Question, ...]
    closes_at: datetime | None

    @cached_property
    def lines(self) -> dict[uuid.UUID, ScheduleLine]:
        """Every line by its id, in the order of the schedule."""
        return {line.id: line for lot in self.lots for line in lot.lines}

    @property
    def envelopes(self) -> tuple[Envelope, ...]:
        """The envelopes that a quote for this tender has."""
        return envelopes_of(has_quality=bool(self.questions))

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever a line, its unit or a volume does: a file made before does not fit any more."""
        content = [
            [str(line.id), line.item, line.unit, [[str(v.school_id), str(v.quantity)] for v in line.volumes]]
            for line in self.lines.values()
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Offer:
    """Unit prices in pounds by line id, and answers by criterion id. Both may have gaps in a draft."""

    prices: Mapping[uuid.UUID, Decimal] = field(default_factory=dict)
    answers: Mapping[uuid.UUID, str] = field(default_factory=dict)

    def bodies(self, envelopes: tuple[Envelope, ...]) -> dict[Envelope, bytes]:
        """The content of each envelope as canonical JSON: sorted keys, no spaces, UTF-8."""
        content = {
            Envelope.QUALITY: {"answers": {str(key): text for key, text in self.answers.items()}},
            Envelope.PRICE: {"prices": {str(key): f"{price:f}" for key, price in self.prices.items()}},
        }
        return {
            envelope: json.dumps(
                content[envelope], sort_keys=True, separators=(",", ":"), ensure_ascii=False
            ).encode()
            for envelope in envelopes
        }

    @classmethod
    def from_bodies(cls, bodies: Mapping[Envelope, bytes]) -> Offer:
        """The offer that these envelopes hold together. Raises ValueError for bytes that are no offer."""
        return cls(
            prices={
                uuid.UUID(key): Decimal(price)
                for key, price in json.loads(bodies.get(Envelope.PRICE, b'{"prices":{}}'))["prices"].items()
            },
            answers={
                uuid.UUID(key): str(text)
                for key, text in json.loads(bodies.get(Envelope.QUALITY, b'{"answers":{}}'))[
                    "answers"
                ].items()
            },
        )

    def within(self, schedule: Schedule) -> Offer:
        """This offer without what the tender does not ask, blanks, and what no form lets through."""
        questions = {question.id for question in schedule.questions}
        return Offer(
            prices={
                key: price
                for key, price in self.prices.items()
                if key in schedule.lines and 0 <= price <= LARGEST_UNIT_PRICE
            },
            answers={
                key: text
                for key, text in self.answers.items()
                if key in questions and text.strip() and len(text) <= LONGEST_ANSWER
            },
        )


def words(text: str) -> int:
    """How many words a text has: runs of anything but space, as word processors count."""
    return len(text.split())


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that keeps a quote from being submitted: what to do, and the field to do it in."""

    text: str
    field: str


def price_field(line_id: uuid.UUID) -> str:
    """The name of the form field for a line's unit price."""
    return f"price_{line_id.hex}"


def answer_field(criterion_id: uuid.UUID) -> str:
    """The name of the form field for an answer."""
    return f"answer_{criterion_id.hex}"


def gaps(schedule: Schedule, offer: Offer) -> list[Gap]:
    """Everything that keeps this offer from being submitted, in the order of the form."""
    found = []
    for lot in schedule.lots:
        found += [
            Gap(f"Lot {lot.number}, line {line.number}: enter a price for {line.item}", price_field(line.id))
            for line in lot.lines
            if line.id not in offer.prices
        ]
        if all(line.id in offer.prices for line in lot.lines) and not lot_total(lot, offer):
            found.append(
                Gap(
                    f"Lot {lot.number} comes to £0.00 in all. Prices are compared with one another, so a lot "
                    "cannot be free: enter at least one price above zero",
                    price_field(lot.lines[0].id) if lot.lines else "",
                )
            )
    for question in schedule.questions:
        answer = offer.answers.get(question.id, "")
        if not answer.strip():
            found.append(
                Gap(f"Question {question.number}: answer “{question.title}”", answer_field(question.id))
            )
        elif words(answer) > question.word_limit:
            found.append(
                Gap(
                    f"Question {question.number}: the answer has {words(answer):,} words; "
                    f"shorten it to {question.word_limit:,} or fewer",
                    answer_field(question.id),
                )
            )
    return found


def free_lines(schedule: Schedule, offer: Offer) -> list[ScheduleLine]:
    """The lines priced at nothing, which a supplier confirms before submitting."""
    return [line for line in schedule.lines.values() if offer.prices.get(line.id) == 0]


def amount(line: ScheduleLine, unit_price: Decimal) -> Money:
    """What all schools pay for a line over the whole term, before VAT."""
    return Money.total(line_amount(unit_price, volume.quantity) for volume in line.volumes)


def lot_total(lot: ScheduleLot, offer: Offer) -> Money:
    """What the priced lines of a lot come to, before VAT."""
    return Money.total(amount(line, offer.prices[line.id]) for line in lot.lines if line.id in offer.prices)


def total(schedule: Schedule, offer: Offer) -> Money:
    """What all priced lines come to over the whole term, before VAT."""
    return Money.total(lot_total(lot, offer) for lot in schedule.lots)


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with what was offered for it; None where there is no price."""

    line: ScheduleLine
    unit_price: Decimal | None
    amount: Money | None


@dataclass(frozen=True, slots=True)
class PricedLot:
    """A lot with its priced lines and what they come to."""

    lot: ScheduleLot
    lines: tuple[PricedLine, ...]
    total: Money


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with its answer and the answer's words."""

    question: Question
    text: str
    words: int


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer as pages show it. `priced` of `lines` lines have a price, `answered` questions an answer.

    `by_school` is what each school pays over the whole term for the lines that are priced, by name.
    """

    lots: tuple[PricedLot, ...]
    total: Money
    by_school: tuple[tuple[str, Money], ...]
    answers: tuple[Answered, ...]
    priced: int
    lines: int
    answered: int


def view(schedule: Schedule, offer: Offer) -> OfferView:
    """An offer against what the tender asks, with every amount worked out."""
    answers = tuple(
        Answered(question, text, words(text))
        for question in schedule.questions
        for text in [offer.answers.get(question.id, "")]
    )
    return OfferView(
        lots=tuple(
            PricedLot(lot, tuple(_priced(line, offer) for line in lot.lines), lot_total(lot, offer))
            for lot in schedule.lots
        ),
        total=total(schedule, offer),
        by_school=tuple(_by_school(schedule, offer)),
        answers=answers,
        priced=sum(line_id in offer.prices for line_id in schedule.lines),
        lines=len(schedule.lines),
        answered=sum(bool(one.words) for one in answers),
    )


def _priced(line: ScheduleLine, offer: Offer) -> PricedLine:
    price = offer.prices.get(line.id)
    return PricedLine(line, price, None if price is None else amount(line, price))


def _by_school(schedule: Schedule, offer: Offer) -> list[tuple[str, Money]]:
    names: dict[uuid.UUID, str] = {}
    sums: dict[uuid.UUID, Money] = {}
    for line in schedule.lines.values():
        price = offer.prices.get(line.id)
        for volume in line.volumes:
            names[volume.school_id] = volume.school
            due = ZERO if price is None else line_amount(price, volume.quantity)
            sums[volume.school_id] = sums.get(volume.school_id, ZERO) + due
    return [(names[key], sums[key]) for key in sorted(names, key=lambda key: (names[key], key))]
