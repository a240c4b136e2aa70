"""What a service credit comes to, and how a claim of one moves. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money
from marketplace.core.months import MONTHS_A_YEAR, months_later

MOST_OCCURRENCES = 1_000
WHOLE = 10_000
"""A whole in basis points."""


class CreditStatus(StrEnum):
    """How far a claim is."""

    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"
    SETTLED = "settled"


_S = CreditStatus
MOVES: dict[CreditStatus, frozenset[CreditStatus]] = {
    _S.CLAIMED: frozenset({_S.ACCEPTED, _S.DISPUTED, _S.WITHDRAWN}),
    _S.DISPUTED: frozenset({_S.ACCEPTED, _S.WITHDRAWN}),
    _S.ACCEPTED: frozenset({_S.SETTLED}),
    _S.WITHDRAWN: frozenset(),
    _S.SETTLED: frozenset(),
}
LABELS: Mapping[CreditStatus, str] = {
    _S.CLAIMED: "Claimed",
    _S.ACCEPTED: "Accepted, to be deducted",
    _S.DISPUTED: "Disputed by the supplier",
    _S.WITHDRAWN: "Withdrawn",
    _S.SETTLED: "Deducted",
}
COLOURS: Mapping[CreditStatus, str] = {
    _S.CLAIMED: "yellow",
    _S.ACCEPTED: "blue",
    _S.DISPUTED: "red",
    _S.WITHDRAWN: "grey",
    _S.SETTLED: "green",
}


def move(present: CreditStatus, wanted: CreditStatus) -> CreditStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


@dataclass(frozen=True, slots=True)
class CreditTerms:
    """A rule: what must happen, and what it costs each time.

    `each` is a sum, or else `basis_points` of a month's charge; `most_basis_points` of a year's value is
    the most in a contract year, 0 for no limit. All before VAT.
    """

    title: str
    trigger: str
    each: Money | None = None
    basis_points: int = 0
    most_basis_points: int = 0


def check_terms(terms: CreditTerms) -> None:
    """A rule that can be worked out. Raises RuleBroken, naming the field."""
    if not terms.title.strip():
        raise RuleBroken("Enter what the rule is called.", "title")
    if not terms.trigger.strip():
        raise RuleBroken("Enter what must happen, as the contract says it.", "trigger")
    if (terms.each is None) == (not terms.basis_points):
        raise RuleBroken("Enter either a sum or a percentage of a month’s charge.", "each")
    if terms.each is not None and terms.each <= ZERO:
        raise RuleBroken("The sum must be more than nothing.", "each")
    if not 0 <= terms.basis_points <= WHOLE:
        raise RuleBroken("The percentage must be from 0 to 100.", "percent")
    if not 0 <= terms.most_basis_points <= WHOLE:
        raise RuleBroken("The percentage must be from 0 to 100.", "most_percent")


def credit(terms: CreditTerms, occurrences: int, annual_value: Money, claimed_before: Money) -> Money:
    """What so many occurrences come to, within what is left of the year’s most; half up at the penny.

    Raises RuleBroken where nothing is left.
    """
    if not 1 <= occurrences <= MOST_OCCURRENCES:
        raise RuleBroken(f"Enter a number from 1 to {MOST_OCCURRENCES:,}.", "occurrences")
    if terms.each is not None:
        amount = terms.each * occurrences
    else:
        amount = _share(annual_value.pence * terms.basis_points * occurrences, WHOLE * MONTHS_A_YEAR)
    if not terms.most_basis_points:
        return amount
    left = _share(annual_value.pence * terms.most_basis_points, WHOLE) - claimed_before
    if left <= ZERO:
        raise RuleBroken("The most that the contract allows in this year is claimed already.", "occurrences")
    return min(amount, left)


def _share(pence: int, divisor: int) -> Money:
    return Money((2 * pence + divisor) // (2 * divisor))


def contract_year(starts_on: date, on: date) -> date:
    """The first day of the contract year in which a day lies."""
    years = max(on.year - starts_on.year, 0)
    begins = months_later(starts_on, years * MONTHS_A_YEAR)
    return begins if begins <= on else months_later(starts_on, (years - 1) * MONTHS_A_YEAR)


def check_claim(evidence: str, occurred_on: date, starts_on: date, today: date) -> None:
    """A claim about something that happened during the contract, with evidence. Raises RuleBroken."""
    if not evidence.strip():
        raise RuleBroken("Enter what shows it.", "evidence")
    if occurred_on < starts_on:
        raise RuleBroken("The contract had not begun then.", "occurred_on")
    if occurred_on > today:
        raise RuleBroken("This cannot have happened in the future.", "occurred_on")


def check_answer(status: CreditStatus, reply: str) -> None:
    """A supplier accepts, or disputes with a reason. Raises RuleBroken."""
    if status not in {CreditStatus.ACCEPTED, CreditStatus.DISPUTED}:
        raise RuleBroken("Accept the credit or dispute it.", "answer")
    if status is CreditStatus.DISPUTED and not reply.strip():
        raise RuleBroken("Enter why you dispute it.", "reply")


def check_settled(reference: str) -> None:
    """A credit is deducted by a document. Raises RuleBroken."""
    if not reference.strip():
        raise RuleBroken(
            "Enter the number of the invoice or credit note on which it was deducted.", "reference"
        )
