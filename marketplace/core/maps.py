"""The geometry of a small map, so that its SVG macro draws and never calculates.

Eastings and northings are metres on the National Grid, so that distances are plain geometry. A place is
never told by colour alone: it has a number, and its kind has a shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

WIDTH = 400
HEIGHT = 300
MARGIN = 34
FOOT = 26
DOT = 11
SMALLEST_SPAN = 1_000
METRES_A_KILOMETRE = 1_000
NICE_KILOMETRES = (1, 2, 5, 10, 20, 50, 100, 200)
LONGEST_BAR = 140


@dataclass(frozen=True, slots=True)
class Place:
    """Something on the ground. `marked` ones are drawn round and filled, others square and open."""

    label: str
    easting: int
    northing: int
    marked: bool = True


@dataclass(frozen=True, slots=True)
class Dot:
    """A place on the picture: its number, the middle of its shape and where its number stands."""

    number: int
    label: str
    x: str
    y: str
    left: str
    top: str
    text_y: str
    marked: bool


@dataclass(frozen=True, slots=True)
class MapView:
    """Everything that the map macro draws. `name` makes the ids of title and description."""

    name: str
    title: str
    description: str
    width: int
    height: int
    dots: tuple[Dot, ...]
    bar_from: str
    bar_to: str
    bar_y: str
    bar_label_y: str
    bar_label: str


def map_picture(name: str, title: str, description: str, places: Sequence[Place]) -> MapView:
    """Places where they lie to one another, north up, numbered in their order, with a bar for the scale.

    Raises ValueError when there is no place.
    """
    if not places:
        raise ValueError("A map needs a place.")
    west, east = min(one.easting for one in places), max(one.easting for one in places)
    south, north = min(one.northing for one in places), max(one.northing for one in places)
    room_x, room_y = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN - FOOT
    metres = max((east - west) / room_x, (north - south) / room_y, SMALLEST_SPAN / room_x)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    taken: list[tuple[float, float]] = []
    dots = []
    for number, one in enumerate(places, start=1):
        x = WIDTH / 2 + (one.easting - middle_x) / metres
        y = (HEIGHT - FOOT) / 2 - (one.northing - middle_y) / metres
        x, y = _beside(x, y, taken)
        taken.append((x, y))
        dots.append(
            Dot(
                number,
                one.label,
                _short(x),
                _short(y),
                _short(x - DOT),
                _short(y - DOT),
                _short(y + 5),
                one.marked,
            )
        )
    kilometres = max(
        (one for one in NICE_KILOMETRES if one * METRES_A_KILOMETRE / metres <= LONGEST_BAR),
        default=NICE_KILOMETRES[0],
    )
    return MapView(
        name,
        title,
        description,
        WIDTH,
        HEIGHT,
        tuple(dots),
        str(MARGIN),
        _short(MARGIN + kilometres * METRES_A_KILOMETRE / metres),
        str(HEIGHT - 14),
        str(HEIGHT - 20),
        f"{kilometres} km",
    )


def _beside(x: float, y: float, taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The nearest spot to the right, then further down, where a dot covers no other's number."""
    while any(hypot(x - left, y - top) < 2 * DOT for left, top in taken):
        x += DOT
        if x > WIDTH - DOT:
            x, y = DOT, y + 2 * DOT
    return x, y


def kilometres_between(one: Place, other: Place) -> float:
    """The distance between two places, as the crow flies."""
    return hypot(one.easting - other.easting, one.northing - other.northing) / METRES_A_KILOMETRE


def _short(length: float) -> str:
    return f"{length:.1f}"
