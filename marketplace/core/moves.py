"""Status moves: each stage's `rules.py` has one `MOVES` table, and this is how it is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TypeVar

from marketplace.core.errors import RuleBroken

Status = TypeVar("Status", bound=StrEnum)


def move(moves: Mapping[Status, Collection[Status]], present: Status, wanted: Status) -> Status:
    """The wanted status, if the table lets the present one become it. Raises RuleBroken."""
    if wanted not in moves[present]:
        raise RuleBroken(
            f"This is {words(present)} now, so it cannot become {words(wanted)}. "
            "Look at it again; somebody may have been here before you."
        )
    return wanted


def words(status: StrEnum) -> str:
    """A status as people read it."""
    return status.value.replace("_", " ")
