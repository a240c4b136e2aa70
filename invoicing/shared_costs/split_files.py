"""Costs to be split as files that an adviser can write, and splits as what a program can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from invoicing.shared_costs.games import (
    Coalitions,
    Game,
    Kind,
    PriceByCount,
    PriceByVolume,
    Tariff,
    check_size,
)
from invoicing.shared_costs.sharing import Split
from marketplace.core import json_files
from marketplace.core.errors import RuleBroken
from marketplace.core.json_files import each, exact, mapping, needed

TOGETHER = "+"
MOST_PLAYERS = 200
PARTS_OF_A_BREAK = 2


def read(file: Mapping[str, Any]) -> Game:
    """The cost of every group that a file states, or the prices it follows from. Raises RuleBroken."""
    players = json_files.names(needed(file, "players"), "players")
    if len(players) > MOST_PLAYERS:
        raise RuleBroken(f"players may hold at most {MOST_PLAYERS}, and holds {len(players)}.", "players")
    if "cost" in file:
        volumes = _volumes(file, players) if "volumes" in file else ()
        return Coalitions(players, _costs(mapping(file["cost"], "cost"), players), volumes)
    if "rate_by_count" in file:
        return PriceByCount(players, _volumes(file, players), _rates(file["rate_by_count"], players))
    if "breaks" in file:
        return PriceByVolume(players, _volumes(file, players), Tariff(_breaks(file["breaks"]), _kind(file)))
    raise RuleBroken("cost is missing. Give cost, rate_by_count or breaks.", "cost")


def _costs(costs: Mapping[str, Any], players: Sequence[str]) -> tuple[Fraction, ...]:
    """The cost of each group, by its number; groups are named "a+b", in any order."""
    check_size(players)
    places = {player: at for at, player in enumerate(players)}
    if wrong := next((player for player in players if TOGETHER in player), None):
        raise RuleBroken(f"players names {wrong}, and {TOGETHER} joins the names of a group.", "players")
    found: dict[int, Fraction] = {0: Fraction(0)}
    for name, cost in costs.items():
        group = 0
        for player in name.split(TOGETHER):
            if player not in places:
                raise RuleBroken(f"cost names {player[:50]!r}, which is not listed in players.", "cost")
            if group >> places[player] & 1:
                raise RuleBroken(f"cost.{name} names {player} twice.", f"cost.{name}")
            group |= 1 << places[player]
        if group in found:
            raise RuleBroken(f"cost.{name} is a second cost of the same group.", f"cost.{name}")
        found[group] = exact(cost, f"cost.{name}", least=None)
    for group in range(1, 1 << len(players)):
        if group not in found:
            name = TOGETHER.join(player for at, player in enumerate(players) if group >> at & 1)
            raise RuleBroken(f"cost.{name} is missing.", f"cost.{name}")
    return tuple(found[group] for group in range(1 << len(players)))


def _volumes(file: Mapping[str, Any], players: Sequence[str]) -> tuple[Fraction, ...]:
    return _one_each(needed(file, "volumes"), "volumes", players)


def _one_each(value: Any, where: str, players: Sequence[str]) -> tuple[Fraction, ...]:
    found = each(value, where, exact)
    if len(found) != len(players):
        raise RuleBroken(f"{where} must hold {len(players)}, one for each of players.", where)
    return tuple(found)


def _rates(value: Any, players: Sequence[str]) -> tuple[Fraction, ...]:
    """The price for 1, 2, … players; the first of the list is for nobody, and null."""
    first, *rest = json_files.listed(value, "rate_by_count")
    if first is not None:
        raise RuleBroken("rate_by_count[0] must be null: nobody pays nothing.", "rate_by_count[0]")
    if len(rest) < len(players):
        raise RuleBroken(
            f"rate_by_count must hold null and a price for each number of players up to {len(players)}.",
            "rate_by_count",
        )
    return tuple(exact(rate, f"rate_by_count[{at}]") for at, rate in enumerate(rest, start=1))


def _breaks(value: Any) -> tuple[tuple[Fraction, Fraction], ...]:
    found = each(value, "breaks", _break)
    if found[0][0]:
        raise RuleBroken("breaks[0] must start at 0, where the first price begins.", "breaks[0]")
    for at in range(1, len(found)):
        if found[at][0] <= found[at - 1][0]:
            raise RuleBroken(f"breaks[{at}] must start above the one before it.", f"breaks[{at}]")
    return tuple(found)


def _break(value: Any, where: str) -> tuple[Fraction, Fraction]:
    parts = json_files.listed(value, where)
    if len(parts) != PARTS_OF_A_BREAK:
        raise RuleBroken(f"{where} must hold the least volume and the price of a unit.", where)
    return exact(parts[0], f"{where}[0]"), exact(parts[1], f"{where}[1]")


def _kind(file: Mapping[str, Any]) -> Kind:
    kind = needed(file, "kind")
    if not isinstance(kind, str) or kind not in set(Kind):
        raise RuleBroken(f"kind must be one of {', '.join(Kind)}.", "kind")
    return Kind(kind)


def written(split: Split) -> dict[str, Any]:
    """What is said of a split: exact shares as whole numbers or fractions, and whole pence."""
    worst = split.worst
    return {
        "exact": [str(share) for share in split.exact],
        "pence": list(split.pence),
        "individually_rational": split.individually_rational,
        "worst_subgroup": worst
        and {"players": list(worst.players), "overcharge_pence": str(worst.overcharge)},
    }
