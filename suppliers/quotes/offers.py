"""What a supplier offers: lots, unit prices and answers, what is still missing, and what it adds up to.

The amount of a line is the unit price times each school's quantity, rounded to the penny for each
school, so that what the schools pay adds up to the total. Of a lot's tiers the one counts that the
schools reach together; a bundle's discount comes off the unit price.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from marketplace.core.money import Money, line_amount
from marketplace.core.web import plain_number
from marketplace.tenders.lots.division import FROM_THE_FIRST, Division
from marketplace.tenders.queries import ScheduleLine, ScheduleLot
from suppliers.quotes.files.rules import OfferedFile
from suppliers.quotes.rules import Envelope, envelopes_of

LARGEST_UNIT_PRICE = Decimal(10_000_000)
LONGEST_ANSWER = 30_000
WHOLE = Decimal(100)
DISCOUNT_STEP = Decimal("0.01")
LOTS_FIELD = "lots"
TierKey = tuple[uuid.UUID, Decimal]
"""A line, and the number of schools or units from which a lower price of it begins."""


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
    division: Division = field(default_factory=Division)

    @cached_property
    def lines(self) -> dict[uuid.UUID, ScheduleLine]:
        """Every line by its id, in the order of the schedule."""
        return {line.id: line for lot in self.lots for line in lot.lines}

    @cached_property
    def tier_keys(self) -> frozenset[TierKey]:
        """Every lower price that is asked for."""
        return frozenset(
            (line.id, start)
            for lot in self.lots
            for start in self.division.starts(lot.id)
            for line in lot.lines
        )

    def lots_of(self, offer: Offer) -> tuple[ScheduleLot, ...]:
        """The lots that an offer is for: all of them, unless each is won on its own."""
        return tuple(lot for lot in self.lots if not self.division.apart or lot.id in offer.lots)

    def reached(self, lot: ScheduleLot) -> Decimal:
        """Where the price begins that holds when every school buys."""
        units = sum((line.total for line in lot.lines), Decimal(0))
        return self.division.start_reached(lot.id, len(lot.schools), units)

    @property
    def envelopes(self) -> tuple[Envelope, ...]:
        """The envelopes that a quote for this tender has."""
        return envelopes_of(has_quality=bool(self.questions))

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever a line, a unit, a volume, a tier or a bundle does: older files do not fit then."""
        content: list[Any] = [
            [str(line.id), line.item, line.unit, [[str(v.school_id), str(v.quantity)] for v in line.volumes]]
            for line in self.lines.values()
        ]
        for lot in self.lots:
            content += [[str(lot.id), str(start.normalize())] for start in self.division.starts(lot.id)]
        content += [[str(bundle.id), *sorted(map(str, bundle.lots))] for bundle in self.division.bundles]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Offer:
    """What a supplier entered; all may have gaps in a draft.

    `prices` are unit prices in pounds by line id, from the first unit on, `tier_prices` those from a number
    of schools or units on. `discounts` are per cent off the lots of a bundle, by its id. `lots` are those
    quoted for where each is won on its own, and empty elsewhere. `answers` are by criterion id;
    `files` go with them.
    """

    prices: Mapping[uuid.UUID, Decimal] = field(default_factory=dict)
    answers: Mapping[uuid.UUID, str] = field(default_factory=dict)
    tier_prices: Mapping[TierKey, Decimal] = field(default_factory=dict)
    discounts: Mapping[uuid.UUID, Decimal] = field(default_factory=dict)
    lots: frozenset[uuid.UUID] = frozenset()
    files: tuple[OfferedFile, ...] = ()

    def price(self, line_id: uuid.UUID, start: Decimal = FROM_THE_FIRST) -> Decimal | None:
        """The unit price of a line that begins at `start`; None where there is none."""
        if start == FROM_THE_FIRST:
            return self.prices.get(line_id)
        return self.tier_prices.get((line_id, start))

    def bodies(self, envelopes: tuple[Envelope, ...]) -> dict[Envelope, bytes]:
        """The content of each envelope as canonical JSON: sorted keys, no spaces, UTF-8."""
        content = {
            Envelope.QUALITY: self._quality_body(),
            Envelope.PRICE: self._price_body(),
        }
        return {
            envelope: json.dumps(
                content[envelope], sort_keys=True, separators=(",", ":"), ensure_ascii=False
            ).encode()
            for envelope in envelopes
        }

    def _quality_body(self) -> dict[str, Any]:
        """The quality envelope; a quote without files says nothing of them."""
        body: dict[str, Any] = {"answers": {str(key): text for key, text in self.answers.items()}}
        return body | ({"files": [file.written() for file in self.files]} if self.files else {})

    def _price_body(self) -> dict[str, Any]:
        """The price envelope; what a tender does not have is not in it."""
        tiers: dict[str, dict[str, str]] = {}
        for (line_id, start), price in self.tier_prices.items():
            tiers.setdefault(str(line_id), {})[f"{start.normalize():f}"] = f"{price:f}"
        more: dict[str, Any] = {
            "tiers": tiers,
            "discounts": {str(key): f"{percent:f}" for key, percent in self.discounts.items()},
            "lots": sorted(map(str, self.lots)),
        }
        prices = {str(key): f"{price:f}" for key, price in self.prices.items()}
        return {"prices": prices} | {name: held for name, held in more.items() if held}

    @classmethod
    def from_bodies(cls, bodies: Mapping[Envelope, bytes]) -> Offer:
        """The offer that these envelopes hold together. Raises ValueError for bytes that are no offer."""
        quality = json.loads(bodies.get(Envelope.QUALITY, b'{"answers":{}}'))
        price = json.loads(bodies.get(Envelope.PRICE, b'{"prices":{}}'))
        return cls(
            prices={uuid.UUID(key): Decimal(amount) for key, amount in price["prices"].items()},
            answers={uuid.UUID(key): str(text) for key, text in quality["answers"].items()},
            tier_prices={
                (uuid.UUID(key), Decimal(start)): Decimal(amount)
                for key, amounts in price.get("tiers", {}).items()
                for start, amount in amounts.items()
            },
            discounts={uuid.UUID(key): Decimal(one) for key, one in price.get("discounts", {}).items()},
            lots=frozenset(map(uuid.UUID, price.get("lots", ()))),
            files=tuple(OfferedFile.read(file) for file in quality.get("files", ())),
        )

    def within(self, schedule: Schedule) -> Offer:
        """This offer without what the tender does not ask, blanks, and what no form lets through."""
        questions = {question.id for question in schedule.questions}
        bundles = {bundle.id for bundle in schedule.division.bundles}
        lots = {lot.id for lot in schedule.lots} if schedule.division.apart else set()
        return replace(
            self,
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
            tier_prices={
                key: price
                for key, price in self.tier_prices.items()
                if key in schedule.tier_keys and 0 <= price <= LARGEST_UNIT_PRICE
            },
            discounts={
                key: percent
                for key, percent in self.discounts.items()
                if key in bundles and is_discount(percent)
            },
            lots=self.lots & lots,
        )

    def for_its_lots(self, schedule: Schedule) -> Offer:
        """This offer without prices of lots that it is not for: what is sealed."""
        lines = {line.id for lot in schedule.lots_of(self) for line in lot.lines}
        whole = {bundle.id for bundle in schedule.division.bundles if bundle.lots <= self.lots}
        return replace(
            self,
            prices={key: price for key, price in self.prices.items() if key in lines},
            tier_prices={key: price for key, price in self.tier_prices.items() if key[0] in lines},
            discounts={key: percent for key, percent in self.discounts.items() if key in whole},
        )


