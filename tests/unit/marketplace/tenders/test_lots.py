"""Lots: a reason for none, limits with a mechanism, tiers that can be reached, bundles that are no circle."""

import dataclasses
import uuid
from decimal import Decimal

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.tenders.lots import rules
from marketplace.tenders.lots.division import Division
from marketplace.tenders.lots.rules import (
    Bounds,
    BundleDraft,
    Decided,
    LimitsDraft,
    LotTerms,
    Selection,
    TierBasis,
    TiersDraft,
)
from marketplace.tenders.rules import PriceFormula

LEAST = Selection.LEAST_COST
LOTS = ("one", "two", "three")
HOW = "We add up what all schools pay and take the least."


def bundle(title: str, *parts: str, least_share: int = 60) -> BundleDraft:
    return BundleDraft(title, parts, least_share)


def tiers(*starts: str | int, basis: TierBasis = TierBasis.SCHOOLS) -> TiersDraft:
    return TiersDraft(basis, tuple(Decimal(start) for start in starts))


def check(draft: TiersDraft, units: tuple[str, ...] = ("meal",)) -> None:
    rules.check_tiers(draft, schools=5, volume=Decimal(90_000), units=units)


# ------------------------------------------------------------------ none, and limits
def test_one_lot_needs_a_reason_and_several_do_not() -> None:
    with pytest.raises(RuleBroken, match=r"section 18") as refusal:
        rules.check_undivided(1, " ")
    assert refusal.value.field == "undivided_reason"
    rules.check_undivided(1, "It is one service.")
    rules.check_undivided(2, "")


@pytest.mark.parametrize(
    ("lots", "limits", "field"),
    [
        (1, LimitsDraft(most_quoted=1), "most_quoted"),
        (3, LimitsDraft(most_quoted=3), "most_quoted"),
        (3, LimitsDraft(most_quoted=0), "most_quoted"),
        (3, LimitsDraft(most_awarded=3, selection=Selection.LOT_ORDER, mechanism=HOW), "most_awarded"),
        (3, LimitsDraft(1, 2, Selection.LOT_ORDER, HOW), "most_awarded"),
        (3, LimitsDraft(most_awarded=1, mechanism=HOW), "selection"),
        (3, LimitsDraft(most_awarded=1, selection=Selection.LOT_ORDER), "mechanism"),
    ],
)
def test_a_limit_that_limits_nothing_or_says_not_how_is_refused(
    lots: int, limits: LimitsDraft, field: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        rules.check_limits(lots, limits)
    assert refusal.value.field == field


def test_limits_that_leave_a_choice_are_right() -> None:
    rules.check_limits(1, LimitsDraft())
    rules.check_limits(3, LimitsDraft(most_quoted=2))
    rules.check_limits(3, LimitsDraft(2, 1, Selection.LEAST_COST, HOW))


# ------------------------------------------------------------------ tiers
@pytest.mark.parametrize(
    ("draft", "field", "message"),
    [
        (tiers(), "start_1", "first lower price"),
        (tiers(1), "start_1", "more than 1"),
        (tiers(2, 2), "start_2", "more than 2"),
        (tiers(4, 3), "start_2", "more than 4"),
        (tiers("2.5"), "start_1", "whole number"),
        (tiers(2, 6), "start_2", "Nobody can reach"),
        (tiers(0, basis=TierBasis.VOLUME), "start_1", "more than 0"),
        (tiers(90_001, basis=TierBasis.VOLUME), "start_1", "90000"),
        (tiers(*range(2, 8)), "start_1", "at most 5"),
    ],
)
def test_tiers_rise_and_can_be_reached(draft: TiersDraft, field: str, message: str) -> None:
    with pytest.raises(RuleBroken, match=message) as refusal:
        check(draft)
    assert refusal.value.field == field


def test_units_of_different_kinds_are_not_added_up() -> None:
    check(tiers(2, 5), units=("meal", "hour"))
    check(tiers(30_000, 60_000, basis=TierBasis.VOLUME))
    with pytest.raises(RuleBroken, match=r"several units \(hour, meal\)"):
        check(tiers(30_000, basis=TierBasis.VOLUME), units=("meal", "hour"))


# ------------------------------------------------------------------ bundles
def test_a_bundle_holds_two_lots_or_more_each_once() -> None:
    rules.check_bundles({"a": bundle("North", "one", "two"), "b": bundle("All", "a", "three")}, LOTS)
    with pytest.raises(RuleBroken, match="at least two lots"):
        rules.check_bundles({"a": bundle("North", "one")}, LOTS)
    with pytest.raises(RuleBroken, match="names a lot twice"):
        rules.check_bundles({"a": bundle("North", "one", "one", "two")}, LOTS)
    with pytest.raises(RuleBroken, match="names a lot twice"):
        rules.check_bundles({"a": bundle("North", "one", "two"), "b": bundle("All", "a", "two")}, LOTS)
    with pytest.raises(RuleBroken, match="not there any more"):
        rules.check_bundles({"a": bundle("North", "one", "nine")}, LOTS)


def test_a_bundle_is_no_part_of_itself_however_long_the_circle() -> None:
    with pytest.raises(RuleBroken, match="“North” is a part of itself"):
        rules.check_bundles({"a": bundle("North", "a", "one")}, LOTS)
    circle = {"a": bundle("North", "b", "one"), "b": bundle("South", "c"), "c": bundle("West", "a")}
    with pytest.raises(RuleBroken, match="is a part of itself"):
        rules.check_bundles(circle, LOTS)


@pytest.mark.parametrize("least_share", [0, 101])
def test_a_bundle_has_a_least_volume_so_that_no_school_alone_collects_it(least_share: int) -> None:
    with pytest.raises(RuleBroken, match="a school alone"):
        rules.check_bundles({"a": bundle("North", "one", "two", least_share=least_share)}, LOTS)


# ------------------------------------------------------------------ what can go on
def test_limits_and_bundles_have_no_place_where_one_quote_wins_all_lots() -> None:
    terms = LotTerms(3, limits=LimitsDraft(most_quoted=2), has_tiers=True, has_bundles=True)
    with pytest.raises(RuleBroken, match="limits of lots for each supplier and bundles would have no effect"):
        rules.check_can_be_quoted(terms)
    rules.check_can_be_quoted(LotTerms(3, has_tiers=True))
    rules.check_can_be_quoted(dataclasses.replace(terms, decided=Decided.APART))


def bounds(*pounds: tuple[int, int]) -> tuple[Bounds, ...]:
    return tuple(Bounds(Money(ceiling * 100), Money(optimum * 100)) for ceiling, optimum in pounds)


APART = LotTerms(2, decided=Decided.APART)
BOUNDED = dataclasses.replace(
    APART,
    formula=PriceFormula.CEILING_OPTIMUM,
    has_quality=True,
    bounds=bounds((900, 600), (300, 200)),
    whole=bounds((1_200, 800))[0],
)


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        (dataclasses.replace(APART, lots=1), "There is one lot"),
        (dataclasses.replace(APART, has_quality=True), "judged by price alone, or between a ceiling"),
        (dataclasses.replace(BOUNDED, bounds=bounds((900, 600))), "needs its own ceiling and optimum"),
        (dataclasses.replace(BOUNDED, whole=None), "come to £1,200.00 and their optimums to £800.00"),
        (dataclasses.replace(BOUNDED, whole=bounds((1_200, 801))[0]), "the same, so that suppliers read one"),
        *(
            (dataclasses.replace(APART, limits=LimitsDraft(None, 1, way, HOW)), "together pay least")
            for way in (Selection.LOT_ORDER, Selection.WIDEST_LEAD, Selection.PREFERENCE)
        ),
    ],
)
def test_lots_decided_apart_by_a_method_that_would_mislead_are_not_published(
    terms: LotTerms, why: str
) -> None:
    assert why in rules.why_it_cannot_be_quoted(terms)


