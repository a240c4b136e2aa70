"""What one quote for everything costs, and which wins, when one, two, … all schools buy."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from marketplace.alliance.models import Organisation
from marketplace.core.money import Money
from marketplace.tenders.formulas import Method
from marketplace.tenders.lots.division import Division
from marketplace.tenders.lots.rules import Decided, TierBasis, TiersDraft
from marketplace.tenders.models import Criterion
from marketplace.tenders.queries import ScheduleLine, ScheduleLot, SchoolVolume
from marketplace.tenders.rules import CriterionKind, PriceFormula
from suppliers.awards.by_schools.counting import Count, alone, counts, in_order
from suppliers.evaluation.basis import Basis
from suppliers.evaluation.comparison import compare
from suppliers.evaluation.models import AgreedScore
from suppliers.profiles.models import Supplier
from suppliers.quotes.models import Quote
from suppliers.quotes.offers import Offer
from suppliers.quotes.rules import QuoteStatus

ASH, BIRCH, CEDAR = SCHOOLS = [uuid.UUID(int=number) for number in (1, 2, 3)]
NAMES = dict(zip(SCHOOLS, ("Ash", "Birch", "Cedar"), strict=True))
LOT, LINE = uuid.UUID(int=10), uuid.UUID(int=11)
ACORN, BRAMBLE = QUOTES = [uuid.UUID(int=number) for number in (100, 101)]
MENUS = Criterion(
    id=uuid.UUID(int=12),
    kind=CriterionKind.QUALITY,
    title="Menus",
    weight=40,
    highest_score=5,
    lowest_score=0,
)
AGREED = {
    (quote_id, MENUS.id): AgreedScore(
        quote_id=quote_id, criterion_id=MENUS.id, score=score, reason=f"Earns {score}."
    )
    for quote_id, score in ((ACORN, 4), (BRAMBLE, 5))
}
PRICE_ALONE = Method(PriceFormula.PROPORTION_OF_LOWEST, 100)
FROM_THREE = TiersDraft(TierBasis.SCHOOLS, (Decimal(3),))


def quote(quote_id: uuid.UUID, name: str) -> Quote:
    supplier = Supplier(id=quote_id, organisation=Organisation(id=quote_id, name=name))
    return Quote(
        id=quote_id,
        reference=name,
        supplier_id=quote_id,
        supplier=supplier,
        status=QuoteStatus.COMPLIANT,
        exclusion_reason="",
    )


BOTH = [quote(ACORN, "Acorn"), quote(BRAMBLE, "Bramble")]


def basis(
    volumes: Mapping[uuid.UUID, int],
    prices: Sequence[tuple[str, str]],
    method: Method = PRICE_ALONE,
) -> Basis:
    """One line; each quote's price, and its price from three schools on."""
    line = ScheduleLine(
        LINE,
        1,
        "Meal",
        "meal",
        tuple(SchoolVolume(one, NAMES[one], Decimal(units)) for one, units in volumes.items()),
        Decimal(sum(volumes.values())),
    )
    asked = {
        quote_id: Offer({LINE: Decimal(first)}, tier_prices={(LINE, Decimal(3)): Decimal(lower)})
        for quote_id, (first, lower) in zip(QUOTES, prices, strict=True)
    }
    lots = [ScheduleLot(LOT, 1, "Meals", "", (line,))]
    return Basis(
        method, lots, NAMES, {}, [], asked, Division(decided=Decided.TOGETHER, tiers={LOT: FROM_THREE})
    )


def found(one: Basis) -> list[Count]:
    return list(counts(one, BOTH, {}))


def test_schools_join_by_what_they_buy_and_another_wins_once_they_reach_the_lower_price() -> None:
    one = basis({ASH: 200, BIRCH: 500, CEDAR: 300}, [("3.00", "2.00"), ("2.50", "2.50")])
    assert in_order(one.lots) == [BIRCH, CEDAR, ASH]
    alone, two, all_three = found(one)
    assert [count.joins for count in (alone, two, all_three)] == [BIRCH, CEDAR, ASH]
    assert [count.winners[LOT] for count in (alone, two, all_three)] == [BRAMBLE, BRAMBLE, ACORN]
    assert alone.by_school == {BIRCH: 1_250_00}
    assert two.by_school == {BIRCH: 1_250_00, CEDAR: 750_00}
    assert all_three.by_school == {BIRCH: 1_000_00, CEDAR: 600_00, ASH: 400_00}
    assert all_three.total == 2_000_00


