"""What an offer comes to for each school: at the tier that is reached, less what a bundle takes off."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from decimal import Decimal
from fractions import Fraction

from marketplace.core.money import ZERO, Money, line_amount
from marketplace.tenders.lots.division import Division
from marketplace.tenders.queries import ScheduleLine, ScheduleLot
from suppliers.quotes.offers import WHOLE, Offer

NOTHING_OFF = Decimal(0)


def less(amount: Money, percent: Decimal) -> Money:
    """An amount less a discount in per cent; the discount is rounded to the penny, half up."""
    exact = Fraction(percent) / Fraction(WHOLE) * amount.pence
    return amount - Money((2 * exact.numerator + exact.denominator) // (2 * exact.denominator))


def units_of(lot: ScheduleLot, schools: Collection[uuid.UUID] | None = None) -> Decimal:
    """How many units of a lot these schools buy; all of them unless given."""
    return sum(
        (
            volume.quantity
            for line in lot.lines
            for volume in line.volumes
            if schools is None or volume.school_id in schools
        ),
        Decimal(0),
    )


def start_reached(
    division: Division, lot: ScheduleLot, schools: Collection[uuid.UUID] | None = None
) -> Decimal:
    """Where the price of a lot begins that holds when these schools buy; all of them unless given."""
    buyers = [one for one in lot.schools if schools is None or one in schools]
    return division.start_reached(lot.id, len(buyers), units_of(lot, schools))


def of_line(
    line: ScheduleLine, unit_price: Decimal, percent: Decimal = NOTHING_OFF
) -> dict[uuid.UUID, Money]:
    """What each school pays for a line over the whole term, rounded to the penny there, before VAT."""
    return {
        volume.school_id: less(line_amount(unit_price, volume.quantity), percent) for volume in line.volumes
    }


def of_lot(
    lot: ScheduleLot, offer: Offer, start: Decimal, percent: Decimal = NOTHING_OFF
) -> Mapping[uuid.UUID, Money]:
    """What each school pays for a lot at the prices from `start` on. Raises KeyError where one is missing."""
    found: dict[uuid.UUID, Money] = {}
    for line in lot.lines:
        price = offer.price(line.id, start)
        if price is None:
            raise KeyError(line.id)
        for school_id, amount in of_line(line, price, percent).items():
            found[school_id] = found.get(school_id, ZERO) + amount
    return found
