"""The award problem of a tender whose lots are won on their own, as plain figures; and what awards cost.

Tiers are settled before the model sees them: which schools buy decides which is reached.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from marketplace.core.money import Money, line_amount
from marketplace.tenders import formulas
from marketplace.tenders.formulas import rounded
from marketplace.tenders.lots.division import Bundle
from marketplace.tenders.queries import ScheduleLot
from suppliers.awards import combination
from suppliers.awards.combination import Instance, Limits
from suppliers.awards.combining.rules import Chosen
from suppliers.evaluation.basis import Basis
from suppliers.evaluation.by_lot import Results
from suppliers.evaluation.comparison import Offer
from suppliers.quotes import amounts

IN_WHOLE_UNITS = 10_000
"""Quantities have four decimal places; the model counts in the smallest."""
A_WHOLE = 100


@dataclass(frozen=True, slots=True)
class LotPrice:
    """What a lot costs if a quote wins it, with the bundle that then counts."""

    quote_id: uuid.UUID
    bundle_id: uuid.UUID | None
    percent: Decimal
    by_school: Mapping[uuid.UUID, Money]

    @property
    def total(self) -> Money:
        """What all schools pay."""
        return Money.total(self.by_school.values())


@dataclass(frozen=True, slots=True)
class Problem:
    """What is known of a tender's lots and quotes."""

    basis: Basis
    results: Results

    @property
    def schools(self) -> frozenset[uuid.UUID]:
        """Everybody who buys something."""
        return frozenset(school_id for lot in self.basis.lots for school_id in lot.schools)

    @property
    def lots(self) -> tuple[ScheduleLot, ...]:
        """The lots for which a quote can be compared: those that can be awarded."""
        return tuple(lot for lot in self.basis.lots if self.quotes(lot.id))

    @property
    def size(self) -> int:
        """How much there is to look through: quotes for lots, times schools."""
        return sum(len(self.quotes(lot.id)) for lot in self.basis.lots) * max(1, len(self.schools))

    @property
    def draws(self) -> tuple[uuid.UUID, ...]:
        """The lots in which even the tie-break cannot part the first quotes."""
        return tuple(lot.lot_id for lot in self.results.lots if len(lot.comparison.firsts) > 1)

    @property
    def firsts(self) -> Chosen:
        """The first quote of each lot; a lot with a draw is not in it."""
        return {lot.lot_id: lot.winner.quote_id for lot in self.results.lots if lot.winner is not None}

    def quotes(self, lot_id: uuid.UUID) -> list[uuid.UUID]:
        """The quotes that are compared in a lot."""
        return [offer.quote_id for offer in self.results.of(lot_id).comparison.offers]

    def offers(self, chosen: Chosen) -> list[Offer]:
        """The chosen quotes as they stand in the comparison of their lots."""
        found = (self.results.of(lot_id).comparison.offer_of(quote) for lot_id, quote in chosen.items())
        return [offer for offer in found if offer is not None]

    @property
    def fingerprint(self) -> str:
        """Changes with anything that the combinations depend on."""
        return hashlib.sha256(repr(self.instance(self.schools)).encode()).hexdigest()

    def instance(self, schools: Collection[uuid.UUID]) -> Instance:
        """The award problem if only these schools buy; suppliers stand in the order of their names."""
        names = {
            offer.quote_id: offer.supplier.lower()
            for lot in self.results.lots
            for offer in lot.comparison.offers
        }
        in_order = sorted(names, key=lambda quote_id: (names[quote_id], quote_id))
        lots = [lot for lot in self.lots if any(school_id in schools for school_id in lot.schools)]
        return Instance(
            schools=tuple(map(str, sorted(school for school in self.schools if school in schools))),
            suppliers=tuple(map(str, in_order)),
            lots=tuple(model_lot(lot, schools) for lot in lots),
            offers=tuple(offer for lot in lots for offer in self._offers(lot, schools)),
            bundles=tuple(self._bundles(lots, schools)),
            limits=Limits(most_lots=self.basis.division.limits.most_awarded),
        )

    def _offers(self, lot: ScheduleLot, schools: Collection[uuid.UUID]) -> Iterator[combination.Offer]:
        """Each quote's prices for a lot, and what its quality is worth to these schools."""
        start = amounts.start_reached(self.basis.division, lot, schools)
        comparison = self.results.of(lot.id).comparison
        worth = formulas.worth_of_a_mark(comparison.figures.method)
        for shown, result in zip(comparison.offers, comparison.figures.results, strict=True):
            asked = self.basis.asked[shown.quote_id]
            lines = []
            for line in lot.lines:
                price = asked.price(line.id, start)
                assert price is not None, "compared quotes have every price"
                due = {
                    str(volume.school_id): line_amount(price, volume.quantity).pence
                    for volume in line.volumes
                    if volume.school_id in schools
                }
                lines.append((combination.Tier(due),))
            paid = sum(pence for (tier,) in lines for pence in tier.amounts.values())
            share = Fraction(paid, shown.total.pence)
            value = (worth or 0) * sum(result.quality_marks, Fraction(0)) * min(share, Fraction(1))
            yield combination.Offer(
                str(shown.quote_id), str(lot.id), tuple(lines), worth=int(rounded(value, Decimal(1)))
            )

    def _bundles(
        self, lots: Collection[ScheduleLot], schools: Collection[uuid.UUID]
    ) -> Iterator[combination.Bundle]:
        """The bundles of which these schools buy enough, by each quote that takes something off."""
        by_id = {lot.id: lot for lot in lots}
        for bundle in self.basis.division.bundles:
            if not _is_earned(bundle, by_id, schools):
                continue
            for quote_id, asked in self.basis.asked.items():
                percent = asked.discounts.get(bundle.id)
                if percent and all(quote_id in self.quotes(lot_id) for lot_id in bundle.lots):
                    yield combination.Bundle(
                        str(quote_id), frozenset(map(str, bundle.lots)), share=Fraction(percent) / A_WHOLE
                    )

    def prices(self, chosen: Chosen) -> dict[uuid.UUID, LotPrice]:
        """What each chosen lot costs when every school buys, the bundles that are earned included.

        Worked out from the quotes alone, apart from the model. Of several bundles of one supplier the one
        counts that takes most off.
        """
        lots = {lot.id: lot for lot in self.basis.lots}
        plain = {lot_id: self._price(lots[lot_id], quote_id, None) for lot_id, quote_id in chosen.items()}
        found = dict(plain)
        for quote_id in dict.fromkeys(chosen.values()):
            won = {lot_id for lot_id, winner in chosen.items() if winner == quote_id}
            best: dict[uuid.UUID, LotPrice] = {}
            for bundle in self.basis.division.bundles:
                if bundle.lots <= won and bundle.id in self.basis.asked[quote_id].discounts:
                    with_it = {lot_id: self._price(lots[lot_id], quote_id, bundle) for lot_id in bundle.lots}
                    if _saved(plain, with_it) > _saved(plain, best):
                        best = with_it
            found |= best
        return found

    def _price(self, lot: ScheduleLot, quote_id: uuid.UUID, bundle: Bundle | None) -> LotPrice:
        asked = self.basis.asked[quote_id]
        percent = asked.discounts[bundle.id] if bundle else amounts.NOTHING_OFF
        start = amounts.start_reached(self.basis.division, lot)
        return LotPrice(
            quote_id,
            bundle.id if bundle else None,
            percent,
            amounts.of_lot(lot, asked, start, percent),
        )


def _saved(plain: Mapping[uuid.UUID, LotPrice], bundled: Mapping[uuid.UUID, LotPrice]) -> int:
    return sum(plain[lot_id].total.pence - one.total.pence for lot_id, one in bundled.items())


def model_lot(lot: ScheduleLot, schools: Collection[uuid.UUID]) -> combination.Lot:
    """A lot as the model reads it, with what these schools buy of it."""
    return combination.Lot(
        str(lot.id),
        tuple(
            {
                str(volume.school_id): int(volume.quantity * IN_WHOLE_UNITS)
                for volume in line.volumes
                if volume.school_id in schools
            }
            for line in lot.lines
        ),
    )


def _is_earned(bundle: Bundle, lots: Mapping[uuid.UUID, ScheduleLot], schools: Collection[uuid.UUID]) -> bool:
    """Do these schools buy the least share of every lot of a bundle?"""
    return all(
        lot_id in lots
        and amounts.units_of(lots[lot_id], schools) * A_WHOLE
        >= amounts.units_of(lots[lot_id]) * bundle.least_share
        for lot_id in bundle.lots
    )
