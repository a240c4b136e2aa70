"""What an award costs, worked out from the offers alone.

This knows nothing of the model that finds awards, so that a fault there cannot hide here: every award
that is shown was priced by this module, and one that breaks a rule is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from marketplace.core.money import Money
from suppliers.awards.combination import Award, Bundle, Instance, Lot, Offer, Tier

Lines = list[dict[str, int]]


class UnlawfulAward(Exception):
    """An award that the offers, the limits or a school's condition do not allow; the message says why."""


@dataclass(frozen=True, slots=True)
class Priced:
    """What an award costs in pence, and each school's part of it. The parts sum to the cost exactly.

    A school pays its own prices; fixed sums are shared by volume, fixed discounts by what is paid for the
    bundle's lots. `worth` is what the winners' quality is worth in pence; `marks` are those for quality
    and, on the instance's scale, for price.
    """

    cost: int
    by_school: Mapping[str, int]
    worth: int
    marks: Fraction

    @property
    def adjusted(self) -> int:
        """The cost less what quality is worth."""
        return self.cost - self.worth


def price(instance: Instance, award: Award) -> Priced:
    """What an award costs every school. Raises UnlawfulAward."""
    _check_limits(instance, award)
    offers = _winning(instance, award)
    lines = {lot.name: _lines(lot, offers[lot.name], award) for lot in instance.lots if lot.name in offers}
    bundles = _bundles(instance, award)
    for bundle in bundles:
        for name in bundle.lots:
            _take_share_off(bundle.share, lines[name])
    own = {
        (school, lot.name): _own_price(instance, lot, school, award, lines)
        for lot in instance.lots
        for school in lot.buyers
    }
    _check_conditions(instance, award, own)
    by_school = Counter(dict.fromkeys(instance.schools, 0))
    for (school, _), pence in own.items():
        by_school[school] += pence
    for name, offer in offers.items():
        lot = instance.lot(name)
        _spread(by_school, offer.fixed, {school: lot.volume_of(school) for school in award.joined[name]})
    for bundle in bundles:
        _spread(by_school, -bundle.discount, _paid_for(bundle, award, own))
    cost = sum(by_school.values())
    quality = sum((offer.marks for offer in offers.values()), Fraction(0))
    return Priced(
        cost,
        dict(by_school),
        sum(offer.worth for offer in offers.values()),
        quality + _price_marks(instance, cost),
    )


def _winning(instance: Instance, award: Award) -> dict[str, Offer]:
    """The offer that wins each lot."""
    offers = {(offer.lot, offer.supplier): offer for offer in instance.offers}
    for pair in award.winners.items():
        if pair not in offers:
            raise UnlawfulAward(f"{pair[1]} made no offer for {pair[0]}.")
    return {pair[0]: offers[pair] for pair in award.winners.items()}


def _check_limits(instance: Instance, award: Award) -> None:
    limits, won = instance.limits, Counter(award.winners.values())
    for supplier, count in won.items():
        most = [most for most in (limits.most_lots, limits.most_lots_of.get(supplier)) if most is not None]
        if most and count > min(most):
            raise UnlawfulAward(f"{supplier} wins {count} lots, and may win {min(most)}.")
    if len(won) < limits.fewest_suppliers:
        raise UnlawfulAward(f"{len(won)} suppliers win, fewer than {limits.fewest_suppliers}.")
    if limits.most_suppliers is not None and len(won) > limits.most_suppliers:
        raise UnlawfulAward(f"{len(won)} suppliers win, more than {limits.most_suppliers}.")
    if limits.all_lots and any(lot.buyers and lot.name not in award.winners for lot in instance.lots):
        raise UnlawfulAward("A lot has no winner.")


