"""The place where the stage that awards says whether a bidder has been told its result."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from suppliers.quotes.models import Quote

Knower = Callable[[Session, Quote], bool]
_knowers: list[Knower] = []


def know_with(knower: Knower) -> None:
    """Let a stage downstream say that a quote's result is known. Called by the composition root."""
    if knower not in _knowers:
        _knowers.append(knower)


def is_known(session: Session, quote: Quote) -> bool:
    """Has the supplier been told what became of this quote?"""
    return any(knower(session, quote) for knower in _knowers)