def test_quotes_that_nothing_parts_are_a_draw_and_cost_nothing_yet() -> None:
    alone, two, all_three = found(basis(dict.fromkeys(SCHOOLS, 1), [("2", "2"), ("2", "1")]))
    assert set(alone.drawn) == set(two.drawn) == {ACORN, BRAMBLE}
    assert not alone.by_school
    assert all_three.winners == {LOT: BRAMBLE}


def test_a_ceiling_is_taken_in_proportion_so_that_price_still_counts_with_few_schools() -> None:
    """With the ceiling of all schools, one school's prices would both be below the optimum."""
    method = Method(PriceFormula.CEILING_OPTIMUM, 60, (40,), Money(3_000_00), Money(1_000_00))
    volumes = {ASH: 300, BIRCH: 350, CEDAR: 350}
    one = replace(basis(volumes, [("2.00", "2.00"), ("2.50", "2.50")], method), questions=[MENUS])
    assert [count.winners for count in counts(one, BOTH, AGREED)] == [{LOT: ACORN}] * 3


def test_a_school_alone_pays_the_quote_that_would_then_come_first_at_the_prices_it_reaches_itself() -> None:
    one = basis({ASH: 200, BIRCH: 500, CEDAR: 300}, [("3.00", "2.00"), ("2.50", "2.50")])
    expected = {ASH: Money(500_00), BIRCH: Money(1_250_00), CEDAR: Money(750_00)}
    assert alone(one, BOTH, {}) == expected
    drawn = basis(dict.fromkeys(SCHOOLS, 1), [("2", "2"), ("2", "1")])
    assert alone(drawn, BOTH, {}) == dict.fromkeys(SCHOOLS, Money(2_00))
    assert alone(one, [], {}) == {}


def test_alone_too_the_sums_of_the_formula_are_in_proportion() -> None:
    """By the whole ceiling the dearer quote with more marks would come first for each."""
    method = Method(PriceFormula.CEILING_OPTIMUM, 60, (40,), Money(3_000_00), Money(1_000_00))
    volumes = {ASH: 300, BIRCH: 350, CEDAR: 350}
    one = replace(basis(volumes, [("2.00", "2.00"), ("2.50", "2.50")], method), questions=[MENUS])
    assert alone(one, BOTH, AGREED) == {ASH: Money(600_00), BIRCH: Money(700_00), CEDAR: Money(700_00)}


def test_what_a_point_of_quality_is_worth_is_taken_in_proportion_too() -> None:
    """Twenty points at £15 would outweigh what one school saves, though not what all save together."""
    method = Method(PriceFormula.MONETISED, 0, (100,), worth_of_a_point=Money(15_00))
    volumes = {ASH: 300, BIRCH: 350, CEDAR: 350}
    one = replace(basis(volumes, [("2.00", "2.00"), ("2.50", "2.50")], method), questions=[MENUS])
    assert [count.winners for count in counts(one, BOTH, AGREED)] == [{LOT: ACORN}] * 3


@given(
    some.lists(some.integers(1, 10**6), min_size=1, max_size=3),
    some.lists(some.integers(1, 10**5), min_size=4, max_size=4),
)
def test_all_schools_pay_what_the_comparison_says(units: list[int], pence: list[int]) -> None:
    prices = [f"{Decimal(one) / 100:.2f}" for one in pence]
    one = basis(dict(zip(SCHOOLS, units, strict=False)), [(prices[0], prices[1]), (prices[2], prices[3])])
    last = found(one)[-1]
    firsts = compare(one, BOTH, {}).firsts
    if len(firsts) == 1:
        assert last.winners == {LOT: firsts[0].quote_id}
        assert Money(last.total) == firsts[0].total
    else:
        assert last.drawn