def is_discount(percent: Decimal) -> bool:
    """Is this a discount that can be offered: above nothing, below everything, to two places?"""
    return 0 < percent < WHOLE and percent == round(percent, 2)


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


def tier_field(line_id: uuid.UUID, number: int) -> str:
    """The name of the form field for a line's lower price, counted from 1."""
    return f"{price_field(line_id)}_{number}"


def discount_field(bundle_id: uuid.UUID) -> str:
    """The name of the form field for a bundle's discount."""
    return f"discount_{bundle_id.hex}"


def answer_field(criterion_id: uuid.UUID) -> str:
    """The name of the form field for an answer."""
    return f"answer_{criterion_id.hex}"


def gaps(schedule: Schedule, offer: Offer) -> list[Gap]:
    """Everything that keeps this offer from being submitted, in the order of the form."""
    found = list(_missing_lots(schedule, offer))
    for lot in schedule.lots_of(offer):
        found += _missing_prices(schedule, lot, offer)
    found += _wrong_discounts(schedule, offer)
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


def _missing_lots(schedule: Schedule, offer: Offer) -> Iterator[Gap]:
    """Where each lot is won on its own: none is chosen, too many are, or not one that has prices."""
    if not schedule.division.apart:
        return
    chosen, most = len(schedule.lots_of(offer)), schedule.division.limits.most_quoted
    if not chosen:
        yield Gap("Choose the lots that you quote for", LOTS_FIELD)
    elif most is not None and chosen > most:
        yield Gap(f"You chose {chosen} lots. Quote for at most {most}", LOTS_FIELD)
    for lot in schedule.lots:
        if lot.id not in offer.lots and any(line.id in offer.prices for line in lot.lines):
            text = (
                f"Lot {lot.number} has prices, but you did not choose it. Choose it, or take its prices out"
            )
            yield Gap(text, LOTS_FIELD)


