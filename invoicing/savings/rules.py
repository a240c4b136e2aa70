"""What a contract has saved: exact to the penny, and negative where it cost more. Plain Python.

A baseline says what the school paid in a year before, with its evidence: an amount before VAT, the quantity
that it bought for it, and by how much the old price would have risen. What was invoiced over some time is
held against the baseline for the same time:

    old cost of what was bought now   C = quantity now × baseline ÷ quantity then
    volume        baseline − C        bought less, or more (negative)
    price         C − invoiced        paid less for each unit, or more (negative)
    avoided rise  C × rise            what the old supplier's rise would have added
    saving        volume + price + avoided rise = baseline + avoided rise − invoiced

Each is rounded half up to the penny once, in a way that keeps both sums exact. Where no quantity was
measured, C is the baseline itself, and all of the difference is one of price.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from marketplace.core.errors import RuleBroken
from marketplace.core.money import BASIS_POINTS, ZERO, Money
from marketplace.tenders.timetable import over_whole_term

LONGEST_SOURCE = 300
LONGEST_UNIT = 40
LARGEST_RISE = 10_000
MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class BaselineTerms:
    """What a school paid in a year before, in pence before VAT, and where that is written.

    `quantity` units were bought for it; None where nobody measured. `rise` is in basis points.
    """

    amount: Money
    source: str
    quantity: Decimal | None = None
    unit: str = ""
    rise: int = 0
    rise_source: str = ""


@dataclass(frozen=True, slots=True)
class InvoicedTerms:
    """What was invoiced for a time, both days included, in pence before VAT, and by which documents.

    Without an amount it is what the school accepted of its supplier for that time, as that stands at present.
    """

    starts_on: date
    ends_on: date
    amount: Money | None
    source: str
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """An invoice that the school accepted for a contract: its day of supply, and what it charges before VAT.

    A credit note takes away, and counts on the day of its invoice.
    """

    on: date
    number: str
    net: Money


def accepted_in(accepted: Iterable[Accepted], starts_on: date, ends_on: date) -> list[Accepted]:
    """Those that were supplied in a time, both days included."""
    return [one for one in accepted if starts_on <= one.on <= ends_on]


def counted(terms: InvoicedTerms, accepted: Iterable[Accepted]) -> InvoicedTerms | None:
    """What was invoiced, with its amount; None while nothing was accepted that could be counted."""
    if terms.amount is not None:
        return terms
    found = accepted_in(accepted, terms.starts_on, terms.ends_on)
    if not found:
        return None
    numbers = ", ".join(one.number for one in found[:MOST_NAMED])
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    source = f"Counted from what was accepted: {numbers}{more}"
    return replace(terms, amount=Money.total(one.net for one in found), source=source)


@dataclass(frozen=True, slots=True)
class Saving:
    """Baseline, award and invoices of the same time, and what makes the difference."""

    baseline: Money = ZERO
    awarded: Money = ZERO
    invoiced: Money = ZERO
    price: Money = ZERO
    volume: Money = ZERO
    avoided: Money = ZERO

    def __post_init__(self) -> None:
        assert self.price + self.volume == self.baseline - self.invoiced, "price and volume explain it all"

    @property
    def total(self) -> Money:
        """The saving; negative where the school pays more."""
        return self.price + self.volume + self.avoided

    def __add__(self, other: Saving) -> Saving:
        return Saving(
            self.baseline + other.baseline,
            self.awarded + other.awarded,
            self.invoiced + other.invoiced,
            self.price + other.price,
            self.volume + other.volume,
            self.avoided + other.avoided,
        )


def added_up(savings: Iterable[Saving]) -> Saving:
    """The sum of savings; nothing of none."""
    return sum(savings, Saving())


def measure(baseline: BaselineTerms, annual_award: Money, invoiced: InvoicedTerms) -> Saving:
    """What was invoiced for a time, its amount known, held against the baseline for the same time."""
    assert invoiced.amount is not None, "what is not known saves nothing"
    before = over_whole_term(baseline.amount, invoiced.starts_on, invoiced.ends_on)
    at_old_price = before
    if baseline.quantity is not None and invoiced.quantity is not None:
        per_unit = Fraction(baseline.amount.pence) / Fraction(baseline.quantity)
        at_old_price = _half_up(per_unit * Fraction(invoiced.quantity))
    return Saving(
        baseline=before,
        awarded=over_whole_term(annual_award, invoiced.starts_on, invoiced.ends_on),
        invoiced=invoiced.amount,
        price=at_old_price - invoiced.amount,
        volume=before - at_old_price,
        avoided=_half_up(Fraction(at_old_price.pence * baseline.rise, BASIS_POINTS)),
    )


def _half_up(pence: Fraction) -> Money:
    return Money((2 * pence.numerator + pence.denominator) // (2 * pence.denominator))


def check_baseline(terms: BaselineTerms) -> None:
    """Raise RuleBroken for a baseline that proves nothing or cannot be computed with."""
    if not terms.source.strip():
        raise RuleBroken(
            "Say where the figure is written, for example the old supplier’s invoices.", "source"
        )
    if terms.amount <= ZERO:
        raise RuleBroken("The amount of a year must be more than £0.00.", "amount")
    if terms.quantity is not None and terms.quantity <= 0:
        raise RuleBroken(
            "The quantity must be more than 0. Leave it blank if nobody measured it.", "quantity"
        )
    if terms.quantity is not None and not terms.unit.strip():
        raise RuleBroken("Say what was counted, for example meals.", "unit")
    if not 0 <= terms.rise <= LARGEST_RISE:
        raise RuleBroken("The rise must be from 0 to 100 per cent.", "rise")
    if terms.rise and not terms.rise_source.strip():
        raise RuleBroken("Say what shows the rise, for example the old supplier’s letter.", "rise_source")


def check_invoiced(
    terms: InvoicedTerms,
    *,
    contract: tuple[date, date],
    known: Iterable[tuple[date, date]],
    measured: bool,
    accepted: Iterable[Accepted],
    today: date,
) -> None:
    """Raise RuleBroken for a time that is out of order, outside the contract or counted already.

    `measured` says whether the baseline has a quantity, so that one is needed here too; `accepted` are what
    an amount that is left blank is counted from.
    """
    if terms.ends_on < terms.starts_on:
        raise RuleBroken("The last day must not be before the first.", "ends_on")
    if terms.ends_on > today:
        raise RuleBroken("Enter a time that is over: its last day is today or in the past.", "ends_on")
    if terms.starts_on < contract[0] or terms.ends_on > contract[1]:
        raise RuleBroken(
            f"The contract runs from {_in_words(contract[0])} to {_in_words(contract[1])}. Enter such days.",
            "starts_on",
        )
    for starts_on, ends_on in known:
        if terms.starts_on <= ends_on and starts_on <= terms.ends_on:
            raise RuleBroken(
                f"{_in_words(starts_on)} to {_in_words(ends_on)} has been entered already. Enter other "
                "days, or take that line back first.",
                "starts_on",
            )
    if measured and terms.quantity is None:
        raise RuleBroken("Enter the quantity: the baseline has one to compare it with.", "quantity")
    if terms.quantity is not None and terms.quantity <= 0:
        raise RuleBroken("The quantity must be more than 0.", "quantity")
    if terms.amount is None:
        if not accepted_in(accepted, terms.starts_on, terms.ends_on):
            raise RuleBroken(
                "Your school has accepted no invoice for this contract that was supplied in this time. "
                "Accept the supplier’s invoices first, or enter the amount.",
                "amount",
            )
        return
    if terms.amount < ZERO:
        raise RuleBroken("The amount must be £0.00 or more.", "amount")
    if not terms.source.strip():
        raise RuleBroken("Say by which invoices, for example their numbers.", "source")


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
