"""The whole register as a picture: one line a contract, by category, from half a year ago to the last end.

It never speaks by colour alone: a running term is a filled box, a renewal a dotted one with an R, an option
to extend a dashed one with an E, the last safe day for notice a triangle. A table beside it says the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from marketplace.contracts import categories
from marketplace.contracts.models import Contract
from marketplace.contracts.queries import asks_for_notice
from marketplace.core.charts import LETTER_WIDTH, WIDTH
from marketplace.core.months import end_months_later, months_later

MONTHS_BACK = 6
LEAST_MONTHS_AHEAD = 12
MOST_MONTHS_AHEAD = 72
KEY_LINE = 24
HEADING = 46
ROW = 40
BAR = 15
BAR_BELOW = 20
SMALLEST_LETTERED = 12
HALF_A_LABEL = 28
FEW_TICKS = 3


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a line: `kind` is term, renewal or option; a letter stands where it has room."""

    kind: str
    x: str
    y: str
    width: str
    height: str
    letter: str = ""
    letter_x: str = ""
    letter_y: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A contract of the picture. `notice` is the triangle's corners, empty where there is no such day."""

    label: str
    text: str
    text_y: str
    boxes: tuple[Box, ...]
    notice: str
    tick_top: str
    tick_bottom: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A day on the axis; at the edges, where a label has no room, it has none."""

    x: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """The contracts of a category, with the axis above them."""

    label: str
    label_y: str
    axis_y: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that `components/register_picture.html` draws."""

    width: int
    height: int
    groups: tuple[Group, ...]
    ticks: tuple[Tick, ...]
    today_x: str


def in_picture_order(contracts: Sequence[Contract]) -> list[Contract]:
    """By category, as the picture groups them, and by the day to act within each."""
    return sorted(
        contracts,
        key=lambda one: (categories.label(one.category), one.last_notice_on, one.school.name, one.title),
    )


def register_picture(contracts: Sequence[Contract], today: date, *, name_school: bool) -> Picture:
    """The picture of contracts in `in_picture_order`; `name_school` where they are of several schools."""
    scale = _Scale(contracts, today)
    groups = []
    top = 4 * KEY_LINE
    for category, members in groupby(contracts, key=lambda one: one.category):
        rows = list(members)
        lines = tuple(
            _line(one, top + HEADING + place * ROW, scale, name_school=name_school)
            for place, one in enumerate(rows)
        )
        label = f"{categories.label(category)} ({len(rows)})"
        groups.append(Group(label, str(top + 18), str(top + 38), lines))
        top += HEADING + len(rows) * ROW + 8
    return Picture(WIDTH, top, tuple(groups), tuple(_ticks(scale)), _short(scale.at(today)))


class _Scale:
    """Where a day stands. Days off the picture stand at its edges."""

    def __init__(self, contracts: Sequence[Contract], today: date) -> None:
        latest = max((_latest(one) for one in contracts), default=today)
        nearest, farthest = (months_later(today, ahead) for ahead in (LEAST_MONTHS_AHEAD, MOST_MONTHS_AHEAD))
        self.first = months_later(today, -MONTHS_BACK).replace(day=1)
        self.last = min(max(latest, nearest), farthest)
        self._a_day = WIDTH / Decimal((self.last - self.first).days + 1)

    def at(self, day: date) -> Decimal:
        inside = min(max(day, self.first), self.last + timedelta(days=1))
        return (inside - self.first).days * self._a_day


def _latest(contract: Contract) -> date:
    """The last day that could belong to the contract: with its next renewal, or all its options."""
    return max(
        contract.runs_until,
        end_months_later(contract.runs_until, contract.renewal_months),
        end_months_later(contract.runs_until, sum(contract.extension_months)),
    )


def _line(contract: Contract, top: int, scale: _Scale, *, name_school: bool) -> Line:
    ends = contract.runs_until
    text = f"to {ends.day} {ends:%b %Y}"
    label = f"{contract.school.name}: {contract.title}" if name_school else contract.title
    room = int(WIDTH / LETTER_WIDTH) - len(text) - 2
    bar = top + BAR_BELOW
    notice = ""
    if asks_for_notice(contract) and scale.first <= contract.last_notice_on <= scale.last:
        x = scale.at(contract.last_notice_on)
        notice = f"{_short(x - 6)},{bar - 5} {_short(x + 6)},{bar - 5} {_short(x)},{bar + 6}"
    boxes = tuple(_boxes(contract, bar, scale))
    return Line(
        label if len(label) <= room else f"{label[: room - 1].rstrip()}…",
        text,
        str(top + 13),
        boxes,
        notice,
        str(bar - 3),
        str(bar + BAR + 3),
    )


def _boxes(contract: Contract, bar: int, scale: _Scale) -> Iterator[Box]:
    ends = contract.runs_until
    yield _box("term", (contract.starts_on, ends), (bar, BAR), scale)
    halves = bool(contract.renewal_months and contract.extension_months)
    height = BAR // 2 if halves else BAR
    if contract.renewal_months:
        until = end_months_later(ends, contract.renewal_months)
        yield _box("renewal", (ends + timedelta(days=1), until), (bar, height), scale)
    begins, months = ends, 0
    for option in contract.extension_months:
        months += option
        until = end_months_later(ends, months)
        place = (bar + height + 1, height) if halves else (bar, height)
        yield _box("option", (begins + timedelta(days=1), until), place, scale)
        begins = until


def _box(kind: str, days: tuple[date, date], place: tuple[int, int], scale: _Scale) -> Box:
    left, right = scale.at(days[0]), scale.at(days[1] + timedelta(days=1))
    width, (top, height) = right - left, place
    lettered = kind != "term" and width >= SMALLEST_LETTERED and height == BAR
    return Box(
        kind,
        _short(left),
        str(top),
        _short(width),
        str(height),
        {"renewal": "R", "option": "E"}[kind] if lettered else "",
        _short(left + width / 2),
        str(top + height - 3),
    )


def _ticks(scale: _Scale) -> Iterator[Tick]:
    """The first of each January, and of each July where the picture is short."""
    years = scale.last.year - scale.first.year
    for year in range(scale.first.year, scale.last.year + 1):
        for month in (1, 7) if years <= FEW_TICKS else (1,):
            day = date(year, month, 1)
            if scale.first <= day <= scale.last:
                x = scale.at(day)
                room = HALF_A_LABEL < x < WIDTH - HALF_A_LABEL
                yield Tick(_short(x), f"{day:%b %Y}" if room else "")


def _short(length: Decimal) -> str:
    return f"{length.quantize(Decimal('0.1')):f}"
