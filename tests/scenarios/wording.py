"""Finds the one function that carries out a sentence of a scenario, by the sentence's wording."""

from __future__ import annotations

import calendar
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from marketplace.core.clock import LONDON
from tests.scenarios.document import Step, Unreadable

Function = TypeVar("Function", bound=Callable[..., None])
PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+))?\}")
MONTHS = list(calendar.month_name)[1:]
DAY = rf"[0-9]{{1,2}} (?:{'|'.join(MONTHS)}) [0-9]{{4}}"


def read_day(text: str) -> date:
    """A date as people write it: 1 March 2027."""
    day, month, year = text.split()
    return date(int(year), MONTHS.index(month) + 1, int(day))


def read_moment(text: str) -> datetime:
    """A moment in England as people write it: 1 March 2027 at 14:00."""
    day, _, wall = text.partition(" at ")
    local = datetime.combine(read_day(day), datetime.strptime(wall, "%H:%M").time(), LONDON)  # noqa: DTZ007  # a time of day
    return local.astimezone(UTC)


KINDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "text": (r".+?", str),
    "count": (r"[0-9]+", int),
    "number": (r"[0-9][0-9,.]*[0-9]|[0-9]", str),
    "money": (r"£[0-9,]+(?:\.[0-9]{2})?", str),
    "day": (DAY, read_day),
    "moment": (rf"{DAY} at [0-9]{{2}}:[0-9]{{2}}", read_moment),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence with gaps, and the function that does what it says."""

    text: str
    carry_out: Callable[..., None]

    def read(self, sentence: str) -> dict[str, Any] | None:
        """What stands in the gaps of a sentence with this wording; None for another sentence."""
        kinds = {name: kind or "text" for name, kind in PLACEHOLDER.findall(self.text)}
        pieces = PLACEHOLDER.split(self.text)
        pattern = "".join(
            re.escape(fixed) + (f"(?P<{name}>{KINDS[kinds[name]][0]})" if name else "")
            for fixed, name in zip(pieces[::3], [*pieces[1::3], None], strict=True)
        )
        found = re.fullmatch(pattern, sentence)
        if found is None:
            return None
        return {name: KINDS[kinds[name]][1](text) for name, text in found.groupdict().items()}

    @property
    def wants_table(self) -> bool:
        """Does the function look at a table?"""
        return "table" in inspect.signature(self.carry_out).parameters


class Wordings:
    """All that a document of one kind may say."""

    def __init__(self) -> None:
        self.known: list[Wording] = []

    @classmethod
    def of(cls, *chapters: Wordings) -> Wordings:
        """Those of several chapters together."""
        whole = cls()
        whole.known = [wording for chapter in chapters for wording in chapter.known]
        return whole

    def step(self, text: str) -> Callable[[Function], Function]:
        """Mark a function as what carries out sentences of this wording."""

        def remember(function: Function) -> Function:
            self.known.append(Wording(text, function))
            return function

        return remember

    def understand(self, step: Step) -> tuple[Wording, dict[str, Any]]:
        """The one wording of a step, and what stands in its gaps. Raises Unreadable, naming the place."""
        found = list(self._readings(step))
        if not found:
            raise Unreadable(f"{step.place}: nobody knows how to do this: {step.sentence}")
        if len(found) > 1:
            texts = " / ".join(wording.text for wording, _ in found)
            raise Unreadable(f"{step.place}: this can be read in {len(found)} ways: {texts}")
        wording, _ = found[0]
        if wording.wants_table != bool(step.table):
            missing = "has no table" if wording.wants_table else "has a table that nobody would look at"
            raise Unreadable(f"{step.place}: this {missing}: {step.sentence}")
        return found[0]

    def _readings(self, step: Step) -> Iterator[tuple[Wording, dict[str, Any]]]:
        for wording in self.known:
            gaps = wording.read(step.sentence)
            if gaps is not None:
                yield wording, gaps
