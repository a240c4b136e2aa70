"""How many suppliers a publication reaches: asked of the stage downstream that knows suppliers."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from marketplace.tenders.models import Tender

Counter = Callable[[Session, Tender], int]
_counters: list[Counter] = []


def count_with(counter: Counter) -> None:
    """Say how the suppliers that a tender concerns are counted. Called by the composition root."""
    _counters[:] = [counter]


def suppliers(session: Session, tender: Tender) -> int | None:
    """How many suppliers are told when a tender is published; None where nobody can say."""
    return _counters[0](session, tender) if _counters else None
