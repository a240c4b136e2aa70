"""How far a purchase of the demonstration gets, what is priced and quoted, and how its lots are won."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum


class Reach(IntEnum):
    """How far a purchase got, in the order of the path."""

    NEEDED = 0
    DRAFTED = 1
    INVITED = 2
    CONFIRMED = 3
    APPROVED_TO_PUBLISH = 4
    PUBLISHED = 5
    CLOSED = 6
    OPENED = 7
    AGREED = 8
    COMPARED = 9
    RECOMMENDED = 10
    APPROVED = 11
    AWARDED = 12


@dataclass(frozen=True, slots=True)
class Apart:
    """Each lot is won on its own: the ceiling and optimum of each, in pounds, and a bundle of some."""

    ends: tuple[tuple[int, int], ...] = ()
    bundle: str = ""
    bundled: tuple[str, ...] = ()
    least_share: int = 60


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the price schedule: units a year by school. `lot` names its lot where there are several.

    `once`: paid at the start, and not every year.
    """

    name: str
    unit: str
    a_year: Mapping[str, int]
    lot: str = ""
    once: bool = False


@dataclass(frozen=True, slots=True)
class Bid:
    """A supplier's quote: a unit price an item, an answer a question, and the scores it would get.

    A blank price is of a lot that it does not quote for. `lower` are the prices of the first lot's tiers,
    item by item; `discount` is per cent off the bundle.
    """

    prices: tuple[str, ...]
    answers: tuple[str, ...] = ()
    scores: tuple[int, ...] = ()
    lower: tuple[tuple[str, ...], ...] = ()
    discount: str = ""
