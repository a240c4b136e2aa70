"""What one supplier for everything costs when one, two, … all schools buy. Plain functions on a comparison.

Schools join in the order of what they buy, the one with most units first; names part equals. With so many
schools the quotes are compared anew by the published formula, at the tiers that these schools reach. What
the winner then costs each school is worked out a second time by `pricing`, which knows no comparison.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from marketplace.core.money import Money, line_amount
from marketplace.tenders.formulas import Method
from marketplace.tenders.queries import ScheduleLot
from suppliers.awards import combination, pricing
from suppliers.awards.combination import Award, Instance
from suppliers.awards.combining.problem import model_lot
from suppliers.evaluation.basis import Agreed, Basis
from suppliers.evaluation.comparison import Comparison, compare
from suppliers.quotes import amounts
from suppliers.quotes.models import Quote


@dataclass(frozen=True, slots=True)
class Count:
    """So many schools buy, `joins` as the last of them: who wins which lot, and what each school pays, pence.

    Nobody wins where no quote can be compared; `drawn` are the quotes that even the tie-break cannot part.
    """

    number: int
    joins: uuid.UUID
    winners: Mapping[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    by_school: Mapping[uuid.UUID, int] = field(default_factory=dict)
    drawn: tuple[uuid.UUID, ...] = ()

    @property
    def total(self) -> int:
        """What these schools pay together."""
        return sum(self.by_school.values())


def in_order(lots: Sequence[ScheduleLot]) -> list[uuid.UUID]:
    """The schools that buy something, the one with most units first."""
    names = {school_id: name for lot in lots for school_id, name in lot.schools.items()}
    units = {one: sum((amounts.units_of(lot, {one}) for lot in lots), Decimal(0)) for one in names}
    return sorted(names, key=lambda one: (-units[one], names[one], one))


def counts(basis: Basis, quotes: Sequence[Quote], agreed: Agreed) -> Iterator[Count]:
    """One to all schools of a tender in which one quote wins everything."""
    whole = compare(basis, quotes, agreed)
    order = in_order(basis.lots)
    for number, joins in enumerate(order, start=1):
        part = _part(basis, whole, frozenset(order[:number]))
        firsts = compare(part, quotes, agreed).firsts
        if len(firsts) != 1:
            yield Count(number, joins, drawn=tuple(one.quote_id for one in firsts))
            continue
        winner = firsts[0].quote_id
        yield Count(number, joins, {lot.id: winner for lot in part.lots}, _by_school(part, winner))


def alone(basis: Basis, quotes: Sequence[Quote], agreed: Agreed) -> dict[uuid.UUID, Money]:
    """What each school would pay for its own volumes alone, from the quote that would then come first.

    Of several that nothing parts, the one that asks least of it counts. A school for which no quote can be
    compared is not in it.
    """
    whole = compare(basis, quotes, agreed)
    found = {}
    for school_id in in_order(basis.lots):
        part = _part(basis, whole, {school_id})
        prices = [
            _by_school(part, first.quote_id)[school_id] for first in compare(part, quotes, agreed).firsts
        ]
        if prices:
            found[school_id] = Money(min(prices))
    return found


def _by_school(part: Basis, quote_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """What each of these schools pays if one quote wins everything, pence."""
    instance = _instance(part, quote_id)
    award = Award(
        {lot.name: str(quote_id) for lot in instance.lots},
        {lot.name: lot.buyers for lot in instance.lots},
    )
    return {uuid.UUID(name): pence for name, pence in pricing.price(instance, award).by_school.items()}


def _part(basis: Basis, whole: Comparison, schools: Collection[uuid.UUID]) -> Basis:
    """What quotes are compared on when only these schools buy."""
    lots = [_lot_for(lot, schools) for lot in basis.lots]
    return replace(
        basis,
        method=_method_for(basis.method, whole, schools),
        lots=[lot for lot in lots if lot.schools],
        schools={one: name for one, name in basis.schools.items() if one in schools},
        baselines={one: money for one, money in basis.baselines.items() if one in schools},
    )


def _lot_for(lot: ScheduleLot, schools: Collection[uuid.UUID]) -> ScheduleLot:
    lines = []
    for line in lot.lines:
        volumes = tuple(one for one in line.volumes if one.school_id in schools)
        lines.append(replace(line, volumes=volumes, total=sum((one.quantity for one in volumes), Decimal(0))))
    return replace(lot, lines=tuple(line for line in lines if line.volumes))


def _method_for(method: Method, whole: Comparison, schools: Collection[uuid.UUID]) -> Method:
    """The method with its fixed prices in proportion to what these schools pay of all quotes together."""
    everything = sum(offer.total.pence for offer in whole.offers)
    theirs = sum(cell.amount.pence for row in whole.schools if row.school_id in schools for cell in row.cells)
    share = Fraction(theirs, everything or 1)
    return replace(
        method,
        ceiling=_share_of(method.ceiling, share),
        optimum=_share_of(method.optimum, share),
        worth_of_a_point=_share_of(method.worth_of_a_point, share),
    )


def _share_of(money: Money | None, share: Fraction) -> Money | None:
    return None if money is None else Money(pricing.rounded_share(share, money.pence))


def _instance(part: Basis, quote_id: uuid.UUID) -> Instance:
    """One quote for everything, as the figures that `pricing` reads."""
    schools = {school_id for lot in part.lots for school_id in lot.schools}
    asked = part.asked[quote_id]
    offers = []
    for lot in part.lots:
        start = amounts.start_reached(part.division, lot)
        lines = []
        for line in lot.lines:
            price = asked.price(line.id, start)
            assert price is not None, "compared quotes have every price"
            due = {str(one.school_id): line_amount(price, one.quantity).pence for one in line.volumes}
            lines.append((combination.Tier(due),))
        offers.append(combination.Offer(str(quote_id), str(lot.id), tuple(lines)))
    return Instance(
        schools=tuple(map(str, sorted(schools))),
        suppliers=(str(quote_id),),
        lots=tuple(model_lot(lot, schools) for lot in part.lots),
        offers=tuple(offers),
    )
