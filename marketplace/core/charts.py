"""The geometry of charts, so that their SVG macros draw and never calculate.

Lengths are in units of a view box 400 wide, which a page scales; every view is frozen and holds
numbers as short texts. A chart never speaks by colour alone: a marked bar has a diamond and a word,
a part of a stack has a letter, and a page puts a data table beside each chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from marketplace.core.months import MONTHS_A_YEAR

WIDTH = 400
LINE = 20
BAR = 18
ROW = 52
LETTER_WIDTH = Decimal("6.9")
KEY = 18
MARK_WIDTH = 16
SMALLEST_LETTERED = 18
DARK, LIGHT = "#0b2327", "#ffffff"
INKS = {
    "#12436D": LIGHT,
    "#28A197": DARK,
    "#801650": LIGHT,
    "#F46A25": DARK,
    "#A8C3DB": DARK,
    "#A9DAD5": DARK,
    "#D3A2BD": DARK,
    "#FBC3A6": DARK,
}
PALETTE = tuple(INKS)
MOST_SERIES = len(PALETTE)
MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """A thing to compare. `text` is the value as people read it; `mark` a word such as "Lowest"."""

    label: str
    value: int | Decimal
    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Stack:
    """A whole and its parts, in the order of the series' names; no part may be negative."""

    label: str
    values: Sequence[int | Decimal]
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasts from a date to a date, both included."""

    label: str
    first: date
    last: date
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with what is written in it."""

    x: str
    y: str
    width: str
    height: str
    fill: str
    ink: str = LIGHT
    letter: str = ""
    letter_x: str = ""
    letter_y: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a chart: its label, the value at its right, its boxes, and the mark's diamond if any."""

    label: str
    label_x: str
    text: str
    text_y: str
    boxes: tuple[Box, ...]
    mark: str = ""
    diamond: str = ""


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """What a colour and a letter stand for."""

    label: str
    box: Box
    label_x: str
    label_y: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment on the axis: its label at `y`, and a short line at each bar (top and bottom)."""

    x: str
    label: str
    anchor: str
    y: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ChartView:
    """Everything a chart macro draws. `name` makes the ids of title and description."""

    name: str
    title: str
    description: str
    width: int
    height: int
    rows: tuple[Row, ...]
    zero_x: str = ""
    key: tuple[KeyEntry, ...] = ()
    ticks: tuple[Tick, ...] = ()
    today: Tick | None = None


def bar_chart(name: str, title: str, description: str, bars: Sequence[Bar]) -> ChartView:
    """Horizontal bars from a common zero; negative values go to the left of it.

    `name` is unique on the page. `description` says in a sentence what the chart shows.
    """
    values = [Decimal(bar.value) for bar in bars]
    lowest, highest = min([*values, Decimal(0)]), max([*values, Decimal(0)])
    scale = Decimal(WIDTH) / ((highest - lowest) or 1)
    zero = -lowest * scale
    rows = []
    for place, (bar, value) in enumerate(zip(bars, values, strict=True)):
        top = place * ROW
        length = abs(value) * scale
        start = zero - length if value < 0 else zero
        fill = PALETTE[1] if bar.mark else PALETTE[0]
        box = Box(_short(start), str(top + LINE + 6), _short(length), str(BAR), fill)
        rows.append(_row(bar.label, bar.text, top, (box,), bar.mark))
    return ChartView(
        name,
        title,
        description,
        WIDTH,
        max(1, len(bars)) * ROW,
        tuple(rows),
        zero_x=_short(zero) if lowest < 0 else "",
    )


def stacked_bar(
    name: str, title: str, description: str, series: Sequence[str], stacks: Sequence[Stack]
) -> ChartView:
    """Bars made of parts, each part with its letter; a key says what the letters stand for.

    Raises ValueError for more than eight series, or a negative part.
    """
    if len(series) > MOST_SERIES:
        raise ValueError(f"A stacked bar shows at most {MOST_SERIES} parts; put the smallest together.")
    if any(value < 0 for stack in stacks for value in stack.values):
        raise ValueError("A part of a stacked bar cannot be negative.")
    key = _key(series)
    top_of_rows = len(key) * (KEY + 6) + 10
    largest = max((sum(map(Decimal, stack.values)) for stack in stacks), default=Decimal(0)) or Decimal(1)
    rows = []
    for place, stack in enumerate(stacks):
        top = top_of_rows + place * ROW
        rows.append(_row(stack.label, stack.text, top, _parts(stack, top, WIDTH / largest)))
    height = top_of_rows + max(1, len(stacks)) * ROW
    return ChartView(name, title, description, WIDTH, height, tuple(rows), key=key)


def timeline_chart(name: str, title: str, description: str, spans: Sequence[Span], today: date) -> ChartView:
    """When things begin and end, side by side, with a line for today where it falls among them."""
    first = min((span.first for span in spans), default=today).replace(day=1)
    last = max((span.last for span in spans), default=today)
    days = Decimal((last - first).days + 1)
    scale = WIDTH / days

    def at(moment: date) -> Decimal:
        return (moment - first).days * scale

    rows = []
    for place, span in enumerate(spans):
        top = LINE + 8 + place * ROW
        length = ((span.last - span.first).days + 1) * scale
        fill = PALETTE[0] if span.last >= today else PALETTE[4]
        box = Box(_short(at(span.first)), str(top + LINE + 6), _short(length), str(BAR), fill)
        rows.append(_row(span.label, span.text, top, (box,)))
    height = LINE + 8 + max(1, len(spans)) * ROW

    def tick(moment: date, label: str, y: int) -> Tick:
        lines = tuple((str(int(row.boxes[0].y) - 5), str(int(row.boxes[0].y) + BAR + 5)) for row in rows)
        return Tick(_short(at(moment)), label, _anchor(at(moment)), str(y), lines)

    return ChartView(
        name,
        title,
        description,
        WIDTH,
        height + LINE,
        tuple(rows),
        ticks=tuple(tick(moment, f"{moment:%b %Y}", LINE - 6) for moment in _ticks(first, last)),
        today=tick(today, "Today", height + 8) if first <= today <= last else None,
    )


def _row(label: str, text: str, top: int, boxes: tuple[Box, ...], mark: str = "") -> Row:
    start = MARK_WIDTH if mark else 0
    right = f"{text} · {mark}" if mark else text
    room = int((WIDTH - start) / LETTER_WIDTH) - len(right) - 2
    middle = top + LINE - 7
    diamond = f"0,{middle} 6,{middle - 6} 12,{middle} 6,{middle + 6}" if mark else ""
    return Row(_fitted(label, room), str(start), right, str(top + LINE - 2), boxes, mark, diamond)


def _parts(stack: Stack, top: int, scale: Decimal) -> tuple[Box, ...]:
    boxes = []
    start = Decimal(0)
    for place, value in enumerate(stack.values):
        length = Decimal(value) * scale
        fill = PALETTE[place]
        boxes.append(
            Box(
                _short(start),
                str(top + LINE + 6),
                _short(length),
                str(BAR),
                fill,
                INKS[fill],
                _letter(place) if length >= SMALLEST_LETTERED else "",
                _short(start + length / 2),
                str(top + LINE + BAR + 1),
            )
        )
        start += length
    return tuple(boxes)


def _key(series: Sequence[str]) -> tuple[KeyEntry, ...]:
    entries = []
    for place, label in enumerate(series):
        top = place * (KEY + 6)
        fill = PALETTE[place]
        box = Box(
            "0", str(top), str(KEY), str(KEY), fill, INKS[fill], _letter(place), str(KEY // 2), str(top + 13)
        )
        entries.append(KeyEntry(label, box, str(KEY + 8), str(top + 14)))
    return tuple(entries)


def _ticks(first: date, last: date) -> list[date]:
    """First days of months, evenly spread, at most six."""
    months = (last.year - first.year) * MONTHS_A_YEAR + last.month - first.month + 1
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60, 120, 240, 1200) if months <= step * MOST_TICKS)
    start = first.year * MONTHS_A_YEAR + first.month - 1
    return [
        date(month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1, 1)
        for month in range(start, start + months, step)
    ]


def _anchor(x: Decimal) -> str:
    if x < WIDTH * Decimal("0.1"):
        return "start"
    return "end" if x > WIDTH * Decimal("0.9") else "middle"


def _letter(place: int) -> str:
    return chr(ord("A") + place)


def _fitted(label: str, room: int) -> str:
    return label if len(label) <= room else f"{label[: max(1, room - 1)].rstrip()}…"


def _short(length: Decimal) -> str:
    return f"{length.quantize(Decimal('0.1')):f}"
