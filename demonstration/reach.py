"""How far a purchase of the demonstration gets, and how the lots of some are won."""

from __future__ import annotations

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
