"""An award problem as an integer program: the columns, the rows, and what a solution says.

There is a column for each supplier that could win a lot (`wins`), each school that could join it
(`joins`), each tier that a line could reach and each school that could buy at it, each school that could
opt out, each supplier that could win anything (`uses`) and each bundle (`bundled`). All are 0 or 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from suppliers.awards.combination import Award, Instance, Lot, Offer, Tier
from suppliers.awards.pricing import rounded_share
from suppliers.gateways.programs import INFINITE, Program, Solution

QUALITY_ALONE = 1_000_000
"""By how much marks are multiplied where price earns none."""


@dataclass(slots=True)
class Model:
    """The program of an instance, and which columns mean what.

    `cost` are the factors of what an award costs in pence; the program's own costs are what it optimises.
    """

    instance: Instance
    program: Program = field(default_factory=Program)
    wins: dict[tuple[str, str], int] = field(default_factory=dict)
    joins: dict[tuple[str, str, str], tuple[int, ...]] = field(default_factory=dict)
    """By supplier, lot and school: the columns of which one is 1 if the school joins, its tiers of a line."""
    opts_out: dict[tuple[str, str], int] = field(default_factory=dict)
    uses: dict[str, int] = field(default_factory=dict)
    bundled: list[int] = field(default_factory=list)
    cost: dict[int, float] = field(default_factory=dict)
    school_pays: defaultdict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    bought: dict[tuple[str, str, int, str], list[tuple[int, int]]] = field(default_factory=dict)
    """By supplier, lot, line and school: the columns that say it buys, each with what it then pays."""

    @property
    def is_whole(self) -> bool:
        """Is what is optimised a whole number for every award?"""
        return self.instance.scale is None


def build(instance: Instance) -> Model:
    """The program of an award problem."""
    model = Model(instance)
    for offer in instance.offers:
        _add_offer(model, offer, instance.lot(offer.lot))
    for lot in instance.lots:
        _add_lot(model, lot)
    _add_limits(model)
    for number in range(len(instance.bundles)):
        _add_bundle(model, number)
    for school in instance.conditions:
        _add_condition(model, school)
    _add_objective(model)
    return model


def _add_offer(model: Model, offer: Offer, lot: Lot) -> None:
    """Who joins an offer, and for each of its lines which tier they reach."""
    program = model.program
    wins = model.wins[offer.supplier, offer.lot] = program.column()
    model.cost[wins] = offer.fixed
    plain = [number for number, tiers in enumerate(offer.lines) if _is_plain(tiers, lot, number)]
    for number, tiers in enumerate(offer.lines):
        if number not in plain:
            _add_tiers(model, offer, lot, number, tiers)
    for school in lot.buyers:
        if (offer.supplier, offer.lot, school) not in model.joins:
            joins = program.column()
            model.joins[offer.supplier, offer.lot, school] = (joins,)
            program.row({joins: 1, wins: -1}, upper=0)
        for number in plain:
            if lot.lines[number].get(school, 0) > 0:
                _add_plain(model, offer, number, school)
    everybody = [column for school in lot.buyers for column in model.joins[offer.supplier, offer.lot, school]]
    program.row({wins: -1} | dict.fromkeys(everybody, 1.0), lower=0)


def _is_plain(tiers: Sequence[Tier], lot: Lot, number: int) -> bool:
    """Is there one price only, from the first unit on?"""
    smallest = min((volume for volume in lot.lines[number].values() if volume > 0), default=0)
    return len(tiers) == 1 and tiers[0].starts_at <= smallest and tiers[0].fewest_schools <= 1


def _add_plain(model: Model, offer: Offer, number: int, school: str) -> None:
    """A line without tiers: whoever joins pays its one price."""
    amount = offer.lines[number][0].amounts[school]
    columns = model.joins[offer.supplier, offer.lot, school]
    model.bought[offer.supplier, offer.lot, number, school] = [(column, amount) for column in columns]
    for column in columns:
        pays = model.school_pays[school].get(column, 0) + amount
        model.cost[column] = model.school_pays[school][column] = pays


def _add_tiers(model: Model, offer: Offer, lot: Lot, number: int, tiers: Sequence[Tier]) -> None:
    program, volumes = model.program, lot.lines[number]
    buyers = [school for school in lot.buyers if volumes.get(school, 0) > 0]
    buys: dict[str, list[tuple[int, int]]] = {school: [] for school in buyers}
    reached = []
    for tier in tiers:
        reaches = program.column()
        reached.append(reaches)
        columns = {}
        for school in buyers:
            column = columns[school] = program.column()
            amount = tier.amounts[school]
            model.cost[column] = model.school_pays[school][column] = amount
            buys[school].append((column, amount))
            program.row({column: 1, reaches: -1}, upper=0)
        volume = {column: volumes[school] for school, column in columns.items()}
        program.row(volume | {reaches: -tier.starts_at}, lower=0)
        if tier.fewest_schools > 1:
            program.row(dict.fromkeys(columns.values(), 1.0) | {reaches: -tier.fewest_schools}, lower=0)
    wins = model.wins[offer.supplier, offer.lot]
    always = 0 if len(buyers) == len(lot.buyers) else -INFINITE
    program.row(dict.fromkeys(reached, 1.0) | {wins: -1}, lower=always, upper=0)
    for school, bought in buys.items():
        model.bought[offer.supplier, offer.lot, number, school] = bought
        columns_of_line = tuple(column for column, _ in bought)
        joins = model.joins.setdefault((offer.supplier, offer.lot, school), columns_of_line)
        if joins != columns_of_line:
            program.row(dict.fromkeys(columns_of_line, 1.0) | dict.fromkeys(joins, -1.0), lower=0, upper=0)


def _add_lot(model: Model, lot: Lot) -> None:
    """One winner at most, and every school that buys the lot joins it or opts out."""
    program = model.program
    suppliers = [offer.supplier for offer in model.instance.offers if offer.lot == lot.name]
    fewest = 1 if model.instance.limits.all_lots and lot.buyers else 0
    program.row({model.wins[supplier, lot.name]: 1 for supplier in suppliers}, lower=fewest, upper=1)
    for school in lot.buyers:
        chosen = {column: 1.0 for supplier in suppliers for column in model.joins[supplier, lot.name, school]}
        elsewhere = model.instance.opt_outs.get((school, lot.name))
        if elsewhere is not None:
            out = model.opts_out[school, lot.name] = program.column(whole=False)
            model.cost[out] = model.school_pays[school][out] = elsewhere
            chosen[out] = 1
        program.row(chosen, lower=1, upper=1)


def _add_limits(model: Model) -> None:
    program, limits = model.program, model.instance.limits
    for supplier in model.instance.suppliers:
        won = [column for (who, _), column in model.wins.items() if who == supplier]
        used = model.uses[supplier] = program.column()
        for column in won:
            program.row({column: 1, used: -1}, upper=0)
        program.row(dict.fromkeys(won, 1.0) | {used: -1}, lower=0)
        most = [most for most in (limits.most_lots, limits.most_lots_of.get(supplier)) if most is not None]
        if most:
            program.row(dict.fromkeys(won, 1.0) | {used: -min(most)}, upper=0)
    most_suppliers = INFINITE if limits.most_suppliers is None else limits.most_suppliers
    program.row(dict.fromkeys(model.uses.values(), 1.0), limits.fewest_suppliers, most_suppliers)


def _add_bundle(model: Model, number: int) -> None:
    program, bundle = model.program, model.instance.bundles[number]
    used = program.column()
    model.bundled.append(used)
    model.cost[used] = -bundle.discount
    for lot in bundle.lots:
        wins = model.wins.get((bundle.supplier, lot))
        program.row({used: 1} if wins is None else {used: 1, wins: -1}, upper=0)
    before = [
        column
        for column, other in zip(model.bundled, model.instance.bundles, strict=False)
        if other.supplier == bundle.supplier
    ]
    if len(before) > 1:
        program.row(dict.fromkeys(before, 1.0), upper=1)
    units = {
        column: float(lot.volume_of(school))
        for lot in model.instance.lots
        if lot.name in bundle.lots and (bundle.supplier, lot.name) in model.wins
        for school in lot.buyers
        for column in model.joins[bundle.supplier, lot.name, school]
    }
    program.row(units | {used: -bundle.fewest_units}, lower=0)
    if bundle.share:
        _add_share(model, number, used)


def _add_share(model: Model, number: int, used: int) -> None:
    """What the bundle takes off each school's line: only if it is used, and at the tier that is bought."""
    program, bundle = model.program, model.instance.bundles[number]
    off: defaultdict[tuple[str, int], int] = defaultdict(int)
    for (supplier, lot, _, school), bought in model.bought.items():
        if supplier == bundle.supplier and lot in bundle.lots:
            for column, amount in bought:
                off[school, column] += rounded_share(bundle.share, amount)
    for (school, column), discount in off.items():
        if discount:
            gets = program.column(whole=False)
            model.cost[gets] = model.school_pays[school][gets] = -discount
            program.row({gets: 1, column: -1}, upper=0)
            program.row({gets: 1, used: -1}, upper=0)


