"""How many suppliers a publication reaches: asked of the stage downstream that knows suppliers."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

Counter = Callable[[Session, str], int]
_counters: list[Counter] = []


def count_with(counter: Counter) -> None:
    """Say how suppliers of a category are counted. Called by the composition root."""
    _counters[:] = [counter]


def suppliers(session: Session, category_id: str) -> int | None:
    """How many suppliers are told of a tender in a category; None where nobody can say."""
    return _counters[0](session, category_id) if _counters else None
