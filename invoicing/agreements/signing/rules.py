"""How long an agreement runs: extension within its limit, and the notice that either school may give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.errors import RuleBroken
from marketplace.core.months import end_months_later, months_later


class ExtensionStatus(StrEnum):
    """How far a longer term is."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"


MOVES: Mapping[ExtensionStatus, frozenset[ExtensionStatus]] = {
    ExtensionStatus.PROPOSED: frozenset({ExtensionStatus.AGREED, ExtensionStatus.REFUSED}),
    ExtensionStatus.AGREED: frozenset(),
    ExtensionStatus.REFUSED: frozenset(),
}


def move(present: ExtensionStatus, wanted: ExtensionStatus) -> ExtensionStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


def extended_to(ends_on: date, months: int, *, limit: int, used: int) -> date:
    """The last day once an agreement is so many months longer. Raises RuleBroken beyond its limit.

    `limit` and `used` are the months by which it may be extended in all, and has been.
    """
    left = limit - used
    if left <= 0:
        raise RuleBroken("The agreement allows no further extension. Draft a new one.", "months")
    if not 1 <= months <= left:
        raise RuleBroken(f"The agreement allows from 1 to {left} more months.", "months")
    return end_months_later(ends_on, months)


def earliest_end(given_on: date, starts_on: date, notice_months: int) -> date:
    """The first day that can be the last when notice is given on a day: never before it has begun."""
    return max(months_later(given_on, notice_months), starts_on)


def check_notice(last_day: date, *, earliest: date, ends_on: date) -> None:
    """Raise RuleBroken for a last day within the period of notice, or not before the agreed one."""
    if earliest >= ends_on:
        raise RuleBroken(
            f"It ends on {_in_words(ends_on)} by itself, before any notice given today could end it."
        )
    if last_day < earliest:
        raise RuleBroken(
            f"With the agreed notice the last day is {_in_words(earliest)} at the earliest.", "last_day"
        )
    if last_day >= ends_on:
        raise RuleBroken(f"It ends on {_in_words(ends_on)} by itself. Enter an earlier day.", "last_day")


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