def _lines(lot: Lot, offer: Offer, award: Award) -> Lines:
    """What each school that joins pays for each line of a lot, at the best tier that they reach."""
    joined = award.joined.get(lot.name, ())
    if not joined or not set(joined) <= set(lot.buyers):
        raise UnlawfulAward(f"{lot.name} is won, and nobody that buys it joins.")
    found: Lines = []
    for volumes, tiers in zip(lot.lines, offer.lines, strict=True):
        buying = [school for school in joined if volumes.get(school, 0) > 0]
        if not buying:
            found.append({})
            continue
        reached = [
            tier for tier in tiers if _is_reached(tier, sum(volumes[school] for school in buying), buying)
        ]
        if not reached:
            raise UnlawfulAward(f"The volume that joins {lot.name} reaches no tier of {offer.supplier}.")
        best = min(reached, key=lambda tier: sum(tier.amounts[school] for school in buying))
        found.append({school: best.amounts[school] for school in buying})
    return found


def _is_reached(tier: Tier, volume: int, buying: list[str]) -> bool:
    return volume >= tier.starts_at and len(buying) >= tier.fewest_schools


def _bundles(instance: Instance, award: Award) -> list[Bundle]:
    """The bundles that are used, each of which must be earned, and one at most of each supplier."""
    used = [instance.bundles[number] for number in award.bundles]
    for bundle in used:
        if any(award.winners.get(lot) != bundle.supplier for lot in bundle.lots):
            raise UnlawfulAward(f"{bundle.supplier} does not win all lots of its bundle.")
        units = sum(
            instance.lot(name).volume_of(school) for name in bundle.lots for school in award.joined[name]
        )
        if units < bundle.fewest_units:
            raise UnlawfulAward(f"The volume of {bundle.supplier}’s bundle is {units} units, too few.")
    if len({bundle.supplier for bundle in used}) < len(used):
        raise UnlawfulAward("Two bundles of one supplier are used.")
    return used


def _take_share_off(share: Fraction, lines: Lines) -> None:
    """Each school's discount on each line is rounded to the penny, half up."""
    for line in lines:
        for school in line:
            line[school] -= rounded_share(share, line[school])


def rounded_share(share: Fraction, pence: int) -> int:
    """A share of an amount to the penny, half up."""
    exact = share * pence
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def _own_price(instance: Instance, lot: Lot, school: str, award: Award, lines: Mapping[str, Lines]) -> int:
    """What a school pays for a lot by its own prices, or elsewhere when it opts out."""
    if lot.name in award.winners and school in award.joined[lot.name]:
        return sum(line.get(school, 0) for line in lines[lot.name])
    if (school, lot.name) not in instance.opt_outs:
        raise UnlawfulAward(f"{school} cannot opt out of {lot.name}.")
    return instance.opt_outs[school, lot.name]


def _check_conditions(instance: Instance, award: Award, own: Mapping[tuple[str, str], int]) -> None:
    for school, condition in instance.conditions.items():
        joins = [name for name, joined in award.joined.items() if school in joined]
        paid = sum(pence for (who, _), pence in own.items() if who == school)
        if joins and condition.most_pence is not None and paid > condition.most_pence:
            raise UnlawfulAward(f"{school} would pay more than it is in for.")
        if any(len(award.joined[name]) < condition.fewest_schools for name in joins):
            raise UnlawfulAward(f"Fewer schools join than {school} asks for.")


def _spread(by_school: Counter[str], pence: int, weights: Mapping[str, int]) -> None:
    """Add an amount to what schools pay, in proportion to weights."""
    if not pence:
        return
    parts = list(weights.values()) if any(weights.values()) else [1] * len(weights)
    for school, part in zip(weights, Money(pence).split(parts), strict=True):
        by_school[school] += part.pence


def _paid_for(bundle: Bundle, award: Award, own: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """What each school pays for the lots of a bundle."""
    paid: Counter[str] = Counter()
    for name in _ordered(bundle.lots):
        for school in award.joined[name]:
            paid[school] += own[school, name]
    return dict(paid)


def _ordered(lots: Iterable[str]) -> list[str]:
    return sorted(lots)


def _price_marks(instance: Instance, cost: int) -> Fraction:
    scale = instance.scale
    if scale is None:
        return Fraction(0)
    share = Fraction(scale.ceiling - cost, scale.ceiling - scale.optimum)
    return scale.price_marks * min(Fraction(1), max(Fraction(0), share))
