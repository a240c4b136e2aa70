"""How a cost that schools share is split between them: the rules, exactly, and whom a split treats badly.

Shares are exact fractions; `to_pence` rounds them by largest remainder, so that they sum to the cost.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from invoicing.shared_costs import games, nucleolus
from invoicing.shared_costs.games import Game, Subgroup
from marketplace.core.errors import RuleBroken

ZERO = Fraction(0)


class Rule(StrEnum):
    """A way to split a cost."""

    EQUAL = "equal"
    VOLUME = "volume"
    STANDALONE = "standalone"
    SCRB = "scrb"
    SHAPLEY = "shapley"
    NUCLEOLUS = "nucleolus"


@dataclass(frozen=True, slots=True)
class Split:
    """A cost split by a rule. `exact` are the shares, `pence` the same in whole pence.

    `worst` is the group of schools that would save most by buying alone; None where none would.
    """

    exact: tuple[Fraction, ...]
    pence: tuple[int, ...]
    individually_rational: bool
    worst: Subgroup | None


def split(game: Game, rule: Rule) -> Split:
    """The cost of everybody, split by a rule. Raises RuleBroken where the rule cannot be applied."""
    shares, weights = RULES[rule](game)
    alone = [game.cost(1 << at) for at in range(len(game.players))]
    return Split(
        tuple(shares),
        tuple(to_pence(shares, weights)),
        all(share <= cost for share, cost in zip(shares, alone, strict=True)),
        game.worst_treated(shares),
    )


Shares = tuple[Sequence[Fraction], Sequence[Fraction]]
"""Shares, and the weights by which equal remainders are told apart."""


def _total(game: Game) -> Fraction:
    return game.cost(games.everybody(game))


def _in_proportion(game: Game, weights: Sequence[Fraction]) -> Shares:
    """The cost by weights; equally where all are 0."""
    whole = sum(weights, ZERO)
    if not whole:
        return _equal(game)
    return [_total(game) * weight / whole for weight in weights], weights


def _equal(game: Game) -> Shares:
    count = len(game.players)
    return [_total(game) / count] * count, [Fraction(1)] * count


def _by_volume(game: Game) -> Shares:
    if not game.volumes:
        raise RuleBroken("volumes is missing. The rule volume needs what each player buys.", "volumes")
    return _in_proportion(game, game.volumes)


def _by_standalone(game: Game) -> Shares:
    """In proportion to what each would pay alone."""
    return _in_proportion(game, [game.cost(1 << at) for at in range(len(game.players))])


def _by_remaining_benefits(game: Game) -> Shares:
    """Separable costs, remaining benefits (SCRB): the alternate-cost-avoided method.

    Each pays what it adds to the others' cost; what is left goes by how much each still saves against
    buying alone (Ransmeier, The Tennessee Valley Authority, 1942).
    """
    everybody, places = games.everybody(game), range(len(game.players))
    separable = [_total(game) - game.cost(everybody ^ 1 << at) for at in places]
    benefits = [max(ZERO, game.cost(1 << at) - separable[at]) for at in places]
    left, whole = _total(game) - sum(separable, ZERO), sum(benefits, ZERO)
    parts = [benefit / whole if whole else Fraction(1, len(places)) for benefit in benefits]
    return [own + left * part for own, part in zip(separable, parts, strict=True)], _alike(game)


def _shapley(game: Game) -> Shares:
    return game.shapley(), _alike(game)


def _nucleolus(game: Game) -> Shares:
    return nucleolus.nucleolus(game), _alike(game)


def _alike(game: Game) -> Sequence[Fraction]:
    return [Fraction(1)] * len(game.players)


RULES: Mapping[Rule, Callable[[Game], Shares]] = {
    Rule.EQUAL: _equal,
    Rule.VOLUME: _by_volume,
    Rule.STANDALONE: _by_standalone,
    Rule.SCRB: _by_remaining_benefits,
    Rule.SHAPLEY: _shapley,
    Rule.NUCLEOLUS: _nucleolus,
}


def to_pence(shares: Sequence[Fraction], weights: Sequence[Fraction]) -> list[int]:
    """Exact shares in whole pence: largest remainder, so that they sum to the total.

    Equal remainders go to the larger weight, then to the earlier place. Nobody pays a penny more than a
    whole sum that the exact share does not exceed, such as what it pays alone.
    """
    whole = [math.floor(share) for share in shares]
    left = math.floor(sum(shares, ZERO) + Fraction(1, 2)) - sum(whole)
    order = sorted(range(len(shares)), key=lambda at: (whole[at] - shares[at], -weights[at], at))
    for at in order[:left]:
        whole[at] += 1
    return whole
