"""What a check finds, and when the nightly one is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

from marketplace.core.clock import LONDON

MOST_KEPT = 200
"""So many differences of one check are kept; the others are counted."""
NOT_BEFORE = time(2)


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that does not agree: which, what stands there, what should."""

    record: str
    stands: str
    should: str

    def __str__(self) -> str:
        return f"{self.record}: {self.stands} stands, {self.should} should"


@dataclass(slots=True)
class Found:
    """What a check has looked at and found so far."""

    counted: int = 0
    differing: int = 0
    kept: list[Difference] = field(default_factory=list)

    def differs(self, record: str, stands: object, should: object) -> None:
        """Note a record that does not agree."""
        self.differing += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(Difference(record, str(stands), str(should)))

    def expect(self, record: str, stands: object, should: object) -> None:
        """Note a record unless both are the same."""
        if stands != should:
            self.differs(record, stands, should)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at. `all_well` says what is true of so many when nothing differs."""

    name: str
    all_well: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found; nothing that differs when all is well."""

    check: Check
    counted: int
    differing: int
    kept: Sequence[Difference]

    @property
    def heading(self) -> str:
        """The line of a check: what is true of how many, or how many differ."""
        if not self.differing:
            return f"{self.check.name}: {self.check.all_well.format(f'{self.counted:,}')}"
        return f"{self.check.name}: {self.counted:,} looked at, DIFFERENCES: {self.differing:,}"


def lines(outcome: Outcome) -> list[str]:
    """What is printed about a check."""
    told = [outcome.heading, *(f"  {difference}" for difference in outcome.kept)]
    if more := outcome.differing - len(outcome.kept):
        told.append(f"  and {more:,} more")
    return told


def time_to_verify(now: datetime) -> bool:
    """Is it the part of the day in England in which little is written, or later?"""
    return now.astimezone(LONDON).time() >= NOT_BEFORE