def _missing_prices(schedule: Schedule, lot: ScheduleLot, offer: Offer) -> list[Gap]:
    """The prices that a lot lacks, those that rise where they must not, and a lot that would be free."""
    starts = schedule.division.starts(lot.id)
    found = []
    for line in lot.lines:
        place = f"Lot {lot.number}, line {line.number}"
        before = offer.price(line.id)
        if before is None:
            found.append(Gap(f"{place}: enter a price for {line.item}", price_field(line.id)))
        for number, start in enumerate(starts, start=1):
            held, begins = offer.price(line.id, start), schedule.division.start_in_words(lot.id, start)
            if held is None:
                text = f"{place}: enter a price {begins} for {line.item}"
                found.append(Gap(text, tier_field(line.id, number)))
            elif before is not None and held > before:
                text = f"{place}: the price {begins} is higher than the one before it. Enter the same or less"
                found.append(Gap(text, tier_field(line.id, number)))
            before = held if held is not None else before
    lowest = starts[-1] if starts else FROM_THE_FIRST
    if not found and not lot_total(lot, offer, lowest):
        found.append(
            Gap(
                f"Lot {lot.number} comes to £0.00 in all. Prices are compared with one another, so a lot "
                "cannot be free: enter at least one price above zero",
                price_field(lot.lines[0].id) if lot.lines else "",
            )
        )
    return found


def _wrong_discounts(schedule: Schedule, offer: Offer) -> Iterator[Gap]:
    """Discounts of bundles of which the supplier does not quote for every lot."""
    quoted = {lot.id for lot in schedule.lots_of(offer)}
    for bundle in schedule.division.bundles:
        if bundle.id in offer.discounts and not bundle.lots <= quoted:
            yield Gap(
                f"Bundle “{bundle.title}”: you do not quote for all its lots. Choose them, or take the "
                "discount out",
                discount_field(bundle.id),
            )


def free_lines(schedule: Schedule, offer: Offer) -> list[ScheduleLine]:
    """The lines priced at nothing, which a supplier confirms before submitting."""
    return [
        line
        for lot in schedule.lots_of(offer)
        for line in lot.lines
        if any(offer.price(line.id, start) == 0 for start in schedule.division.begins(lot.id))
    ]


def amount(line: ScheduleLine, unit_price: Decimal) -> Money:
    """What all schools pay for a line over the whole term, before VAT."""
    return Money.total(line_amount(unit_price, volume.quantity) for volume in line.volumes)


def lot_total(lot: ScheduleLot, offer: Offer, start: Decimal = FROM_THE_FIRST) -> Money:
    """What the lines of a lot that have a price from `start` on come to with it, before VAT."""
    prices = ((line, offer.price(line.id, start)) for line in lot.lines)
    return Money.total(amount(line, price) for line, price in prices if price is not None)


def total(schedule: Schedule, offer: Offer) -> Money:
    """What the priced lines of its lots come to over the whole term when every school buys, before VAT."""
    return Money.total(lot_total(lot, offer, schedule.reached(lot)) for lot in schedule.lots_of(offer))
