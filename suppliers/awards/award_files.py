"""Award problems as files that an adviser can write, and awards as what a program can read.

One price line a lot; unit prices in pence. What is understood stands in the user guide. Fields that are
not known are left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from marketplace.core import json_files
from marketplace.core.errors import RuleBroken
from marketplace.core.json_files import each, listed, mapping, needed, optional_whole, whole
from suppliers.awards.combination import Bundle, Instance, Limits, Lot, Offer, Tier
from suppliers.awards.optimum import Outcome


def read(file: Mapping[str, Any]) -> Instance:
    """The award problem of a file. Raises RuleBroken, naming the field."""
    lots = json_files.names(needed(file, "lots"), "lots")
    schools = json_files.names(needed(file, "schools"), "schools")
    suppliers = json_files.names(needed(file, "suppliers"), "suppliers")
    volumes = _table(needed(file, "volume"), "volume", schools, lots)
    parts = tuple(
        Lot(lot, ({school: volumes[school, lot] or 0 for school in schools if (school, lot) in volumes},))
        for lot in lots
    )
    by_name = {lot.name: lot for lot in parts}
    offers = tuple(
        each(needed(file, "offers"), "offers", lambda one, where: _offer(one, where, suppliers, by_name))
    )
    _check_once(offers)
    return Instance(
        schools,
        suppliers,
        parts,
        offers,
        tuple(
            each(
                json_files.present(file, "bundles", []),
                "bundles",
                lambda one, where: _bundle(one, where, suppliers, lots),
                fewest=0,
            )
        ),
        {
            pair: pence
            for pair, pence in _table(
                json_files.present(file, "opt_out_cost", {}), "opt_out_cost", schools, lots
            ).items()
            if pence is not None
        },
        _limits(file),
    )


def _table(
    value: Any, where: str, schools: Collection[str], lots: Collection[str]
) -> dict[tuple[str, str], int | None]:
    """A number for each school and lot; what is missing or null is left out, or None."""
    found: dict[tuple[str, str], int | None] = {}
    for school, row in mapping(value, where).items():
        _among(school, schools, where)
        for lot, number in mapping({} if row is None else row, f"{where}.{school}").items():
            _among(lot, lots, f"{where}.{school}")
            found[school, lot] = optional_whole(number, f"{where}.{school}.{lot}")
    return found


def _among(name: Any, names: Collection[str], where: str) -> str:
    if not isinstance(name, str) or name not in names:
        raise RuleBroken(f"{where} names {str(name)[:50]}, which is not listed.", where)
    return name


def _offer(value: Any, where: str, suppliers: Collection[str], lots: Mapping[str, Lot]) -> Offer:
    one = mapping(value, where)
    supplier = _among(needed(one, "supplier", where), suppliers, f"{where}.supplier")
    lot = lots[_among(needed(one, "lot", where), lots, f"{where}.lot")]
    tiers = each(needed(one, "tiers", where), f"{where}.tiers", lambda tier, at: _tier(tier, at, lot))
    return Offer(supplier, lot.name, (tuple(tiers),), optional_whole(one.get("fixed"), f"{where}.fixed") or 0)


def _tier(value: Any, where: str, lot: Lot) -> Tier:
    one = mapping(value, where)
    prices = mapping(needed(one, "unit_price", where), f"{where}.unit_price")
    amounts = {
        school: lot.volume_of(school)
        * whole(needed(prices, school, f"{where}.unit_price"), f"{where}.unit_price.{school}")
        for school in lot.buyers
    }
    return Tier(
        amounts,
        whole(needed(one, "min_volume", where), f"{where}.min_volume"),
        optional_whole(one.get("min_schools"), f"{where}.min_schools") or 0,
    )


def _check_once(offers: Collection[Offer]) -> None:
    seen = set()
    for at, offer in enumerate(offers):
        if (offer.supplier, offer.lot) in seen:
            raise RuleBroken(
                f"offers[{at}] is a second offer of {offer.supplier} for {offer.lot}.", f"offers[{at}]"
            )
        seen.add((offer.supplier, offer.lot))


def _bundle(value: Any, where: str, suppliers: Collection[str], lots: Collection[str]) -> Bundle:
    one = mapping(value, where)
    of = listed(needed(one, "lots", where), f"{where}.lots")
    return Bundle(
        _among(needed(one, "supplier", where), suppliers, f"{where}.supplier"),
        frozenset(_among(lot, lots, f"{where}.lots") for lot in of),
        whole(needed(one, "min_volume", where), f"{where}.min_volume"),
        whole(needed(one, "discount", where), f"{where}.discount"),
    )


def _limits(file: Mapping[str, Any]) -> Limits:
    return Limits(
        most_lots=optional_whole(file.get("max_lots_per_supplier"), "max_lots_per_supplier", least=1),
        fewest_suppliers=optional_whole(file.get("min_suppliers"), "min_suppliers") or 0,
        most_suppliers=optional_whole(file.get("max_suppliers"), "max_suppliers", least=1),
    )


def written(outcome: Outcome) -> dict[str, Any]:
    """What is said of an outcome: amounts in pence, nulls where there is no award."""
    award, priced = outcome.award, outcome.priced
    return {
        "status": outcome.status.value,
        "cost_pence": priced.cost if priced else None,
        "bound_pence": outcome.bound,
        "winner": dict(award.winners) if award else {},
        "joined": {lot: list(schools) for lot, schools in award.joined.items()} if award else {},
        "bundles": list(award.bundles) if award else [],
        "price_by_school": dict(priced.by_school) if priced else {},
        "seconds": round(outcome.seconds, 3),
    }
