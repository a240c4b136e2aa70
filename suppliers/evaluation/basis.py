"""What the quotes of a tender are compared on, and what each comes to."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from marketplace.core.money import ZERO, Money
from marketplace.tenders.criteria.tree import Placed
from marketplace.tenders.formulas import Method
from marketplace.tenders.lots.division import Division
from marketplace.tenders.models import Criterion
from marketplace.tenders.queries import ScheduleLot
from marketplace.tenders.whole_life import Cost, WholeLife, cost_of
from suppliers.evaluation.models import AgreedScore
from suppliers.quotes import amounts
from suppliers.quotes.models import Quote
from suppliers.quotes.offers import Offer as PricedOffer

NOT_DIVIDED = Division()
Agreed = Mapping[tuple[uuid.UUID, uuid.UUID], AgreedScore]


@dataclass(frozen=True, slots=True)
class Basis:
    """What all quotes of a tender are compared on. `method.quality_weights` go with `questions`.

    `baselines` are over the whole term, zero for unknown; `schools` gives the names of the buyers.
    """

    method: Method
    lots: Sequence[ScheduleLot]
    schools: Mapping[uuid.UUID, str]
    baselines: Mapping[uuid.UUID, Money]
    questions: Sequence[Criterion]
    asked: Mapping[uuid.UUID, PricedOffer]
    """What each quote asks, by quote."""
    division: Division = NOT_DIVIDED
    placed: Sequence[Placed] = ()
    """All criteria in their places, where there are groups."""
    whole_life: WholeLife | None = None
    """How the years of the contract are counted, where quotes are judged by their whole-life cost."""

    def prices_of(self, quote: Quote) -> dict[uuid.UUID, Decimal | None]:
        """The unit price that a quote asks for each line when every school buys; None where it has none."""
        offer = self.asked.get(quote.id, PricedOffer())
        return {
            line.id: offer.price(line.id, start)
            for lot in self.lots
            for start in [amounts.start_reached(self.division, lot)]
            for line in lot.lines
        }


@dataclass(frozen=True, slots=True)
class Priced:
    """A quote whose every line has a price, with what it comes to by line and by school."""

    quote: Quote
    unit_prices: Mapping[uuid.UUID, Decimal]
    by_line: Mapping[uuid.UUID, Money]
    by_school: Mapping[uuid.UUID, Money]
    whole_life: Cost | None = None

    @property
    def judged(self) -> Money:
        """What is judged: the whole-life cost where the tender counts the years, else the total."""
        return self.whole_life.discounted if self.whole_life else self.total

    @property
    def total(self) -> Money:
        """What all schools pay."""
        return Money.total(self.by_line.values())


def price_quote(quote: Quote, basis: Basis) -> Priced:
    """Each school's amount for each line is rounded to the penny there, as its supplier will charge it."""
    unit_prices = {line_id: price for line_id, price in basis.prices_of(quote).items() if price is not None}
    by_line: dict[uuid.UUID, Money] = {}
    by_school: dict[uuid.UUID, Money] = {}
    for lot in basis.lots:
        for line in lot.lines:
            due = amounts.of_line(line, unit_prices[line.id])
            by_line[line.id] = Money.total(due.values())
            for school_id, amount in due.items():
                by_school[school_id] = by_school.get(school_id, ZERO) + amount
    return Priced(quote, unit_prices, by_line, by_school, _whole_life(basis, by_line))


def _whole_life(basis: Basis, by_line: Mapping[uuid.UUID, Money]) -> Cost | None:
    """What a quote costs over the years, where they are counted."""
    if basis.whole_life is None:
        return None
    once = Money.total(by_line[line.id] for lot in basis.lots for line in lot.lines if line.once)
    return cost_of(basis.whole_life, Money.total(by_line.values()) - once, once)
