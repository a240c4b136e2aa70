"""Lots that are won on their own: each has its own quotes, prices, marks and ranks."""

from decimal import Decimal

import pytest

from marketplace.core.money import Money
from marketplace.tenders.drafting.rules import LotDraft
from marketplace.tenders.lots.rules import Bounds, Decided
from marketplace.tenders.rules import PriceFormula
from suppliers.evaluation import findings, queries
from tests import make

pytestmark = pytest.mark.usefixtures("app")


def lots(schools: make.Alliance, *volumes: int) -> list[LotDraft]:
    """A lot for each volume, which each school buys."""
    return [
        make.lot(f"Lot {number}", {("Meal", "meal"): volume}, schools.schools)
        for number, volume in enumerate(volumes, start=1)
    ]


def on_price() -> make.Contest:
    """Three schools, three lots, three suppliers that quote for two lots each; lot 1 has tiers."""
    schools = make.alliance()
    tender = make.published_tender(
        schools,
        lots=lots(schools, 1_000, 1_000, 1_000),
        criteria=make.PRICE_ONLY,
        divided=make.Divided(tiers={1: (2, 3)}),
    )
    return make.contest_of(
        tender,
        [
            make.lot_offer(tender, {1: ("3", "2.6", "2.5"), 2: ("4",)}),
            make.lot_offer(tender, {1: ("2.6", "2.6", "2.6"), 3: ("5",)}),
            make.lot_offer(tender, {2: ("3.9",), 3: ("5",)}),
        ],
    )


def test_each_lot_ranks_the_quotes_that_are_for_it_at_the_tier_that_all_schools_reach() -> None:
    contest = on_price()
    results = contest.results
    ranked = [
        [(offer.supplier, offer.rank, offer.total) for offer in lot.comparison.offers] for lot in results.lots
    ]
    assert ranked == [
        [("Supplier 1", "1", Money(7_500_00)), ("Supplier 2", "2", Money(7_800_00))],
        [("Supplier 3", "1", Money(11_700_00)), ("Supplier 1", "2", Money(12_000_00))],
        [("Supplier 2", "1=", Money(15_000_00)), ("Supplier 3", "1=", Money(15_000_00))],
    ]
    assert [lot.outcome for lot in results.lots] == ["Supplier 1", "Supplier 3", "A draw"]
    tiers = results.lots[0].comparison.lots[0].tiers
    assert [(row.begins, row.is_reached) for row in tiers] == [
        ("from the first", False),
        ("from 2 schools", False),
        ("from 3 schools", True),
    ]
    assert [row.totals[0].is_lowest for row in tiers] == [False, False, True]
    assert results.total is None
    assert "Draw lots before a witness" in findings.find(results.lots[2].comparison).why_first[1]
    by_lot = queries.comparisons_by_lot(make.fresh(), contest.tender.row)
    assert set(by_lot) == {lot.lot_id for lot in results.lots}


def test_marks_come_from_each_lots_own_ends_and_schools_see_what_they_would_pay() -> None:
    schools = make.alliance()
    tender = make.published_tender(
        schools,
        lots=lots(schools, 1_000, 100),
        formula=PriceFormula.CEILING_OPTIMUM,
        ceiling=Money(13_200_00),
        optimum=Money(6_600_00),
        divided=make.Divided(
            bounds={
                1: Bounds(Money(12_000_00), Money(6_000_00)),
                2: Bounds(Money(1_200_00), Money(600_00)),
            }
        ),
    )
    contest = make.contest_of(
        tender,
        [
            make.lot_offer(tender, {1: ("3",), 2: ("3",)}),
            make.lot_offer(tender, {1: ("2",), 2: ("4",)}),
        ],
    )
    make.judge(contest, ((5, 5), (3, 4)))
    results = contest.results
    marks = [
        {offer.supplier: (offer.price_marks, offer.quality_marks) for offer in lot.comparison.offers}
        for lot in results.lots
    ]
    # 60 for price: half way between the ends earns 30; 25 × 3/5 + 15 × 4/5 = 27 for quality
    assert marks == [
        {
            "Supplier 1": (Decimal("30.00"), Decimal("40.00")),
            "Supplier 2": (Decimal("60.00"), Decimal("27.00")),
        },
        {
            "Supplier 1": (Decimal("30.00"), Decimal("40.00")),
            "Supplier 2": (Decimal("0.00"), Decimal("27.00")),
        },
    ]
    assert [lot.outcome for lot in results.lots] == ["Supplier 2", "Supplier 1"]
    assert results.total == Money(6_000_00 + 900_00)
    assert [row.amount for row in results.schools] == [Money(2_300_00)] * 3
    assert results.saving is not None
    assert results.saving.amount == Money(3 * 3 * 28_000_00 - 6_900_00)


def test_lots_won_together_show_what_they_would_cost_at_each_tier() -> None:
    schools = make.alliance()
    tender = make.published_tender(
        schools,
        lots=lots(schools, 1_000, 1_000),
        criteria=make.PRICE_ONLY,
        divided=make.Divided(Decided.TOGETHER, tiers={1: (3,)}),
    )
    contest = make.contest_of(
        tender,
        [
            make.lot_offer(tender, {1: ("3", "2"), 2: ("1",)}),
            make.lot_offer(tender, {1: ("2.5", "2.5"), 2: ("1",)}),
        ],
    )
    assert queries.results_of(make.fresh(), tender.row) is None
    comparison = contest.comparison
    assert [offer.total for offer in comparison.offers] == [Money(9_000_00), Money(10_500_00)]
    assert comparison.has_tiers
    assert [row.is_reached for row in comparison.lots[0].tiers] == [False, True]
    assert not comparison.lots[1].tiers
