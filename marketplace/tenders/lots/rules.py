"""Whether a tender is divided, how its lots are won, how many one supplier may have, where prices fall.

The Procurement Act 2023 asks to consider lots and to give reasons for none (section 18), and for an
objective mechanism where the number of lots that one supplier may be awarded is limited (section 23(4)).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.tenders.formulas import FORMULAS
from marketplace.tenders.rules import BY_VALUE, PriceFormula

MOST_TIERS = 5
ALL = 100


class Decided(StrEnum):
    """How the lots of a tender are won."""

    TOGETHER = "together"
    APART = "apart"


WAYS_TO_DECIDE: Mapping[Decided, tuple[str, str]] = {
    Decided.TOGETHER: (
        "Together: one quote wins all lots",
        "Every supplier prices every lot. Limits and bundles have no place here.",
    ),
    Decided.APART: (
        "Apart: each lot is won on its own",
        "Suppliers choose the lots that they quote for, and several suppliers can win.",
    ),
}


class Selection(StrEnum):
    """How lots are chosen for a supplier that would win more than it may."""

    WIDEST_LEAD = "widest_lead"
    LEAST_COST = "least_cost"
    LOT_ORDER = "lot_order"
    PREFERENCE = "preference"


SELECTIONS: Mapping[Selection, str] = {
    Selection.WIDEST_LEAD: "The lots in which it leads the next quote by most marks",
    Selection.LEAST_COST: "The lots for which all schools together pay least",
    Selection.LOT_ORDER: "The lots in the order of their numbers",
    Selection.PREFERENCE: "The lots in the order that the supplier gave with its quote",
}


WITHOUT_A_MODEL = frozenset({Selection.WIDEST_LEAD, Selection.LOT_ORDER, Selection.PREFERENCE})
"""Ways to choose lots that cannot be worked out together with bundles, tiers and quality."""


class TierBasis(StrEnum):
    """What a price falls with."""

    SCHOOLS = "schools"
    VOLUME = "volume"


TIER_BASES: Mapping[TierBasis, str] = {
    TierBasis.SCHOOLS: "The number of schools that buy",
    TierBasis.VOLUME: "The units that are bought",
}


@dataclass(frozen=True, slots=True)
class LimitsDraft:
    """How many lots one supplier may quote for and be awarded; None for no limit.

    `selection` and `mechanism` (an explanation) say which lots it gets when it would win more.
    """

    most_quoted: int | None = None
    most_awarded: int | None = None
    selection: Selection | None = None
    mechanism: str = ""

    @property
    def any(self) -> bool:
        """Is anything limited?"""
        return self.most_quoted is not None or self.most_awarded is not None


@dataclass(frozen=True, slots=True)
class TiersDraft:
    """From which number of schools or units lower prices begin, in one lot."""

    basis: TierBasis
    starts: Sequence[Decimal]


@dataclass(frozen=True, slots=True)
class BundleDraft:
    """Lots that a supplier may price together; `parts` names lots and other bundles.

    It counts only where at least `least_share` per cent of the units of each of its lots are bought.
    """

    title: str
    parts: Sequence[str]
    least_share: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which totals of a lot price marks are given: all schools, the whole term, before VAT."""

    ceiling: Money
    optimum: Money


@dataclass(frozen=True, slots=True)
class LotTerms:
    """All that a tender says about its lots, for deciding whether it can go on.

    `bounds` are those of its lots, None for a lot without; `whole` is the tender's own. `formula` and
    `has_quality` say how quotes are judged.
    """

    lots: int
    undivided_reason: str = ""
    limits: LimitsDraft = field(default_factory=LimitsDraft)
    has_tiers: bool = False
    has_bundles: bool = False
    decided: Decided = Decided.TOGETHER
    formula: PriceFormula = PriceFormula.PROPORTION_OF_LOWEST
    has_quality: bool = False
    bounds: Sequence[Bounds | None] = ()
    whole: Bounds | None = None
    by_whole_life: bool = False


def check_undivided(lots: int, reason: str) -> None:
    """One lot needs a reason why it is one. Raises RuleBroken, field `undivided_reason`."""
    if lots == 1 and not reason.strip():
        raise RuleBroken(
            "Say why what is bought is not divided into lots, or divide it (Procurement Act 2023, "
            "section 18).",
            "undivided_reason",
        )


