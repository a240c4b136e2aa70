from datetime import date
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import Money
from marketplace.needs import thresholds
from marketplace.needs.suggestions import shown
from marketplace.needs.suggestions.figures import Buyer, Figures, least_crossing, tipping
from marketplace.needs.suggestions.rules import Suggestion, suggest
from tests.unit.marketplace.needs.suggestions.terms import TODAY, school_id, term

AUTUMN = date(2027, 8, 31)
LEAST = 100


def buyers(*amounts: int) -> list[Buyer]:
    """Schools with these spends in pence a year, the largest first."""
    named = (Buyer(school_id(str(place)), f"S{place}", Money(pence)) for place, pence in enumerate(amounts))
    return sorted(named, key=lambda one: -one.annual.pence)


def described(suggestion: Suggestion) -> tuple[Figures, str]:
    """A suggestion's figures, and what is said of the threshold."""
    found = shown.figures_of(suggestion, TODAY)
    return found, " ".join(shown.threshold_words(found, suggestion))


@given(st.lists(st.integers(0, 60), min_size=1, max_size=7), st.lists(st.integers(0, 60), max_size=3))
def test_what_is_said_of_subsets_holds_for_every_one_of_them(amounts: list[int], others: list[int]) -> None:
    """Against trying out all subsets, which the rule never does."""
    group, outside = buyers(*amounts), buyers(*others)
    found = tipping(group, outside, LEAST)
    crossing = {
        size: [sum(one.annual.pence for one in chosen) >= LEAST for chosen in combinations(group, size)]
        for size in range(1, len(group) + 1)
    }
    assert found.fewest == next((size for size, answers in crossing.items() if any(answers)), None)
    assert found.most_below == max(
        (size for size, answers in crossing.items() if not all(answers)), default=0
    )
    total = sum(amounts)
    assert set(found.alone) == {one for one in group if one.annual.pence >= LEAST}
    assert set(found.needed) == {one for one in group if total >= LEAST and total - one.annual.pence < LEAST}
    assert set(found.would_tip) == {
        one for one in outside if total < LEAST and total + one.annual.pence >= LEAST
    }


@given(st.integers(1, 120))
def test_the_least_crossing_spend_crosses_and_a_penny_less_does_not(months: int) -> None:
    limit = thresholds.threshold("goods_services", TODAY)
    least = least_crossing(months, limit, TODAY)
    valued = [thresholds.estimated_value(Money(pence), months, TODAY) for pence in (least - 1, least)]
    assert valued[0] is not None
    assert valued[1] is not None
    assert valued[0] < limit <= valued[1]


def test_who_takes_the_sum_across_the_threshold_is_named_with_the_figure() -> None:
    """£207,720 with VAT over three years is £57,700 a year before VAT."""
    terms = [
        term("Ash", AUTUMN, annual=Money(30_000_00)),
        term("Elm", AUTUMN, annual=Money(27_000_00)),
        term("Hillview", date(2027, 8, 15), annual=Money(700_00)),
    ]
    (below,) = suggest(terms, TODAY)
    found, words = described(below)
    assert (found.annual, found.whole) == (Money(57_000_00), Money(171_000_00))
    assert found.worth.value == Money(205_200_00)
    assert "£2,520 below the threshold of £207,720" in words
    assert "With Hillview you cross £207,720." in words


def test_the_order_in_which_schools_tip_the_sum_is_said() -> None:
    amounts = {"Ash": 30_000_00, "Elm": 20_000_00, "Oak": 10_000_00, "Fir": 5_000_00}
    (crossing,) = suggest([term(one, AUTUMN, annual=Money(pence)) for one, pence in amounts.items()], TODAY)
    found, words = described(crossing)
    assert found.worth.value == Money(234_000_00)
    assert "Largest first, Ash and Elm stay below; with Oak you cross £207,720." in words
    assert "Without Ash, Elm or Oak the others stay below." in words
    assert "No 2 of them do." in words
    assert "Schedule 3 paragraph 4" in words


def test_one_large_school_crosses_alone() -> None:
    terms = [term("Ash", AUTUMN, annual=Money(90_000_00)), term("Elm", AUTUMN)]
    (crossing,) = suggest(terms, TODAY)
    assert "Ash crosses it alone." in described(crossing)[1]


def test_a_spend_that_nobody_knows_counts_as_above() -> None:
    (unknown,) = suggest([term(one, AUTUMN, annual=Money(0)) for one in ("Ash", "Elm")], TODAY)
    assert "counts as above the threshold" in described(unknown)[1]


def test_catering_is_held_against_the_light_touch_threshold() -> None:
    terms = [term(one, AUTUMN, annual=Money(80_000_00), category="catering") for one in ("Ash", "Elm")]
    (meals,) = suggest(terms, TODAY)
    assert "below the threshold of £663,540" in described(meals)[1]
