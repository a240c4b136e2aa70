"""What may be logged as used, what it comes to, and who may confirm it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from invoicing.agreements.rules import BY_USE, LONGEST_TEXT, Basis, Price, check_no_certificate
from marketplace.core import moves
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import BASIS_POINTS, ZERO, Money, line_amount

LONGEST_WORDS = 200
MOST_UNITS = Decimal(10_000)
LARGEST_COST = Money(1_000_000_00)


class UsageStatus(StrEnum):
    """How far something used is. Confirmed, it is charged and stays."""

    LOGGED = "logged"
    QUESTIONED = "questioned"
    CONFIRMED = "confirmed"
    TAKEN_BACK = "taken_back"

    @property
    def label(self) -> str:
        """The status as people read it."""
        return STATUS_TAGS[self][0]

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return STATUS_TAGS[self][1]


STATUS_TAGS: Mapping[UsageStatus, tuple[str, str]] = {
    UsageStatus.LOGGED: ("Waits for the buyer", "yellow"),
    UsageStatus.QUESTIONED: ("Questioned", "red"),
    UsageStatus.CONFIRMED: ("Confirmed", "green"),
    UsageStatus.TAKEN_BACK: ("Taken back", "grey"),
}
MOVES: Mapping[UsageStatus, frozenset[UsageStatus]] = {
    UsageStatus.LOGGED: frozenset({UsageStatus.CONFIRMED, UsageStatus.QUESTIONED, UsageStatus.TAKEN_BACK}),
    UsageStatus.QUESTIONED: frozenset({UsageStatus.LOGGED, UsageStatus.CONFIRMED, UsageStatus.TAKEN_BACK}),
    UsageStatus.CONFIRMED: frozenset(),
    UsageStatus.TAKEN_BACK: frozenset(),
}
OPEN = frozenset({UsageStatus.LOGGED, UsageStatus.QUESTIONED})


@dataclass(frozen=True, slots=True)
class Used:
    """What was used on a day: so many units, or at which cost in pence before VAT, and in words what."""

    on: date
    words: str
    units: Decimal | None = None
    cost: Money | None = None


def move(present: UsageStatus, wanted: UsageStatus) -> UsageStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


def amount(price: Price, used: Used) -> Money:
    """What something used comes to by a price, before VAT, half up to the penny once."""
    if price.basis is Basis.PER_UNIT:
        assert price.rate is not None
        assert used.units is not None
        return line_amount(price.rate.pounds, used.units)
    assert used.cost is not None
    if price.basis is Basis.AT_COST:
        return used.cost
    assert price.share is not None
    return Money.from_pounds(used.cost.pounds * price.share / BASIS_POINTS)


def check_used(used: Used, price: Price, *, since: date, until: date) -> None:
    """Raise RuleBroken, naming the field, for a use outside the agreement or without a right amount.

    `since` is the first day on which the agreement held, and `until` its last, or today.
    """
    if price.basis not in BY_USE:
        raise RuleBroken("This agreement has a fixed price for each period: nothing used is logged.")
    if not since <= used.on <= until:
        raise RuleBroken(
            f"Enter a day on which the agreement held, by today: from {_in_words(since)} to "
            f"{_in_words(until)}.",
            "used_on",
        )
    if not used.words.strip():
        raise RuleBroken("Say what was used.", "words")
    if len(used.words) > LONGEST_WORDS:
        raise RuleBroken(f"Use {LONGEST_WORDS} characters or fewer.", "words")
    check_no_certificate(used.words, "words")
    if price.basis is Basis.PER_UNIT:
        if not 0 < (used.units or 0) <= MOST_UNITS:
            raise RuleBroken(f"Enter how many: more than 0, at most {MOST_UNITS:,}.", "units")
    elif not ZERO < (used.cost or ZERO) <= LARGEST_COST:
        raise RuleBroken(f"Enter the cost: more than £0.00, at most {LARGEST_COST}.", "cost")
    if not amount(price, used):
        raise RuleBroken("This comes to less than a penny, so there is nothing to charge.")


def check_confirmer(logged_by: uuid.UUID, confirmed_by: uuid.UUID | None) -> None:
    """Raise Forbidden when somebody confirms what they have logged themselves, for the other school."""
    if logged_by == confirmed_by:
        raise Forbidden("You have logged this for the school that sells. Ask a colleague to confirm it.")


def check_question(question: str) -> str:
    """A question about something used, tidied. Raises RuleBroken when there is none."""
    if not question.strip():
        raise RuleBroken("Say what is wrong, for the school that sells.", "question")
    if len(question) > LONGEST_TEXT:
        raise RuleBroken(f"Use {LONGEST_TEXT:,} characters or fewer.", "question")
    return question.strip()


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
