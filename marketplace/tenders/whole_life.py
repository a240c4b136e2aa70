"""What a quote costs over the whole life of a contract: year by year, indexed, and discounted to its start.

A line is paid in equal parts in every year of the term, with its options to run longer, or once, in the
first year. Prices are of the first year; indexation compounds on the year before. The first year is not
discounted, the year after it by 1 + the rate, and so on. HM Treasury, The Green Book (2022), annex A6: 3.5 %
real for the first thirty years; the rate of a tender is what its schools publish. Exact: fractions of a
penny until the totals, which are rounded half up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.core.months import MONTHS_A_YEAR
from marketplace.tenders.formulas import in_short, rounded
from marketplace.tenders.timetable import term_months

HIGHEST = Decimal(20)
PER_CENT = 100


@dataclass(frozen=True, slots=True)
class WholeLife:
    """How a tender counts the years. Rates are shares of 1.

    `years` says what part of its volume over the term a recurring line is bought in each year. They come to
    more than 1 where there are options to run longer: the volumes are those of the term without them.
    """

    indexation: Fraction
    discount_rate: Fraction
    years: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a quote costs: each year with indexation, all years as paid, and discounted to the start."""

    years: tuple[Money, ...]
    nominal: Money
    discounted: Money


def check_rates(indexation: Decimal | None, discount_rate: Decimal | None) -> None:
    """Both from 0 to 20 per cent a year, blank for none. Raises RuleBroken at the field that is wrong."""
    for field, rate in (("indexation", indexation), ("discount_rate", discount_rate)):
        if rate is not None and not 0 <= rate <= HIGHEST:
            raise RuleBroken(f"Enter a rate from 0 to {HIGHEST} per cent a year, or leave it blank.", field)


def years_of(starts_on: date, ends_on: date, extension_months: int) -> tuple[Fraction, ...]:
    """The parts of the term's volume that fall in each year, options included; the last may be shorter."""
    term = term_months(starts_on, ends_on)
    left = term + extension_months
    years = []
    while left > 0:
        months = min(left, Fraction(MONTHS_A_YEAR))
        years.append(months / term)
        left -= months
    return tuple(years)


def present_value(flows: Sequence[Fraction], rate: Fraction) -> Fraction:
    """What amounts of following years are worth at the start of the first: flow / (1 + rate)^year."""
    return sum((flow / (1 + rate) ** year for year, flow in enumerate(flows)), Fraction(0))


def cost_of(terms: WholeLife, recurring: Money, once: Money) -> Cost:
    """The cost of lines that come to so much over the term, and of those that are paid once."""
    flows = [
        recurring.pence * part * (1 + terms.indexation) ** year + (0 if year else once.pence)
        for year, part in enumerate(terms.years)
    ]
    return Cost(
        tuple(map(_money, flows)),
        _money(sum(flows, Fraction(0))),
        _money(present_value(flows, terms.discount_rate)),
    )


def _money(pence: Fraction) -> Money:
    return Money(int(rounded(pence, Decimal(1))))


def terms_of(
    indexation: Decimal | None, discount_rate: Decimal | None, years: Sequence[Fraction]
) -> WholeLife | None:
    """The terms of a tender that has set a rate, in per cent; None for one that counts no years."""
    if indexation is None and discount_rate is None:
        return None
    return WholeLife(
        Fraction(indexation or 0) / PER_CENT, Fraction(discount_rate or 0) / PER_CENT, tuple(years)
    )


def in_words(terms: WholeLife) -> str:
    """What suppliers read about it before they quote."""
    rises = (
        f"From the second year on prices rise by {in_short(terms.indexation * PER_CENT)}% a year"
        if terms.indexation
        else "Prices do not rise"
    )
    rate = in_short(terms.discount_rate * PER_CENT)
    discounted = (
        f"what is paid after the first year is discounted by {rate}% a year"
        if terms.discount_rate
        else "nothing is discounted"
    )
    years = len(terms.years)
    return (
        f"The price that is judged is the whole-life cost, over {years} {'year' if years == 1 else 'years'} "
        "with every option to run longer: each line is paid in equal parts every year, unless it is marked "
        f"as paid once, at the start. {rises}, and {discounted}."
    )