def _add_condition(model: Model, school: str) -> None:
    program, condition = model.program, model.instance.conditions[school]
    joined = [column for (_, _, who), columns in model.joins.items() if who == school for column in columns]
    if condition.most_pence is not None:
        bought = [lot.name for lot in model.instance.lots if school in lot.buyers]
        elsewhere = [model.instance.opt_outs.get((school, lot)) for lot in bought]
        all_elsewhere = sum(filter(None, elsewhere)) if None not in elsewhere else 0
        inside = program.column()
        for column in joined:
            program.row({column: 1, inside: -1}, upper=0)
        too_much = max(0, all_elsewhere - condition.most_pence)
        program.row(model.school_pays[school] | {inside: too_much}, upper=condition.most_pence + too_much)
    if condition.fewest_schools > 1:
        for lot in model.instance.lots:
            if school in lot.buyers:
                everybody: defaultdict[int, float] = defaultdict(float)
                for (_, name, who), columns in model.joins.items():
                    if name == lot.name:
                        for column in columns:
                            everybody[column] += 1 - condition.fewest_schools * (who == school)
                program.row(everybody, lower=0)


def _add_objective(model: Model) -> None:
    """What is to be least: the cost less what quality is worth, or the marks with their sign turned."""
    program, scale = model.program, model.instance.scale
    if scale is None:
        for column, factor in model.cost.items():
            program.costs[column] = factor
        for offer in model.instance.offers:
            program.costs[model.wins[offer.supplier, offer.lot]] -= offer.worth
        return
    span = scale.ceiling - scale.optimum
    a_mark = Fraction(span) / scale.price_marks if scale.price_marks else Fraction(QUALITY_ALONE)
    for offer in model.instance.offers:
        program.costs[model.wins[offer.supplier, offer.lot]] = -float(a_mark * offer.marks)
    if scale.price_marks:
        _add_price_marks(model)