def check_limits(lots: int, limits: LimitsDraft) -> None:
    """Limits leave a choice, agree with one another, and say how lots are chosen. Raises RuleBroken."""
    if lots <= 1 and limits.any:
        raise RuleBroken("There is one lot, so there is nothing to limit.", "most_quoted")
    for name, most, what in (
        ("most_quoted", limits.most_quoted, "quote for"),
        ("most_awarded", limits.most_awarded, "be awarded"),
    ):
        if most is not None and not 1 <= most < lots:
            raise RuleBroken(
                f"With {lots} lots, the most that a supplier may {what} must be from 1 to {lots - 1}. Leave "
                "it blank for no limit.",
                name,
            )
    if limits.most_quoted and limits.most_awarded and limits.most_awarded > limits.most_quoted:
        raise RuleBroken("A supplier cannot be awarded more lots than it may quote for.", "most_awarded")
    if limits.most_awarded is not None:
        _check_mechanism(limits)


def _check_mechanism(limits: LimitsDraft) -> None:
    """Where awards are limited, say objectively which lots a supplier gets (section 23(4)(b))."""
    if limits.selection is None:
        raise RuleBroken("Choose how lots are chosen when a supplier would win more.", "selection")
    if not limits.mechanism.strip():
        raise RuleBroken(
            "Explain how lots are chosen when a supplier would win more, so that anybody could do it.",
            "mechanism",
        )


def check_tiers(tiers: TiersDraft, *, schools: int, volume: Decimal, units: Collection[str]) -> None:
    """Thresholds rise, can be reached, and count something that can be added up. Raises RuleBroken.

    `schools`, `volume` and `units` are those of the lot: how many buy, their units in all, in what units.
    """
    if tiers.basis is TierBasis.VOLUME and len(set(units)) != 1:
        raise RuleBroken(
            f"The lines of this lot are in several units ({', '.join(sorted(set(units)))}), which cannot be "
            "added up. Use tiers by number of schools.",
            "basis",
        )
    if not tiers.starts:
        raise RuleBroken("Enter where the first lower price begins.", "start_1")
    if len(tiers.starts) > MOST_TIERS:
        raise RuleBroken(f"A lot can have at most {MOST_TIERS} tiers.", "start_1")
    most = Decimal(schools) if tiers.basis is TierBasis.SCHOOLS else volume
    before = Decimal(1) if tiers.basis is TierBasis.SCHOOLS else Decimal(0)
    for number, start in enumerate(tiers.starts, start=1):
        place = f"start_{number}"
        if tiers.basis is TierBasis.SCHOOLS and start != int(start):
            raise RuleBroken("Enter a whole number of schools.", place)
        if start <= before:
            raise RuleBroken(f"Each tier must begin above the one before: more than {before:f}.", place)
        if start > most:
            raise RuleBroken(f"Nobody can reach this tier: all together come to {most:f}.", place)
        before = start


def check_bundles(bundles: Mapping[str, BundleDraft], lots: Collection[str]) -> None:
    """Each bundle has two lots or more, each once, however it names them. Raises RuleBroken.

    Bundles and lots are known by keys, which `parts` name; the field is `parts`.
    """
    for key, bundle in bundles.items():
        if not 1 <= bundle.least_share <= ALL:
            raise RuleBroken(
                f"The least volume of “{bundle.title}” must be from 1% to 100%: without one, a school alone "
                "could collect the bundle’s discount.",
                "least_share",
            )
        named = list(_lots_in(key, bundles, lots, ()))
        if len(named) != len(set(named)):
            raise RuleBroken(f"“{bundle.title}” names a lot twice. Name each lot once.", "parts")
        if len(named) < 2:  # noqa: PLR2004  # together means two
            raise RuleBroken(f"Choose at least two lots for “{bundle.title}”.", "parts")


def _lots_in(
    key: str, bundles: Mapping[str, BundleDraft], lots: Collection[str], within: tuple[str, ...]
) -> Iterable[str]:
    """The lots of a bundle, with those of the bundles in it. Raises RuleBroken for one within itself."""
    bundle = bundles[key]
    if key in within:
        raise RuleBroken(f"“{bundle.title}” is a part of itself. Choose lots or other bundles.", "parts")
    for part in bundle.parts:
        if part in bundles:
            yield from _lots_in(part, bundles, lots, (*within, key))
        elif part in lots:
            yield part
        else:
            raise RuleBroken(f"“{bundle.title}” names a lot that is not there any more.", "parts")


