"""Quotes to be scored as files that an adviser can write, and their scores as what a program can read."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from marketplace.core import json_files
from marketplace.core.errors import RuleBroken
from marketplace.core.json_files import each, exact, mapping, needed
from marketplace.core.money import Money
from marketplace.tenders import formulas
from marketplace.tenders.formulas import Method
from marketplace.tenders.rules import PriceFormula
from marketplace.tenders.value_formulas import LEAST_WEIGHT, MOST_PARTS, Terms, ValueFormula
from suppliers.evaluation.calculation import Scored, Scoring

MARKS = {
    "lowest_prop": PriceFormula.PROPORTION_OF_LOWEST,
    "lowest_deviation": PriceFormula.DEVIATION_FROM_LOWEST,
    "minmax": PriceFormula.LINEAR_LOWEST_HIGHEST,
    "mean_rel": PriceFormula.DEVIATION_FROM_MEAN,
    "fixed_ref": PriceFormula.CEILING_OPTIMUM,
}
FORMULAS = (*MARKS, *(formula.value for formula in ValueFormula))
MOST_QUOTES = 100
FULL = formulas.FULL_MARKS
FEWEST_PLACES, FEWEST_DIGITS = 6, 12


def read(file: Mapping[str, Any]) -> Scoring:
    """The scoring that a file asks for. Raises RuleBroken, naming the field."""
    formula = json_files.name(needed(file, "formula"), "formula")
    if formula not in FORMULAS:
        raise RuleBroken(f"formula must be one of {', '.join(FORMULAS)}.", "formula")
    prices = tuple(each(needed(file, "prices"), "prices", _price))
    if len(prices) > MOST_QUOTES:
        raise RuleBroken(f"prices may hold at most {MOST_QUOTES}, and holds {len(prices)}.", "prices")
    params = mapping(json_files.present(file, "params", {}), "params")
    baseline = _pounds(params, "baseline") if params.get("baseline") is not None else None
    if formula in MARKS:
        quality, weight = _quality_and_weight(file, len(prices))
        return Scoring(prices, quality, _method(MARKS[formula], weight, params), baseline)
    quality = _quality(needed(file, "quality"), len(prices))
    if formula == ValueFormula.PRICE_PER_QUALITY and 0 in quality:
        where = f"quality[{quality.index(Fraction(0))}]"
        raise RuleBroken(f"{where} must be more than 0: the price is divided by it.", where)
    return Scoring(prices, quality, _terms(file, ValueFormula(formula), params), baseline)


def _price(value: Any, where: str) -> Money:
    money = _money(exact(value, where), where)
    if not money:
        raise RuleBroken(f"{where} must be more than 0: a price of nothing cannot be scored.", where)
    return money


def _money(pounds: Fraction, where: str) -> Money:
    pence = pounds * 100
    if pence.denominator != 1:
        raise RuleBroken(f"{where} must be pounds with at most two decimal places.", where)
    return Money(pence.numerator)


def _quality(value: Any, count: int) -> tuple[Fraction, ...]:
    found = tuple(each(value, "quality", exact))
    if len(found) != count:
        raise RuleBroken(f"quality must hold {count}, one for each of prices.", "quality")
    for at, points in enumerate(found):
        if points > FULL:
            raise RuleBroken(f"quality[{at}] must be from 0 to {FULL}.", f"quality[{at}]")
    return found


def _quality_and_weight(file: Mapping[str, Any], count: int) -> tuple[tuple[Fraction, ...], Fraction]:
    """Quality and the weight of the price; without either only the price counts."""
    if "quality" not in file and "price_weight" not in file:
        return (Fraction(0),) * count, Fraction(1)
    weight = _share(needed(file, "price_weight"), "price_weight")
    if weight == 1 and "quality" not in file:
        return (Fraction(0),) * count, weight
    return _quality(needed(file, "quality"), count), weight


def _share(value: Any, where: str) -> Fraction:
    share = exact(value, where)
    if share > 1:
        raise RuleBroken(f"{where} must be from 0 to 1, such as 1/2.", where)
    return share


def _method(formula: PriceFormula, weight: Fraction, params: Mapping[str, Any]) -> Method:
    ceiling = optimum = None
    steepness = formulas.EVERYTHING
    if formula is PriceFormula.CEILING_OPTIMUM:
        ceiling, optimum = _pounds(params, "ceiling"), _pounds(params, "optimum")
        if optimum >= ceiling:
            raise RuleBroken("params.optimum must be less than params.ceiling.", "params.optimum")
    if formula is PriceFormula.DEVIATION_FROM_LOWEST and params.get("k") is not None:
        steepness = exact(params["k"], "params.k")
        if not steepness:
            raise RuleBroken("params.k must be more than 0.", "params.k")
    return Method(formula, weight * FULL, ((1 - weight) * FULL,), ceiling, optimum, steepness)


def _pounds(params: Mapping[str, Any], name: str) -> Money:
    where = f"params.{name}"
    return _money(exact(needed(params, name, "params"), where), where)


def _terms(file: Mapping[str, Any], formula: ValueFormula, params: Mapping[str, Any]) -> Terms:
    if formula is ValueFormula.MONETISED:
        return Terms(formula, worth_of_a_point=exact(needed(params, "wtp", "params"), "params.wtp") * 100)
    if formula is ValueFormula.WEIGHTED_VALUE_INDEX:
        weight = _share(needed(file, "price_weight"), "price_weight")
        if weight < LEAST_WEIGHT or weight.denominator > MOST_PARTS:
            raise RuleBroken(
                "price_weight must be from 0.01 to 1 for this formula, with at most four decimal places.",
                "price_weight",
            )
        return Terms(formula, weight)
    return Terms(formula)


def written(scored: Scored) -> dict[str, Any]:
    """What is said of a scoring: numbers as decimal texts, quotes by their places from 0."""
    return {
        "price_scores": [as_text(figure.price_score) for figure in scored.figures],
        "totals": [as_text(figure.total) for figure in scored.figures],
        "ranking": list(scored.ranking),
        "winner": scored.winner,
        "abnormally_low": list(scored.abnormally_low),
        "remove_each_loser": [{"removed": loser, "winner": winner} for loser, winner in scored.without],
        "stability": [
            {"from": as_text(lead.start), "to": as_text(lead.end), "winner": lead.leader}
            for lead in scored.leads
        ],
    }


def as_text(number: Fraction) -> str:
    """A number in at least six decimal places, and as many more as twelve digits of it need."""
    places = FEWEST_PLACES
    while number and abs(number) * 10**places < 10 ** (FEWEST_DIGITS - 1):
        places += 1
    whole = round(abs(number) * 10**places)
    sign = "-" if number < 0 else ""
    return f"{sign}{whole // 10**places}.{whole % 10**places:0{places}}"