def _add_price_marks(model: Model) -> None:
    """Below the ceiling each penny counts until the optimum; above it none does."""
    program, scale = model.program, model.instance.scale
    assert scale is not None, "marks need their scale"
    span = scale.ceiling - scale.optimum
    most = sum(max(0.0, factor) for factor in model.cost.values())
    above = program.column()
    earned = program.column(-1, span, whole=False)
    program.row({earned: 1, above: span}, upper=span)
    program.row({earned: 1, above: -max(0.0, most - scale.ceiling)} | model.cost, upper=scale.ceiling)


def read(model: Model, solution: Solution) -> Award:
    """The award that a solution stands for."""
    winners = {lot: supplier for (supplier, lot), column in model.wins.items() if solution.chosen(column)}
    in_order = {lot.name: winners[lot.name] for lot in model.instance.lots if lot.name in winners}
    return Award(
        in_order,
        {
            lot: tuple(
                school
                for school in model.instance.lot(lot).buyers
                if any(solution.chosen(column) for column in model.joins[supplier, lot, school])
            )
            for lot, supplier in in_order.items()
        },
        tuple(number for number, column in enumerate(model.bundled) if solution.chosen(column)),
    )


def other_winners(model: Model, award: Award) -> dict[int, float]:
    """Factors of a sum that is at least 1 less than the number of `award`'s lots for any other winners.

    A row of them with an upper bound of that number less 1 leaves out every award with the same winners.
    """
    factors = {model.wins[supplier, lot]: 1.0 for lot, supplier in award.winners.items()}
    unwon = {lot.name for lot in model.instance.lots} - set(award.winners)
    return factors | {column: -1.0 for (_, lot), column in model.wins.items() if lot in unwon}


def suppliers_used(model: Model) -> dict[int, float]:
    """Factors of the number of suppliers that win anything."""
    return dict.fromkeys(model.uses.values(), 1.0)


def place_of_winner(model: Model, lot: str) -> dict[int, float]:
    """Factors of the place of a lot's winner in the published order; 0 for no winner."""
    places = {supplier: place for place, supplier in enumerate(model.instance.suppliers, start=1)}
    return {column: float(places[supplier]) for (supplier, name), column in model.wins.items() if name == lot}
