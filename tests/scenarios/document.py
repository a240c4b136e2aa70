"""Reads a scenario: a Markdown document that people can read, and that says what must happen.

Only four things may stand in it. A heading names a part. A list item is a step, with a table right
below it if the step has figures. A quotation (lines that begin with >) explains, and every "=" in it
must be a sum that comes out. Anything else is refused, so that no sentence passes because nobody
looked at it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.scenarios import sums

Row = Mapping[str, str]
RULE = re.compile(r":?-+:?")


class Unreadable(AssertionError):
    """A document that the runner cannot follow, with the place."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody does or finds: its sentence, and the rows of its table by column."""

    place: str
    part: str
    sentence: str
    table: tuple[Row, ...] = ()


@dataclass(slots=True)
class _Item:
    """A list item while it is read."""

    number: int
    part: str
    words: list[str]
    lines: list[tuple[int, str]] = field(default_factory=list)


def read(path: Path) -> list[Step]:
    """The steps of a document in their order. Raises Unreadable, naming the line."""
    steps: list[Step] = []
    part = ""
    item: _Item | None = None
    quotation: list[tuple[int, str]] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if quotation and not line.startswith(">"):
            _check_sums(path, quotation)
            quotation = []
        if line.startswith("|"):
            if item is None:
                raise Unreadable(f"{path.name}:{number}: this table belongs to no step")
            item.lines.append((number, line))
            continue
        if item is not None and (item.lines or (line and not line.startswith("  "))):
            steps.append(_step(path, item))
            item = None
        if line.startswith("- "):
            item = _Item(number, part, [line.removeprefix("- ").strip()])
        elif line.startswith("#"):
            part = line.lstrip("# ").strip()
        elif line.startswith(">"):
            quotation.append((number, line.removeprefix(">").strip()))
        elif line.startswith("  ") and item is not None:
            item.words.append(line.strip())
        elif line:
            raise Unreadable(f"{path.name}:{number}: no heading, step or quotation: {line}")
    if quotation:
        _check_sums(path, quotation)
    return [*steps, _step(path, item)] if item else steps


def _step(path: Path, item: _Item) -> Step:
    sentence = " ".join(item.words).replace("**", "")
    return Step(f"{path.name}:{item.number}", item.part, sentence, tuple(_rows(path, item.lines)))


def _rows(path: Path, lines: list[tuple[int, str]]) -> Iterator[Row]:
    """The rows of a table, each by the names of its columns."""
    if not lines:
        return
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for _, line in lines]
    columns, rule = cells[0], cells[1] if len(cells) > 1 else []
    if len(rule) != len(columns) or not all(RULE.fullmatch(cell) for cell in rule):
        raise Unreadable(f"{path.name}:{lines[0][0]}: a table has a heading and a rule of dashes below it")
    for (number, _), row in zip(lines[2:], cells[2:], strict=True):
        if len(row) != len(columns):
            raise Unreadable(f"{path.name}:{number}: {len(row)} cells under {len(columns)} headings")
        yield dict(zip(columns, row, strict=True))


def _check_sums(path: Path, quotation: list[tuple[int, str]]) -> None:
    """Work out every sum of a quotation again."""
    for number, line in quotation:
        for problem in sums.wrong(line):
            raise Unreadable(f"{path.name}:{number}: {problem}")
