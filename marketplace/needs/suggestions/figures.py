"""What schools would spend together, and which of them bring the sum across a threshold. Plain Python."""

from __future__ import annotations

import uuid
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import accumulate

from marketplace.core.money import Money
from marketplace.core.months import MONTHS_A_YEAR
from marketplace.needs import thresholds
from marketplace.needs.suggestions.rules import Standing, Suggestion
from marketplace.needs.thresholds import Worth


@dataclass(frozen=True, slots=True)
class Buyer:
    """A school and what it spends on the category in a year, before VAT."""

    school_id: uuid.UUID
    school: str
    annual: Money


@dataclass(frozen=True, slots=True)
class Tipping:
    """Which of a group's subsets reach the threshold, for all of them at once, without trying one.

    Sums only grow with each school, so two orders say it all. Taken largest first, the first `fewest` of
    the buyers reach it (None: not even all do), so no group of fewer can. Taken smallest first, `most_below`
    of them stay below, so any group of more reaches it. Each of `needed` is one without whom all the
    others stay below; each of `alone` reaches it by itself; each of `would_tip` is one of the schools that
    are not in the group, which would take it across by joining.
    """

    fewest: int | None
    most_below: int
    needed: tuple[Buyer, ...]
    alone: tuple[Buyer, ...]
    would_tip: tuple[Buyer, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a suggestion comes to. `buyers` are its schools, the largest spender first.

    `annual` and `whole` are before VAT; `worth` is the value as the Act counts it, VAT included, over the
    whole term. `volume` is a year's, of the schools (`volume_schools` of them) whose needs say one.
    """

    buyers: tuple[Buyer, ...]
    annual: Money
    whole: Money
    worth: Worth
    volume: Decimal
    volume_schools: int
    tipping: Tipping


def figures(suggestion: Suggestion, cpvs: Sequence[str], today: date) -> Figures:
    """What a suggestion comes to, for a category with these CPV codes, by the thresholds of a day."""
    buyers = buyers_of(suggestion.members)
    annual = Money.total(buyer.annual for buyer in buyers)
    wishes = [one.term.wish for one in suggestion.members if one.term.wish]
    valued = thresholds.estimated_value(annual, suggestion.months, today)
    worth = thresholds.worth(cpvs, valued, today)
    return Figures(
        buyers,
        annual,
        over_term(annual, suggestion.months),
        worth,
        sum((wish.volume for wish in wishes), Decimal(0)),
        len({one.term.school_id for one in suggestion.members if one.term.wish}),
        tipping(
            buyers,
            buyers_of(suggestion.others),
            least_crossing(suggestion.months, worth.threshold, today),
        ),
    )


def buyers_of(standings: Iterable[Standing]) -> tuple[Buyer, ...]:
    """The schools of some terms with what each spends in a year, the largest first."""
    spent: dict[uuid.UUID, list[int]] = {}
    names: dict[uuid.UUID, str] = {}
    for one in standings:
        term = one.term
        spent.setdefault(term.school_id, []).append(term.annual.pence)
        names[term.school_id] = term.school
    found = [Buyer(school_id, names[school_id], Money(sum(pence))) for school_id, pence in spent.items()]
    return tuple(sorted(found, key=lambda one: (-one.annual.pence, one.school, one.school_id)))


def over_term(annual: Money, months: int) -> Money:
    """A yearly amount over so many months, half up at the penny."""
    return Money((2 * annual.pence * months + MONTHS_A_YEAR) // (2 * MONTHS_A_YEAR))


@cache
def least_crossing(months: int, threshold: Money, today: date) -> int:
    """The least spend in a year, in pence before VAT, that reaches a threshold over so many months."""

    def reaches(pence: int) -> bool:
        value = thresholds.estimated_value(Money(pence), months, today)
        return value is not None and value >= threshold

    return bisect_left(range(threshold.pence * MONTHS_A_YEAR), True, key=reaches)  # noqa: FBT003  # first True


def tipping(buyers: Sequence[Buyer], others: Sequence[Buyer], least: int) -> Tipping:
    """Who takes the sum to `least`, a year's spend in pence; see `Tipping`.

    Both lists have the largest spender first.
    """
    amounts = [buyer.annual.pence for buyer in buyers]
    total = sum(amounts)
    if total < least:
        would_tip = tuple(one for one in others if total + one.annual.pence >= least)
        return Tipping(None, len(buyers), (), (), would_tip)
    return Tipping(
        bisect_left(list(accumulate(amounts)), least) + 1,
        bisect_left(list(accumulate(reversed(amounts))), least),
        tuple(one for one in buyers if total - one.annual.pence < least),
        tuple(one for one in buyers if one.annual.pence >= least),
        (),
    )