def check_decided(lots: int, decided: Decided) -> None:
    """Only several lots can be won apart. Raises RuleBroken, field `decided`."""
    if decided is Decided.APART and lots <= 1:
        raise RuleBroken("There is one lot, so there is nothing to decide apart.", "decided")


def check_bounds(bounds: Bounds, number: int) -> None:
    """A lot's ceiling is above its optimum. Raises RuleBroken at the field of the lot's ceiling."""
    if bounds.optimum.pence <= 0 or bounds.ceiling <= bounds.optimum:
        raise RuleBroken(
            f"The ceiling of lot {number} must be above its optimum, and the optimum above £0.00.",
            f"ceiling_{number}",
        )


def missing(terms: LotTerms) -> list[RuleBroken]:
    """What stands between these terms and inviting schools or publishing, each a sentence for `lots`."""
    found: list[RuleBroken] = []
    checks: Sequence[Callable[[], None]] = (
        lambda: check_undivided(terms.lots, terms.undivided_reason),
        lambda: check_limits(terms.lots, terms.limits),
        lambda: check_can_be_quoted(terms),
    )
    for check in checks:
        try:
            check()
        except RuleBroken as refusal:
            found.append(RuleBroken(refusal.message, "lots"))
    return found


def check_can_be_quoted(terms: LotTerms) -> None:
    """Nothing is published that suppliers cannot answer, or that would mislead them. Raises RuleBroken."""
    if why := why_it_cannot_be_quoted(terms):
        raise RuleBroken(why)


def why_it_cannot_be_quoted(terms: LotTerms) -> str:
    """What does not fit how the lots are decided, and what to do. Blank when all fits."""
    if terms.decided is Decided.TOGETHER:
        return _why_not_together(terms)
    return _why_not_apart(terms)


def _why_not_together(terms: LotTerms) -> str:
    present = [
        words
        for words, there in (
            ("limits of lots for each supplier", terms.limits.any),
            ("bundles", terms.has_bundles),
        )
        if there
    ]
    if not present:
        return ""
    return (
        f"One quote wins all lots here, so {' and '.join(present)} would have no effect. Decide each lot on "
        "its own, or take them out."
    )


def _why_not_apart(terms: LotTerms) -> str:
    if terms.lots <= 1:
        return "There is one lot, so it cannot be decided apart. Add a lot, or decide the lots together."
    if terms.limits.selection in WITHOUT_A_MODEL:
        return (
            "Where a supplier would win more lots than it may, the lots are chosen so that all schools "
            f"together pay least. Choose “{SELECTIONS[Selection.LEAST_COST]}” for that."
        )
    if terms.formula is PriceFormula.CEILING_OPTIMUM:
        return _why_bounds_do_not_fit(terms)
    if terms.by_whole_life:
        return (
            "The whole-life cost is worked out of a quote for all lots, and the best combination of lots by "
            "their prices. Let one quote win all lots, or leave indexation and discount rate blank where you "
            "set the price."
        )
    if terms.formula in BY_VALUE:
        return (
            f"“{FORMULAS[terms.formula].name}” sets the quality of a quote against its price for all lots, "
            "and such figures of several lots cannot be added up: neither a bundle nor the best combination "
            "could be found. Let one quote win all lots, or choose the formula “Between a ceiling and an "
            "optimum”."
        )
    if terms.has_quality:
        return (
            "Lots decided apart are judged by price alone, or between a ceiling and an optimum of each lot: "
            "under other formulas a mark is worth something else in each lot, so that lots could not be "
            "weighed against one another. Choose the formula “Between a ceiling and an optimum”."
        )
    return ""


def _why_bounds_do_not_fit(terms: LotTerms) -> str:
    known = [one for one in terms.bounds if one is not None]
    if len(known) < terms.lots:
        return (
            "Each lot is decided on its own, so each needs its own ceiling and optimum. Enter them where you "
            "say how the lots are decided."
        )
    ceiling = Money.total(one.ceiling for one in known)
    optimum = Money.total(one.optimum for one in known)
    if terms.whole is None or (terms.whole.ceiling, terms.whole.optimum) != (ceiling, optimum):
        return (
            f"The ceilings of the lots come to {ceiling} and their optimums to {optimum}. Make the tender’s "
            "own ceiling and optimum the same, so that suppliers read one thing."
        )
    return ""
