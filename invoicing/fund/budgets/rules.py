"""What a year's budget of the Partnership Fund allows, and what is left of it. Plain Python.

The board decides a budget for each purpose and academic year. A claim counts towards the budget of the year
in which it is made, from then on unless it is refused. A newer budget of the same year takes the place
of the older one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from invoicing.fund.rules import Purpose
from invoicing.fund.statements import Period
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money


class BudgetStatus(StrEnum):
    """How far a budget is. Only the newest that the board has set counts."""

    PROPOSED = "proposed"
    SET = "set"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        """The status as people read it."""
        return BUDGET_TAGS[self][0]

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return BUDGET_TAGS[self][1]


BUDGET_TAGS: Mapping[BudgetStatus, tuple[str, str]] = {
    BudgetStatus.PROPOSED: ("Waiting for the board", "yellow"),
    BudgetStatus.SET: ("Set by the board", "green"),
    BudgetStatus.DROPPED: ("Not set", "grey"),
}
MOVES: Mapping[BudgetStatus, frozenset[BudgetStatus]] = {
    BudgetStatus.PROPOSED: frozenset({BudgetStatus.SET, BudgetStatus.DROPPED}),
    BudgetStatus.SET: frozenset(),
    BudgetStatus.DROPPED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a purpose stands in a year: what the fund holds for it, its budget, and what was claimed of that.

    `budget` is None while the board has set none for the year. Amounts in pence.
    """

    purpose: Purpose
    held: Money
    budget: Money | None
    claimed: Money

    @property
    def is_used(self) -> bool:
        """Is there money or a budget for it, or was anything claimed?"""
        return bool(self.held or self.budget or self.claimed)

    @property
    def left(self) -> Money | None:
        """What of the budget has not been claimed; below zero when the board has lowered it since."""
        return None if self.budget is None else self.budget - self.claimed


def check_amounts(amounts: Mapping[Purpose, Money]) -> None:
    """Raise RuleBroken for a budget that allows nothing."""
    if not any(amounts.values()):
        raise RuleBroken("Enter an amount for at least one purpose.", Purpose.SCHOOL_IMPROVEMENT.value)


def check_year(year: Period, present: Period) -> None:
    """Raise RuleBroken for any other year than the present one and the next."""
    if year.start not in {present.start, present.end + timedelta(days=1)}:
        raise RuleBroken("Choose the present academic year or the next one.", "year")


def check_claim(standing: Standing, amount: Money, year: Period) -> None:
    """Raise RuleBroken for a claim above what is left of its purpose's budget; it says what to do."""
    if standing.left is None or amount <= standing.left:
        return
    of_what = f"the year’s budget of {standing.budget} for {standing.purpose.label.lower()}"
    ends = f"{year.end.day} {year.end:%B %Y}"
    if standing.left > ZERO:
        raise RuleBroken(
            f"{standing.left} is left of {of_what}, which runs until {ends}. Claim {standing.left} or less, "
            "or ask the coordinator to put a larger budget to the board.",
            "amount",
        )
    raise RuleBroken(
        f"Nothing is left of {of_what}, which runs until {ends}. Ask the coordinator to put a larger budget "
        "to the board.",
        "amount",
    )


def check_approval(standing: Standing) -> None:
    """Raise RuleBroken when the board has lowered a budget below what was claimed of it."""
    if standing.left is not None and standing.left < ZERO:
        raise RuleBroken(
            f"The board has since set the budget for {standing.purpose.label.lower()} to {standing.budget}, "
            f"and {standing.claimed} has been claimed of it. Refuse the claim, or ask the coordinator to put "
            "a larger budget to the board."
        )