def test_lots_decided_apart_by_price_alone_or_between_their_own_ends_are_published() -> None:
    for terms in (APART, BOUNDED):
        rules.check_can_be_quoted(dataclasses.replace(terms, limits=LimitsDraft(None, 1, LEAST, HOW)))


def test_a_lots_ceiling_is_above_its_optimum_and_one_lot_is_not_decided_apart() -> None:
    for wrong in bounds((1, 1), (1, 2), (1, 0)):
        with pytest.raises(RuleBroken, match="lot 7") as refusal:
            rules.check_bounds(wrong, 7)
        assert refusal.value.field == "ceiling_7"
    with pytest.raises(RuleBroken, match="nothing to decide apart"):
        rules.check_decided(1, Decided.APART)


def test_the_tier_that_holds_is_the_last_that_is_reached() -> None:
    lot = uuid.uuid4()
    by_school = Division(tiers={lot: tiers(3, 5)})
    by_volume = Division(tiers={lot: tiers(100, 900, basis=TierBasis.VOLUME)})
    reached = [by_school.start_reached(lot, schools, Decimal(10_000)) for schools in (1, 3, 4, 5, 9)]
    assert reached == [0, 3, 3, 5, 5]
    assert [by_volume.start_reached(lot, 9, Decimal(units)) for units in (99, 100, 900)] == [0, 100, 900]
    assert Division().start_reached(lot, 9, Decimal(1)) == 0
    assert by_school.start_in_words(lot, Decimal(3)) == "from 3 schools"
    assert by_volume.start_in_words(lot, Decimal("900.0000")) == "from 900 units"


def test_limits_that_fitted_before_a_lot_was_removed_are_missing_something_after() -> None:
    found = rules.missing(LotTerms(1, "", LimitsDraft(most_quoted=2)))
    assert [gap.field for gap in found] == ["lots"] * 3
    assert rules.missing(LotTerms(1, "It is one service.")) == []
